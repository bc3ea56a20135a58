//! The four outcomes, from the same work in every form: what the span says, what the metrics say, and
//! what is left behind.

mod answers;
mod errors;

use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use lakehouse_otel::opentelemetry::trace::{Status, TraceContextExt};
use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::crypto::{
    OPERATION_BUDGET as BUDGET, OPERATION_BUDGET_EXCEEDED as BUDGET_EXCEEDED,
};
use lakehouse_otel_tests_behaviour::{bench, millis, work, yield_now};

#[derive(Debug, Clone, Copy)]
enum End {
    Well,
    Fail,
    Panic,
    Never,
}

#[trace_crypto_workflow(name = "sync_workflow")]
fn sync_workflow(end: End) -> Result<(), String> {
    work(5);
    match end {
        End::Well | End::Never => Ok(()),
        End::Fail => Err("no data".to_owned()),
        End::Panic => panic!("no disk"),
    }
}

#[trace_crypto_workflow(name = "async_workflow")]
async fn async_workflow(end: End) -> Result<(), String> {
    work(5);
    yield_now().await;
    match end {
        End::Well => Ok(()),
        End::Fail => Err("no data".to_owned()),
        End::Panic => panic!("no disk"),
        End::Never => pending().await,
    }
}

#[test]
fn sync_outcomes() {
    let bench = bench();
    bench.run(|| {
        sync_workflow(End::Well).unwrap();
        sync_workflow(End::Fail).unwrap_err();
        catch_unwind(|| sync_workflow(End::Panic)).unwrap_err();
    });
    let spans = bench.capture.spans_named("sync_workflow");
    spans[0].outcome(Outcome::Ok);
    assert_eq!(spans[0].data().status, Status::Unset);
    spans[1].outcome(Outcome::Error);
    assert_eq!(spans[1].data().status, Status::error("no data"));
    assert_eq!(spans[1].attribute("error.type").unwrap().as_str(), "String");
    spans[2].outcome(Outcome::Panicked);
    assert_eq!(spans[2].data().status, Status::error("no disk"));
    assert_eq!(spans[2].attribute("error.type").unwrap().as_str(), "panic");
    assert_eq!(spans[2].event_names(), ["exception"], "recorded once");

    let executions = bench.capture.metric("crypto.workflow.executions");
    executions.sum(3);
    for outcome in ["ok", "error", "panicked"] {
        executions.clone().with("crypto.outcome", outcome).sum(1);
    }
    bench.capture.metric("crypto.workflow.duration").count(3);
    bench.capture.metric("crypto.workflows.active").sum(0);
}

fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn async_outcomes() {
    let bench = bench();
    bench.block_on(async_workflow(End::Well)).unwrap();
    bench.block_on(async_workflow(End::Fail)).unwrap_err();
    catch_unwind(AssertUnwindSafe(|| {
        bench.block_on(async_workflow(End::Panic))
    }))
    .unwrap_err();
    let pending = bench.run(|| poll_once(async_workflow(End::Never)));
    assert!(pending.is_pending());

    let spans = bench.capture.spans_named("async_workflow");
    let outcomes = [
        Outcome::Ok,
        Outcome::Error,
        Outcome::Panicked,
        Outcome::Cancelled,
    ];
    for (span, outcome) in spans.iter().zip(outcomes) {
        span.outcome(outcome).lasted(millis(5));
    }
    assert_eq!(spans[3].data().status, Status::Unset);
    assert_eq!(spans[3].attribute("error.type"), None);

    bench.capture.metric("crypto.workflow.executions").sum(4);
    let durations = bench.capture.metric("crypto.workflow.duration");
    durations.count(3);
    assert_eq!(
        durations.with("crypto.outcome", "cancelled").recordings(),
        0
    );
    bench.capture.metric("crypto.workflows.active").sum(0);
}

#[test]
fn what_runs_is_active() {
    let bench = bench();
    bench.run(|| {
        let mut workflow = Box::pin(async_workflow(End::Never));
        let mut task = Context::from_waker(Waker::noop());
        assert!(workflow.as_mut().poll(&mut task).is_pending());
        bench.capture.metric("crypto.workflows.active").sum(1);
        drop(workflow);
        bench.capture.metric("crypto.workflows.active").sum(0);
    });
}

#[trace_stage(stage = "outer")]
async fn outer(end: End) -> Result<(), String> {
    yield_now().await;
    let inner = inner(end).await;
    work(1);
    inner
}

#[trace_stage(stage = "inner")]
async fn inner(end: End) -> Result<(), String> {
    work(2);
    yield_now().await;
    async_workflow(end).await
}

#[test]
fn outcomes_nest() {
    let bench = bench();
    bench.block_on(outer(End::Fail)).unwrap_err();
    let (outer, inner) = (bench.capture.span("outer"), bench.capture.span("inner"));
    let workflow = bench.capture.span("async_workflow");
    workflow
        .child_of(&inner)
        .lasted(millis(5))
        .outcome(Outcome::Error);
    inner
        .child_of(&outer)
        .lasted(millis(7))
        .outcome(Outcome::Error);
    outer.is_root().lasted(millis(8)).outcome(Outcome::Error);
}

#[test]
fn cancelling_cancels_what_runs_inside() {
    let bench = bench();
    bench.run(|| {
        let mut outer = Box::pin(outer(End::Never));
        let mut task = Context::from_waker(Waker::noop());
        for _ in 0..5 {
            assert!(outer.as_mut().poll(&mut task).is_pending());
        }
    });
    for name in ["outer", "inner", "async_workflow"] {
        bench.capture.span(name).outcome(Outcome::Cancelled);
    }
    bench
        .capture
        .span("inner")
        .child_of(&bench.capture.span("outer"));
}

#[test]
fn interleaved_futures_do_not_see_each_other() {
    let bench = bench();
    bench.run(|| {
        let mut task = Context::from_waker(Waker::noop());
        let (mut first, mut second) = (Box::pin(outer(End::Well)), Box::pin(outer(End::Fail)));
        let (mut ready_first, mut ready_second) = (false, false);
        while !(ready_first && ready_second) {
            ready_first = ready_first || first.as_mut().poll(&mut task).is_ready();
            let no_span = lakehouse_otel::opentelemetry::Context::current();
            assert!(
                !no_span.span().span_context().is_valid(),
                "nothing stays attached"
            );
            ready_second = ready_second || second.as_mut().poll(&mut task).is_ready();
        }
    });
    let outers = bench.capture.spans_named("outer");
    assert_eq!(outers.len(), 2);
    assert_ne!(outers[0].trace_id(), outers[1].trace_id());
    for outer in outers {
        outer.is_root();
        let inner = bench.capture.spans_named("inner");
        let inner: Vec<_> = inner
            .iter()
            .filter(|inner| inner.trace_id() == outer.trace_id())
            .collect();
        assert_eq!(inner.len(), 1);
        inner[0].child_of(&outer);
        assert_eq!(
            inner[0].attribute("crypto.outcome"),
            outer.attribute("crypto.outcome")
        );
    }
}

#[track_processing(operation = "budgeted", budget = "10ms")]
fn budgeted(millis: u64) {
    work(millis);
}

#[test]
fn a_budget_that_is_exceeded_is_counted_and_marked() {
    let bench = bench();
    bench.run(|| {
        budgeted(10);
        budgeted(11);
    });
    let spans = bench.capture.spans_named("budgeted");
    assert_eq!(spans[0].event_names(), Vec::<&str>::new());
    spans[0].has(BUDGET, 0.01).has(BUDGET_EXCEEDED, false);
    spans[1].has(BUDGET, 0.01).has(BUDGET_EXCEEDED, true);
    assert_eq!(spans[1].event_names(), ["crypto.budget_exceeded"]);
    spans[1].outcome(Outcome::Ok);
    bench
        .capture
        .metric("crypto.operation.budget.exceeded")
        .sum(1);
}

#[track_processing(operation = "cancelled")]
async fn never_ready() {
    pending().await
}

#[test]
fn what_was_cancelled_is_counted_and_not_timed() {
    let bench = bench();
    let _ = bench.run(|| poll_once(never_ready()));
    let operations = bench.capture.metric("crypto.processing.operations");
    operations.with("crypto.outcome", "cancelled").sum(1);
    let metrics = bench.capture.metrics();
    assert!(
        metrics
            .iter()
            .all(|metric| metric.name() != "crypto.processing.duration")
    );
}

#[test]
fn a_future_may_be_instrumented_by_hand() {
    use lakehouse_otel::operation::{Processing, Returned};

    let bench = bench();
    bench.run(|| {
        let ready = Processing::new("by_hand").start();
        let ended = lakehouse_otel_tests_behaviour::block_on(ready.instrument(
            async {
                work(3);
                yield_now().await;
                Err::<(), _>("no data".to_owned())
            },
            |operation, result| operation.returned(Returned::new(result).outcome()),
        ));
        ended.unwrap_err();
        let cancelled = Processing::new("by_hand").start();
        assert!(poll_once(cancelled.instrument(pending::<()>(), |_, ()| {})).is_pending());
    });
    let spans = bench.capture.spans_named("by_hand");
    spans[0].outcome(Outcome::Error).lasted(millis(3));
    spans[1].outcome(Outcome::Cancelled);
}

#[test]
fn what_somebody_elses_panic_cancels_is_cancelled() {
    let bench = bench();
    bench.run(|| {
        let parent = async {
            let mut waiting = Box::pin(async_workflow(End::Never));
            let mut task = Context::from_waker(Waker::noop());
            assert!(waiting.as_mut().poll(&mut task).is_pending());
            panic!("a neighbour")
        };
        catch_unwind(AssertUnwindSafe(|| poll_once(parent))).unwrap_err();
    });
    bench
        .capture
        .span("async_workflow")
        .outcome(Outcome::Cancelled);
    bench.capture.metric("crypto.workflows.active").sum(0);
}
