//! Annotated functions: one of each macro.

use std::io::Error;
use std::time::SystemTime;

use lakehouse_otel::clock::Clock as _;
use lakehouse_otel::prelude::*;
use lakehouse_otel::testing::ManualClock;

use super::{
    CUSTOM, DATABASE, End, INGESTION, INVOCATIONS, PROCESSING, REQUESTS, STAGES, STORAGE,
    WORKFLOWS, take,
};
use crate::book::Book;

pub(super) fn run(clock: &ManualClock, book: &mut Book) {
    nights(clock, book);
    backfills(clock, book);
}

#[trace_crypto_workflow(name = "nightly", exchange = Binance)]
fn nightly(clock: &ManualClock) -> Result<u64, Error> {
    let pages = fetch(clock, 500)?;
    let kept = collect(clock, pages)?;
    Ok(kept)
}

#[track_api_request(
    exchange = Binance, method = "GET", endpoint = "/api/v3/klines", data_type = Klines, timeframe = H1,
    limit = limit, ok(|records| record_count = *records),
)]
fn fetch(clock: &ManualClock, limit: u64) -> Result<u64, Error> {
    take(clock, 0.125);
    Ok(limit)
}

#[trace_stage(stage = "silver", layer = Silver)]
fn collect(clock: &ManualClock, records: u64) -> Result<u64, Error> {
    clean(clock, records)?;
    write(clock, 65_536)?;
    Ok(records)
}

#[track_processing(operation = "clean", stage = "silver", layer = Silver, record_count = records)]
fn clean(clock: &ManualClock, records: u64) -> Result<(), Error> {
    take(clock, 0.25);
    Ok(())
}

#[track_storage(operation = Put, system = Local, layer = Silver, size_bytes = bytes)]
fn write(clock: &ManualClock, bytes: u64) -> Result<(), Error> {
    take(clock, 0.5);
    Ok(())
}

fn nights(clock: &ManualClock, book: &mut Book) {
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

#[trace_invocation(trigger = Timer, name = "backfill", flush = "10s")]
fn backfill(clock: &ManualClock, works: bool) -> Result<u64, Error> {
    take_in(clock, clock.now().into(), works)
}

#[track_ingestion(
    source = "websocket", exchange = Bybit, data_type = Trades, newest_event_time = newest,
    ok(|records| record_count = *records, data_size_bytes = 16 * *records),
)]
fn take_in(clock: &ManualClock, newest: SystemTime, works: bool) -> Result<u64, Error> {
    take(clock, 0.25);
    select(clock, works)
}

#[track_database(
    system = Postgresql, operation = "SELECT", collection = "trades", ok(|rows| returned_rows = *rows),
)]
fn select(clock: &ManualClock, works: bool) -> Result<u64, Error> {
    take(clock, 0.5);
    deduplicate(clock, works)
}

#[trace_operation(name = "deduplicate", budget = "1s")]
fn deduplicate(clock: &ManualClock, works: bool) -> Result<u64, Error> {
    take(clock, 2.0);
    if works {
        Ok(300)
    } else {
        Err(Error::other("scripted"))
    }
}

fn backfills(clock: &ManualClock, book: &mut Book) {
    for (works, how) in [(true, End::Ok), (false, End::Error), (true, End::Ok)] {
        assert_eq!(backfill(clock, works).is_ok(), works);
        CUSTOM.book(book, how, 2.0);
        book.add_with("crypto.operation.budget.exceeded", how.outcome(), 1.0);
        DATABASE.book(book, how, 2.5);
        INGESTION.book(book, how, 2.75);
        INVOCATIONS.book(book, how, 2.75);
        if works {
            book.add_with("crypto.data.ingested", how.outcome(), 300.0);
            book.record("crypto.data.volume", 4_800.0);
            book.set("crypto.data.freshness", "websocket", 2.75);
        }
    }
    // Only the first one of the process.
    book.add("faas.coldstarts", 1.0);
}
