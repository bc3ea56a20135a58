//! The sampler's shares and weights, counted. Every random number comes from a seed that is written here.

#![cfg(feature = "enabled")]

mod cap;

use std::collections::BTreeMap;

use lakehouse_otel::config::SamplingConfig;
use lakehouse_otel::opentelemetry::trace::TraceId;
use lakehouse_otel::schema::OperationType;
use lakehouse_otel::schema::OperationType::{
    ApiCall, Ingestion, Stage, Storage, WorkflowExecution,
};
use lakehouse_otel::trace::sampler::{
    Cap, Decision, OperationSampling, ParentSampling, Randomness, Recording, Sampler,
    SamplingState, Threshold, Traits,
};
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};

/// A program whose operations are sampled and counted.
struct Program {
    sampler: Sampler,
    random: SmallRng,
}

/// An operation that runs, in its trace.
#[derive(Clone, Copy)]
struct Running {
    trace_id: TraceId,
    decision: Decision,
}

impl Program {
    fn new(seed: u64, configure: impl FnOnce(&mut SamplingConfig)) -> Self {
        let mut config = SamplingConfig::default();
        configure(&mut config);
        Self {
            sampler: Sampler::adaptive(&config, "production"),
            random: SmallRng::seed_from_u64(seed),
        }
    }

    fn callsite(&self, operation: OperationType) -> OperationSampling {
        self.sampler.operation(Traits {
            operation: Some(operation),
            ..Traits::default()
        })
    }

    fn root(&mut self, callsite: &OperationSampling) -> Running {
        let trace_id = TraceId::from(self.random.random::<u128>());
        self.run(callsite, trace_id, None)
    }

    fn child(&mut self, callsite: &OperationSampling, parent: Running) -> Running {
        let sampling = ParentSampling {
            sampled: parent.is_kept(),
            is_remote: false,
            state: parent.decision.state,
        };
        self.run(callsite, parent.trace_id, Some(sampling))
    }

    fn run(
        &mut self,
        callsite: &OperationSampling,
        trace_id: TraceId,
        parent: Option<ParentSampling>,
    ) -> Running {
        let random = &mut self.random;
        let decision = self
            .sampler
            .decide(callsite, trace_id, parent, || random.random());
        let running = Running { trace_id, decision };
        running.check();
        running
    }
}

impl Running {
    fn is_kept(&self) -> bool {
        self.decision.recording == Recording::Sampled
    }

    fn randomness(&self) -> Randomness {
        let of_trace = Randomness::from_trace_id(self.trace_id);
        self.decision.state.randomness.unwrap_or(of_trace)
    }

    /// For how many it stands.
    fn adjusted_count(&self) -> f64 {
        match self.decision.state.threshold {
            Some(threshold) if self.is_kept() => threshold.adjusted_count(),
            _ => 0.0,
        }
    }

    /// R >= T, for each.
    fn check(&self) {
        if let Some(threshold) = self.decision.state.threshold {
            assert!(self.is_kept());
            assert!(threshold.keeps(self.randomness()), "{:?}", self.decision);
        }
    }
}

/// Counts, how many there should be, and the variance of that.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    found: f64,
    expected: f64,
    variance: f64,
}

impl Count {
    /// One more that is kept with this probability.
    fn kept(&mut self, running: Running, probability: f64) {
        self.found += f64::from(u8::from(running.is_kept()));
        self.expected += probability;
        self.variance += probability * (1.0 - probability);
    }

    /// An estimate of this many that were decided together, with this probability.
    fn estimated(&mut self, found: f64, of: f64, probability: f64) {
        self.found += found;
        self.expected += of;
        self.variance += of * of * (1.0 - probability) / probability;
    }

    #[track_caller]
    fn assert_within_3_sigma(&self, what: &str) {
        let off = (self.found - self.expected).abs();
        let sigma = self.variance.sqrt();
        // What a threshold of four digits rounds, and what sums of floats lose.
        let rounding = self.expected * 1e-4;
        assert!(
            off <= 3.0 * sigma + rounding,
            "{what}: {} of {} expected, {:.2} sigma",
            self.found,
            self.expected,
            off / sigma
        );
    }
}

const RATES: [(OperationType, f64); 5] = [
    (WorkflowExecution, 1.0),
    (ApiCall, 0.3),
    (Storage, 0.2),
    (Ingestion, 0.3),
    (Stage, 1.0),
];

#[test]
fn each_type_is_kept_at_its_rate_through_load_steps() {
    let mut program = Program::new(1, |_| {});
    let workflow = program.callsite(WorkflowExecution);
    for (operation, rate) in RATES {
        let callsite = program.callsite(operation);
        let mut whole = Count::default();
        // Up and down again, 10,000 operations at each step; the breaker opens half-way in some.
        for (step, level) in [0, 1, 2, 3, 4, 4, 3, 2, 1, 0].into_iter().enumerate() {
            program.sampler.load().set(0, false);
            let parent = program.root(&workflow);
            program.sampler.load().set(level, false);
            let open = step % 3 == 2;
            program.sampler.set_breaker_open(open);
            let halvings = i32::from(level) + i32::from(open);
            let has_rate = operation != Stage;
            let probability = if has_rate {
                (rate * 0.5_f64.powi(halvings)).max(0.01)
            } else {
                rate
            };
            let mut count = Count::default();
            for _ in 0..10_000 {
                let running = program.child(&callsite, parent);
                count.kept(running, probability);
                whole.kept(running, probability);
            }
            program.sampler.set_breaker_open(false);
            count.assert_within_3_sigma(&format!("{operation:?} at step {step}"));
        }
        whole.assert_within_3_sigma(&format!("{operation:?}"));
    }
}

/// One seed is one outcome, which may be lucky. Over many the distances from what is expected are distributed as chance
/// distributes them: their mean is 0 and their variance 1.
#[test]
fn shares_are_right_whatever_the_seed() {
    let (mut count, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for seed in 0..200 {
        let mut program = Program::new(1_000 + seed, |_| {});
        let (workflow, request, storage) = (
            program.callsite(WorkflowExecution),
            program.callsite(ApiCall),
            program.callsite(Storage),
        );
        let mut counts = [Count::default(); 3];
        for _ in 0..2_000 {
            let run = program.root(&workflow);
            let asked = program.child(&request, run);
            counts[0].kept(asked, 0.3);
            counts[1].kept(program.child(&storage, asked), 0.2);
            counts[2].kept(program.root(&request), 0.3);
        }
        for each in counts {
            let distance = (each.found - each.expected) / each.variance.sqrt();
            count += 1.0;
            sum += distance;
            squares += distance * distance;
        }
    }
    let (mean, variance) = (sum / count, squares / count);
    assert!(mean.abs() <= 3.0 / f64::sqrt(count), "{mean}");
    assert!(
        (variance - 1.0).abs() <= 3.0 * f64::sqrt(2.0 / count),
        "{variance}"
    );
}

#[test]
fn roots_are_kept_at_their_rate() {
    let mut program = Program::new(2, |_| {});
    for (operation, rate) in RATES {
        let callsite = program.callsite(operation);
        let rate = if operation == Stage { 0.1 } else { rate };
        let mut count = Count::default();
        let mut estimate = Count::default();
        for _ in 0..100_000 {
            let running = program.root(&callsite);
            count.kept(running, rate);
            estimate.estimated(running.adjusted_count(), 1.0, rate);
        }
        count.assert_within_3_sigma(&format!("{operation:?}"));
        estimate.assert_within_3_sigma(&format!("{operation:?}, estimated"));
    }
}

#[test]
fn a_workflow_of_10_000_requests_keeps_its_share_of_whole_subtrees() {
    let mut program = Program::new(3, |_| {});
    let (workflow, request, stage, storage) = (
        program.callsite(WorkflowExecution),
        program.callsite(ApiCall),
        program.callsite(Stage),
        program.callsite(Storage),
    );
    let run = program.root(&workflow);
    let mut count = Count::default();
    for _ in 0..10_000 {
        let kept = program.child(&request, run);
        count.kept(kept, 0.3);
        // All below has its rate, or follows: a retry, a stage, and a retry in that.
        let retry = program.child(&request, kept);
        let inner = program.child(&stage, retry);
        let again = program.child(&request, inner);
        for below in [retry, inner, again] {
            assert_eq!(below.decision, kept.decision);
        }
        // A lower rate is drawn in what was kept.
        let stored = program.child(&storage, kept);
        assert!(kept.is_kept() || !stored.is_kept());
    }
    count.assert_within_3_sigma("requests");
    assert!((2_860.0..3_140.0).contains(&count.found), "{count:?}");
}

/// Counts that are estimated by th, by depth: workflow, request, storage in it, two stages in that.
fn estimates(program: &mut Program, workflows: u32, requests: u32, per_trace: bool) {
    let (workflow, request, storage, stage) = (
        program.callsite(WorkflowExecution),
        program.callsite(ApiCall),
        program.callsite(Storage),
        program.callsite(Stage),
    );
    let mut counts = [Count::default(); 4];
    for _ in 0..workflows {
        let run = program.root(&workflow);
        counts[0].estimated(run.adjusted_count(), 1.0, 0.6);
        let mut sums = [0.0; 4];
        for _ in 0..requests {
            let asked = program.child(&request, run);
            let stored = program.child(&storage, asked);
            let inner = [0, 1].map(|_| program.child(&stage, stored));
            sums[1] += asked.adjusted_count();
            sums[2] += stored.adjusted_count();
            sums[3] += inner.iter().map(Running::adjusted_count).sum::<f64>();
        }
        let of = f64::from(requests);
        for (depth, (each, probability)) in [(1.0, 0.6), (1.0, 0.3), (1.0, 0.2), (2.0, 0.2)]
            .into_iter()
            .enumerate()
            .skip(1)
        {
            if per_trace {
                counts[depth].estimated(sums[depth], each * of, probability);
            } else {
                // The draw of the workflow is shared by all, each draw of its own by those below it.
                counts[depth].found += sums[depth];
                counts[depth].expected += each * of;
                counts[depth].variance += (each * of).powi(2) * (1.0 / 0.6 - 1.0)
                    + of * each * each * (1.0 / probability - 1.0 / 0.6);
            }
        }
    }
    for (depth, count) in counts.iter().enumerate() {
        count.assert_within_3_sigma(&format!("depth {depth}, per trace: {per_trace}"));
    }
}

#[test]
fn estimates_are_right_with_a_draw_for_each_operation() {
    let mut program = Program::new(4, |config| config.workflow = 0.6);
    estimates(&mut program, 2_000, 50, false);
    estimates(&mut program, 20_000, 5, false);
}

#[test]
fn estimates_are_right_with_one_decision_for_a_trace() {
    let mut program = Program::new(5, |config| {
        config.workflow = 0.6;
        config.per_trace = true;
    });
    estimates(&mut program, 2_000, 50, true);
    estimates(&mut program, 20_000, 5, true);
}

#[test]
fn estimates_are_right_while_the_load_swings() {
    let mut program = Program::new(6, |_| {});
    let (workflow, request, storage) = (
        program.callsite(WorkflowExecution),
        program.callsite(ApiCall),
        program.callsite(Storage),
    );
    let (mut asked_count, mut stored_count) = (Count::default(), Count::default());
    let mut run = program.root(&workflow);
    for number in 0..100_000 {
        if number % 1_000 == 0 {
            program.sampler.load().set(0, false);
            run = program.root(&workflow);
        }
        let before = program.random.random_range(0..4);
        program.sampler.load().set(before, false);
        let asked = program.child(&request, run);
        let probability = 0.3 * 0.5_f64.powi(before.into());
        asked_count.estimated(asked.adjusted_count(), 1.0, probability);
        // It changes in the midst of the request.
        let after = program.random.random_range(0..4);
        program.sampler.load().set(after, false);
        let stored = program.child(&storage, asked);
        let probability = probability.min(0.2 * 0.5_f64.powi(after.into()));
        stored_count.estimated(stored.adjusted_count(), 1.0, probability);
    }
    asked_count.assert_within_3_sigma("requests");
    stored_count.assert_within_3_sigma("storage");
}

#[test]
fn under_a_parent_of_unknown_weight_shares_hold_and_weights_stay_unknown() {
    let mut program = Program::new(7, |_| {});
    let (workflow, request, storage) = (
        program.callsite(WorkflowExecution),
        program.callsite(ApiCall),
        program.callsite(Storage),
    );
    let remote = ParentSampling {
        sampled: true,
        is_remote: true,
        state: SamplingState::default(),
    };
    let trace_id = TraceId::from(program.random.random::<u128>());
    let run = program.run(&workflow, trace_id, Some(remote));
    let mut counts = [Count::default(); 2];
    for _ in 0..100_000 {
        let asked = program.child(&request, run);
        let again = program.child(&request, asked);
        assert_eq!(again.decision, asked.decision);
        let stored = program.child(&storage, asked);
        for running in [asked, again, stored] {
            assert_eq!(running.decision.state.threshold, None);
        }
        counts[0].kept(asked, 0.3);
        counts[1].kept(stored, 0.2);
    }
    counts[0].assert_within_3_sigma("requests");
    counts[1].assert_within_3_sigma("storage");
}

#[test]
fn thinned_ingestions_are_kept_at_their_rate_and_weigh_right() {
    for per_trace in [false, true] {
        let mut program = Program::new(80, |config| config.per_trace = per_trace);
        let (workflow, ingestion) = (
            program.callsite(WorkflowExecution),
            program.callsite(Ingestion),
        );
        for (records, rate) in [(100, 0.05), (4_000, 0.12), (20_000, 0.3)] {
            let (mut count, mut estimate) = (Count::default(), Count::default());
            for _ in 0..100_000 {
                let run = program.root(&workflow);
                let mut running = program.child(&ingestion, run);
                if running.is_kept() {
                    let state = running.decision.state;
                    let random = &mut program.random;
                    running.decision =
                        program
                            .sampler
                            .thin(records, running.trace_id, state, || random.random());
                    running.check();
                }
                count.kept(running, rate);
                estimate.estimated(running.adjusted_count(), 1.0, rate);
            }
            count.assert_within_3_sigma(&format!("{records} records, per trace: {per_trace}"));
            estimate.assert_within_3_sigma(&format!("{records} records, estimated"));
        }
    }
}
