//! Functions that do not return.

use std::panic::{AssertUnwindSafe, catch_unwind};

use lakehouse_otel::prelude::*;
use lakehouse_otel_tests_behaviour::{bench, millis, work, yield_now};

#[track_processing(operation = "never")]
fn never(rows: u32) -> ! {
    work(2);
    panic!("{rows} rows are too many")
}

#[track_processing(operation = "async_never")]
async fn async_never(rows: u32) -> ! {
    work(2);
    yield_now().await;
    panic!("{rows} rows are too many")
}

fn message(payload: Box<dyn std::any::Any + Send>) -> String {
    *payload.downcast::<String>().unwrap()
}

#[test]
fn a_function_that_never_returns_may_panic() {
    let bench = bench();
    let payload = bench.run(|| catch_unwind(|| never(5)).unwrap_err());
    assert_eq!(message(payload), "5 rows are too many");
    bench
        .capture
        .span("never")
        .lasted(millis(2))
        .outcome(Outcome::Panicked);
}

#[test]
fn an_async_function_that_never_returns_may_panic() {
    let bench = bench();
    let run = AssertUnwindSafe(|| bench.block_on(async_never(5)));
    let payload = catch_unwind(|| {
        let AssertUnwindSafe(run) = { run };
        run()
    })
    .unwrap_err();
    assert_eq!(message(payload), "5 rows are too many");
    bench
        .capture
        .span("async_never")
        .lasted(millis(2))
        .outcome(Outcome::Panicked);
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        let what = "dropped";
        assert!(std::thread::panicking(), "{what}");
    }
}

#[track_processing(operation = "hold")]
async fn holding(ready: bool) -> u32 {
    let _bomb = Bomb;
    if !ready {
        std::future::pending::<()>().await;
    }
    7
}

#[test]
fn a_future_whose_locals_panic_when_it_is_dropped_has_panicked() {
    let capture = lakehouse_otel::testing::capture();
    capture.run(|| {
        let mut future = Box::pin(holding(false));
        let waker = std::task::Waker::noop();
        let mut task = std::task::Context::from_waker(waker);
        assert!(future.as_mut().poll(&mut task).is_pending());
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(future)));
        assert_eq!(message(dropped.unwrap_err()), "dropped");
    });
    capture.span("holding").outcome(Outcome::Panicked);
    capture.metric("crypto.processing.operations").sum(1);
}

#[test]
fn a_future_whose_locals_panic_when_it_is_ready_has_panicked() {
    let capture = lakehouse_otel::testing::capture();
    let ended = catch_unwind(AssertUnwindSafe(|| {
        capture.run(|| lakehouse_otel_tests_behaviour::block_on(holding(true)))
    }));
    assert_eq!(message(ended.unwrap_err()), "dropped");
    capture.span("holding").outcome(Outcome::Panicked);
    capture.metric("crypto.processing.operations").sum(1);
}
