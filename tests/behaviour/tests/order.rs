//! Order never matters, and captures see their own.

use std::sync::Mutex;
use std::thread;

use lakehouse_otel::prelude::*;
use lakehouse_otel::testing::{self, Capture};
use lakehouse_otel_tests_behaviour::yield_now;

#[trace_crypto_workflow(name = "counted", exchange = Binance)]
async fn counted(rounds: u32) -> Result<(), String> {
    for _ in 0..rounds {
        step(1).await;
        yield_now().await;
    }
    Ok(())
}

#[track_api_request(exchange = Binance, method = "GET", endpoint = "/api/v3/klines", timeframe = Timeframe::M1, limit = limit)]
async fn step(limit: u32) {
    let _ = limit;
    yield_now().await;
}

#[test]
fn without_a_pipeline_functions_just_run() {
    futures::executor::block_on(counted(2)).unwrap();
}

#[test]
fn captures_on_eight_threads_at_once_lose_nothing() {
    let threads: Vec<_> = (1..=8)
        .map(|rounds: u32| {
            thread::spawn(move || {
                for _ in 0..20 {
                    let capture = testing::capture();
                    capture
                        .run(|| futures::executor::block_on(counted(rounds)))
                        .unwrap();
                    assert_eq!(capture.spans_named("step").len(), rounds as usize);
                    capture.metric("crypto.api.requests").sum(rounds);
                    capture.metric("crypto.workflow.executions").sum(1);
                    capture.metric("crypto.workflows.active").sum(0);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[tokio::test]
async fn two_tasks_on_one_runtime_do_not_see_each_other() {
    let (first, second) = (testing::capture(), testing::capture());
    let (one, other) = tokio::join!(first.scope(counted(2)), second.scope(counted(3)));
    one.and(other).unwrap();
    assert_eq!(first.spans_named("step").len(), 2);
    assert_eq!(second.spans_named("step").len(), 3);
    assert_ne!(
        first.span("counted").trace_id(),
        second.span("counted").trace_id()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spawned_tasks_inherit_the_capture_and_the_parent() {
    #[trace_crypto_workflow(name = "spawning")]
    async fn spawning() {
        let task = lakehouse_otel::spawn(step(1));
        let blocking = lakehouse_otel::spawn_blocking(|| futures::executor::block_on(step(2)));
        task.await.unwrap();
        blocking.await.unwrap();
    }

    let capture = testing::capture();
    capture.scope(spawning()).await;
    let workflow = capture.span("spawning");
    let steps = capture.spans_named("step");
    assert_eq!(steps.len(), 2);
    for step in steps {
        step.child_of(&workflow);
    }
}

#[test]
fn an_operation_ends_where_it_began() {
    let (first, second) = (testing::capture(), testing::capture());
    let mut task = std::task::Context::from_waker(std::task::Waker::noop());
    let mut workflow = Box::pin(counted(3));
    assert!(first.run(|| workflow.as_mut().poll(&mut task)).is_pending());
    first.metric("crypto.workflows.active").sum(1);
    while second
        .run(|| workflow.as_mut().poll(&mut task))
        .is_pending()
    {}
    first.metric("crypto.workflows.active").sum(0);
    first.metric("crypto.workflow.executions").sum(1);
    assert_eq!(first.spans_named("counted").len(), 1);
    assert!(second.spans_named("counted").is_empty());
    assert!(
        second
            .metrics()
            .iter()
            .all(|metric| metric.name() != "crypto.workflows.active")
    );
}

#[test]
fn an_operation_may_outlive_its_capture() {
    let capture = testing::capture();
    let mut task = std::task::Context::from_waker(std::task::Waker::noop());
    let mut workflow = Box::pin(counted(2));
    assert!(
        capture
            .run(|| workflow.as_mut().poll(&mut task))
            .is_pending()
    );
    drop(capture);
    while workflow.as_mut().poll(&mut task).is_pending() {}
}

#[test]
fn a_capture_of_no_spans_still_measures() {
    let capture = Capture::builder()
        .sampler(lakehouse_otel::trace::sampler::Sampler::always_off())
        .build();
    capture
        .run(|| futures::executor::block_on(counted(2)))
        .unwrap();
    assert!(capture.spans().is_empty());
    capture
        .metric("crypto.api.requests")
        .sum(2)
        .clone()
        .with("crypto.timeframe", "1m")
        .sum(2);
}

#[test]
fn expressions_are_evaluated_once_and_only_where_they_are_of_use() {
    use std::sync::atomic::{AtomicU32, Ordering};
    static SPAN: AtomicU32 = AtomicU32::new(0);
    static INSTRUMENT: AtomicU32 = AtomicU32::new(0);
    fn count(counter: &AtomicU32) -> u32 {
        counter.fetch_add(1, Ordering::SeqCst)
    }

    #[track_processing(operation = "evaluated", symbol = count(&SPAN).to_string(), record_count = count(&INSTRUMENT))]
    fn evaluated() {}

    let seen = || {
        (
            SPAN.load(Ordering::SeqCst),
            INSTRUMENT.load(Ordering::SeqCst),
        )
    };
    evaluated();
    assert_eq!(seen(), (0, 0), "nothing records");
    let unsampled = Capture::builder()
        .sampler(lakehouse_otel::trace::sampler::Sampler::always_off())
        .build();
    unsampled.run(evaluated);
    assert_eq!(seen(), (0, 1), "only metrics");
    testing::capture().run(evaluated);
    assert_eq!(seen(), (1, 2), "both");
}

#[test]
fn expressions_of_what_begins_later_are_evaluated_where_they_may_be_of_use() {
    use std::sync::atomic::{AtomicU32, Ordering};
    static SPAN: AtomicU32 = AtomicU32::new(0);
    static INSTRUMENT: AtomicU32 = AtomicU32::new(0);
    fn count(counter: &AtomicU32) -> u32 {
        counter.fetch_add(1, Ordering::SeqCst)
    }

    #[track_processing(operation = "evaluated", symbol = count(&SPAN).to_string(), record_count = count(&INSTRUMENT))]
    fn evaluated() -> impl Future<Output = ()> {
        std::future::ready(())
    }

    let seen = || {
        (
            SPAN.load(Ordering::SeqCst),
            INSTRUMENT.load(Ordering::SeqCst),
        )
    };
    let unsampled = Capture::builder()
        .sampler(lakehouse_otel::trace::sampler::Sampler::always_off())
        .build();
    unsampled.run(|| futures::executor::block_on(evaluated()));
    assert_eq!(seen(), (0, 1), "only metrics");
    // Whether it is sampled is decided when it is polled.
    testing::capture().run(|| drop(evaluated()));
    assert_eq!(seen(), (1, 2), "both");
}

#[track_api_request(
    exchange = Binance, endpoint = "/api/v3/time",
    ok(|used| crypto.rate_limit.used = *used, http.response.status_code = 418),
)]
fn answered(used: u32) -> u32 {
    used
}

#[test]
fn a_dotted_key_that_feeds_an_instrument_does_so_without_a_span() {
    let unsampled = Capture::builder()
        .sampler(lakehouse_otel::trace::sampler::Sampler::always_off())
        .build();
    unsampled.run(|| answered(40));
    unsampled.metric("crypto.api.rate_limit.used").sum(40);
    unsampled.metric("crypto.api.rate_limits").sum(1);
    unsampled.metric("crypto.api.errors").sum(1);
}

#[test]
fn a_panicking_attribute_leaves_no_context_attached() {
    use lakehouse_otel::opentelemetry::trace::TraceContextExt;

    #[track_processing(operation = "panicking", record_count = panic_now())]
    fn panicking() {}
    fn panic_now() -> u32 {
        panic!("in an attribute")
    }

    let capture = testing::capture();
    capture.run(|| {
        std::panic::catch_unwind(panicking).unwrap_err();
        let context = lakehouse_otel::opentelemetry::Context::current();
        assert!(!context.span().span_context().is_valid());
    });
    let span = capture.span("panicking");
    span.outcome(Outcome::Panicked);
    assert_eq!(span.event_names(), ["exception"]);
}

#[test]
fn users_spans_nest_both_ways() {
    use lakehouse_otel::opentelemetry::trace::{
        SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState,
    };

    #[trace_stage(stage = "parent")]
    fn parent() -> SpanId {
        let context = lakehouse_otel::opentelemetry::Context::current();
        context.span().span_context().span_id()
    }

    let capture = testing::capture();
    let theirs = SpanContext::new(
        TraceId::from(7),
        SpanId::from(8),
        TraceFlags::SAMPLED,
        false,
        TraceState::NONE,
    );
    let context = capture.context().with_remote_span_context(theirs.clone());
    let attached = context.attach();
    let current = parent();
    drop(attached);
    let span = capture.span("parent");
    assert_eq!(span.span_id(), current, "the operation is the current span");
    assert_eq!(
        (span.trace_id(), span.parent_span_id()),
        (theirs.trace_id(), theirs.span_id()),
        "and a child of the span that was"
    );
}

#[track_processing(
    operation = "in_order",
    data_size_bytes = note("first"), symbol = note("second").to_string(),
    record_count = note("third"), server.address = note("fourth").to_string(),
    ok(|_| crypto.rejected_count = note("fifth"), crypto.file_count = note("sixth")),
)]
fn in_order(note: &dyn Fn(&'static str) -> usize) -> u8 {
    1
}

#[test]
fn expressions_are_evaluated_in_the_order_written() {
    let order = Mutex::new(Vec::new());
    let note = |name: &'static str| {
        order.lock().unwrap().push(name);
        name.len()
    };
    let capture = testing::capture();
    capture.run(|| in_order(&note));
    let written = ["first", "second", "third", "fourth", "fifth", "sixth"];
    assert_eq!(*order.lock().unwrap(), written);
}
