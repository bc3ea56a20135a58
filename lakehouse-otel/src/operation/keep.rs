//! Which ended operations are exported, and what their spans stand for.
//!
//! | it ended | sampled at its head | not sampled |
//! |---|---|---|
//! | failed, over its budget, rate-limited, with a big object | `th:0`: every one is there | the same, within the budget of errors |
//! | well, with such an operation under it | as it was | exported with `th` erased: it stands for nothing but itself |
//! | well | as it was | not exported |
//!
//! An operation that is exported in any case is exported with certainty, so its weight is 1 whether its
//! head was kept or not: the kept ones would otherwise count for those too that were rescued.

use std::sync::Arc;

use super::active::{Active, Fate, Mark};
use crate::clock::Timestamp;
use crate::metrics::instruments::Number;
use crate::schema::OperationType;
use crate::trace::recorder::Recorder;
use crate::trace::sampler::{Randomness, Recording, Sampler, SamplingState, Threshold};

/// What of an operation's end decides.
#[derive(Debug)]
pub(super) struct Keep<'a> {
    pub(super) failed: bool,
    pub(super) over_budget: bool,
    pub(super) rate_limited: bool,
    pub(super) measures: &'a [(&'static str, Number)],
}

/// Why a span is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// It was sampled.
    Sampled,
    /// It is of a kind that is always exported.
    Always,
    /// One under it is exported.
    Needed,
}

/// What of the operations around one is not exported by itself.
#[derive(Debug)]
pub(crate) enum Enclosing {
    /// Nothing: all around it are sampled, or elsewhere.
    None,
    /// This one, or one around it.
    Operation(Arc<Active>),
    /// One that runs in this program and could not be found from here.
    Unknown,
}

impl Keep<'_> {
    fn is_always_kept(&self, operation: OperationType, sampler: &Sampler) -> bool {
        self.failed || self.over_budget || self.rate_limited || self.is_big(operation, sampler)
    }

    fn is_big(&self, operation: OperationType, sampler: &Sampler) -> bool {
        operation == OperationType::Storage
            && self
                .measure("crypto.data_size_bytes")
                .is_some_and(|bytes| bytes > sampler.big_object())
    }

    fn measure(&self, key: &str) -> Option<u64> {
        let (_, number) = self.measures.iter().find(|(name, _)| *name == key)?;
        Some(number.as_u64())
    }
}

impl Active {
    /// Whether the operation's span is exported, and what it stands for.
    pub(super) fn fate(&self, keep: &Keep<'_>, now: Timestamp) -> (Fate, SamplingState) {
        let identity = self.identity();
        let state = identity.state;
        let Some(recorder) = self.pipeline().recorder() else {
            return (Fate::Discarded, state);
        };
        let sampler = recorder.sampler();
        let certain = with_threshold(state, Some(Threshold::ALWAYS));
        let unknown = with_threshold(state, None);
        let rescues = sampler.rescues();
        let operation = self.operation_type();
        let always = rescues && keep.is_always_kept(operation, sampler);
        match identity.recording {
            Recording::Off => (Fate::Discarded, state),
            Recording::Sampled if always => (Fate::Exported(Why::Always), certain),
            Recording::Sampled if operation == OperationType::Ingestion => {
                self.thin(keep, sampler, state)
            }
            Recording::Sampled => (Fate::Exported(Why::Sampled), state),
            Recording::Unsampled if always => {
                if recorder.may_rescue(now) {
                    (Fate::Exported(Why::Always), certain)
                } else {
                    (Fate::OverBudget, state)
                }
            }
            Recording::Unsampled if rescues && self.is_needed(recorder) => {
                (Fate::Exported(Why::Needed), unknown)
            }
            Recording::Unsampled => (Fate::Discarded, state),
        }
    }

    fn is_needed(&self, recorder: &Recorder) -> bool {
        let span = self.span_context();
        self.is_marked(Mark::Needed) || recorder.is_missed(span.trace_id(), span.span_id())
    }

    /// Thins out ingestion by how much came in: see DESIGN's rates. Nobody else may have relied on it.
    fn thin(
        &self,
        keep: &Keep<'_>,
        sampler: &Sampler,
        state: SamplingState,
    ) -> (Fate, SamplingState) {
        let exported = Fate::Exported(Why::Sampled);
        let Some(records) = keep.measure("crypto.record_count") else {
            return (exported, state);
        };
        let relied_on = self.is_marked(Mark::Followed) || self.is_marked(Mark::Needed);
        // Without a threshold it is not known how many it stands for.
        let Some(before) = state.threshold.filter(|_| !relied_on) else {
            return (exported, state);
        };
        let threshold = sampler.ingestion_threshold(records).max(before);
        let trace_id = self.span_context().trace_id();
        let randomness = state
            .randomness
            .unwrap_or_else(|| Randomness::from_trace_id(trace_id));
        if threshold.keeps(randomness) {
            (exported, with_threshold(state, Some(threshold)))
        } else {
            (Fate::Thinned, state)
        }
    }

    /// Tells the operations around this one, which is exported, that their spans must be there.
    pub(crate) fn need_enclosing(&self, recorder: &Recorder) {
        let mut operation = self;
        loop {
            match operation.enclosing() {
                Enclosing::None => return,
                Enclosing::Operation(around) => {
                    if !around.mark(Mark::Needed) {
                        return;
                    }
                    operation = around;
                }
                Enclosing::Unknown => {
                    let trace_id = operation.span_context().trace_id();
                    recorder.miss(trace_id, operation.identity().parent_span_id);
                    return;
                }
            }
        }
    }
}

fn with_threshold(mut state: SamplingState, threshold: Option<Threshold>) -> SamplingState {
    state.threshold = threshold;
    state
}
