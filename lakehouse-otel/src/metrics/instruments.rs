//! The instruments of one pipeline, made from the registry when they are first used.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use opentelemetry::KeyValue;
use opentelemetry::metrics::{
    BoundCounter, BoundGauge, BoundHistogram, BoundUpDownCounter, Counter, Gauge, Histogram, Meter,
    MeterProvider, UpDownCounter,
};

use super::provider::Provider;
use crate::schema::{InstrumentKind, MetricDefinition, NumberKind};
use crate::scope;

/// The instruments of one pipeline.
pub(crate) struct Instruments {
    // It holds the provider, whose metrics are read while it is there.
    meter: Meter,
    made: Mutex<HashMap<&'static str, Instrument>>,
}

/// An instrument of any kind. Numbers are `f64` at this boundary and become the definition's kind.
#[derive(Clone)]
enum Instrument {
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
pub(crate) enum BoundInstrument {
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
    pub(crate) fn new(provider: &Provider) -> Self {
        Self {
            meter: provider.meter_with_scope(scope()),
            made: Mutex::default(),
        }
    }

    /// The series of this metric with these attributes.
    pub(crate) fn bind(
        &self,
        definition: &'static MetricDefinition,
        attributes: &[KeyValue],
    ) -> BoundInstrument {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let instrument = made
            .entry(definition.name)
            .or_insert_with(|| Instrument::new(&self.meter, definition));
        instrument.bind(attributes)
    }
}

impl fmt::Debug for Instruments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instruments").finish_non_exhaustive()
    }
}

impl Instrument {
    fn new(meter: &Meter, definition: &'static MetricDefinition) -> Self {
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

    fn bind(&self, attributes: &[KeyValue]) -> BoundInstrument {
        match self {
            Self::CounterU64(counter) => BoundInstrument::CounterU64(counter.bind(attributes)),
            Self::CounterF64(counter) => BoundInstrument::CounterF64(counter.bind(attributes)),
            Self::UpDownCounter(counter) => {
                BoundInstrument::UpDownCounter(counter.bind(attributes))
            }
            Self::HistogramU64(histogram) => {
                BoundInstrument::HistogramU64(histogram.bind(attributes))
            }
            Self::HistogramF64(histogram) => {
                BoundInstrument::HistogramF64(histogram.bind(attributes))
            }
            Self::GaugeU64(gauge) => BoundInstrument::GaugeU64(gauge.bind(attributes)),
            Self::GaugeI64(gauge) => BoundInstrument::GaugeI64(gauge.bind(attributes)),
            Self::GaugeF64(gauge) => BoundInstrument::GaugeF64(gauge.bind(attributes)),
        }
    }
}

/// A number to record, in the type in which it was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    Int(i64),
    Double(f64),
}

impl Number {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a count that was given as a float"
    )]
    fn as_i64(self) -> i64 {
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

impl BoundInstrument {
    /// Adds to a counter, records in a histogram, sets a gauge.
    pub(crate) fn record(&self, number: Number) {
        match self {
            Self::CounterU64(counter) => counter.add(number.as_u64()),
            Self::CounterF64(counter) => counter.add(number.as_f64()),
            Self::UpDownCounter(counter) => counter.add(number.as_i64()),
            Self::HistogramU64(histogram) => histogram.record(number.as_u64()),
            Self::HistogramF64(histogram) => histogram.record(number.as_f64()),
            Self::GaugeU64(gauge) => gauge.record(number.as_u64()),
            Self::GaugeI64(gauge) => gauge.record(number.as_i64()),
            Self::GaugeF64(gauge) => gauge.record(number.as_f64()),
        }
    }
}
