//! What operations record: annotated functions, the same by hand, and every outcome.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use lakehouse_otel::operation::{
    ApiRequest, Operation, Processing, ResponseDetails, Stage, Storage, Workflow,
};
use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::{Exchange, HttpRequestMethod, Layer, StorageOperation, StorageSystem};
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

/// What all operations have: how many ended how, how long they took, and which of them failed.
struct Metrics {
    count: &'static str,
    duration: &'static str,
    errors: Option<&'static str>,
}

impl Metrics {
    fn book(&self, book: &mut Book, end: End, seconds: f64) {
        book.add_with(self.count, end.outcome(), 1.0);
        if end != End::Cancel {
            book.record(self.duration, seconds);
        }
        if let Some(errors) = self.errors.filter(|_| end.failed()) {
            book.add(errors, 1.0);
        }
    }
}

const REQUESTS: Metrics = Metrics {
    count: "crypto.api.requests",
    duration: "crypto.api.request.duration",
    errors: Some("crypto.api.errors"),
};
const PROCESSING: Metrics = Metrics {
    count: "crypto.processing.operations",
    duration: "crypto.processing.duration",
    errors: Some("crypto.transformation.errors"),
};
const STORAGE: Metrics = Metrics {
    count: "crypto.storage.operations",
    duration: "crypto.storage.operation.duration",
    errors: Some("crypto.storage.errors"),
};
const STAGES: Metrics = Metrics {
    count: "crypto.stage.executions",
    duration: "crypto.stage.duration",
    errors: None,
};
const WORKFLOWS: Metrics = Metrics {
    count: "crypto.workflow.executions",
    duration: "crypto.workflow.duration",
    errors: None,
};

pub(crate) fn run(clock: &ManualClock, book: &mut Book) {
    annotated(clock, book);
    requests(clock, book);
    processing(clock, book);
    storage(clock, book);
    stages(clock, book);
    workflows(clock, book);
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

#[trace_crypto_workflow(name = "nightly", exchange = Binance)]
fn nightly(clock: &ManualClock) -> Result<u64, std::io::Error> {
    let pages = fetch(clock, 500)?;
    let kept = collect(clock, pages)?;
    Ok(kept)
}

#[track_api_request(
    exchange = Binance, method = "GET", endpoint = "/api/v3/klines", data_type = Klines, timeframe = H1,
    limit = limit, ok(|records| record_count = *records),
)]
fn fetch(clock: &ManualClock, limit: u64) -> Result<u64, std::io::Error> {
    take(clock, 0.125);
    Ok(limit)
}

#[trace_stage(stage = "silver", layer = Silver)]
fn collect(clock: &ManualClock, records: u64) -> Result<u64, std::io::Error> {
    clean(clock, records)?;
    write(clock, 65_536)?;
    Ok(records)
}

#[track_processing(operation = "clean", stage = "silver", layer = Silver, record_count = records)]
fn clean(clock: &ManualClock, records: u64) -> Result<(), std::io::Error> {
    take(clock, 0.25);
    Ok(())
}

#[track_storage(operation = Put, system = Local, layer = Silver, size_bytes = bytes)]
fn write(clock: &ManualClock, bytes: u64) -> Result<(), std::io::Error> {
    take(clock, 0.5);
    Ok(())
}

fn annotated(clock: &ManualClock, book: &mut Book) {
    for _ in 0..3 {
        nightly(clock).expect("nothing fails here");
        REQUESTS.book(book, End::Ok, 0.125);
        PROCESSING.book(book, End::Ok, 0.25);
        STORAGE.book(book, End::Ok, 0.5);
        STAGES.book(book, End::Ok, 0.75);
        WORKFLOWS.book(book, End::Ok, 0.875);
        book.add("crypto.data.processed", 500.0);
        book.set("crypto.processing.throughput.records", "clean", 2_000.0);
        book.record("crypto.storage.object.size", 65_536.0);
    }
    // None runs any more.
    book.add("crypto.workflows.active", 0.0);
}

fn requests(clock: &ManualClock, book: &mut Book) {
    for n in 0..200_u32 {
        let how = End::ALL[if n % 10 == 0 {
            (n as usize / 10) % 4
        } else {
            0
        }];
        let seconds = f64::from(1 + n % 64) / 16.0;
        let exchange = [Exchange::Binance, Exchange::Kraken][n as usize % 2].clone();
        let name = exchange.as_str().to_owned();
        let request = ApiRequest::new(exchange, "/api/v3/trades")
            .method(HttpRequestMethod::Get)
            .budget(Duration::from_secs(3))
            .start();
        take(clock, seconds);
        let limited = n % 50 == 10;
        let details = ResponseDetails::new()
            .status(if limited { 429 } else { 200 })
            .rate_limit_used(i64::from(n))
            .rate_limit_limit(6_000);
        request.handle().set_response_details(details);
        // What the server said outranks what the function returned.
        let how = if limited { End::Error } else { how };
        end(request, how);

        REQUESTS.book(book, how, seconds);
        if limited {
            book.add("crypto.api.rate_limits", 1.0);
        }
        if seconds > 3.0 {
            book.add("crypto.operation.budget.exceeded", 1.0);
        }
        book.set("crypto.api.rate_limit.used", &*name, f64::from(n));
        book.set("crypto.api.rate_limit.limit", name, 6_000.0);
    }
}

fn processing(clock: &ManualClock, book: &mut Book) {
    for how in End::ALL {
        let operation = Processing::new("merge")
            .stage("gold")
            .layer(Layer::Gold)
            .record_count(1_000)
            .data_size_bytes(4_096)
            .start();
        take(clock, 2.0);
        end(operation, how);
        PROCESSING.book(book, how, 2.0);
        book.add("crypto.data.processed", 1_000.0);
        book.record("crypto.data.volume", 4_096.0);
    }
    book.set("crypto.processing.throughput.records", "merge", 500.0);
}

fn storage(clock: &ManualClock, book: &mut Book) {
    for how in End::ALL {
        let operation = Storage::new(StorageOperation::Get, StorageSystem::S3)
            .size_bytes(2_097_152)
            .start();
        take(clock, 0.0625);
        end(operation, how);
        STORAGE.book(book, how, 0.0625);
        book.record("crypto.storage.object.size", 2_097_152.0);
    }
}

fn stages(clock: &ManualClock, book: &mut Book) {
    for how in End::ALL {
        let operation = Stage::new("gold")
            .layer(Layer::Gold)
            .depends_on(["silver"])
            .start();
        // It runs in no workflow, which its span would tell.
        if operation.handle().is_recording() {
            book.add("lakehouse.stage.unlinked", 1.0);
        }
        take(clock, 64.0);
        end(operation, how);
        STAGES.book(book, how, 64.0);
    }
}

fn workflows(clock: &ManualClock, book: &mut Book) {
    for how in End::ALL {
        let operation = Workflow::new("weekly").start();
        take(clock, 1_024.0);
        end(operation, how);
        WORKFLOWS.book(book, how, 1_024.0);
    }
}
