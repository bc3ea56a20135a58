//! What the sampler is asked, and what it answers.

use super::{SamplingState, Threshold};
use crate::performance::Load;
use crate::schema::OperationType;

/// How many thresholds an operation has: one for each level of load, and one for an open breaker at the
/// highest of them.
pub(super) const LEVELS: usize = Load::LEVELS + 1;

/// What becomes of an operation's span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Recording {
    /// There is one, and it is exported.
    Sampled,
    /// There is none, unless the operation fails or exceeds its budget.
    Unsampled,
    /// There is none whatever happens: the program is under extreme load.
    Off,
}

/// What the sampler decided when an operation started.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    /// What becomes of the span.
    pub recording: Recording,
    /// What is said of it to others.
    pub state: SamplingState,
}

impl Decision {
    #[inline]
    pub(super) const fn new(recording: Recording, state: SamplingState) -> Self {
        Self { recording, state }
    }
}

/// What is known of the parent of an operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParentSampling {
    /// Whether it is kept.
    pub sampled: bool,
    /// Whether it is in another process.
    pub is_remote: bool,
    /// What its tracestate says.
    pub state: SamplingState,
}

/// What the sampler wants to know of a callsite.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Traits {
    /// The type of its operation; `None` for spans made by the OpenTelemetry API.
    pub operation: Option<OperationType>,
    /// `sample = …`, from 0 to 1.
    pub sample: Option<f64>,
    /// `priority = high`.
    pub high_priority: bool,
    /// `high_volume = true`.
    pub high_volume: bool,
}

/// What the sampler knows of a callsite, with a threshold for each level of load: made once, asked often.
#[derive(Clone, Copy, Debug)]
pub struct OperationSampling {
    pub(super) rule: OperationRule,
    pub(super) thresholds: [Threshold; LEVELS],
    /// Whether an ingestion is thinned when it ends, for nothing but its type says what its rate is.
    pub(super) is_thinned: bool,
}

impl OperationSampling {
    /// Whether [`Sampler::thin`](super::Sampler::thin) decides again when it ends.
    pub(crate) const fn is_thinned(&self) -> bool {
        self.is_thinned
    }
}

/// When the thresholds of an operation count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OperationRule {
    /// Never: it is kept in any case.
    Kept,
    /// Where it has no parent; with one, the parent's decision is its own.
    Follows,
    /// Always: it has a rate of its own.
    Rate,
}
