//! Async functions.

use std::rc::Rc;

use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::crypto::{RECORD_COUNT, SYMBOL};
use lakehouse_otel_tests_behaviour::{bench, millis, work, yield_now};

#[track_api_request(exchange = Binance, method = "GET", endpoint = "/api/v3/klines", symbol = symbol, ok(|rows| record_count = rows.len()))]
async fn fetch_klines(symbol: &str, fail: bool) -> Result<Vec<u32>, std::io::Error> {
    work(3);
    yield_now().await;
    work(4);
    if fail {
        return Err(std::io::Error::other("connection reset"));
    }
    yield_now().await;
    Ok(vec![1, 2])
}

#[test]
fn an_async_function_is_timed_over_its_awaits() {
    let bench = bench();
    bench.block_on(fetch_klines("BTCUSDT", false)).unwrap();
    bench
        .capture
        .span("fetch_klines")
        .has(SYMBOL, "BTCUSDT")
        .has(RECORD_COUNT, 2)
        .lasted(millis(7))
        .outcome(Outcome::Ok);
}

#[test]
fn its_error_is_an_error() {
    let bench = bench();
    bench.block_on(fetch_klines("BTCUSDT", true)).unwrap_err();
    let span = bench.capture.span("GET /api/v3/klines");
    span.outcome(Outcome::Error)
        .lasted(millis(7))
        .has_no(RECORD_COUNT);
    assert_eq!(span.event_names(), ["exception"]);
}

#[test]
fn the_time_before_the_first_poll_does_not_count() {
    let bench = bench();
    bench.run(|| {
        let future = fetch_klines("BTCUSDT", false);
        work(100);
        lakehouse_otel_tests_behaviour::block_on(future).unwrap();
    });
    bench.capture.span("fetch_klines").lasted(millis(7));
}

#[test]
fn a_future_that_is_never_polled_is_no_operation() {
    let bench = bench();
    bench.run(|| drop(fetch_klines("BTCUSDT", false)));
    assert!(bench.capture.spans().is_empty());
}

#[track_processing(operation = "large")]
async fn large_argument(buffer: [u8; 1024]) -> u8 {
    yield_now().await;
    buffer[3]
}

async fn large_argument_bare(buffer: [u8; 1024]) -> u8 {
    yield_now().await;
    buffer[3]
}

#[test]
fn the_future_grows_by_no_more_than_the_operation() {
    let annotated = size_of_val(&large_argument([0; 1024]));
    let bare = size_of_val(&large_argument_bare([0; 1024]));
    assert!(annotated <= bare + 128, "{annotated} bytes, bare {bare}");
}

fn assert_send<T: Send>(value: T) -> T {
    value
}

#[track_processing(operation = "send")]
async fn takes_a_receiver(receiver: std::sync::mpsc::Receiver<u8>) -> usize {
    yield_now().await;
    receiver.try_iter().count()
}

#[test]
fn send_functions_stay_send() {
    let bench = bench();
    let (sender, receiver) = std::sync::mpsc::channel();
    sender.send(1).unwrap();
    assert_eq!(bench.block_on(assert_send(takes_a_receiver(receiver))), 1);
}

#[track_processing(operation = "rc")]
async fn takes_an_rc(rows: Rc<Vec<u8>>) -> usize {
    yield_now().await;
    rows.len()
}

#[test]
fn functions_that_are_not_send_work() {
    let bench = bench();
    assert_eq!(bench.block_on(takes_an_rc(Rc::new(vec![1]))), 1);
    bench.capture.span("rc").outcome(Outcome::Ok);
}

struct Noisy<'a>(&'a std::cell::RefCell<Vec<&'static str>>, &'static str);

impl Drop for Noisy<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().push(self.1);
    }
}

#[track_processing(operation = "order")]
async fn drop_order<'a>(
    a: Noisy<'a>,
    _b: Noisy<'a>,
    _: Noisy<'a>,
    log: &'a std::cell::RefCell<Vec<&'static str>>,
) {
    let _local = Noisy(log, "local");
    yield_now().await;
    drop(a);
    log.borrow_mut().push("end");
}

async fn drop_order_bare<'a>(
    a: Noisy<'a>,
    _b: Noisy<'a>,
    _: Noisy<'a>,
    log: &'a std::cell::RefCell<Vec<&'static str>>,
) {
    let _local = Noisy(log, "local");
    yield_now().await;
    drop(a);
    log.borrow_mut().push("end");
}

#[test]
fn arguments_are_dropped_when_they_are_in_a_bare_function() {
    let annotated = std::cell::RefCell::default();
    let bare = std::cell::RefCell::default();
    let noisy = |log| (Noisy(log, "a"), Noisy(log, "b"), Noisy(log, "_"));
    let (a, b, c) = noisy(&annotated);
    bench().block_on(drop_order(a, b, c, &annotated));
    let (a, b, c) = noisy(&bare);
    bench().block_on(drop_order_bare(a, b, c, &bare));
    assert_eq!(annotated, bare);
    assert_eq!(annotated.borrow()[..2], ["a", "end"]);
}

#[track_processing(operation = "reassigned")]
async fn reassigned(mut text: &str) -> usize {
    let longer = format!("{text}{text}");
    text = &longer;
    yield_now().await;
    text.len()
}

#[test]
fn arguments_may_be_reassigned_to_local_borrows() {
    assert_eq!(bench().block_on(reassigned("ab")), 4);
}

#[track_processing(operation = "borrowed")]
async fn borrowed<'a>(rows: &'a mut Vec<u32>, _other: &str) -> Result<&'a mut u32, String> {
    yield_now().await;
    rows.last_mut().ok_or_else(|| "empty".to_owned())
}

#[test]
fn borrowed_returns_borrow() {
    let bench = bench();
    let mut rows = vec![1, 2];
    *bench.block_on(borrowed(&mut rows, "")).unwrap() += 5;
    assert_eq!(rows, [1, 7]);
}

#[track_processing(operation = "boxed")]
async fn boxed_trait_object(
    fail: bool,
) -> Result<Box<dyn std::fmt::Display>, Box<dyn std::error::Error>> {
    yield_now().await;
    if fail {
        return Err("no such thing".into());
    }
    Ok(Box::new(5))
}

#[test]
fn returns_coerce() {
    let bench = bench();
    assert!(bench.block_on(boxed_trait_object(true)).is_err());
    bench.capture.span("boxed").outcome(Outcome::Error);
}

#[track_processing(operation = "recursive")]
async fn recursive(depth: u32) -> u32 {
    work(1);
    yield_now().await;
    if depth == 0 {
        0
    } else {
        1 + Box::pin(recursive(depth - 1)).await
    }
}

#[test]
fn boxed_recursion_nests() {
    let bench = bench();
    assert_eq!(bench.block_on(assert_send(recursive(2))), 2);
    let spans = bench.capture.spans_named("recursive");
    spans[0].child_of(&spans[1]).lasted(millis(1));
    spans[1].child_of(&spans[2]).lasted(millis(2));
    spans[2].is_root().lasted(millis(3));
}

struct Rows {
    count: u32,
}

#[track_processing(operation = "patterns")]
async fn patterns(Rows { count }: Rows, (mut a, _): (u32, u8), r#type: u32, _: u8) -> u32 {
    a += 1;
    yield_now().await;
    count + a + r#type
}

#[test]
fn arguments_may_be_patterns() {
    let bench = bench();
    assert_eq!(bench.block_on(patterns(Rows { count: 1 }, (2, 0), 4, 0)), 8);
}

#[track_processing(operation = "unsafe")]
async unsafe fn unsafe_async(value: &u32) -> u32 {
    yield_now().await;
    *value
}

#[test]
fn async_unsafe_functions_stay_unsafe() {
    let bench = bench();
    // SAFETY: the function asks for nothing.
    assert_eq!(bench.block_on(unsafe { unsafe_async(&3) }), 3);
    bench.capture.span("unsafe").outcome(Outcome::Ok);
}

#[track_processing(operation = "handle", context = ctx)]
async fn with_a_handle(rows: u32) {
    ctx.set(RECORD_COUNT, rows);
    yield_now().await;
    ctx.add_event("half_way", []);
    ctx.set(RECORD_COUNT, rows * 2);
}

#[test]
fn the_handle_is_there_in_the_body() {
    let bench = bench();
    bench.block_on(with_a_handle(4));
    let span = bench.capture.span("handle");
    span.has(RECORD_COUNT, 8);
    assert_eq!(span.event_names(), ["half_way"]);
    let set = span.data().attributes.iter();
    assert_eq!(
        set.filter(|set| set.key.as_str() == "crypto.record_count")
            .count(),
        1
    );
}
