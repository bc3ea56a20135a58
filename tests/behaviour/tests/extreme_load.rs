//! Under extreme load nothing is traced, everything runs and is counted, and nobody has to switch it back.

use std::cell::Cell;
use std::io;
use std::sync::Arc;

use lakehouse_otel::config::SamplingConfig;
use lakehouse_otel::opentelemetry::trace::{TraceContextExt as _, Tracer as _};
use lakehouse_otel::operation::Stage;
use lakehouse_otel::performance::Load;
use lakehouse_otel::prelude::*;
use lakehouse_otel::testing::{Capture, CapturedSpan};
use lakehouse_otel::trace::sampler::Sampler;
use lakehouse_otel_tests_behaviour::{assert_whole, block_on, yield_now};

/// A capture in this environment whose rates are 1, and the load of its sampler.
fn capture_in(environment: &str) -> (Capture, Arc<Load>) {
    let mut config = SamplingConfig::default();
    (config.workflow, config.api_call, config.root) = (1.0, 1.0, Some(1.0));
    let sampler = Sampler::adaptive(&config, environment);
    let load = Arc::clone(sampler.load());
    (Capture::builder().sampler(sampler).build(), load)
}

fn counted<T>(times: &Cell<u32>, value: T) -> T {
    times.set(times.get() + 1);
    value
}

#[trace_crypto_workflow(name = "daily")]
fn daily<R>(work: impl FnOnce() -> R) -> R {
    work()
}

#[track_api_request(
    exchange = Binance, endpoint = "/api/v3/klines", priority = high,
    symbol = counted(of_span, "BTCUSDT"),
)]
fn request(of_span: &Cell<u32>, answer: Result<u64, &'static str>) -> Result<u64, &'static str> {
    answer
}

#[track_api_request(exchange = Binance, endpoint = "/api/v3/time", budget = "1h")]
async fn time() -> Result<u64, &'static str> {
    yield_now().await;
    Err("refused")
}

#[test]
fn operations_run_are_counted_and_make_no_span() {
    let (capture, load) = capture_in("production");
    load.set(4, true);
    let of_span = Cell::new(0);
    capture.run(|| {
        assert_eq!(request(&of_span, Ok(7)), Ok(7));
        assert_eq!(request(&of_span, Err("refused")), Err("refused"));
        assert_eq!(block_on(time()), Err("refused"));
        let stage = Stage::new("by hand").start();
        assert!(!stage.handle().is_recording());
        stage.error(&io::Error::other("refused"));
    });
    assert_eq!(capture.spans().len(), 0, "{capture}");
    assert_eq!(of_span.get(), 0, "only the span needs it");
    capture.metric("crypto.api.requests").sum(3);
    capture.metric("crypto.api.errors").sum(2);
}

#[test]
fn a_sampled_parent_runs_through() {
    let (capture, load) = capture_in("production");
    let of_span = Cell::new(0);
    capture.run(|| {
        daily(|| {
            assert_eq!(request(&of_span, Ok(1)), Ok(1));
            load.set(4, true);
            assert_eq!(request(&of_span, Ok(2)), Ok(2));
            assert!(request(&of_span, Err("refused")).is_err());
            assert!(block_on(time()).is_err());
        });
    });
    // What had begun before is there, whole.
    assert_eq!(of_span.get(), 1);
    let spans = capture.spans();
    assert_eq!(spans.len(), 2, "{capture}");
    capture.span("daily").is_root().outcome(Outcome::Ok);
    capture.span("request").child_of(&capture.span("daily"));
    assert_whole(&capture);
    capture.metric("crypto.api.requests").sum(4);
    capture.metric("crypto.api.errors").sum(2);
}

#[test]
fn what_begins_after_it_is_traced_again() {
    let (capture, load) = capture_in("production");
    let of_span = Cell::new(0);
    capture.run(|| {
        daily(|| {
            load.set(4, true);
            let _ = request(&of_span, Ok(1));
            load.set(0, false);
            let _ = request(&of_span, Ok(2));
        });
        load.set(4, true);
        // A workflow without a span, and a request in it that begins when the load is over.
        daily(|| {
            load.set(0, false);
            let _ = request(&of_span, Ok(3));
        });
        daily(|| ());
    });
    assert_eq!(of_span.get(), 2, "{capture}");
    assert_eq!(capture.spans_named("request").len(), 2, "{capture}");
    assert_eq!(capture.spans_named("daily").len(), 2, "{capture}");
    assert_whole(&capture);
    capture.metric("crypto.api.requests").sum(3);
}

#[test]
fn it_is_for_production_and_staging() {
    for (environment, spans) in [("production", 0), ("staging", 0), ("local", 1)] {
        let (capture, load) = capture_in(environment);
        load.set(4, true);
        capture.run(|| daily(|| ()));
        assert_eq!(capture.spans().len(), spans, "{environment}: {capture}");
    }
}

#[test]
fn spans_of_opentelemetrys_api_are_not_made_either() {
    let (capture, load) = capture_in("production");
    let tracer = capture.tracer("api");
    let of_span = Cell::new(0);
    capture.run(|| {
        daily(|| {
            load.set(4, true);
            tracer.in_span("under an operation", |context| {
                assert!(!context.span().is_recording());
                assert_eq!(request(&of_span, Ok(1)), Ok(1));
            });
        });
        tracer.in_span("a root", |context| assert!(!context.span().is_recording()));
        load.set(0, false);
        tracer.in_span("afterwards", |_| ());
    });
    let spans = capture.spans();
    let names: Vec<_> = spans.iter().map(CapturedSpan::name).collect();
    assert_eq!(names, ["daily", "afterwards"]);
    assert_eq!(of_span.get(), 0);
}
