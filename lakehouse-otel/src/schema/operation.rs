//! What the registry says of an operation: its span, and the metrics that it feeds.

use opentelemetry::trace::SpanKind;

use super::{MetricDefinition, OperationType};

/// An operation of the registry: one macro, one span type, the metrics that they feed.
#[derive(Debug)]
pub struct OperationDefinition {
    /// The value of `crypto.operation_type`.
    pub operation_type: OperationType,
    /// The span's type in the registry.
    pub span_type: &'static str,
    /// The macro's name.
    pub macro_name: &'static str,
    /// The span's kind, unless the call says otherwise.
    pub kind: SpanKind,
    /// The span's name, with keys of attributes in braces. A part whose attribute is not known when the callsite is compiled is
    /// left out; where nothing is left, the function's name stands.
    pub span_name: &'static str,
    /// The metrics that it feeds.
    pub metrics: &'static [OperationMetric],
}

/// A metric that an operation feeds, and with what.
#[derive(Debug)]
pub struct OperationMetric {
    /// The metric.
    pub definition: &'static MetricDefinition,
    /// What is recorded in it.
    pub source: MetricSource,
}

/// What an operation records in a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricSource {
    /// One for each operation that ended, whatever its outcome.
    Count,
    /// One for each operation that ended well.
    Successes,
    /// The operation's duration in seconds, except of cancelled ones.
    Duration,
    /// One up when it starts, one down when it ends.
    Active,
    /// One for each operation that failed or panicked.
    Errors,
    /// One for each answer that says that the caller asked too often.
    RateLimited,
    /// One for each operation that took longer than its budget.
    OverBudget,
    /// The value of this attribute, where the operation has it. Of a truth value, one where it is true.
    Attribute(&'static str),
    /// The value of this attribute divided by the duration in seconds, where the operation has it and ended well.
    Rate(&'static str),
}
