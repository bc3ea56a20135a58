//! The meter provider: the SDK's, with the registry's limits, the views, and a lane for the metrics that
//! are in a hurry.
//!
//! ```text
//!                    ┌─ usual lane ──► an SDK provider ──► a source a temporality ──► OTLP, console, Prometheus
//! instrument's name ─┤
//!                    └─ near real time ► another one ────► the same, read more often
//! ```
//!
//! An instrument is on one lane, so each of its points arrives once, and recording costs what it costs
//! with one reader. Exporters that want the same temporality read the same source: totals that are read twice are
//! not added twice.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry::{InstrumentationScope, Key};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{
    Aggregation, Instrument, InstrumentKind, SdkMeterProvider, Stream, Temporality,
};

use super::callbacks::Callbacks;
use super::instruments::sdk_limit;
use super::meter::Instruments;
use super::readers::Source;
use super::views::{Buckets, EXPONENTIAL_BUCKETS, EXPONENTIAL_SCALE, Pattern, View};
use crate::config::{HistogramAggregation, MetricsConfig};
use crate::health::Diagnostics;
use crate::schema::metrics;

/// A program's meter provider.
#[derive(Clone)]
pub(crate) struct Provider(Arc<Lanes>);

struct Lanes {
    usual: Lane,
    near_real_time: Option<(Vec<Pattern>, Lane)>,
    views: Arc<Views>,
    down: AtomicBool,
}

/// Metrics that are read together.
pub(super) struct Lane {
    pub(super) sdk: SdkMeterProvider,
    pub(super) callbacks: Arc<Callbacks>,
    sources: Vec<Source>,
}

impl Provider {
    /// A provider whose metrics are read in these temporalities.
    pub(crate) fn new(
        config: &MetricsConfig,
        resource: &Resource,
        temporalities: &[Temporality],
        diagnostics: &Diagnostics,
    ) -> Self {
        let views = Arc::new(Views {
            histograms: config.histograms,
            views: config.views.clone(),
        });
        let lane = || Lane::new(resource.clone(), &views, temporalities, diagnostics.clone());
        let in_a_hurry = config.near_real_time.metrics.iter().map(Pattern::new);
        let in_a_hurry: Vec<_> = in_a_hurry.collect();
        let near_real_time = (!in_a_hurry.is_empty()).then(|| (in_a_hurry, lane()));
        Self(Arc::new(Lanes {
            usual: lane(),
            near_real_time,
            views,
            down: AtomicBool::new(false),
        }))
    }

    /// A provider with the registry's limits and no views, and where all of it is read.
    pub(crate) fn for_capture(diagnostics: Diagnostics) -> (Self, Source) {
        let views = Arc::new(Views::default());
        let resource = Resource::builder_empty().build();
        let usual = Lane::new(resource, &views, &[Temporality::Cumulative], diagnostics);
        let source = usual.sources[0].clone();
        let lanes = Lanes {
            usual,
            near_real_time: None,
            views,
            down: AtomicBool::new(false),
        };
        (Self(Arc::new(lanes)), source)
    }

    /// Where the usual metrics are read.
    pub(crate) fn usual(&self, temporality: Temporality) -> Option<&Source> {
        self.0.usual.source(temporality)
    }

    /// Where the metrics that are in a hurry are read, where there are such.
    pub(crate) fn near_real_time(&self, temporality: Temporality) -> Option<&Source> {
        let (_, lane) = self.0.near_real_time.as_ref()?;
        lane.source(temporality)
    }

    pub(super) fn lane(&self, name: &str) -> &Lane {
        match &self.0.near_real_time {
            Some((patterns, lane)) if patterns.iter().any(|pattern| pattern.matches(name)) => lane,
            _ => &self.0.usual,
        }
    }

    /// Whether an instrument of this name is read at all.
    pub(super) fn reads(&self, name: &str) -> bool {
        !self.0.down.load(Ordering::Relaxed) && !self.0.views.drops(name)
    }

    /// No metric is read from here on, and meters are made no more.
    pub(crate) fn shut_down(&self) {
        self.0.down.store(true, Ordering::Relaxed);
        let near_real_time = self.0.near_real_time.iter().map(|(_, lane)| lane);
        for lane in near_real_time.chain([&self.0.usual]) {
            // Its readers export nothing at their end.
            let _ = lane.sdk.shutdown();
        }
    }
}

impl MeterProvider for Provider {
    fn meter_with_scope(&self, scope: InstrumentationScope) -> Meter {
        Meter::new(Arc::new(Instruments::new(self.clone(), scope)))
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").finish_non_exhaustive()
    }
}

impl Lane {
    fn new(
        resource: Resource,
        views: &Arc<Views>,
        temporalities: &[Temporality],
        diagnostics: Diagnostics,
    ) -> Self {
        let callbacks = Arc::new(Callbacks::new(diagnostics));
        let sources = temporalities
            .iter()
            .map(|temporality| Source::new(*temporality, Arc::clone(&callbacks)));
        let sources: Vec<_> = sources.collect();
        let views = Arc::clone(views);
        let mut builder = SdkMeterProvider::builder()
            .with_resource(resource)
            .with_view(move |instrument: &Instrument| views.stream(instrument));
        for source in &sources {
            builder = builder.with_reader(source.clone());
        }
        Self {
            sdk: builder.build(),
            callbacks,
            sources,
        }
    }

    fn source(&self, temporality: Temporality) -> Option<&Source> {
        let mut sources = self.sources.iter();
        sources.find(|source| source.temporality() == temporality)
    }
}

/// The views of a program, one over the other, and under them the registry's limits: the SDK reserves
/// memory for each instrument's limit when it is made, and for 2,000 attribute sets where there is none.
#[derive(Debug)]
struct Views {
    histograms: HistogramAggregation,
    views: Vec<View>,
}

impl Default for Views {
    fn default() -> Self {
        Self {
            histograms: HistogramAggregation::ExplicitBucket,
            views: Vec::new(),
        }
    }
}

impl Views {
    /// The one stream of an instrument; none where the SDK's defaults hold.
    fn stream(&self, instrument: &Instrument) -> Option<Stream> {
        let name = instrument.name();
        let definition = metrics::ALL
            .iter()
            .find(|definition| definition.name == name);
        let histogram = instrument.kind() == InstrumentKind::Histogram;
        let exponential = histogram && self.histograms == HistogramAggregation::Base2Exponential;
        let of = || self.views.iter().filter(|view| view.metrics.matches(name));
        if definition.is_none() && !exponential && of().next().is_none() {
            return None;
        }

        let mut limit = definition.map(|definition| sdk_limit(definition, instrument.scope()));
        let mut collected = true;
        let mut buckets = exponential.then_some(&Buckets::Exponential);
        let (mut renamed, mut attributes) = (None, None);
        for view in of() {
            limit = view.limit.or(limit);
            collected = view.collected.unwrap_or(collected);
            buckets = view.buckets.as_ref().or(buckets);
            renamed = view.name.as_ref().or(renamed);
            attributes = view.attributes.as_ref().or(attributes);
        }

        let mut stream = Stream::builder();
        if let Some(limit) = limit {
            stream = stream.with_cardinality_limit(limit);
        }
        if let Some(name) = renamed {
            stream = stream.with_name(name.clone());
        }
        if let Some(keys) = attributes {
            stream = stream.with_allowed_attribute_keys(keys.iter().cloned().map(Key::from));
        }
        if !collected {
            stream = stream.with_aggregation(Aggregation::Drop);
        } else if let Some(buckets) = buckets.filter(|_| histogram) {
            stream = stream.with_aggregation(aggregation(buckets));
        }
        // What a builder could refuse was checked at `init`.
        stream.build().ok()
    }

    fn drops(&self, name: &str) -> bool {
        let of = self.views.iter().filter(|view| view.metrics.matches(name));
        let mut said = of.rev().filter_map(|view| view.collected);
        said.next() == Some(false)
    }
}

fn aggregation(buckets: &Buckets) -> Aggregation {
    match buckets {
        Buckets::Explicit(boundaries) => Aggregation::ExplicitBucketHistogram {
            boundaries: boundaries.clone(),
            record_min_max: true,
        },
        Buckets::Exponential => Aggregation::Base2ExponentialHistogram {
            max_size: EXPONENTIAL_BUCKETS,
            max_scale: EXPONENTIAL_SCALE,
            record_min_max: true,
        },
    }
}
