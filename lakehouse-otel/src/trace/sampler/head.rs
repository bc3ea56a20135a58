//! The decision at the start of an operation.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use opentelemetry::trace::TraceId;

use super::decision::{LEVELS, OperationRule};
use super::rates::Rates;
use super::{
    Decision, OperationSampling, ParentSampling, Recording, SamplingState, Threshold, Traits,
};
use crate::config::{Sampler as Configured, SamplingConfig};
use crate::performance::Load;

/// Decides which operations become spans.
///
/// Rates by type, `sample`, priorities and load count under [`adaptive`](Self::adaptive) only. Failed, over-budget
/// and rate-limited operations and those on big objects are kept under the six samplers of OpenTelemetry too, with
/// the threshold 0, where the sampler was not told to keep nothing: see [`rescues`](Self::rescues).
///
/// ```
/// use lakehouse_otel::config::SamplingConfig;
/// use lakehouse_otel::trace::sampler::Sampler;
///
/// let all = Sampler::always_on();
/// let tenth = Sampler::parent_based_trace_id_ratio(0.1);
/// let by_type = Sampler::adaptive(&SamplingConfig::default(), "production");
/// ```
#[derive(Debug)]
pub struct Sampler {
    rule: Rule,
    rates: Rates,
    big_object: u64,
    load: Arc<Load>,
    breaker_open: AtomicBool,
}

/// What decides.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rule {
    /// This threshold, whatever the parent is.
    Own(Threshold),
    /// The parent, and this threshold where there is none.
    ParentBased(Threshold),
    /// The rates.
    Adaptive {
        /// One decision for the whole trace.
        per_trace: bool,
    },
}

impl Sampler {
    /// Keeps everything; `always_on`.
    #[must_use]
    pub fn always_on() -> Self {
        Self::plain(Rule::Own(Threshold::ALWAYS))
    }

    /// Keeps nothing; `always_off`.
    #[must_use]
    pub fn always_off() -> Self {
        Self::plain(Rule::Own(Threshold::NEVER))
    }

    /// Keeps this share of the traces, from 0 to 1, whatever the parent's decision was; `traceidratio`.
    #[must_use]
    pub fn trace_id_ratio(share: f64) -> Self {
        Self::plain(Rule::Own(Threshold::from_probability(share)))
    }

    /// Keeps what its parent's decision keeps, and every root; `parentbased_always_on`.
    #[must_use]
    pub fn parent_based_always_on() -> Self {
        Self::plain(Rule::ParentBased(Threshold::ALWAYS))
    }

    /// Keeps what its parent's decision keeps, and no root; `parentbased_always_off`.
    #[must_use]
    pub fn parent_based_always_off() -> Self {
        Self::plain(Rule::ParentBased(Threshold::NEVER))
    }

    /// Keeps what its parent's decision keeps, and this share of the roots; `parentbased_traceidratio`.
    #[must_use]
    pub fn parent_based_trace_id_ratio(share: f64) -> Self {
        Self::plain(Rule::ParentBased(Threshold::from_probability(share)))
    }

    /// Rates by type of operation, as `config` has them and as the deployment environment allows, scaled
    /// down under load; `adaptive`.
    #[must_use]
    pub fn adaptive(config: &SamplingConfig, environment: &str) -> Self {
        let per_trace = config.per_trace;
        Self::with_rule(Rule::Adaptive { per_trace }, config, environment)
    }

    /// The sampler that a configuration asks for, in this deployment environment.
    #[must_use]
    pub fn new(sampler: Configured, config: &SamplingConfig, environment: &str) -> Self {
        let share = Threshold::from_probability;
        let rule = match sampler {
            Configured::Adaptive => return Self::adaptive(config, environment),
            Configured::AlwaysOn => Rule::Own(Threshold::ALWAYS),
            Configured::AlwaysOff => Rule::Own(Threshold::NEVER),
            Configured::TraceIdRatio(ratio) => Rule::Own(share(ratio)),
            Configured::ParentBasedAlwaysOn => Rule::ParentBased(Threshold::ALWAYS),
            Configured::ParentBasedAlwaysOff => Rule::ParentBased(Threshold::NEVER),
            Configured::ParentBasedTraceIdRatio(ratio) => Rule::ParentBased(share(ratio)),
        };
        Self::with_rule(rule, config, environment)
    }

    fn plain(rule: Rule) -> Self {
        Self::with_rule(rule, &SamplingConfig::default(), "production")
    }

    fn with_rule(rule: Rule, config: &SamplingConfig, environment: &str) -> Self {
        Self {
            rule,
            rates: Rates::new(config, environment),
            big_object: config.big_object,
            load: Arc::default(),
            breaker_open: AtomicBool::new(false),
        }
    }

    /// What holds for a callsite. Made once for each; [`decide`](Self::decide) asks it.
    #[must_use]
    pub fn operation(&self, traits: Traits) -> OperationSampling {
        self.rates.of(traits)
    }

    /// Decides for an operation that starts. `draw` gives 64 random bits, and is called only where the
    /// operation has a lower rate than its parent. No lock, no allocation, no floating point.
    #[inline]
    pub fn decide(
        &self,
        operation: &OperationSampling,
        trace_id: TraceId,
        parent: Option<ParentSampling>,
        draw: impl FnOnce() -> u64,
    ) -> Decision {
        match (self.rule, parent) {
            (Rule::Adaptive { per_trace }, parent) => {
                self.adapt(per_trace, operation, trace_id, parent, draw)
            }
            (Rule::ParentBased(_), Some(parent)) => follow(trace_id, parent),
            (Rule::Own(threshold) | Rule::ParentBased(threshold), parent) => {
                let state = parent.map_or(SamplingState::default(), |parent| parent.state);
                alone(threshold, trace_id, state)
            }
        }
    }

    /// Whether [`decide`](Self::decide) says of an operation what it said of the one around it, sampled
    /// or not, whose state is this one: most operations, of which nothing more needs to be found out.
    #[inline]
    pub(crate) fn inherits(
        &self,
        operation: &OperationSampling,
        sampled: bool,
        state: &SamplingState,
    ) -> bool {
        match self.rule {
            Rule::Adaptive { .. } if self.is_off() => false,
            Rule::Adaptive { .. } => match operation.rule {
                OperationRule::Kept => false,
                OperationRule::Follows => true,
                OperationRule::Rate => {
                    !sampled || operation.thresholds[self.level()] <= state.applied()
                }
            },
            Rule::ParentBased(_) => true,
            Rule::Own(_) => false,
        }
    }

    #[inline]
    fn adapt(
        &self,
        per_trace: bool,
        operation: &OperationSampling,
        trace_id: TraceId,
        parent: Option<ParentSampling>,
        draw: impl FnOnce() -> u64,
    ) -> Decision {
        if self.is_off() {
            let state = parent.map_or(SamplingState::default(), |parent| parent.state);
            return Decision::new(Recording::Off, state.dropped());
        }
        let threshold = operation.thresholds[self.level()];
        let Some(parent) = parent else {
            return alone(threshold, trace_id, SamplingState::default());
        };
        match operation.rule {
            OperationRule::Kept => alone(Threshold::ALWAYS, trace_id, parent.state),
            OperationRule::Follows => follow(trace_id, parent),
            OperationRule::Rate if !parent.sampled => follow(trace_id, parent),
            OperationRule::Rate => lower(
                per_trace,
                threshold,
                trace_id,
                parent.state.checked(trace_id),
                draw,
            ),
        }
    }

    /// Whether load has switched tracing off; not where the environment keeps everything.
    #[inline]
    fn is_off(&self) -> bool {
        self.load.is_extreme() && !self.rates.keeps_all()
    }

    /// The level of load; an open breaker is one more.
    #[inline]
    fn level(&self) -> usize {
        let breaker = usize::from(self.breaker_open.load(Ordering::Relaxed));
        (usize::from(self.load.level()) + breaker).min(LEVELS - 1)
    }

    /// What an ingestion of so many records is thinned to when it ends; it holds where it is larger than the
    /// threshold that the ingestion was kept with. Without rates nothing is thinned.
    #[must_use]
    pub fn ingestion_threshold(&self, records: u64) -> Threshold {
        match self.rule {
            Rule::Adaptive { .. } => self.rates.ingestion(records),
            Rule::Own(_) | Rule::ParentBased(_) => Threshold::ALWAYS,
        }
    }

    /// Decides again for a sampled ingestion that ends, and of which nobody was told yet, by how many records it took in. `state` is
    /// that of its start; `draw` gives 64 random bits.
    pub fn thin(
        &self,
        records: u64,
        trace_id: TraceId,
        state: SamplingState,
        draw: impl FnOnce() -> u64,
    ) -> Decision {
        let per_trace = matches!(self.rule, Rule::Adaptive { per_trace: true });
        let threshold = self.ingestion_threshold(records);
        lower(per_trace, threshold, trace_id, state, draw)
    }

    /// Whether an operation that fails, or is over its budget, is kept although it was not sampled. Not where the sampler
    /// was told to keep nothing.
    #[must_use]
    pub fn rescues(&self) -> bool {
        match self.rule {
            Rule::Own(threshold) | Rule::ParentBased(threshold) => threshold < Threshold::NEVER,
            Rule::Adaptive { .. } => true,
        }
    }

    /// Whether it may keep an operation, whatever its parent is.
    pub(crate) fn may_keep(&self) -> bool {
        !matches!(self.rule, Rule::Own(Threshold::NEVER))
    }

    /// Whether rates decide, and load scales them.
    #[must_use]
    pub fn is_adaptive(&self) -> bool {
        matches!(self.rule, Rule::Adaptive { .. })
    }

    /// Above so many bytes a stored object's operation is kept in any case; 64 MiB by default.
    #[must_use]
    pub fn big_object(&self) -> u64 {
        self.big_object
    }

    /// The load, which the monitor sets.
    #[must_use]
    pub fn load(&self) -> &Arc<Load> {
        &self.load
    }

    /// Says that delivery's breaker opened or closed: while it is open, rates are halved.
    pub fn set_breaker_open(&self, open: bool) {
        self.breaker_open.store(open, Ordering::Relaxed);
    }
}

/// What this threshold decides, with the randomness that came in.
#[inline]
fn alone(threshold: Threshold, trace_id: TraceId, incoming: SamplingState) -> Decision {
    let randomness = incoming.randomness;
    if threshold.keeps(incoming.randomness_of(trace_id)) {
        let state = SamplingState::new(Some(threshold), randomness);
        Decision::new(Recording::Sampled, state)
    } else {
        Decision::new(Recording::Unsampled, SamplingState::new(None, randomness))
    }
}

/// What the parent's decision is.
#[inline]
fn follow(trace_id: TraceId, parent: ParentSampling) -> Decision {
    if parent.sampled {
        Decision::new(Recording::Sampled, parent.state.checked(trace_id))
    } else {
        Decision::new(Recording::Unsampled, parent.state.dropped())
    }
}

/// What a threshold decides under something that is kept, in this state. What is lower than it already is
/// not decided again: a kept subtree is whole.
#[inline]
fn lower(
    per_trace: bool,
    threshold: Threshold,
    trace_id: TraceId,
    state: SamplingState,
    draw: impl FnOnce() -> u64,
) -> Decision {
    let applied = state.applied();
    if threshold <= applied {
        return Decision::new(Recording::Sampled, state);
    }
    let (randomness, said) = if per_trace {
        (state.randomness_of(trace_id), state.randomness)
    } else {
        let drawn = applied.draw(draw());
        (drawn, Some(drawn))
    };
    let state = state.raised(threshold, said);
    if threshold.keeps(randomness) {
        Decision::new(Recording::Sampled, state)
    } else {
        Decision::new(Recording::Unsampled, state.dropped())
    }
}
