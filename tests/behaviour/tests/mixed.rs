//! Operations among spans of OpenTelemetry's API and of tracing: right parents both ways, one
//! decision, one trace state.

use std::sync::Arc;
use std::thread;

use lakehouse_otel::config::SamplingConfig;
use lakehouse_otel::opentelemetry::trace::{
    FutureExt as _, Span as _, SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId,
    TraceState, Tracer,
};
use lakehouse_otel::opentelemetry::{Context, KeyValue};
use lakehouse_otel::operation::{ApiRequest, Stage};
use lakehouse_otel::prelude::*;
use lakehouse_otel::testing::{self, Capture, CapturedSpan};
use lakehouse_otel::trace::sampler::{Sampler, Threshold};
use lakehouse_otel::{spawn, spawn_blocking};
use lakehouse_otel_tests_behaviour::{assert_whole, block_on, sampling, yield_now};
use tracing::Instrument as _;
use tracing::subscriber::with_default;
use tracing_subscriber::layer::SubscriberExt as _;

/// Runs this code with tracing's spans going to the capture.
fn traced<R>(capture: &Capture, code: impl FnOnce() -> R) -> R {
    let layer = tracing_opentelemetry::layer().with_tracer(capture.tracer("tracing"));
    with_default(tracing_subscriber::registry().with(layer), || {
        capture.run(code)
    })
}

/// A capture that keeps this share of requests, and all workflows.
fn keeping(requests: f64, seed: u64) -> Capture {
    let mut config = SamplingConfig::default();
    config.api_call = requests;
    Capture::builder()
        .sampler(Sampler::adaptive(&config, "production"))
        .seed(seed)
        .build()
}

/// Each is the child of the one before; the first has no parent.
#[track_caller]
fn assert_chain(capture: &Capture, names: &[&str]) {
    assert_eq!(capture.spans().len(), names.len(), "{capture}");
    assert_whole(capture);
    let spans: Vec<_> = names.iter().map(|name| capture.span(name)).collect();
    spans[0].is_root();
    for pair in spans.windows(2) {
        pair[1].child_of(&pair[0]);
    }
}

#[trace_crypto_workflow(name = "workflow")]
fn workflow(inner: impl FnOnce()) {
    inner();
}

#[trace_stage(stage = "stage")]
fn stage(inner: impl FnOnce()) {
    inner();
}

#[track_api_request(exchange = Binance, endpoint = "/request")]
fn request(inner: impl FnOnce()) {
    inner();
}

#[trace_crypto_workflow(name = "async workflow")]
async fn async_workflow(inner: impl Future<Output = ()>) {
    yield_now().await;
    inner.await;
    yield_now().await;
}

#[trace_stage(stage = "async stage")]
async fn async_stage(inner: impl Future<Output = ()>) {
    yield_now().await;
    inner.await;
    yield_now().await;
}

#[test]
fn in_one_thread() {
    let capture = testing::capture();
    let tracer = capture.tracer("api");
    traced(&capture, || {
        tracer.in_span("root", |_| {
            workflow(|| {
                tracing::info_span!("traced").in_scope(|| {
                    stage(|| {
                        tracer.in_span("in stage", |_| {
                            tracing::info_span!("traced too").in_scope(|| request(|| ()));
                        });
                    });
                });
            });
        });
    });
    let chain = [
        "root",
        "workflow",
        "traced",
        "stage",
        "in stage",
        "traced too",
        "request",
    ];
    assert_chain(&capture, &chain);
}

#[test]
fn siblings_after_each_other() {
    let capture = testing::capture();
    let tracer = capture.tracer("api");
    traced(&capture, || {
        workflow(|| {
            tracer.in_span("span", |_| ());
            stage(|| ());
            tracing::info_span!("traced").in_scope(|| ());
            tracer.start("alone").end();
            request(|| ());
        });
        assert!(!Context::current().has_active_span());
    });
    let parent = capture.span("workflow");
    for name in ["span", "stage", "traced", "alone", "request"] {
        capture.span(name).child_of(&parent);
    }
    assert_eq!(capture.spans().len(), 6);
}

#[test]
fn in_futures_that_take_turns() {
    let capture = testing::capture();
    let tracer = capture.tracer("api");
    let branch = |name: &'static str, of_tracing: tracing::Span| {
        let tracer = tracer.clone();
        async move {
            let work = async move {
                yield_now().await;
                let context = Context::current_with_span(tracer.start(name));
                async_stage(async { tracing::info_span!("leaf").in_scope(|| ()) })
                    .with_context(context)
                    .await;
            };
            work.instrument(of_tracing).await;
        }
    };
    traced(&capture, || {
        block_on(async_workflow(async {
            let first = branch("first", tracing::info_span!("traced first"));
            let second = branch("second", tracing::info_span!("traced second"));
            futures::join!(first, second);
        }));
    });
    assert_whole(&capture);
    assert_eq!(capture.spans().len(), 9, "{capture}");
    let parent = capture.span("async workflow");
    let stages = capture.spans_named("async stage");
    let leaves = capture.spans_named("leaf");
    for name in ["first", "second"] {
        let around = capture.span(&format!("traced {name}"));
        around.child_of(&parent);
        let span = capture.span(name);
        span.child_of(&around);
        let below = |parent: &CapturedSpan, spans: &[CapturedSpan]| {
            let mut below = spans
                .iter()
                .filter(|span| span.parent_span_id() == parent.span_id());
            below.next().expect("one is below").clone()
        };
        below(&below(&span, &stages), &leaves);
    }
}

#[test]
fn under_what_is_not_sampled_nothing_is() {
    let capture = keeping(0.0, 1);
    let tracer = capture.tracer("api");
    traced(&capture, || {
        workflow(|| {
            request(|| {
                assert!(!Context::current().span().is_recording());
                tracer.in_span("span", |context| {
                    assert!(!context.span().is_recording());
                    stage(|| tracing::info_span!("traced").in_scope(|| request(|| ())));
                });
            });
        });
    });
    assert_chain(&capture, &["workflow"]);
}

#[test]
fn a_subtree_has_one_draw() {
    let third = Threshold::from_probability(0.3);
    let mut kept = 0;
    for seed in 0..400 {
        let capture = keeping(0.3, seed);
        let tracer = capture.tracer("api");
        traced(&capture, || {
            workflow(|| {
                request(|| {
                    tracer.in_span("span", |_| {
                        stage(|| tracing::info_span!("traced").in_scope(|| request(|| ())));
                    });
                });
            });
        });
        assert_whole(&capture);
        let mut spans = capture.spans();
        let root = spans.pop().expect("the workflow is there");
        assert_eq!(sampling(&root).threshold, Some(Threshold::ALWAYS));
        if spans.is_empty() {
            continue;
        }
        kept += 1;
        assert_eq!(spans.len(), 5, "{capture}");
        for span in &spans {
            assert_eq!(sampling(span), sampling(&spans[0]), "{capture}");
        }
        assert_eq!(sampling(&spans[0]).threshold, Some(third));
        assert!(sampling(&spans[0]).randomness.is_some());
    }
    // 120 are expected; the seeds are fixed.
    assert!((90..150).contains(&kept), "{kept}");
}

/// A span of another process, which drew and said so.
fn elsewhere(sampled: bool) -> SpanContext {
    SpanContext::new(
        TraceId::from(7),
        SpanId::from(9),
        TraceFlags::NOT_SAMPLED.with_sampled(sampled),
        true,
        "vendor=x,ot=th:8;rv:c0000000000000;other:y"
            .parse::<TraceState>()
            .unwrap(),
    )
}

#[test]
fn what_came_from_elsewhere_goes_on() {
    let capture = keeping(1.0, 1);
    let tracer = capture.tracer("api");
    traced(&capture, || {
        let _attached = Context::current()
            .with_remote_span_context(elsewhere(true))
            .attach();
        stage(|| {
            tracer.in_span("span", |_| {
                tracing::info_span!("traced").in_scope(|| request(|| tracer.start("leaf").end()));
            });
        });
    });
    assert_whole(&capture);
    let spans = capture.spans();
    assert_eq!(spans.len(), 5);
    for span in &spans {
        let data = span.data();
        let context = &data.span_context;
        assert_eq!(context.trace_id(), TraceId::from(7));
        assert_eq!(
            context.trace_state().header(),
            "ot=th:8;rv:c0000000000000;other:y,vendor=x",
            "{}",
            span.name()
        );
        assert_eq!(data.parent_span_is_remote, span.name() == "stage");
    }
    assert_eq!(capture.span("stage").parent_span_id(), SpanId::from(9));
}

#[test]
fn what_was_not_sampled_elsewhere_is_not_here() {
    let capture = keeping(1.0, 1);
    let tracer = capture.tracer("api");
    traced(&capture, || {
        let _attached = Context::current()
            .with_remote_span_context(elsewhere(false))
            .attach();
        stage(|| tracer.in_span("span", |_| request(|| ())));
    });
    assert_eq!(capture.spans().len(), 0, "{capture}");
}

#[test]
fn on_another_thread_under_a_context_carried_by_hand() {
    for seed in 0..20 {
        let capture = keeping(0.5, seed);
        let tracer = capture.tracer("api");
        capture.run(|| {
            workflow(|| {
                request(|| {
                    let context = Context::current();
                    thread::scope(|scope| {
                        scope.spawn(|| {
                            let _attached = context.attach();
                            stage(|| tracer.in_span("span", |_| request(|| ())));
                        });
                    });
                });
            });
        });
        assert_whole(&capture);
        let requests = capture.spans_named("request");
        if requests.is_empty() {
            assert_chain(&capture, &["workflow"]);
            continue;
        }
        let [inner, outer] = &requests[..] else {
            panic!("{capture}");
        };
        let (stage, span) = (capture.span("stage"), capture.span("span"));
        stage.child_of(outer);
        span.child_of(&stage);
        inner.child_of(&span);
        for span in [inner, &stage, &span] {
            assert_eq!(sampling(span), sampling(outer));
        }
    }
}

#[test]
fn under_the_context_that_a_handle_gives() {
    let capture = testing::capture();
    let tracer = capture.tracer("api");
    let operation = capture.run(|| Stage::new("outer").start());
    // Nothing is current here: the context alone says where work belongs.
    let context = operation.handle().context();
    let from_operation = operation.context();
    assert_eq!(
        context.span().span_context(),
        from_operation.span().span_context()
    );
    thread::scope(|scope| {
        scope.spawn(|| {
            let _attached = context.clone().attach();
            stage(|| ());
            tracer.start("span").end();
        });
    });
    let mut span = tracer.start_with_context("with context", &context);
    span.set_attribute(KeyValue::new("key", "value"));
    span.end();
    operation.ok();
    let outer = capture.span("outer");
    outer.is_root();
    for name in ["stage", "span", "with context"] {
        capture.span(name).child_of(&outer);
    }
    assert_whole(&capture);
}

#[test]
fn in_tasks_and_on_blocking_threads() {
    let capture = testing::capture();
    let tracer = capture.tracer("api");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    runtime.block_on(capture.scope(async_workflow(async {
        let in_task = tracer.clone();
        let task = spawn(async move {
            async_stage(async {
                tokio::task::yield_now().await;
                in_task.in_span("in task", |_| ());
            })
            .await;
        });
        let blocking = spawn_blocking(|| request(|| ()));
        task.await.unwrap();
        blocking.await.unwrap();
    })));
    assert_whole(&capture);
    assert_eq!(capture.spans().len(), 4, "{capture}");
    let workflow = capture.span("async workflow");
    let stage = capture.span("async stage");
    stage.child_of(&workflow);
    capture.span("request").child_of(&workflow);
    capture.span("in task").child_of(&stage);
}

#[test]
fn under_a_context_that_outlives_its_operation() {
    let capture = testing::capture();
    let tracer = capture.tracer("api");
    let kept = capture.run(|| {
        let operation = Stage::new("over").start();
        let context = operation.context();
        assert!(context.span().is_recording());
        operation.ok();
        context
    });
    assert!(!kept.span().is_recording());
    assert_eq!(capture.spans().len(), 1);
    {
        let _attached = kept.clone().attach();
        stage(|| ());
        tracer.start("span").end();
        kept.span().set_attribute(KeyValue::new("late", true));
    }
    drop(kept);
    assert_eq!(capture.spans().len(), 3);
    let over = capture.span("over");
    assert_eq!(over.attribute("late"), None);
    capture.span("stage").child_of(&over);
    capture.span("span").child_of(&over);
}

#[test]
fn an_operation_that_is_taken_elsewhere_to_end() {
    let capture = keeping(1.0, 1);
    let tracer = capture.tracer("api");
    let operation = capture.run(|| ApiRequest::new(Exchange::Kraken, "/elsewhere").start());
    let capture = Arc::new(capture);
    thread::spawn(move || {
        operation.in_scope(|| tracer.start("span").end());
        operation.ok();
    })
    .join()
    .unwrap();
    assert_eq!(capture.spans().len(), 2);
    let parent = capture.span("/elsewhere");
    capture.span("span").child_of(&parent);
}

#[test]
fn suppressed() {
    let capture = testing::capture();
    let tracer = capture.tracer("api");
    traced(&capture, || {
        let _suppressed = Context::enter_telemetry_suppressed_scope();
        stage(|| {
            assert!(!Context::current().has_active_span());
            tracer.in_span("span", |_| request(|| ()));
        });
    });
    assert_eq!(capture.spans().len(), 0, "{capture}");
}
