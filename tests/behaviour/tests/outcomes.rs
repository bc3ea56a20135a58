//! The four outcomes, from the same work in every form: what the span says, what the metrics say, and
//! what is left behind.

use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use lakehouse_otel::opentelemetry::trace::{Status, TraceContextExt};
use lakehouse_otel::operation::{ErrorClass, ResponseDetails};
use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::{ErrorRecovery, ErrorSeverity};
use lakehouse_otel::testing::CapturedMetric;
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

#[derive(Debug, thiserror::Error)]
#[error("the page is gone")]
struct Gone {
    #[source]
    source: std::io::Error,
}

#[track_processing(operation = "plain_error")]
fn plain_error() -> Result<(), Gone> {
    let source = std::io::Error::other("connection reset");
    Err(Gone { source })
}

#[track_processing(operation = "report")]
fn report() -> anyhow::Result<()> {
    Err(anyhow::Error::from(plain_error().unwrap_err()).context("while fetching"))
}

struct Opaque;

#[track_processing(operation = "opaque")]
fn opaque() -> Result<(), Opaque> {
    Err(Opaque)
}

#[derive(Debug, thiserror::Error)]
#[error("HTTP {0}")]
struct Classed(u16);

impl ErrorClass for Classed {
    fn error_type(&self) -> std::borrow::Cow<'static, str> {
        self.0.to_string().into()
    }

    fn severity(&self) -> Option<ErrorSeverity> {
        Some(ErrorSeverity::ALL[0])
    }

    fn recovery(&self) -> Option<ErrorRecovery> {
        Some(ErrorRecovery::ALL[0])
    }
}

#[track_processing(operation = "classed")]
fn classed() -> Result<(), Classed> {
    Err(Classed(503))
}

#[test]
fn an_error_is_told_by_the_most_that_is_known_of_it() {
    let bench = bench();
    bench.run(|| {
        report().unwrap_err();
        assert!(opaque().is_err());
        classed().unwrap_err();
    });
    let exception = |name: &str, key: &str| {
        let span = bench.capture.span(name);
        span.outcome(Outcome::Error);
        let event = span.data().events.iter().next().unwrap().clone();
        let attribute = event
            .attributes
            .iter()
            .find(|attribute| attribute.key.as_str() == key);
        attribute.map(|attribute| attribute.value.as_str().into_owned())
    };
    let error_type = |name: &str| {
        bench
            .capture
            .span(name)
            .attribute("error.type")
            .unwrap()
            .to_string()
    };

    assert_eq!(error_type("plain_error"), "Gone");
    assert_eq!(
        exception("plain_error", "exception.type").unwrap(),
        "outcomes::Gone"
    );
    assert_eq!(
        exception("plain_error", "exception.message").unwrap(),
        "the page is gone"
    );
    assert_eq!(
        exception("plain_error", "crypto.error.chain").unwrap(),
        "connection reset"
    );

    assert_eq!(error_type("report"), "_OTHER");
    assert_eq!(
        exception("report", "exception.message").unwrap(),
        "while fetching"
    );
    assert_eq!(
        exception("report", "crypto.error.chain").unwrap(),
        "the page is gone: connection reset"
    );

    assert_eq!(error_type("opaque"), "Opaque");
    assert_eq!(exception("opaque", "exception.message"), None);

    assert_eq!(error_type("classed"), "503");
    let span = bench.capture.span("classed");
    assert!(span.attribute("crypto.error.severity").is_some());
    assert!(span.attribute("crypto.error.recovery").is_some());
}

#[track_api_request(exchange = Binance, method = "GET", endpoint = "/api/v3/klines", status_code = status)]
fn answered(status: u16) -> u16 {
    status
}

#[test]
fn a_status_of_400_or_more_is_an_error_whatever_was_returned() {
    let bench = bench();
    bench.run(|| {
        answered(200);
        answered(429);
    });
    let spans = bench.capture.spans_named("answered");
    spans[0].outcome(Outcome::Ok);
    spans[1].outcome(Outcome::Error);
    assert_eq!(spans[1].attribute("error.type").unwrap().as_str(), "429");
    bench
        .capture
        .metric("crypto.api.errors")
        .sum(1)
        .clone()
        .with("error.type", "429")
        .sum(1);
    bench.capture.metric("crypto.api.rate_limits").sum(1);
}

#[track_api_request(exchange = Kraken, endpoint = "/0/public/OHLC", context = ctx)]
fn refused_in_the_body() -> &'static str {
    let details = ResponseDetails::new()
        .status(200)
        .exchange_error("EAPI:Rate limit exceeded");
    ctx.set_response_details(details);
    "{}"
}

#[test]
fn an_error_in_an_answer_of_200_is_an_error() {
    let bench = bench();
    bench.run(refused_in_the_body);
    let span = bench.capture.span("refused_in_the_body");
    span.outcome(Outcome::Error);
    assert_eq!(
        span.attribute("error.type").unwrap().as_str(),
        "EAPI:Rate limit exceeded"
    );
    bench.capture.metric("crypto.api.rate_limits").sum(1);
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
    assert_eq!(spans[1].event_names(), ["crypto.budget_exceeded"]);
    spans[1].outcome(Outcome::Ok);
    bench
        .capture
        .metric("crypto.operation.budget.exceeded")
        .sum(1);
}

#[test]
fn what_got_no_value_is_not_said_to_be_zero() {
    let bench = bench();
    bench.run(|| answered(200));
    let metrics = bench.capture.metrics();
    let mut names: Vec<_> = metrics.iter().map(CapturedMetric::name).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["crypto.api.request.duration", "crypto.api.requests"]
    );
}
