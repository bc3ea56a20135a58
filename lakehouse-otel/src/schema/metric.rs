//! What the registry says of a metric.

/// A metric of the registry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MetricDefinition {
    /// The name on the wire.
    pub name: &'static str,
    /// The kind of instrument.
    pub instrument: InstrumentKind,
    /// The type of the numbers that it records.
    pub number: NumberKind,
    /// The unit, in UCUM.
    pub unit: &'static str,
    /// What it counts or measures.
    pub description: &'static str,
    /// The attributes that it may carry, in the order in which they are recorded.
    pub attributes: &'static [MetricAttribute],
    /// The bucket boundaries of a histogram, in its unit; empty for other instruments.
    pub boundaries: &'static [f64],
    /// How many attribute sets it may have, beside those with an opted-in attribute, before further ones are folded
    /// together.
    pub cardinality_limit: usize,
    /// Whether its numbers are asked for when metrics are collected.
    pub observable: bool,
}

/// An attribute of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetricAttribute {
    /// Its key.
    pub key: &'static str,
    /// Whether it is there only where a call asks for it, for its values are many.
    pub opt_in: bool,
    /// How many values of it one metric tells apart: texts that come with the calls, or what an open enum has beside its
    /// members. Further ones are folded. None where it has members alone, truth values or numbers.
    pub values: Option<usize>,
}

/// The kinds of instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstrumentKind {
    /// A sum that only grows.
    Counter,
    /// A sum that grows and shrinks.
    UpDownCounter,
    /// A distribution.
    Histogram,
    /// The last value.
    Gauge,
}

/// The types of number that an instrument records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberKind {
    /// Unsigned 64-bit integers.
    U64,
    /// Signed 64-bit integers.
    I64,
    /// 64-bit floating-point numbers.
    F64,
}
