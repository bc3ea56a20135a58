//! Operations that are started by hand: of each type, in every outcome.

use std::time::{Duration, SystemTime};

use lakehouse_otel::clock::Clock as _;
use lakehouse_otel::operation::{
    ApiRequest, Custom, Database, Ingestion, Invocation, Processing, ResponseDetails, Stage,
    Storage, Workflow,
};
use lakehouse_otel::schema::{
    DataType, DbSystem, Exchange, FaasTrigger, HttpRequestMethod, Layer, StorageOperation,
    StorageSystem,
};
use lakehouse_otel::testing::ManualClock;

use super::{
    CUSTOM, DATABASE, End, INGESTION, INVOCATIONS, PROCESSING, REQUESTS, STAGES, STORAGE,
    WORKFLOWS, end, take,
};
use crate::book::Book;

pub(super) fn run(clock: &ManualClock, book: &mut Book) {
    requests(clock, book);
    processing(clock, book);
    storage(clock, book);
    stages(clock, book);
    workflows(clock, book);
    ingestion(clock, book);
    database(clock, book);
    invocations(clock, book);
    custom(clock, book);
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
            book.add_with("crypto.operation.budget.exceeded", how.outcome(), 1.0);
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

fn ingestion(clock: &ManualClock, book: &mut Book) {
    for how in End::ALL {
        let operation = Ingestion::new("file")
            .exchange(Exchange::Okx)
            .data_type(DataType::Klines)
            .record_count(5_000)
            .data_size_bytes(1_048_576)
            .newest_event_time(SystemTime::from(clock.now()))
            .start();
        take(clock, 8.0);
        end(operation, how);
        INGESTION.book(book, how, 8.0);
        book.add_with("crypto.data.ingested", how.outcome(), 5_000.0);
        book.record("crypto.data.volume", 1_048_576.0);
    }
    // Of the one that ended well.
    book.set("crypto.data.freshness", "file", 8.0);
}

fn database(clock: &ManualClock, book: &mut Book) {
    for how in End::ALL {
        let operation = Database::new(DbSystem::Clickhouse, "INSERT")
            .collection("klines")
            .start();
        take(clock, 0.0625);
        end(operation, how);
        DATABASE.book(book, how, 0.0625);
    }
}

fn invocations(clock: &ManualClock, book: &mut Book) {
    for how in End::ALL {
        let operation = Invocation::new(FaasTrigger::Http)
            .name("handle")
            .coldstart(how == End::Panic)
            .start();
        take(clock, 4.0);
        end(operation, how);
        INVOCATIONS.book(book, how, 4.0);
    }
    book.add("faas.coldstarts", 1.0);
}

fn custom(clock: &ManualClock, book: &mut Book) {
    for how in End::ALL {
        let operation = Custom::new("rank").budget(Duration::from_secs(1)).start();
        take(clock, 32.0);
        end(operation, how);
        CUSTOM.book(book, how, 32.0);
        book.add_with("crypto.operation.budget.exceeded", how.outcome(), 1.0);
    }
}
