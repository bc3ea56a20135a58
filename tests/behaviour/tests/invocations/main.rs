//! What an invocation records, under a capture: its place, its cold start, its outcome, its metrics.

use std::collections::HashMap;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use lakehouse_otel::opentelemetry::Value;
use lakehouse_otel::opentelemetry::propagation::TextMapPropagator;
use lakehouse_otel::opentelemetry::trace::{SpanId, SpanKind, Status};
use lakehouse_otel::operation::Invocation;
use lakehouse_otel::prelude::*;
use lakehouse_otel::propagation::TraceContextPropagator;
use lakehouse_otel::testing::CapturedSpan;
use lakehouse_otel_tests_behaviour::{assert_whole, bench, work, yield_now};

#[trace_invocation(trigger = Timer, name = "collect", invocation_id = id)]
fn collect(id: &str) -> Result<usize, String> {
    work(5);
    inner();
    if id == "bad" {
        return Err("no data".to_owned());
    }
    Ok(id.len())
}

#[track_processing(operation = "inner")]
fn inner() {}

#[trace_invocation(trigger = Http)]
async fn handle(ends: bool) -> u64 {
    yield_now().await;
    inner();
    if !ends {
        pending::<()>().await;
    }
    7
}

#[trace_invocation(trigger = Datasource, coldstart = cold)]
fn told(cold: bool) {}

#[trace_invocation(trigger = Other, flush = "1m", deadline = until)]
fn breaks(until: Option<Instant>) {
    panic!("no disk {}", until.is_some());
}

fn cold(span: &CapturedSpan) -> bool {
    span.attribute("faas.coldstart") == Some(&Value::Bool(true))
}

#[test]
fn an_invocation_is_a_span_of_kind_server_that_begins_a_trace() {
    let bench = bench();
    assert_eq!(bench.run(|| collect("af9d5aa4")), Ok(8));
    let span = bench.capture.span("collect");
    assert_eq!(span.data().name, "collect");
    assert_eq!(span.data().span_kind, SpanKind::Server);
    assert_eq!(span.parent_span_id(), SpanId::INVALID);
    span.outcome(Outcome::Ok);
    for (key, value) in [
        ("crypto.operation_type", "invocation"),
        ("faas.trigger", "timer"),
        ("faas.name", "collect"),
        ("faas.invocation_id", "af9d5aa4"),
    ] {
        assert_eq!(span.attribute(key).unwrap().as_str(), value, "{key}");
    }
    bench.capture.span("inner").child_of(&span);
}

#[test]
fn the_first_invocation_is_cold_and_no_other() {
    let bench = bench();
    bench.run(|| {
        collect("one").unwrap();
        collect("two").unwrap();
    });
    bench.block_on(handle(true));
    let spans = bench.capture.spans();
    let roots = spans
        .iter()
        .filter(|span| span.parent_span_id() == SpanId::INVALID);
    assert_eq!(roots.map(cold).collect::<Vec<_>>(), [true, false, false]);
    bench
        .capture
        .metric("faas.coldstarts")
        .sum(1)
        .clone()
        .with("faas.trigger", "timer")
        .sum(1);
}

#[test]
fn what_is_said_of_the_start_counts() {
    let bench = bench();
    bench.run(|| {
        told(false);
        told(true);
    });
    let spans = bench.capture.spans_named("told");
    assert_eq!([cold(&spans[0]), cold(&spans[1])], [false, true]);
    bench.capture.metric("faas.coldstarts").sum(1);
}

#[test]
fn the_metrics_are_the_standards() {
    let bench = bench();
    bench.run(|| {
        collect("one").unwrap();
        collect("bad").unwrap_err();
        catch_unwind(|| breaks(None)).unwrap_err();
    });
    let capture = &bench.capture;
    capture
        .metric("faas.invocations")
        .sum(1)
        .clone()
        .with("faas.trigger", "timer")
        .with("faas.name", "collect")
        .sum(1);
    capture
        .metric("faas.errors")
        .sum(2)
        .clone()
        .with("error.type", "String")
        .sum(1);
    capture.metric("faas.invoke_duration").count(3);
}

#[trace_crypto_workflow(name = "runner")]
fn runner() {
    collect("one").unwrap();
    inner();
}

#[test]
fn the_loop_that_takes_invocations_is_not_their_parent() {
    let bench = bench();
    bench.run(runner);
    let invocation = bench.capture.span("collect");
    let runner = bench.capture.span("runner");
    assert_eq!(invocation.parent_span_id(), SpanId::INVALID);
    assert_ne!(invocation.trace_id(), runner.trace_id());
    let inner = bench.capture.spans_named("inner");
    inner[0].child_of(&invocation);
    inner[1].child_of(&runner);
    assert_whole(&bench.capture);
}

const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn carried(code: impl FnOnce()) {
    let carrier = HashMap::from([("traceparent".to_owned(), TRACEPARENT.to_owned())]);
    let context = TraceContextPropagator::new().extract(&carrier);
    let _attached = context.attach();
    code();
}

#[test]
fn the_span_that_a_carrier_names_is_the_parent() {
    let bench = bench();
    bench.run(|| {
        carried(|| {
            collect("one").unwrap();
        });
    });
    let span = bench.capture.span("collect");
    assert_eq!(
        span.trace_id().to_string(),
        "4bf92f3577b34da6a3ce929d0e0e4736"
    );
    assert_eq!(span.parent_span_id().to_string(), "00f067aa0ba902b7");
    assert!(span.data().parent_span_is_remote);
    bench.capture.span("inner").child_of(&span);
}

#[test]
fn an_operation_under_a_carrier_is_no_parent_either() {
    let bench = bench();
    bench.run(|| carried(runner));
    let invocation = bench.capture.span("collect");
    let runner = bench.capture.span("runner");
    assert_eq!(runner.parent_span_id().to_string(), "00f067aa0ba902b7");
    assert_eq!(invocation.parent_span_id(), SpanId::INVALID);
}

#[test]
fn an_async_one_ends_when_it_is_ready_or_dropped() {
    let bench = bench();
    assert_eq!(bench.block_on(handle(true)), 7);
    bench.run(|| {
        let mut future = pin!(handle(false));
        let mut task = Context::from_waker(Waker::noop());
        for _ in 0..3 {
            assert!(future.as_mut().poll(&mut task).is_pending());
        }
    });
    let spans = bench.capture.spans_named("handle");
    spans[0].outcome(Outcome::Ok);
    spans[1].outcome(Outcome::Cancelled);
    for span in &spans {
        assert_eq!(span.parent_span_id(), SpanId::INVALID);
    }
    bench.capture.metric("faas.invocations").sum(1);
}

#[test]
fn one_that_is_never_polled_records_nothing() {
    let bench = bench();
    bench.run(|| drop(handle(true)));
    assert!(bench.capture.spans().is_empty());
}

#[trace_invocation(trigger = Pubsub)]
async fn breaks_later(text: String) -> u64 {
    yield_now().await;
    panic!("{text}");
}

#[test]
fn a_panic_is_an_outcome_and_goes_on() {
    let bench = bench();
    let long = Instant::now() + Duration::from_hours(1);
    let sync = bench
        .run(|| catch_unwind(|| breaks(Some(long))))
        .unwrap_err();
    assert_eq!(sync.downcast_ref::<String>().unwrap(), "no disk true");
    let later = catch_unwind(AssertUnwindSafe(|| {
        bench.block_on(breaks_later("no network".to_owned()))
    }));
    assert_eq!(
        later.unwrap_err().downcast_ref::<String>().unwrap(),
        "no network"
    );
    let span = bench.capture.span("breaks");
    span.outcome(Outcome::Panicked);
    assert_eq!(span.data().status, Status::error("no disk true"));
    bench
        .capture
        .span("breaks_later")
        .outcome(Outcome::Panicked);
    bench
        .capture
        .metric("faas.errors")
        .sum(2)
        .clone()
        .with("crypto.outcome", "panicked")
        .sum(2);
}

#[test]
fn without_the_macro() {
    let bench = bench();
    bench.run(|| {
        let job = Invocation::new(FaasTrigger::Timer).name("nightly").start();
        job.run(inner, |_, ()| {});
        lakehouse_otel::invocation::flush(Duration::from_hours(1));
    });
    bench.block_on(lakehouse_otel::invocation::flushed(Duration::from_hours(1)));
    let span = bench.capture.span("nightly");
    assert!(cold(&span));
    bench.capture.span("inner").child_of(&span);
}
