//! Which stages have ended in the workflows that run, for the links of those that depend on them.
//!
//! | | at most | what becomes of more |
//! |---|---|---|
//! | workflows that run at once | [1,024](WORKFLOWS) | the one that began first is forgotten |
//! | stages of a workflow | [256](STAGES) | they are not taken note of |
//! | symbols, over all stages of a workflow | [4,096](SYMBOLS) | the first is forgotten; the stage's latest end stays |
//! | symbols in all | [16,384](ALL_SYMBOLS) | those of the workflow that began first are forgotten |
//!
//! That is 2 MB at the most. A workflow that is over is forgotten.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use compact_str::CompactString;
use opentelemetry::trace::{SpanId, TraceId};

/// How many workflows there are at once.
const WORKFLOWS: usize = 1_024;

/// How many stages of one workflow are told apart.
const STAGES: usize = 256;

/// How many symbols of one workflow are told apart, over all its stages.
const SYMBOLS: usize = 4_096;

/// How many symbols there are in all.
const ALL_SYMBOLS: usize = 16_384;

/// How long a symbol is that is told apart, in bytes.
const SYMBOL_LENGTH: usize = 64;

/// A workflow that runs, by its trace and its own span.
pub(crate) type Workflow = (TraceId, SpanId);

/// The latest end of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Latest {
    /// None of that name has ended in the workflow.
    None,
    /// It has no span that is exported.
    NotSampled,
    Span(SpanId),
}

/// The stages that have ended in the workflows that run.
#[derive(Debug, Default)]
pub(crate) struct Stages(Mutex<Workflows>);

#[derive(Debug, Default)]
struct Workflows {
    running: HashMap<Workflow, Ended>,
    /// In the order in which they began; those that are over are still in here.
    order: VecDeque<Workflow>,
    /// How many symbols there are in all.
    symbols: usize,
}

/// The stages that have ended in one workflow.
#[derive(Debug, Default)]
struct Ended {
    stages: HashMap<&'static str, Ends>,
    /// The symbols, in the order in which they came.
    order: VecDeque<(&'static str, CompactString)>,
}

/// The latest ends of one stage.
#[derive(Debug)]
struct Ends {
    latest: Latest,
    of_symbols: HashMap<CompactString, Latest>,
}

impl Stages {
    /// A workflow begins.
    pub(crate) fn begin(&self, workflow: Workflow) {
        let mut workflows = self.lock();
        workflows.running.insert(workflow, Ended::default());
        workflows.order.push_back(workflow);
        while workflows.running.len() > WORKFLOWS {
            workflows.forget_first();
        }
        // Those that are over leave their place in the order behind.
        let Workflows { running, order, .. } = &mut *workflows;
        if order.len() > 2 * WORKFLOWS {
            order.retain(|workflow| running.contains_key(workflow));
        }
    }

    /// A workflow is over.
    pub(crate) fn over(&self, workflow: Workflow) {
        let mut workflows = self.lock();
        workflows.forget(workflow);
        if workflows.running.is_empty() {
            workflows.order.clear();
        }
    }

    /// A stage of a workflow has ended.
    pub(crate) fn ended(
        &self,
        workflow: Workflow,
        stage: &'static str,
        symbol: Option<&str>,
        end: Latest,
    ) {
        let mut workflows = self.lock();
        let Some(ended) = workflows.running.get_mut(&workflow) else {
            return;
        };
        let before = ended.order.len();
        ended.take(stage, symbol, end);
        let after = ended.order.len();
        workflows.symbols = (workflows.symbols + after).saturating_sub(before);
        if workflows.symbols > ALL_SYMBOLS {
            workflows.forget_symbols_of_first();
        }
    }

    /// The latest end of this stage in this workflow: of the same symbol where there is one.
    pub(crate) fn latest(&self, workflow: Workflow, stage: &str, symbol: Option<&str>) -> Latest {
        let workflows = self.lock();
        let ended = workflows.running.get(&workflow);
        let Some(ends) = ended.and_then(|ended| ended.stages.get(stage)) else {
            return Latest::None;
        };
        let of_symbol = symbol.and_then(|symbol| ends.of_symbols.get(symbol));
        *of_symbol.unwrap_or(&ends.latest)
    }

    fn lock(&self) -> MutexGuard<'_, Workflows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Workflows {
    fn forget(&mut self, workflow: Workflow) {
        if let Some(ended) = self.running.remove(&workflow) {
            self.symbols -= ended.order.len();
        }
    }

    fn forget_first(&mut self) {
        if let Some(first) = self.order.pop_front() {
            self.forget(first);
        }
    }

    /// Makes room, without forgetting which stages have ended.
    fn forget_symbols_of_first(&mut self) {
        for workflow in &self.order {
            if let Some(ended) = self.running.get_mut(workflow)
                && !ended.order.is_empty()
            {
                self.symbols -= ended.order.len();
                ended.order = VecDeque::new();
                for ends in ended.stages.values_mut() {
                    ends.of_symbols = HashMap::new();
                }
                return;
            }
        }
    }
}

impl Ended {
    fn take(&mut self, stage: &'static str, symbol: Option<&str>, end: Latest) {
        if self.stages.len() >= STAGES && !self.stages.contains_key(stage) {
            return;
        }
        let ends = self.stages.entry(stage).or_insert_with(|| Ends {
            latest: end,
            of_symbols: HashMap::new(),
        });
        ends.latest = end;
        let Some(symbol) = symbol.filter(|symbol| symbol.len() <= SYMBOL_LENGTH) else {
            return;
        };
        if let Some(latest) = ends.of_symbols.get_mut(symbol) {
            *latest = end;
            return;
        }
        let symbol = CompactString::new(symbol);
        ends.of_symbols.insert(symbol.clone(), end);
        self.order.push_back((stage, symbol));
        if self.order.len() > SYMBOLS
            && let Some((stage, symbol)) = self.order.pop_front()
            && let Some(ends) = self.stages.get_mut(stage)
        {
            ends.of_symbols.remove(&symbol);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workflow(number: u64) -> Workflow {
        (TraceId::from(1), SpanId::from(number))
    }

    fn span(number: u64) -> Latest {
        Latest::Span(SpanId::from(number))
    }

    #[test]
    fn the_latest_end_of_the_same_symbol_comes_first() {
        let stages = Stages::default();
        stages.begin(workflow(1));
        stages.begin(workflow(2));
        let latest = |symbol| stages.latest(workflow(1), "fetch", symbol);
        assert_eq!(latest(None), Latest::None);
        stages.ended(workflow(1), "fetch", Some("BTC"), span(1));
        stages.ended(workflow(1), "fetch", Some("ETH"), span(2));
        stages.ended(workflow(2), "fetch", Some("BTC"), span(3));
        assert_eq!(latest(Some("BTC")), span(1));
        assert_eq!(latest(Some("SOL")), span(2));
        assert_eq!(latest(None), span(2));
        stages.ended(workflow(1), "fetch", Some("BTC"), Latest::NotSampled);
        assert_eq!(latest(Some("BTC")), Latest::NotSampled);
        assert_eq!(latest(Some("ETH")), span(2));
        stages.over(workflow(1));
        assert_eq!(latest(Some("BTC")), Latest::None);
        stages.ended(workflow(1), "fetch", None, span(4));
        assert_eq!(latest(None), Latest::None);
        assert_eq!(stages.latest(workflow(2), "fetch", Some("BTC")), span(3));
    }

    #[test]
    fn there_is_a_bound_on_everything() {
        let stages = Stages::default();
        for number in 1..3_000 {
            stages.begin(workflow(number));
            if number % 2 == 0 {
                stages.over(workflow(number));
            }
        }
        assert_eq!(stages.lock().running.len(), WORKFLOWS);
        assert!(stages.lock().order.len() <= 2 * WORKFLOWS);
        stages.ended(workflow(1), "fetch", None, span(1));
        assert_eq!(stages.latest(workflow(1), "fetch", None), Latest::None);

        for number in [2_995, 2_997, 2_999] {
            for symbol in 0..10_000 {
                let symbol = symbol.to_string();
                stages.ended(
                    workflow(number),
                    "fetch",
                    Some(&symbol),
                    span(symbol.len() as u64),
                );
            }
        }
        assert_eq!(stages.lock().symbols, 3 * SYMBOLS);
        // The first symbols are forgotten, and the stage's latest end is not.
        let latest = |symbol| stages.latest(workflow(2_999), "fetch", Some(symbol));
        assert_eq!((latest("9999"), latest("0")), (span(4), span(4)));
        let long = "x".repeat(SYMBOL_LENGTH + 1);
        stages.ended(workflow(2_999), "fetch", Some(&long), span(9));
        assert_eq!((latest(&long), latest("9999")), (span(9), span(4)));

        for number in [2_987, 2_989, 2_991, 2_993] {
            for symbol in 0..10_000 {
                stages.ended(
                    workflow(number),
                    "clean",
                    Some(&symbol.to_string()),
                    span(1),
                );
            }
        }
        assert!(stages.lock().symbols <= ALL_SYMBOLS);
        for number in 0..300 {
            let stage: &'static str = number.to_string().leak();
            stages.ended(workflow(2_999), stage, None, span(1));
        }
        let of_last = |workflows: &Workflows| workflows.running[&workflow(2_999)].stages.len();
        assert_eq!(of_last(&stages.lock()), STAGES);
        for number in 1..=3_000 {
            stages.over(workflow(number));
        }
        let workflows = stages.lock();
        assert_eq!((workflows.symbols, workflows.order.len()), (0, 0));
    }
}
