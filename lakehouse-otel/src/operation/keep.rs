//! Which ended operations are exported, and what their spans stand for.
//!
//! | it ended | sampled at its head | not sampled |
//! |---|---|---|
//! | failed, over its budget, rate-limited, with a big object | `th:0`: every one is there | the same, within the budget of errors |
//! | well, with such an operation under it | as it was | exported with `th` erased: it stands for nothing but itself |
//! | well | as it was | not exported |
//!
//! Where spans a second have a cap, the first two pass it, within the budget of errors, and so does `priority = high`: see
//! [`passes_cap`](Core::passes_cap).
//!
//! An operation that is exported in any case is exported with certainty, so its weight is 1 whether its
//! head was kept or not: the kept ones would otherwise count for those too that were rescued.

use super::active::{Core, Mark};
use crate::clock::Timestamp;
use crate::metrics::instruments::Number;
use crate::schema::OperationType;
use crate::trace::recorder::Recorder;
use crate::trace::sampler::{Recording, Sampler, SamplingState, Threshold};

/// What of an operation's end decides.
#[derive(Debug)]
pub(super) struct Keep<'a> {
    pub(super) failed: bool,
    pub(super) over_budget: bool,
    pub(super) rate_limited: bool,
    pub(super) measures: &'a [(&'static str, Number)],
}

/// What becomes of an operation that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nobody will see its span.
    Discarded,
    /// Its span was counted at the beginning and is not exported.
    Thinned,
    /// Its span is exported.
    Exported(Why),
    /// Its span would be exported for an error, were there not so many.
    OverBudget,
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

impl Core {
    /// Whether the operation's span is exported, and what it stands for.
    pub(super) fn fate(
        &self,
        recorder: &Recorder,
        keep: &Keep<'_>,
        now: Timestamp,
    ) -> (Fate, SamplingState) {
        let state = self.identity.state;
        let sampler = recorder.sampler();
        let operation = self.operation_type();
        let always = keep.is_always_kept(operation, sampler) && sampler.rescues();
        match self.identity.recording {
            Recording::Sampled if always => {
                let certain = with_threshold(state, Some(Threshold::ALWAYS));
                (Fate::Exported(Why::Always), certain)
            }
            Recording::Sampled if self.may_be_thinned() => self.thin(recorder, keep, state),
            Recording::Unsampled if always && recorder.may_rescue(now) => {
                let certain = with_threshold(state, Some(Threshold::ALWAYS));
                (Fate::Exported(Why::Always), certain)
            }
            Recording::Unsampled if always => match self.plain_fate(recorder) {
                (Fate::Discarded, state) => (Fate::OverBudget, state),
                needed => needed,
            },
            Recording::Sampled | Recording::Unsampled | Recording::Off => self.plain_fate(recorder),
        }
    }

    /// The same for one that ended well, and of which nothing was measured.
    #[inline]
    pub(super) fn plain_fate(&self, recorder: &Recorder) -> (Fate, SamplingState) {
        let state = self.identity.state;
        match self.identity.recording {
            // Without a cap a sampled one is there in any case.
            Recording::Sampled if recorder.is_capped() && self.is_needed(recorder) => {
                (Fate::Exported(Why::Needed), state)
            }
            Recording::Sampled => (Fate::Exported(Why::Sampled), state),
            Recording::Unsampled if self.is_needed(recorder) && recorder.sampler().rescues() => {
                (Fate::Exported(Why::Needed), with_threshold(state, None))
            }
            Recording::Unsampled | Recording::Off => (Fate::Discarded, state),
        }
    }

    /// Whether a cap does not hold for it, for it is there in any case: within the budget of errors, which those that were
    /// not sampled have used already.
    #[cold]
    pub(super) fn passes_cap(&self, recorder: &Recorder, why: Why, now: Timestamp) -> bool {
        let was_sampled = self.identity.recording == Recording::Sampled;
        match why {
            Why::Needed => true,
            Why::Always => !was_sampled || recorder.may_rescue(now),
            Why::Sampled => self.callsite.traits.high_priority && recorder.may_rescue(now),
        }
    }

    #[inline]
    fn is_needed(&self, recorder: &Recorder) -> bool {
        self.is_marked(Mark::Needed) || recorder.is_missed(&self.identity)
    }

    /// Thins out ingestion by how much came in, where nobody relied on it: see `docs/sampling.md`.
    fn thin(
        &self,
        recorder: &Recorder,
        keep: &Keep<'_>,
        state: SamplingState,
    ) -> (Fate, SamplingState) {
        let exported = Fate::Exported(Why::Sampled);
        let relied_on = self.is_marked(Mark::Followed) || self.is_needed(recorder);
        let Some(records) = keep.measure("crypto.record_count").filter(|_| !relied_on) else {
            return (exported, state);
        };
        let draw = || recorder.draw();
        let thinned = recorder
            .sampler()
            .thin(records, self.identity.trace_id(), state, draw);
        match thinned.recording {
            Recording::Sampled => (exported, thinned.state),
            Recording::Unsampled | Recording::Off => (Fate::Thinned, state),
        }
    }
}

fn with_threshold(mut state: SamplingState, threshold: Option<Threshold>) -> SamplingState {
    state.threshold = threshold;
    state
}
