//! `stream = items` and `stream = batch(n)`: what is done with the items has spans of its own.

use std::pin::pin;

use futures::stream::{self, Stream, StreamExt};
use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::crypto::{STREAM_ERRORS, STREAM_ITEMS, STREAM_POSITION, SYMBOL};
use lakehouse_otel::testing::{Capture, CapturedSpan};
use lakehouse_otel::trace::sampler::Sampler;
use lakehouse_otel_tests_behaviour::{assert_whole, bench, block_on, millis, work, yield_now};

/// Gives the numbers, each after a millisecond.
fn numbers(count: u32) -> impl Stream<Item = u32> {
    stream::iter(0..count).then(|row| async move {
        work(1);
        yield_now().await;
        row
    })
}

#[track_processing(operation = "read", stage = "bronze", symbol = symbol, stream = "items")]
fn items(symbol: &str, count: u32) -> impl Stream<Item = u32> {
    numbers(count)
}

const PAIR: usize = 2;

#[track_processing(operation = "read", stream = batch(PAIR))]
fn batches(count: u32) -> impl Stream<Item = Result<u32, String>> {
    numbers(count).map(|row| if row == 1 { Err("one".into()) } else { Ok(row) })
}

#[track_processing(operation = "store")]
async fn store(row: u32) {
    work(10 * u64::from(row));
    yield_now().await;
}

#[track_processing(operation = "consume")]
async fn consume(rows: impl Stream<Item = u32>) {
    let mut rows = pin!(rows);
    while let Some(row) = rows.next().await {
        store(row).await;
    }
    work(100);
}

fn links_to(span: &CapturedSpan, stream: &CapturedSpan) {
    let links: Vec<_> = span.data().links.iter().collect();
    assert_eq!(links.len(), 1);
    assert_eq!(links[0].span_context.span_id(), stream.span_id());
    assert_eq!(links[0].span_context.trace_id(), stream.trace_id());
}

#[test]
fn each_item_has_a_span_from_its_delivery_until_the_next_is_asked_for() {
    let bench = bench();
    bench.block_on(consume(items("BTCUSDT", 3)));
    let stream = bench.capture.span("read");
    let consumer = bench.capture.span("consume");
    stream
        .child_of(&consumer)
        .has(STREAM_ITEMS, 3)
        .has(SYMBOL, "BTCUSDT")
        .lasted(millis(3 + 30));
    let items = bench.capture.spans_named("read item");
    assert_eq!(items.len(), 3);
    for (position, item) in (0..).zip(&items) {
        links_to(item, &stream);
        item.child_of(&consumer)
            .has(STREAM_POSITION, position)
            .has(STREAM_ITEMS, 1)
            .has(lakehouse_otel::schema::crypto::PROCESSING_STAGE, "bronze")
            .has_no(SYMBOL)
            .outcome(Outcome::Ok)
            .lasted(millis(10 * u64::try_from(position).unwrap()));
    }
    // What the consumer does is its own work.
    bench.capture.spans_named("store")[0].child_of(&consumer);
    assert_whole(&bench.capture);
    // Metrics count streams, and not their items.
    let operations = bench.capture.metric("crypto.processing.operations");
    operations
        .with("crypto.processing.operation", "read")
        .sum(1);
}

#[test]
fn batches_have_a_span_each_and_the_last_one_what_is_left() {
    let bench = bench();
    bench.run(|| {
        let mut rows = pin!(batches(5));
        block_on(async {
            while let Some(row) = rows.next().await {
                work(10 * u64::from(row.unwrap_or_default()));
            }
            // Of no item, with the stream still there.
            work(100);
        });
    });
    let stream = bench.capture.span("read");
    stream.outcome(Outcome::Error);
    let batches = bench.capture.spans_named("read batch");
    assert_eq!(batches.len(), 3);
    for (batch, (position, items, lasted)) in
        batches.iter().zip([(0, 2, 1), (2, 2, 51), (4, 1, 40)])
    {
        links_to(batch, &stream);
        // Nobody's work: it stands under the stream.
        batch
            .child_of(&stream)
            .has(STREAM_POSITION, position)
            .has(STREAM_ITEMS, items)
            .outcome(Outcome::Ok)
            .lasted(millis(lasted));
    }
    batches[0].has(STREAM_ERRORS, 1);
    batches[1].has_no(STREAM_ERRORS);
    assert_whole(&bench.capture);
}

#[test]
fn dropped_while_an_item_is_worked_on_the_item_ends() {
    let bench = bench();
    bench.block_on(async {
        let mut rows = pin!(items("BTCUSDT", 3));
        rows.next().await;
        work(7);
    });
    bench
        .capture
        .span("read item")
        .outcome(Outcome::Ok)
        .lasted(millis(7));
    bench
        .capture
        .span("read")
        .outcome(Outcome::Cancelled)
        .lasted(millis(8));
}

#[test]
fn an_item_whose_processing_panics_says_so() {
    let bench = bench();
    let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        bench.block_on(async {
            let mut rows = pin!(items("BTCUSDT", 3));
            let row = rows.next().await;
            assert_eq!(row, None, "no row");
        });
    }));
    unwound.unwrap_err();
    bench.capture.span("read item").outcome(Outcome::Panicked);
}

#[test]
fn there_are_no_spans_of_items_where_the_stream_is_not_sampled() {
    let capture = Capture::builder().sampler(Sampler::always_off()).build();
    capture.run(|| block_on(items("BTCUSDT", 3).collect::<Vec<_>>()));
    assert!(capture.spans().is_empty());
}

#[test]
fn handed_on_to_another_trace_the_items_stay_in_their_own() {
    let bench = bench();
    bench.run(|| {
        let mut rows = Box::pin(items("BTCUSDT", 2));
        block_on(rows.next());
        block_on(consume(rows));
    });
    let stream = bench.capture.span("read");
    for item in bench.capture.spans_named("read item") {
        links_to(&item, &stream);
        item.child_of(&stream);
    }
    assert_ne!(bench.capture.span("consume").trace_id(), stream.trace_id());
    assert_whole(&bench.capture);
}
