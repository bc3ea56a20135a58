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

use super::callbacks::{Callbacks, SetAside};
use super::declared::Declared;
use super::fold::Fold;
use super::instruments::sdk_limit;
use super::meter::LaneInstruments;
use super::readers::Source;
use super::table::{OVERFLOW, SHARE};
use super::views::{Buckets, EXPONENTIAL_BUCKETS, EXPONENTIAL_SCALE, Pattern, View};
use crate::config::{HistogramAggregation, MetricsConfig};
use crate::health::Diagnostics;
use crate::schema::MetricDefinition;

/// A program's meter provider.
#[derive(Clone)]
pub(crate) struct Provider(Arc<Lanes>);

struct Lanes {
    usual: Lane,
    near_real_time: Option<(Vec<Pattern>, Lane)>,
    views: Arc<Views>,
    down: AtomicBool,
}

/// How many series a view lets a metric have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limit {
    series: usize,
    /// Whether it also lowers our own bound. Where a view keeps some attributes only, the SDK folds by those.
    lowers: bool,
}

impl Limit {
    /// The bound of our own series in place of this one.
    pub(super) fn in_place_of(self, ours: usize) -> usize {
        if self.lowers {
            self.series
        } else {
            self.series.max(ours)
        }
    }
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
            chosen: config.views.clone(),
            declared: Declared::new(diagnostics.clone()),
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
        let views = Arc::new(Views {
            histograms: HistogramAggregation::ExplicitBucket,
            chosen: Vec::new(),
            declared: Declared::new(diagnostics.clone()),
        });
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

    /// Whether this metric may be recorded: none of its name is declared otherwise.
    pub(super) fn admits(&self, definition: &'static MetricDefinition) -> bool {
        self.0.views.declared.admits(definition)
    }

    /// Which observed series of an instrument become one.
    pub(super) fn fold(&self, name: &str, scope: &InstrumentationScope) -> Fold {
        self.0.views.fold(name, scope)
    }

    /// How many series of its own a metric has, where a view says it.
    pub(super) fn limit(&self, name: &str) -> Option<Limit> {
        self.0.views.limit(name)
    }

    /// Has this recorded before each collection: its metrics may be on either lane.
    pub(super) fn before_collections(&self, aside: &Arc<dyn SetAside>) -> bool {
        self.lanes()
            .all(|lane| lane.callbacks.add_aside(Arc::clone(aside)))
    }

    fn lanes(&self) -> impl Iterator<Item = &Lane> {
        let near_real_time = self.0.near_real_time.iter().map(|(_, lane)| lane);
        near_real_time.chain([&self.0.usual])
    }

    /// No metric is read from here on, and meters are made no more.
    pub(crate) fn shut_down(&self) {
        self.0.down.store(true, Ordering::Relaxed);
        for lane in self.lanes() {
            // Its readers export nothing at their end.
            let _ = lane.sdk.shutdown();
        }
    }
}

impl MeterProvider for Provider {
    fn meter_with_scope(&self, scope: InstrumentationScope) -> Meter {
        Meter::new(Arc::new(LaneInstruments::new(self.clone(), scope)))
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
    chosen: Vec<View>,
    declared: Declared,
}

impl Views {
    /// The one stream of an instrument; none where the SDK's defaults hold.
    fn stream(&self, instrument: &Instrument) -> Option<Stream> {
        let name = instrument.name();
        let definition = self.declared.find(name);
        let histogram = instrument.kind() == InstrumentKind::Histogram;
        let exponential = histogram && self.histograms == HistogramAggregation::Base2Exponential;
        let of = || self.chosen.iter().filter(|view| view.metrics.matches(name));
        if definition.is_none() && !exponential && of().next().is_none() {
            return None;
        }

        let mut limit = None;
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
        if let Some(limit) = room(definition, limit, instrument.scope()) {
            stream = stream.with_cardinality_limit(limit);
        }
        if let Some(name) = renamed {
            stream = stream.with_name(name.clone());
        }
        if let Some(keys) = allowed(definition, attributes) {
            stream = stream.with_allowed_attribute_keys(keys);
        }
        if !collected {
            stream = stream.with_aggregation(Aggregation::Drop);
        } else if let Some(buckets) = buckets.filter(|_| histogram) {
            stream = stream.with_aggregation(aggregation(buckets));
        }
        // What a builder could refuse was checked at `init`.
        stream.build().ok()
    }

    /// Which observed series become one, by the same views.
    fn fold(&self, name: &str, scope: &InstrumentationScope) -> Fold {
        let definition = self.declared.find(name);
        let of = || self.chosen.iter().filter(|view| view.metrics.matches(name));
        let limit = of().rev().find_map(|view| view.limit);
        let attributes = of().rev().find_map(|view| view.attributes.as_ref());
        let room = room(definition, limit, scope).unwrap_or(SDK_LIMIT);
        // The one that further ones share is one of them.
        Fold::new(allowed(definition, attributes), room.saturating_sub(1))
    }

    /// The bound of our own series of a metric, where a view sets one.
    fn limit(&self, name: &str) -> Option<Limit> {
        let of = || self.chosen.iter().filter(|view| view.metrics.matches(name));
        let series = of().rev().find_map(|view| view.limit)?;
        Some(Limit {
            series,
            lowers: of().all(|view| view.attributes.is_none()),
        })
    }

    fn drops(&self, name: &str) -> bool {
        let of = self.chosen.iter().filter(|view| view.metrics.matches(name));
        let mut said = of.rev().filter_map(|view| view.collected);
        said.next() == Some(false)
    }
}

/// The SDK's own limit on attribute sets.
const SDK_LIMIT: usize = 2_000;

/// How many attribute sets the SDK has room for; none where that is its own limit.
fn room(
    definition: Option<&MetricDefinition>,
    limit: Option<usize>,
    scope: &InstrumentationScope,
) -> Option<usize> {
    let is_ours = scope.name() == crate::scope().name();
    match (definition, limit) {
        // The series that folded ones share is one more, where we fold and not the SDK.
        (Some(_), Some(limit)) if is_ours => Some(limit + 1),
        (_, Some(limit)) => Some(limit),
        (definition, None) => definition.map(|it| sdk_limit(it, scope)),
    }
}

/// The keys that the points of a metric may have: those that it declares, of them those that a view keeps, and the one
/// that says that others were folded, which nobody may take for a series of its own. The SDK looks when a series is
/// bound, and not when something is recorded in it.
fn allowed(definition: Option<&MetricDefinition>, kept: Option<&Vec<String>>) -> Option<Vec<Key>> {
    let declared = definition.map(|definition| {
        let declared = definition.attributes.iter().map(|it| it.key);
        declared.chain([SHARE]).collect::<Vec<_>>()
    });
    let is_declared = |key: &str| declared.as_ref().is_none_or(|keys| keys.contains(&key));
    let keys: Vec<Key> = match (kept, &declared) {
        (Some(kept), _) => {
            let kept = kept.iter().filter(|key| is_declared(key));
            kept.cloned().map(Key::from).collect()
        }
        (None, Some(declared)) => declared.iter().copied().map(Key::from).collect(),
        (None, None) => return None,
    };
    Some(keys.into_iter().chain([Key::from(OVERFLOW)]).collect())
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
