//! The rows of the table: what is called, under what, and how often.

use crate::contenders::{Parent, State};
use crate::work::{BAD, GOOD};

/// How a round calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The function.
    Call,
    /// The function as the root of a trace.
    Root,
    /// The function with a rate of 0: never sampled, whatever its parent is.
    Dropped,
    /// The function, under an operation of the contender's own that has the rate 0.
    UnderDropped,
    /// The async function, polled once more than it pauses.
    Async { pauses: u32 },
    /// Traces of a parent and 99 calls each.
    Trace,
    /// A counter alone.
    Count,
    /// A histogram alone.
    Record,
}

/// A row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// What the command line calls it.
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) shape: Shape,
    pub(crate) parent: Parent,
    pub(crate) state: State,
    /// What the function is given.
    pub(crate) symbol: &'static str,
    pub(crate) threads: u32,
    /// Whether the worker waits for the flush: a batch is as large as the queue.
    pub(crate) worker_rests: bool,
    /// How often each thread of a round calls.
    pub(crate) calls: u32,
    /// Rows of one group are interleaved.
    pub(crate) group: u8,
    /// Whether it is in the table of metrics, and not in that of calls.
    pub(crate) metrics: bool,
}

const ROW: Row = Row {
    id: "",
    title: "",
    shape: Shape::Call,
    parent: Parent::Sampled,
    state: State::On,
    symbol: GOOD,
    threads: 1,
    worker_rests: false,
    calls: 2_000,
    group: 0,
    metrics: false,
};

const fn threads(id: &'static str, title: &'static str, threads: u32) -> Row {
    Row {
        id,
        title,
        threads,
        calls: 5_000,
        group: 7,
        ..ROW
    }
}

const fn at_rest(id: &'static str, title: &'static str, threads: u32) -> Row {
    Row {
        worker_rests: true,
        group: 8,
        ..self::threads(id, title, threads)
    }
}

/// All of them.
pub(crate) const ROWS: &[Row] = &[
    Row {
        id: "child",
        title: "sampled child",
        ..ROW
    },
    Row {
        id: "root",
        title: "sampled root",
        shape: Shape::Root,
        parent: Parent::None,
        group: 1,
        ..ROW
    },
    Row {
        id: "unsampled",
        title: "unsampled, under an unsampled parent",
        parent: Parent::Unsampled,
        group: 2,
        ..ROW
    },
    Row {
        id: "unsampled-2",
        title: "unsampled, under a sampled parent",
        shape: Shape::Dropped,
        group: 2,
        ..ROW
    },
    Row {
        id: "unsampled-3",
        title: "unsampled, under an unsampled operation",
        shape: Shape::UnderDropped,
        parent: Parent::None,
        group: 2,
        ..ROW
    },
    Row {
        id: "unsampled-4",
        title: "unsampled root",
        shape: Shape::Dropped,
        parent: Parent::None,
        group: 2,
        ..ROW
    },
    Row {
        id: "disabled",
        title: "disabled at run time",
        parent: Parent::None,
        state: State::Off,
        calls: 20_000,
        group: 3,
        ..ROW
    },
    Row {
        id: "async-1",
        title: "async, one poll",
        shape: Shape::Async { pauses: 0 },
        group: 4,
        ..ROW
    },
    Row {
        id: "async-10",
        title: "async, ten polls",
        shape: Shape::Async { pauses: 9 },
        // fastrace queues a command for each poll, and has room for 10,240.
        calls: 500,
        group: 4,
        ..ROW
    },
    Row {
        id: "error",
        title: "error path",
        symbol: BAD,
        group: 5,
        ..ROW
    },
    Row {
        id: "trace-100",
        title: "100 spans a trace, per span",
        shape: Shape::Trace,
        parent: Parent::None,
        group: 6,
        ..ROW
    },
    threads("threads-1", "1 thread, per call of all", 1),
    threads("threads-2", "2 threads, per call of all", 2),
    threads("threads-4", "4 threads, per call of all", 4),
    threads("threads-8", "8 threads, per call of all", 8),
    at_rest("rest-1", "1 thread, the worker at rest", 1),
    at_rest("rest-2", "2 threads, the worker at rest", 2),
];

const fn metrics(
    id: &'static str,
    title: &'static str,
    shape: Shape,
    threads: u32,
    group: u8,
) -> Row {
    Row {
        id,
        title,
        shape,
        parent: Parent::None,
        threads,
        calls: 20_000,
        group,
        metrics: true,
        ..ROW
    }
}

/// Those of metrics alone.
pub(crate) const METRICS: &[Row] = &[
    metrics("count-1", "counter, 1 thread", Shape::Count, 1, 8),
    metrics("count-2", "counter, 2 threads", Shape::Count, 2, 8),
    metrics("count-8", "counter, 8 threads", Shape::Count, 8, 8),
    metrics("record-1", "histogram, 1 thread", Shape::Record, 1, 9),
    metrics("record-2", "histogram, 2 threads", Shape::Record, 2, 9),
    metrics("record-8", "histogram, 8 threads", Shape::Record, 8, 9),
    metrics("metrics-1", "an operation, 1 thread", Shape::Call, 1, 10),
    metrics("metrics-2", "an operation, 2 threads", Shape::Call, 2, 10),
    metrics("metrics-8", "an operation, 8 threads", Shape::Call, 8, 10),
];

impl Row {
    /// The row of this name.
    pub(crate) fn named(id: &str) -> Option<&'static Self> {
        ROWS.iter().chain(METRICS).find(|row| row.id == id)
    }

    /// How many spans a block of calls makes where it is recorded, the parent among them.
    pub(crate) fn spans(&self, calls: u32) -> u64 {
        let calls = match self.shape {
            Shape::Dropped | Shape::UnderDropped => 0,
            _ => u64::from(calls),
        };
        match (self.state, self.parent) {
            (State::On, Parent::Sampled) => calls + 1,
            (State::On, Parent::None) => calls,
            _ => 0,
        }
    }
}
