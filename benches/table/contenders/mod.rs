//! Whoever is measured: how each is set up, what its annotated function is, and its parents.

pub(crate) mod autometrics;
pub(crate) mod bare;
pub(crate) mod by_hand;
pub(crate) mod emit;
pub(crate) mod fastrace;
pub(crate) mod measured;
pub(crate) mod metrics;
pub(crate) mod ours;
pub(crate) mod tracing;

use std::future::Future;

use crate::work::Outcome;

/// In what state a contender is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Set up; what is sampled is exported.
    On,
    /// Set up, and everything it would record is filtered out; only for those who cannot do that by a parent.
    Filtered,
    /// Never set up, as in a program that switches its telemetry off.
    Off,
}

/// Under what the calls run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parent {
    /// Nothing: each call begins a trace.
    None,
    /// A sampled span of the contender's own.
    Sampled,
    /// A parent that says "not sampled".
    Unsampled,
}

/// What exporters do with what they take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Export {
    /// Drop it.
    Drop,
    /// Send it to this OTLP/HTTP endpoint.
    Send(String),
}

/// How a contender is set up.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) state: State,
    pub(crate) export: Export,
    /// How many spans make a batch.
    pub(crate) batch: usize,
    /// An OTLP/HTTP endpoint that takes and drops, for what cannot be replaced.
    pub(crate) sink: String,
}

/// The same queue for everyone who has one: more than any round makes, so that nothing is dropped.
pub(crate) const QUEUE: usize = 65_536;

/// The specification's batch.
pub(crate) const BATCH: usize = 512;

/// What became of the spans so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Account {
    pub(crate) exported: u64,
    pub(crate) lost: u64,
}

/// A contender that is set up.
pub(crate) trait Running {
    /// Waits until everything is exported, and says what became of it. `made` is how many spans there were so far.
    fn flush(&mut self, made: u64) -> Account;
}

/// For those who export nothing.
impl Running for () {
    fn flush(&mut self, _made: u64) -> Account {
        Account::default()
    }
}

/// Who is measured.
pub(crate) trait Contender {
    /// What keeps it set up.
    type Running: Running;

    /// Whether its spans can be counted where they are exported.
    const EXPORTS: bool = true;

    /// Sets it up for the whole process.
    fn start(setup: &Setup) -> Self::Running;

    /// The annotated function.
    fn call(symbol: &str) -> Outcome;

    /// The same as the root of a trace, where that is written in another way.
    fn root(symbol: &str) -> Outcome {
        Self::call(symbol)
    }

    /// The same with a rate of its own: none of its calls is sampled.
    fn dropped(symbol: &str) -> Outcome {
        Self::call(symbol)
    }

    /// The same, async, and pending so many times.
    fn call_async(symbol: &str, pauses: u32) -> impl Future<Output = Outcome>;

    /// Counts a call that ended well, in a counter alone.
    fn count() {}

    /// Records how long it took, in a histogram alone.
    fn record() {}

    /// Runs `work` under this parent.
    fn under(parent: Parent, work: &mut dyn FnMut());

    /// Runs `work` under an operation with the rate 0.
    fn under_dropped(work: &mut dyn FnMut()) {
        work();
    }
}
