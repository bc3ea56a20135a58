//! The instruments of one pipeline, made from the registry when they are first used.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use opentelemetry::metrics::noop::NoopMeterProvider;
use opentelemetry::metrics::{
    BoundCounter, BoundGauge, BoundHistogram, BoundUpDownCounter, Counter, Gauge, Histogram, Meter,
    MeterProvider, UpDownCounter,
};
use opentelemetry::{InstrumentationScope, KeyValue};

use super::callbacks::SetAside;
use super::observe::{Observed, Observers};
use super::provider::Provider;
use super::table::{Meters, MetricTable, OPTED_IN_SERIES};
pub(crate) use super::typed::{Given, Number};
use crate::health::Diagnostics;
use crate::schema::{InstrumentKind, MetricDefinition, NumberKind};
use crate::scope;

/// On the scope of series that have an opted-in label.
const OPTED_IN: &str = "lakehouse.opted_in";

/// The instruments of one pipeline.
pub(crate) struct Instruments {
    // They hold the provider, whose metrics are read while it is there.
    meters: Meters,
    provider: Provider,
    tables: Mutex<HashMap<&'static str, Arc<MetricTable>>>,
    /// Takes what metrics record that are [not admitted](super::declared).
    nowhere: OnceLock<Meters>,
    observed: Observed,
}

/// An instrument of any kind. Numbers are of any type at this boundary and become the definition's kind.
#[derive(Clone)]
pub(super) enum Instrument {
    CounterU64(Counter<u64>),
    CounterF64(Counter<f64>),
    UpDownCounter(UpDownCounter<i64>),
    HistogramU64(Histogram<u64>),
    HistogramF64(Histogram<f64>),
    GaugeU64(Gauge<u64>),
    GaugeI64(Gauge<i64>),
    GaugeF64(Gauge<f64>),
}

/// An instrument with its attributes: one series.
#[derive(Clone, Debug)]
pub(crate) struct BoundInstrument {
    series: Bound,
    /// Where it is a series that folded ones share: what counts them.
    folded: Option<BoundCounter<u64>>,
}

#[derive(Clone, Debug)]
enum Bound {
    CounterU64(BoundCounter<u64>),
    CounterF64(BoundCounter<f64>),
    UpDownCounter(BoundUpDownCounter<i64>),
    HistogramU64(BoundHistogram<u64>),
    HistogramF64(BoundHistogram<f64>),
    GaugeU64(BoundGauge<u64>),
    GaugeI64(BoundGauge<i64>),
    GaugeF64(BoundGauge<f64>),
}

impl Instruments {
    pub(crate) fn new(
        provider: &Provider,
        observers: Arc<Observers>,
        diagnostics: &Diagnostics,
    ) -> Self {
        let opted_in = InstrumentationScope::builder(scope().name().to_owned())
            .with_version(env!("CARGO_PKG_VERSION"))
            .with_attributes([KeyValue::new(OPTED_IN, true)])
            .build();
        Self {
            meters: Meters {
                plain: provider.meter_with_scope(scope()),
                opted_in: provider.meter_with_scope(opted_in),
            },
            provider: provider.clone(),
            tables: Mutex::default(),
            nowhere: OnceLock::new(),
            observed: Observed::new(observers, diagnostics),
        }
    }

    /// The series of this metric.
    pub(crate) fn table(&self, definition: &'static MetricDefinition) -> Arc<MetricTable> {
        if !self.provider.admits(definition) {
            return Arc::new(MetricTable::new(definition, None, self.nowhere().clone()));
        }
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let table = tables.entry(definition.name).or_insert_with(|| {
            let limit = self.provider.limit(definition.name);
            Arc::new(MetricTable::new(definition, limit, self.meters.clone()))
        });
        Arc::clone(table)
    }

    fn nowhere(&self) -> &Meters {
        self.nowhere.get_or_init(|| {
            let meter = NoopMeterProvider::new().meter_with_scope(scope());
            Meters {
                plain: meter.clone(),
                opted_in: meter,
            }
        })
    }

    /// The series of this metric with these attributes, which are all declared; some have members as their values.
    pub(crate) fn bind(
        &self,
        definition: &'static MetricDefinition,
        attributes: &[KeyValue],
        members: &[&str],
    ) -> BoundInstrument {
        self.table(definition).bind_attributes(attributes, members)
    }

    /// Has this recorded before each collection, where there is room for it.
    pub(super) fn before_collections(&self, aside: &Arc<dyn SetAside>) -> bool {
        self.provider.before_collections(aside)
    }

    /// What is observed, when metrics are collected.
    pub(crate) fn observed(&self) -> &Observed {
        &self.observed
    }

    /// Lets this metric be observed.
    pub(crate) fn observe(&self, definition: &'static MetricDefinition) {
        if self.provider.admits(definition) {
            self.observed.hear(&self.meters.plain, definition);
        }
    }

    /// Lets every metric be observed that has a callback.
    pub(crate) fn observe_all(&self) {
        for definition in self.observed.observers().observed() {
            self.observe(definition);
        }
    }
}

impl fmt::Debug for Instruments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instruments").finish_non_exhaustive()
    }
}

/// How many series the SDK is to keep of a metric: above what our own bounds let it see, so that it folds none by
/// itself. It reserves memory for all of them when it makes the instrument.
pub(crate) fn sdk_limit(definition: &MetricDefinition, scope: &InstrumentationScope) -> usize {
    let opted_in = scope
        .attributes()
        .any(|attribute| attribute.key.as_str() == OPTED_IN);
    let ours = if opted_in {
        OPTED_IN_SERIES
    } else {
        definition.cardinality_limit
    };
    ours + 1
}

impl Instrument {
    pub(super) fn new(meter: &Meter, definition: &'static MetricDefinition) -> Self {
        macro_rules! made {
            ($variant:ident, $builder:ident $(, $boundaries:expr)?) => {
                Self::$variant(
                    meter
                        .$builder(definition.name)
                        .with_unit(definition.unit)
                        .with_description(definition.description)
                        $(.with_boundaries($boundaries))?
                        .build(),
                )
            };
        }
        let boundaries = || definition.boundaries.to_vec();
        match (definition.instrument, definition.number) {
            (InstrumentKind::Counter, NumberKind::F64) => made!(CounterF64, f64_counter),
            (InstrumentKind::Counter, _) => made!(CounterU64, u64_counter),
            (InstrumentKind::UpDownCounter, _) => made!(UpDownCounter, i64_up_down_counter),
            (InstrumentKind::Histogram, NumberKind::F64) => {
                made!(HistogramF64, f64_histogram, boundaries())
            }
            (InstrumentKind::Histogram, _) => made!(HistogramU64, u64_histogram, boundaries()),
            (InstrumentKind::Gauge, NumberKind::U64) => made!(GaugeU64, u64_gauge),
            (InstrumentKind::Gauge, NumberKind::I64) => made!(GaugeI64, i64_gauge),
            (InstrumentKind::Gauge, NumberKind::F64) => made!(GaugeF64, f64_gauge),
        }
    }

    pub(super) fn bind(&self, attributes: &[KeyValue]) -> BoundInstrument {
        let series = match self {
            Self::CounterU64(counter) => Bound::CounterU64(counter.bind(attributes)),
            Self::CounterF64(counter) => Bound::CounterF64(counter.bind(attributes)),
            Self::UpDownCounter(counter) => Bound::UpDownCounter(counter.bind(attributes)),
            Self::HistogramU64(histogram) => Bound::HistogramU64(histogram.bind(attributes)),
            Self::HistogramF64(histogram) => Bound::HistogramF64(histogram.bind(attributes)),
            Self::GaugeU64(gauge) => Bound::GaugeU64(gauge.bind(attributes)),
            Self::GaugeI64(gauge) => Bound::GaugeI64(gauge.bind(attributes)),
            Self::GaugeF64(gauge) => Bound::GaugeF64(gauge.bind(attributes)),
        };
        BoundInstrument {
            series,
            folded: None,
        }
    }
}

impl Number {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a count that was given as a float"
    )]
    pub(crate) fn as_i64(self) -> i64 {
        match self {
            Self::Int(number) => number,
            Self::Double(number) => number as i64,
        }
    }

    pub(crate) fn as_u64(self) -> u64 {
        u64::try_from(self.as_i64()).unwrap_or(0)
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "exact up to 2^53, and a measurement beyond"
    )]
    pub(crate) fn as_f64(self) -> f64 {
        match self {
            Self::Int(number) => number as f64,
            Self::Double(number) => number,
        }
    }
}

impl Number {
    /// The sum of both. Whole numbers stay where they can grow no more.
    pub(crate) fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Int(one), Self::Int(other)) => Self::Int(one.saturating_add(other)),
            (one, other) => Self::Double(one.as_f64() + other.as_f64()),
        }
    }

    /// Whether an instrument of this kind takes it: no sum shrinks that only grows, which a histogram's does too by
    /// the specification, and nothing comes after a number that is none.
    pub(crate) fn is_fit_for(self, instrument: InstrumentKind) -> bool {
        let grows = matches!(
            instrument,
            InstrumentKind::Counter | InstrumentKind::Histogram
        );
        match self {
            Self::Int(number) => !grows || number >= 0,
            Self::Double(number) => number.is_finite() && (!grows || number >= 0.0),
        }
    }
}

impl BoundInstrument {
    /// Adds to a counter, records in a histogram, sets a gauge. What the instrument does not take is left out.
    #[inline]
    pub(crate) fn record(&self, number: Number) {
        if !number.is_fit_for(self.series.kind()) {
            return;
        }
        match &self.series {
            Bound::CounterU64(counter) => counter.add(number.as_u64()),
            Bound::CounterF64(counter) => counter.add(number.as_f64()),
            Bound::UpDownCounter(counter) => counter.add(number.as_i64()),
            Bound::HistogramU64(histogram) => histogram.record(number.as_u64()),
            Bound::HistogramF64(histogram) => histogram.record(number.as_f64()),
            Bound::GaugeU64(gauge) => gauge.record(number.as_u64()),
            Bound::GaugeI64(gauge) => gauge.record(number.as_i64()),
            Bound::GaugeF64(gauge) => gauge.record(number.as_f64()),
        }
        if let Some(folded) = &self.folded {
            folded.add(1);
        }
    }

    /// The same series, which counts what is recorded in it.
    pub(super) fn counting(self, folded: Option<BoundCounter<u64>>) -> Self {
        Self { folded, ..self }
    }

    /// The counter of whole numbers that it is, and nothing more.
    pub(super) fn as_counter(&self) -> Option<&BoundCounter<u64>> {
        match (&self.series, &self.folded) {
            (Bound::CounterU64(counter), None) => Some(counter),
            _ => None,
        }
    }

    /// The histogram of any numbers that it is, and nothing more.
    pub(super) fn as_histogram(&self) -> Option<&BoundHistogram<f64>> {
        match (&self.series, &self.folded) {
            (Bound::HistogramF64(histogram), None) => Some(histogram),
            _ => None,
        }
    }

    /// It as a counter of whole numbers, where it is one.
    pub(super) fn into_counter(self) -> Option<BoundCounter<u64>> {
        match self.series {
            Bound::CounterU64(counter) => Some(counter),
            _ => None,
        }
    }
}

impl Bound {
    #[inline]
    const fn kind(&self) -> InstrumentKind {
        match self {
            Self::CounterU64(_) | Self::CounterF64(_) => InstrumentKind::Counter,
            Self::UpDownCounter(_) => InstrumentKind::UpDownCounter,
            Self::HistogramU64(_) | Self::HistogramF64(_) => InstrumentKind::Histogram,
            Self::GaugeU64(_) | Self::GaugeI64(_) | Self::GaugeF64(_) => InstrumentKind::Gauge,
        }
    }
}
