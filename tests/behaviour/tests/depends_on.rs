//! `depends_on = …`: links to the stages that ended before.

use lakehouse_otel::config::SamplingConfig;
use lakehouse_otel::opentelemetry::trace::{SpanId, Tracer as _};
use lakehouse_otel::operation::{Stage, Workflow};
use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::crypto::STAGE_DEPENDS_ON;
use lakehouse_otel::spawn;
use lakehouse_otel::testing::{Capture, CapturedSpan};
use lakehouse_otel::trace::sampler::Sampler;
use lakehouse_otel_tests_behaviour::{bench, block_on, yield_now};

const UNLINKED: &str = "lakehouse.stage.unlinked";
const VALIDATE: &str = "validate";

#[trace_crypto_workflow(name = "daily")]
fn daily(inner: impl FnOnce()) {
    inner();
}

#[trace_crypto_workflow(name = "daily async")]
async fn daily_async(inner: impl Future<Output = ()>) {
    inner.await;
}

#[trace_stage(stage = "fetch", symbol = symbol)]
fn fetch(symbol: &str) {}

#[trace_stage(stage = "validate")]
fn validate() {}

#[trace_stage(stage = "clean", symbol = symbol, depends_on = "fetch")]
fn clean(symbol: &str) {}

#[trace_stage(stage = "clean", symbol = symbol, depends_on = "fetch")]
async fn clean_async(symbol: &str) {
    yield_now().await;
}

#[trace_stage(stage = "clean", symbol = symbol, depends_on = "fetch")]
fn clean_returned(symbol: &str) -> impl Future<Output = ()> {
    async {}
}

#[trace_stage(stage = "clean", symbol = "ETHUSDT", depends_on = ["fetch", VALIDATE])]
fn clean_ethereum() {}

fn links(span: &CapturedSpan) -> Vec<SpanId> {
    let links = span.data().links.links.iter();
    links.map(|link| link.span_context.span_id()).collect()
}

fn unlinked(capture: &Capture, reason: &str) -> f64 {
    let metrics = capture.metrics();
    let there = metrics.iter().any(|metric| metric.name() == UNLINKED);
    let metric = there.then(|| capture.metric(UNLINKED));
    metric.map_or(0.0, |metric| {
        metric.with("crypto.stage.unlinked_reason", reason).total()
    })
}

#[test]
fn the_stage_of_the_same_symbol_is_linked() {
    let bench = bench();
    bench.run(|| {
        daily(|| {
            fetch("BTCUSDT");
            fetch("ETHUSDT");
            fetch("BTCUSDT");
            validate();
            fetch("SOLUSDT");
            clean("BTCUSDT");
            block_on(clean_async("BTCUSDT"));
            block_on(clean_returned("BTCUSDT"));
            clean_ethereum();
            // Never fetched: the latest one.
            clean("XRPUSDT");
        });
    });
    let fetched: Vec<_> = bench
        .capture
        .spans_named("fetch")
        .iter()
        .map(CapturedSpan::span_id)
        .collect();
    let [_, ethereum, bitcoin, solana] = fetched[..] else {
        panic!("four were fetched");
    };
    let validated = bench.capture.span("validate").span_id();
    let cleaned = bench.capture.spans_named("clean");
    let found: Vec<_> = cleaned.iter().map(links).collect();
    assert_eq!(
        found,
        [
            vec![bitcoin],
            vec![bitcoin],
            vec![bitcoin],
            vec![ethereum, validated],
            vec![solana]
        ]
    );
    cleaned[0].has(STAGE_DEPENDS_ON, ["fetch"]);
    cleaned[3].has(STAGE_DEPENDS_ON, ["fetch", "validate"]);
    let link = &cleaned[3].data().links.links[1];
    assert_eq!(link.span_context.trace_id(), cleaned[3].trace_id());
    assert!(link.span_context.is_sampled());
    assert_eq!(link.attributes[0].value.as_str(), "validate");
    assert!(
        !bench
            .capture
            .metrics()
            .iter()
            .any(|metric| metric.name() == UNLINKED)
    );
}

#[test]
fn what_has_not_ended_in_the_workflow_is_counted_and_not_linked() {
    let bench = bench();
    bench.run(|| {
        daily(|| fetch("BTCUSDT"));
        // Another workflow, and none at all.
        daily(|| clean("BTCUSDT"));
        clean("BTCUSDT");
    });
    for span in bench.capture.spans_named("clean") {
        assert_eq!(links(&span), []);
    }
    assert!((unlinked(&bench.capture, "not_ended") - 1.0).abs() < 1e-9);
    assert!((unlinked(&bench.capture, "no_workflow") - 1.0).abs() < 1e-9);
    bench
        .capture
        .metric(UNLINKED)
        .with("crypto.processing_stage", "clean")
        .with("crypto.stage.dependency", "fetch")
        .sum(2);
}

#[test]
fn what_was_not_sampled_is_counted_and_not_linked() {
    #[trace_stage(stage = "fetch", sample = 0.0)]
    fn fetch_unseen() {}
    let capture = Capture::builder()
        .sampler(Sampler::adaptive(&SamplingConfig::default(), "production"))
        .build();
    capture.run(|| {
        daily(|| {
            fetch("BTCUSDT");
            // The latest, and nobody will see it.
            fetch_unseen();
            clean("XRPUSDT");
            clean("BTCUSDT");
        });
    });
    let fetched = capture.span("fetch").span_id();
    let cleaned = capture.spans_named("clean");
    assert_eq!(links(&cleaned[0]), []);
    assert_eq!(links(&cleaned[1]), [fetched]);
    assert!((unlinked(&capture, "not_sampled") - 1.0).abs() < 1e-9);
}

#[test]
fn workflows_in_one_trace_are_apart() {
    let bench = bench();
    bench.run(|| {
        daily(|| {
            fetch("BTCUSDT");
            daily(|| clean("BTCUSDT"));
            clean("BTCUSDT");
        });
    });
    let cleaned = bench.capture.spans_named("clean");
    assert_eq!(links(&cleaned[0]), []);
    assert_eq!(links(&cleaned[1]), [bench.capture.span("fetch").span_id()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn stages_in_tasks_and_under_spans_of_the_api_find_their_workflow() {
    let capture = lakehouse_otel::testing::capture();
    let tracer = capture.tracer("api");
    let work = daily_async(async {
        let _ = spawn(async { fetch("BTCUSDT") }).await;
        tracer.in_span("between", |_| clean("BTCUSDT"));
        let _ = spawn(clean_async("BTCUSDT")).await;
    });
    capture.scope(work).await;
    let fetched = capture.span("fetch").span_id();
    let cleaned = capture.spans_named("clean");
    assert_eq!(cleaned.len(), 2);
    for span in &cleaned {
        assert_eq!(links(span), [fetched]);
    }
}

#[test]
fn what_is_started_by_hand_is_the_same() {
    let bench = bench();
    bench.run(|| {
        let workflow = Workflow::new("daily").start();
        workflow.in_scope(|| {
            Stage::new("fetch").symbol("BTCUSDT").start().ok();
            Stage::new("clean")
                .symbol("BTCUSDT")
                .depends_on(["fetch", "validate"])
                .start()
                .ok();
        });
        workflow.ok();
    });
    let fetched = bench.capture.span("fetch").span_id();
    let clean = bench.capture.span("clean");
    assert_eq!(links(&clean), [fetched]);
    clean.has(STAGE_DEPENDS_ON, ["fetch", "validate"]);
    assert!((unlinked(&bench.capture, "not_ended") - 1.0).abs() < 1e-9);
}

#[test]
fn a_failed_stage_is_linked_too() {
    #[trace_stage(stage = "fetch")]
    fn failing() -> Result<(), &'static str> {
        Err("refused")
    }
    let bench = bench();
    bench.run(|| {
        daily(|| {
            let _ = failing();
            clean("BTCUSDT");
        });
    });
    let failed = bench.capture.span("fetch").span_id();
    assert_eq!(links(&bench.capture.span("clean")), [failed]);
}
