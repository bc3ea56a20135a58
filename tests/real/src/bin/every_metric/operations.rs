//! What operations record: of each type, annotated and by hand, in every outcome.

mod annotated;
mod built;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use lakehouse_otel::operation::Operation;
use lakehouse_otel::schema::OperationType;
use lakehouse_otel::testing::ManualClock;

use crate::book::Book;

/// How a scripted operation ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Ok,
    Error,
    Panic,
    Cancel,
}

impl End {
    const ALL: [Self; 4] = [Self::Ok, Self::Error, Self::Panic, Self::Cancel];

    fn outcome(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Panic => "panicked",
            Self::Cancel => "cancelled",
        }
    }

    fn failed(self) -> bool {
        matches!(self, Self::Error | Self::Panic)
    }
}

/// What all operations of a type have in common.
#[derive(Clone, Copy)]
struct Metrics {
    of: OperationType,
    /// How many ended how.
    count: Option<&'static str>,
    /// How many ended well.
    successes: Option<&'static str>,
    /// How long they took.
    duration: Option<&'static str>,
    /// How many failed.
    errors: Option<&'static str>,
}

impl Metrics {
    /// None of them.
    const fn of(of: OperationType) -> Self {
        Self {
            of,
            count: None,
            successes: None,
            duration: None,
            errors: None,
        }
    }

    fn book(&self, book: &mut Book, end: End, seconds: f64) {
        book.end(self.of, end.outcome());
        if let Some(count) = self.count {
            book.add_with(count, end.outcome(), 1.0);
        }
        if let Some(successes) = self.successes.filter(|_| end == End::Ok) {
            book.add_with(successes, end.outcome(), 1.0);
        }
        if let Some(duration) = self.duration.filter(|_| end != End::Cancel) {
            book.record(duration, seconds);
        }
        if let Some(errors) = self.errors.filter(|_| end.failed()) {
            book.add_with(errors, end.outcome(), 1.0);
        }
    }
}

const REQUESTS: Metrics = Metrics {
    count: Some("crypto.api.requests"),
    duration: Some("crypto.api.request.duration"),
    errors: Some("crypto.api.errors"),
    ..Metrics::of(OperationType::ApiCall)
};
const PROCESSING: Metrics = Metrics {
    count: Some("crypto.processing.operations"),
    duration: Some("crypto.processing.duration"),
    errors: Some("crypto.transformation.errors"),
    ..Metrics::of(OperationType::DataProcessing)
};
const STORAGE: Metrics = Metrics {
    count: Some("crypto.storage.operations"),
    duration: Some("crypto.storage.operation.duration"),
    errors: Some("crypto.storage.errors"),
    ..Metrics::of(OperationType::Storage)
};
const STAGES: Metrics = Metrics {
    count: Some("crypto.stage.executions"),
    duration: Some("crypto.stage.duration"),
    ..Metrics::of(OperationType::Stage)
};
const WORKFLOWS: Metrics = Metrics {
    count: Some("crypto.workflow.executions"),
    duration: Some("crypto.workflow.duration"),
    ..Metrics::of(OperationType::WorkflowExecution)
};
const INGESTION: Metrics = Metrics::of(OperationType::Ingestion);
const DATABASE: Metrics = Metrics {
    duration: Some("db.client.operation.duration"),
    ..Metrics::of(OperationType::Database)
};
const INVOCATIONS: Metrics = Metrics {
    successes: Some("faas.invocations"),
    duration: Some("faas.invoke_duration"),
    errors: Some("faas.errors"),
    ..Metrics::of(OperationType::Invocation)
};
const CUSTOM: Metrics = Metrics::of(OperationType::Custom);

pub(crate) fn run(clock: &ManualClock, book: &mut Book) {
    annotated::run(clock, book);
    built::run(clock, book);
}

/// Lets the clock go on; in binary fractions, so that sums are exact.
fn take(clock: &ManualClock, seconds: f64) {
    clock.advance(Duration::from_secs_f64(seconds));
}

/// Ends an operation so.
fn end(operation: Operation, how: End) {
    match how {
        End::Ok => operation.ok(),
        End::Error => operation.error(&std::io::Error::other("scripted")),
        End::Panic => {
            let unwound = catch_unwind(AssertUnwindSafe(|| {
                let _operation = operation;
                std::panic::resume_unwind(Box::new("scripted"));
            }));
            assert!(unwound.is_err());
        }
        End::Cancel => drop(operation),
    }
}
