//! Functions that return a stream: the stream is timed from its first poll to its end, and not its
//! construction.

use std::cell::Cell;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use futures::stream::{self, BoxStream, FusedStream, LocalBoxStream, Stream, StreamExt, TryStream};
use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::crypto::{
    DATA_SIZE_BYTES, RECORD_COUNT, STREAM_ERRORS, STREAM_ITEMS, SYMBOL,
};
use lakehouse_otel::schema::error::TYPE as ERROR_TYPE;
use lakehouse_otel_tests_behaviour::{Bench, bench, block_on, millis, work, yield_now};

/// Makes the stream, waits, and takes all that it gives.
fn collect_later<S: Stream>(bench: &Bench, make: impl FnOnce() -> S) -> Vec<S::Item> {
    bench.run(|| {
        let stream = make();
        work(100);
        block_on(stream.collect())
    })
}

/// Polls once, outside of an executor.
fn poll_once<S: Stream + ?Sized>(stream: Pin<&mut S>) -> Poll<Option<S::Item>> {
    stream.poll_next(&mut Context::from_waker(Waker::noop()))
}

#[track_processing(operation = "opaque", symbol = symbol, context = ctx)]
fn opaque(symbol: &str, mut count: u32) -> impl Stream<Item = u32> + Send + use<> {
    work(50);
    count += 1;
    let length = u32::try_from(symbol.len()).unwrap();
    stream::unfold(0, move |at| {
        let ctx = ctx.clone();
        async move {
            if at == count {
                return None;
            }
            work(2);
            yield_now().await;
            ctx.add_event("gave", []);
            Some((at * length, at + 1))
        }
    })
}

#[test]
fn a_stream_is_timed_from_its_first_poll_to_its_end() {
    let bench = bench();
    assert_eq!(collect_later(&bench, || opaque("BTCUSDT", 2)), [0, 7, 14]);
    let span = bench.capture.span("opaque");
    span.lasted(millis(6))
        .has(SYMBOL, "BTCUSDT")
        .has(STREAM_ITEMS, 3)
        .has_no(STREAM_ERRORS)
        .has_no(RECORD_COUNT)
        .outcome(Outcome::Ok);
    assert_eq!(span.event_names(), ["gave", "gave", "gave"]);
}

#[test]
fn what_is_never_polled_is_no_operation() {
    let bench = bench();
    bench.run(|| drop(opaque("BTCUSDT", 2)));
    assert!(bench.capture.spans().is_empty());
}

#[test]
fn dropped_before_its_end_it_is_cancelled() {
    let bench = bench();
    bench.block_on(async {
        let mut stream = pin!(opaque("BTCUSDT", 9));
        stream.next().await;
        stream.next().await;
    });
    bench
        .capture
        .span("opaque")
        .lasted(millis(4))
        .has(STREAM_ITEMS, 2)
        .outcome(Outcome::Cancelled);
}

#[test]
fn dropped_after_its_end_it_ended_well() {
    let bench = bench();
    bench.block_on(async {
        let mut stream = pin!(opaque("BTCUSDT", 0));
        while stream.next().await.is_some() {}
        work(100);
    });
    bench
        .capture
        .span("opaque")
        .lasted(millis(2))
        .outcome(Outcome::Ok);
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("row {0} is malformed")]
struct Malformed(u32);

#[track_processing(operation = "results")]
fn results(rows: Vec<u32>) -> impl Stream<Item = Result<u32, Malformed>> {
    stream::iter(rows).map(|row| {
        work(1);
        if row == 0 {
            Err(Malformed(row))
        } else {
            Ok(row)
        }
    })
}

#[test]
fn an_error_among_the_items_is_an_error_whatever_comes_after_it() {
    for rows in [vec![1, 0], vec![1, 0, 2], vec![0, 0, 1]] {
        let bench = bench();
        let errors = rows.iter().filter(|row| **row == 0).count();
        let count = rows.len();
        collect_later(&bench, || results(rows));
        bench
            .capture
            .span("results")
            .has(ERROR_TYPE, "Malformed")
            .has(STREAM_ITEMS, i64::try_from(count).unwrap())
            .has(STREAM_ERRORS, i64::try_from(errors).unwrap())
            .outcome(Outcome::Error);
    }
}

#[test]
fn dropped_on_an_error_it_failed() {
    let bench = bench();
    let taken: Result<Vec<_>, _> = bench.block_on(async {
        let mut stream = pin!(results(vec![1, 0, 2]));
        let mut taken = Vec::new();
        while let Some(row) = stream.next().await {
            taken.push(row?);
        }
        Ok::<_, Malformed>(taken)
    });
    assert_eq!(taken, Err(Malformed(0)));
    let span = bench.capture.span("results");
    span.outcome(Outcome::Error).has(STREAM_ITEMS, 2);
    assert_eq!(span.event_names(), ["exception"]);
}

#[track_processing(operation = "panics")]
fn panics() -> impl Stream<Item = u32> {
    stream::iter([1, 2]).map(|row| {
        work(1);
        assert!(row < 2, "row 2");
        row
    })
}

#[test]
fn a_panic_goes_on_and_ends_it() {
    let bench = bench();
    let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        bench.block_on(panics().collect::<Vec<_>>())
    }));
    assert_eq!(*unwound.unwrap_err().downcast::<&str>().unwrap(), "row 2");
    bench
        .capture
        .span("panics")
        .lasted(millis(2))
        .has(STREAM_ITEMS, 1)
        .outcome(Outcome::Panicked);
}

#[track_processing(operation = "sums", ok(|batch| record_count += batch.len(), data_size_bytes += batch.len() * 4, symbol = "last"))]
fn sums(batches: Vec<Vec<u32>>) -> impl Stream<Item = Vec<u32>> {
    work(1);
    stream::iter(batches)
}

#[test]
fn amounts_of_items_add_up() {
    let bench = bench();
    collect_later(&bench, || sums(vec![vec![1, 2], vec![], vec![3]]));
    bench
        .capture
        .span("sums")
        .has(RECORD_COUNT, 3)
        .has(DATA_SIZE_BYTES, 12)
        .has(SYMBOL, "last")
        .has(STREAM_ITEMS, 3);
    bench.capture.metric("crypto.data.processed").sum(3);
}

#[track_processing(operation = "counted", ok(|_| record_count += 1), err(|error| crypto.rejected_count += 1, symbol = error.0.to_string()))]
fn counted(rows: Vec<u32>) -> impl Stream<Item = Result<u32, Malformed>> {
    stream::iter(rows).map(|row| if row == 0 { Err(Malformed(7)) } else { Ok(row) })
}

#[test]
fn items_and_errors_are_seen_one_by_one() {
    let bench = bench();
    collect_later(&bench, || counted(vec![1, 0, 2, 0]));
    bench
        .capture
        .span("counted")
        .has(RECORD_COUNT, 2)
        .has(lakehouse_otel::schema::crypto::REJECTED_COUNT, 2)
        .has(SYMBOL, "7")
        .has(STREAM_ERRORS, 2)
        .outcome(Outcome::Error);
}

#[track_processing(operation = "boxed")]
fn boxed<'a>(rows: &'a [u32]) -> Pin<Box<dyn Stream<Item = u32> + Send + 'a>> {
    work(50);
    if rows.is_empty() {
        return Box::pin(stream::empty());
    }
    Box::pin(stream::iter(rows).map(|row| {
        work(3);
        row * 2
    }))
}

#[track_processing(operation = "boxed")]
fn named_boxed(rows: Vec<u32>) -> BoxStream<'static, u32> {
    Box::pin(stream::iter(rows))
}

#[track_processing(operation = "boxed")]
fn local_boxed(rows: Rc<Vec<u32>>) -> LocalBoxStream<'static, u32> {
    stream::iter(0..rows.len())
        .map(move |index| rows[index])
        .boxed_local()
}

#[track_processing(operation = "boxed")]
fn unpin_boxed(rows: Vec<u32>) -> Box<dyn Stream<Item = u32> + Send + Unpin> {
    Box::new(stream::iter(rows))
}

#[test]
fn boxed_streams_are_timed() {
    let bench = bench();
    assert_eq!(collect_later(&bench, || boxed(&[1, 2])), [2, 4]);
    assert_eq!(collect_later(&bench, || boxed(&[])), []);
    assert_eq!(collect_later(&bench, || named_boxed(vec![1])), [1]);
    assert_eq!(collect_later(&bench, || local_boxed(vec![1].into())), [1]);
    assert_eq!(collect_later(&bench, || unpin_boxed(vec![1])), [1]);
    let spans = bench.capture.spans_named("boxed");
    assert_eq!(spans.len(), 5);
    spans[0].lasted(millis(6)).has(STREAM_ITEMS, 2);
    spans[1].lasted(millis(0)).has(STREAM_ITEMS, 0);
}

#[track_processing(operation = "generated", record_count = limit)]
fn generated(limit: u32) -> impl Stream<Item = u32> {
    work(50);
    async_stream::stream! {
        for row in 0..limit {
            work(1);
            yield_now().await;
            yield row;
        }
    }
}

#[track_processing(operation = "generated")]
fn try_generated(texts: &[&str]) -> impl Stream<Item = Result<u32, std::num::ParseIntError>> {
    async_stream::try_stream! {
        for text in texts {
            work(1);
            let row: u32 = text.parse()?;
            yield row;
        }
    }
}

#[test]
fn streams_made_by_macros_are_timed() {
    let bench = bench();
    assert_eq!(collect_later(&bench, || generated(3)), [0, 1, 2]);
    let rows = collect_later(&bench, || try_generated(&["1", "?", "2"]));
    assert_eq!(rows.len(), 2);
    let spans = bench.capture.spans_named("generated");
    spans[0]
        .lasted(millis(3))
        .has(RECORD_COUNT, 3)
        .outcome(Outcome::Ok);
    spans[1]
        .lasted(millis(2))
        .has(STREAM_ERRORS, 1)
        .has(ERROR_TYPE, "ParseIntError")
        .outcome(Outcome::Error);
}

#[track_processing(operation = "tried")]
fn tried() -> impl TryStream<Ok = u32, Error = Malformed> {
    stream::iter([Ok(1), Err(Malformed(2))])
}

#[track_processing(operation = "fused")]
fn fused() -> impl FusedStream<Item = u32> + Unpin {
    stream::iter([1, 2]).fuse()
}

#[track_processing(operation = "unnamed")]
fn unnamed() -> impl Stream {
    stream::iter([1])
}

#[test]
fn other_traits_of_streams_are_known() {
    use futures::TryStreamExt;

    let bench = bench();
    assert!(bench.block_on(tried().try_collect::<Vec<_>>()).is_err());
    bench.run(|| {
        let mut stream = fused();
        assert_eq!(stream.size_hint(), (2, Some(2)));
        assert!(!stream.is_terminated());
        assert_eq!(poll_once(Pin::new(&mut stream)), Poll::Ready(Some(1)));
        assert_eq!(stream.size_hint(), (1, Some(1)));
        assert_eq!(poll_once(Pin::new(&mut stream)), Poll::Ready(Some(2)));
        assert_eq!(poll_once(Pin::new(&mut stream)), Poll::Ready(None));
        assert!(stream.is_terminated());
        // As the stream itself does.
        assert_eq!(poll_once(Pin::new(&mut stream)), Poll::Ready(None));
    });
    collect_later(&bench, unnamed);
    bench.capture.span("tried").outcome(Outcome::Error);
    bench.capture.span("fused").has(STREAM_ITEMS, 2);
    bench.capture.span("unnamed").has(STREAM_ITEMS, 1);
}

#[track_processing(operation = "inner")]
fn inner() {}

#[track_processing(operation = "outer")]
fn outer(stays: Rc<Cell<bool>>) -> impl Stream<Item = u32> {
    struct Last(Rc<Cell<bool>>);
    impl Drop for Last {
        fn drop(&mut self) {
            self.0.set(true);
            inner();
        }
    }
    let last = Last(stays);
    stream::iter([1, 2]).map(move |row| {
        let _ = &last;
        inner();
        row
    })
}

#[track_processing(operation = "consumer")]
async fn consumer(dropped: Rc<Cell<bool>>) {
    let mut stream = pin!(outer(dropped));
    stream.next().await;
    inner();
}

#[test]
fn its_context_is_attached_while_it_is_polled_and_only_then() {
    let bench = bench();
    let dropped = Rc::new(Cell::new(false));
    bench.block_on(consumer(Rc::clone(&dropped)));
    assert!(dropped.get());
    let outer = bench.capture.span("outer");
    let consumer = bench.capture.span("consumer");
    outer.child_of(&consumer).outcome(Outcome::Cancelled);
    let inner = bench.capture.spans_named("inner");
    inner[0].child_of(&outer);
    inner[1].child_of(&consumer);
    // What it holds is dropped as its work.
    inner[2].child_of(&outer);
}

#[test]
fn two_streams_that_take_turns_do_not_see_each_other() {
    let bench = bench();
    let zipped = bench.block_on(opaque("AB", 1).zip(opaque("ABC", 1)).collect::<Vec<_>>());
    assert_eq!(zipped, [(0, 0), (2, 3)]);
    for span in bench.capture.spans_named("opaque") {
        span.is_root();
    }
}

#[test]
fn send_streams_stay_send() {
    fn is_send<T: Send>(_: &T) {}
    fn is_unpin<T: Unpin>(_: &T) {}
    is_send(&opaque("BTCUSDT", 1));
    is_send(&boxed(&[]));
    is_unpin(&fused());
}

#[test]
fn polled_on_several_threads_it_is_one_operation() {
    let bench = bench();
    let mut stream = bench.run(|| Box::pin(opaque("AB", 2)));
    for expected in [Some(0), Some(2), Some(4), None] {
        let context = bench.capture.context();
        stream = std::thread::spawn(move || {
            let attached = context.attach();
            assert_eq!(block_on(stream.next()), expected);
            drop(attached);
            stream
        })
        .join()
        .unwrap();
    }
    bench
        .capture
        .span("opaque")
        .has(STREAM_ITEMS, 3)
        .outcome(Outcome::Ok);
}

#[track_processing(operation = "panicking", ok(|row| record_count += panics_on_two(*row)))]
fn panicking_attribute() -> impl Stream<Item = u32> {
    stream::iter([1, 2, 3])
}

fn panics_on_two(row: u32) -> u32 {
    assert_ne!(row, 2, "two");
    row
}

#[test]
fn a_panicking_attribute_of_an_item_leaves_no_context_attached() {
    let bench = bench();
    let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        bench.block_on(panicking_attribute().collect::<Vec<_>>())
    }));
    unwound.unwrap_err();
    bench.run(inner);
    bench.capture.span("inner").is_root();
    bench
        .capture
        .span("panicking")
        .has(RECORD_COUNT, 1)
        .outcome(Outcome::Panicked);
}
