//! What the collector keeps, within bounds.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use super::record::{RecordedError, RecordedEvent, WorkflowId, WorkflowMetrics, WorkflowState};
use crate::clock::Timestamp;
use crate::operation::{Handle, Operation};

/// How many of the workflows that ended, of the events and of the errors the books hold; older ones make room.
pub const KEPT: usize = 1_000;

/// How many workflows may run at a time. When one more starts, the oldest is cancelled: most likely nobody will end it.
pub const MOST_RUNNING: usize = 10_000;

/// The ids of one collector's runs: numbers from a random one on.
#[derive(Debug)]
pub(super) struct Ids {
    seed: u64,
    next: AtomicU64,
}

#[derive(Default)]
pub(super) struct Books {
    /// By their numbers, and so in the order in which they started.
    running: BTreeMap<u64, Running>,
    pub(super) ended: Last<WorkflowMetrics>,
    pub(super) events: Last<RecordedEvent>,
    pub(super) errors: Last<RecordedError>,
    /// How many made room for others.
    pub(super) cancelled: u64,
}

/// A workflow that has not ended.
pub(super) struct Running {
    pub(super) id: WorkflowId,
    pub(super) name: String,
    pub(super) label: &'static str,
    pub(super) started: Timestamp,
    pub(super) events: u64,
    pub(super) errors: u64,
    pub(super) operation: Operation,
}

/// The last [`KEPT`] entries of a kind, and how many there were.
pub(super) struct Last<T> {
    pub(super) kept: VecDeque<T>,
    pub(super) count: u64,
}

impl Ids {
    pub(super) fn new() -> Self {
        Self {
            seed: RandomState::new().hash_one("workflows"),
            next: AtomicU64::new(0),
        }
    }

    pub(super) fn next(&self) -> WorkflowId {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        WorkflowId(format!("{:016x}", self.seed.wrapping_add(number)).into())
    }

    /// The number of a run; any other one for a text that is no id of ours.
    pub(super) fn number_of(&self, id: &str) -> u64 {
        let id = u64::from_str_radix(id, 16).unwrap_or_default();
        id.wrapping_sub(self.seed)
    }
}

impl Books {
    /// A run starts. Another one's operation, where that makes room.
    pub(super) fn start(
        &mut self,
        number: u64,
        running: Running,
        now: Timestamp,
    ) -> Option<Operation> {
        self.running.insert(number, running);
        if self.running.len() <= MOST_RUNNING {
            return None;
        }
        let (_, oldest) = self.running.pop_first()?;
        self.cancelled += 1;
        self.ended
            .push(oldest.metrics(now, WorkflowState::Cancelled, None));
        Some(oldest.operation)
    }

    /// A run ends: what the books say of it, and its operation.
    pub(super) fn end(
        &mut self,
        number: u64,
        id: &str,
        now: Timestamp,
        state: WorkflowState,
        error: Option<String>,
    ) -> Option<(WorkflowMetrics, Operation)> {
        self.run(number, id)?;
        let running = self.running.remove(&number)?;
        let workflow = running.metrics(now, state, error);
        self.ended.push(workflow.clone());
        Some((workflow, running.operation))
    }

    /// The run of this number, where its id is this one.
    pub(super) fn run(&mut self, number: u64, id: &str) -> Option<&mut Running> {
        let running = self.running.get_mut(&number);
        running.filter(|running| running.id.as_ref() == id)
    }

    /// Those that run, in the order in which they started.
    pub(super) fn running(&self) -> impl ExactSizeIterator<Item = &Running> {
        self.running.values()
    }
}

impl Running {
    /// The label of its name, and what adds to its span.
    pub(super) fn telemetry(&self) -> (&'static str, Handle) {
        (self.label, self.operation.handle())
    }

    pub(super) fn metrics(
        &self,
        now: Timestamp,
        state: WorkflowState,
        error: Option<String>,
    ) -> WorkflowMetrics {
        let duration: Duration = now.since(self.started);
        let start_time = SystemTime::from(self.started);
        WorkflowMetrics {
            id: self.id.clone(),
            name: self.name.clone(),
            state,
            start_time,
            end_time: (state != WorkflowState::Running).then(|| start_time + duration),
            duration,
            events: self.events,
            errors: self.errors,
            error,
        }
    }
}

impl<T> Last<T> {
    pub(super) fn push(&mut self, entry: T) {
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(entry);
        self.count += 1;
    }
}

impl<T> Default for Last<T> {
    fn default() -> Self {
        Self {
            kept: VecDeque::new(),
            count: 0,
        }
    }
}
