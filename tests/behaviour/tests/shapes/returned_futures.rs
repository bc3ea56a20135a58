//! Functions that return a future: the future is timed, not its construction.

use std::pin::Pin;

use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::crypto::{RECORD_COUNT, SYMBOL};
use lakehouse_otel_tests_behaviour::{Bench, bench, block_on, millis, work, yield_now};

#[track_api_request(exchange = Kraken, endpoint = "/0/public/OHLC", symbol = symbol, context = ctx, ok(|rows| record_count = *rows))]
fn impl_future(
    symbol: &str,
    fail: bool,
) -> impl Future<Output = Result<u32, String>> + Send + 'static {
    work(50);
    let symbol = symbol.to_owned();
    async move {
        work(2);
        yield_now().await;
        ctx.add_event("asked", []);
        if fail { Err(symbol) } else { Ok(5) }
    }
}

fn poll_later<F: Future>(bench: &Bench, make: impl FnOnce() -> F) -> F::Output {
    bench.run(|| {
        let future = make();
        work(100);
        block_on(future)
    })
}

#[test]
fn an_impl_future_is_timed() {
    let bench = bench();
    poll_later(&bench, || impl_future("XBTUSD", false)).unwrap();
    let span = bench.capture.span("impl_future");
    span.lasted(millis(2))
        .has(SYMBOL, "XBTUSD")
        .has(RECORD_COUNT, 5)
        .outcome(Outcome::Ok);
    assert_eq!(span.event_names(), ["asked"]);
}

#[test]
fn its_error_is_an_error() {
    let bench = bench();
    poll_later(&bench, || impl_future("XBTUSD", true)).unwrap_err();
    bench
        .capture
        .span("impl_future")
        .lasted(millis(2))
        .outcome(Outcome::Error);
}

#[test]
fn what_is_never_polled_is_no_operation() {
    let bench = bench();
    bench.run(|| drop(impl_future("XBTUSD", false)));
    assert!(bench.capture.spans().is_empty());
}

#[track_processing(operation = "boxed")]
fn boxed<'a>(rows: &'a [u32]) -> Pin<Box<dyn Future<Output = u32> + Send + 'a>> {
    work(50);
    if rows.is_empty() {
        return Box::pin(std::future::ready(0));
    }
    Box::pin(async move {
        work(3);
        yield_now().await;
        rows.iter().sum()
    })
}

#[test]
fn a_boxed_future_is_timed() {
    let bench = bench();
    assert_eq!(poll_later(&bench, || boxed(&[1, 2])), 3);
    bench
        .capture
        .span("boxed")
        .lasted(millis(3))
        .outcome(Outcome::Ok);
}

#[test]
fn an_early_return_of_a_future_is_timed() {
    let bench = bench();
    assert_eq!(poll_later(&bench, || boxed(&[])), 0);
    bench
        .capture
        .span("boxed")
        .lasted(millis(0))
        .outcome(Outcome::Ok);
}

#[track_processing(operation = "local")]
fn local_boxed(rows: std::rc::Rc<Vec<u32>>) -> futures::future::LocalBoxFuture<'static, usize> {
    Box::pin(async move {
        work(3);
        yield_now().await;
        rows.len()
    })
}

#[track_processing(operation = "named")]
fn named_boxed(rows: Vec<u32>) -> futures::future::BoxFuture<'static, usize> {
    Box::pin(async move { rows.len() })
}

#[test]
fn the_names_of_boxed_futures_are_known() {
    let bench = bench();
    assert_eq!(poll_later(&bench, || local_boxed(vec![1].into())), 1);
    assert_eq!(poll_later(&bench, || named_boxed(vec![1])), 1);
    bench.capture.span("local").lasted(millis(3));
    bench.capture.span("named").lasted(millis(0));
}

#[track_processing(operation = "recursive")]
fn recursive(depth: u32) -> Pin<Box<dyn Future<Output = u32> + Send>> {
    Box::pin(async move {
        work(1);
        if depth == 0 {
            0
        } else {
            1 + recursive(depth - 1).await
        }
    })
}

#[test]
fn boxed_recursion_nests() {
    let bench = bench();
    assert_eq!(bench.block_on(recursive(2)), 2);
    let spans = bench.capture.spans_named("recursive");
    spans[0].child_of(&spans[1]).lasted(millis(1));
    spans[2].is_root().lasted(millis(3));
}
