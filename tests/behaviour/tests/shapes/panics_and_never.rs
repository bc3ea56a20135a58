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
