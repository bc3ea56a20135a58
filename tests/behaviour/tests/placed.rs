//! `parent = …` and `links = …`: where an operation stands in its trace.

#![allow(
    clippy::items_after_statements,
    clippy::needless_pass_by_value,
    reason = "functions are annotated where a test needs them, and attributes name what they are given"
)]

use std::cell::Cell;
use std::pin::Pin;

use futures::{Stream, StreamExt as _, stream};
use lakehouse_otel::opentelemetry::trace::{
    FutureExt as _, Link, SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId,
    TraceState, Tracer as _,
};
use lakehouse_otel::opentelemetry::{Context, KeyValue};
use lakehouse_otel::operation;
use lakehouse_otel::operation::{Handle, Parent, Stage, Workflow};
use lakehouse_otel::prelude::*;
use lakehouse_otel::testing::{Capture, CapturedSpan};
use lakehouse_otel::trace::sampler::Sampler;
use lakehouse_otel_tests_behaviour::{bench, block_on, yield_now};

const TRACE: TraceId = TraceId::from_bytes([7; 16]);
const SPAN: SpanId = SpanId::from_bytes([8; 8]);

fn remote(sampled: bool) -> SpanContext {
    let flags = TraceFlags::default().with_sampled(sampled);
    SpanContext::new(TRACE, SPAN, flags, true, TraceState::NONE)
}

#[track_caller]
fn assert_under(span: &CapturedSpan, trace: TraceId, parent: SpanId) {
    assert_eq!((span.trace_id(), span.parent_span_id()), (trace, parent));
}

#[track_processing(operation = "sync", parent = parent)]
fn sync(parent: impl lakehouse_otel::operation::IntoParent) {
    inner();
}

#[track_processing(operation = "async", parent = &parent)]
async fn asynchronous(parent: Context) {
    yield_now().await;
    inner();
    drop(parent);
}

#[track_processing(operation = "returned", parent = parent)]
fn returned(parent: SpanContext) -> impl Future<Output = ()> {
    async {
        yield_now().await;
        inner();
    }
}

#[track_processing(operation = "boxed", parent = parent)]
fn boxed(parent: Option<Context>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async { inner() })
}

#[track_processing(operation = "never", parent = remote(true))]
async fn must_be_used() -> std::convert::Infallible {
    std::future::pending().await
}

#[trace_stage(stage = "inner")]
fn inner() {}

#[trace_crypto_workflow(name = "around")]
fn around(inner: impl FnOnce()) {
    inner();
}

#[track_processing(operation = "stream", parent = parent)]
fn streamed(parent: SpanContext) -> impl Stream<Item = ()> {
    stream::once(async {
        yield_now().await;
        inner();
    })
}

/// A call of one of them with this parent.
type Call = fn(Context);

#[test]
fn a_span_of_another_process_is_the_parent_in_every_shape() {
    let context = Context::new().with_remote_span_context(remote(true));
    let calls: [(&str, Call); 7] = [
        ("sync", |_| sync(remote(true))),
        ("sync", sync),
        ("async", |context| block_on(asynchronous(context))),
        ("returned", |_| block_on(returned(remote(true)))),
        ("boxed", |context| block_on(boxed(Some(context)))),
        ("stream", |_| {
            assert_eq!(block_on(streamed(remote(true)).count()), 1);
        }),
        ("block", |context| {
            operation!(track_processing(operation = "block", parent = context), {
                inner();
            });
        }),
    ];
    for (name, call) in calls {
        let bench = bench();
        bench.run(|| around(|| call(context.clone())));
        let span = bench.capture.span(name);
        assert_under(&span, TRACE, SPAN);
        assert!(span.data().parent_span_is_remote);
        // The work is the operation's, and still under the capture.
        bench.capture.span("inner").child_of(&span);
        bench.capture.span("around").is_root();
        assert!(!Context::current().has_active_span());
    }
}

#[test]
fn without_one_it_is_the_current_one() {
    let bench = bench();
    bench.run(|| {
        around(|| {
            block_on(boxed(None));
            sync(None::<SpanContext>);
            sync(Parent::current());
        });
    });
    let around = bench.capture.span("around");
    bench.capture.span("boxed").child_of(&around);
    for span in bench.capture.spans_named("sync") {
        span.child_of(&around);
    }
}

#[test]
fn a_returned_future_has_the_parent_of_the_call() {
    let bench = bench();
    let mut future = None;
    bench.run(|| {
        around(|| future = Some(boxed(Some(Context::current()))));
        block_on(future.take().unwrap_or_else(|| Box::pin(async {})));
    });
    let around = bench.capture.span("around");
    bench.capture.span("boxed").child_of(&around);
}

#[track_processing(operation = "alone", parent = root, context = operation)]
fn alone(seen: &Cell<Option<TraceId>>) {
    seen.set(operation.trace_id());
    inner();
}

#[track_processing(operation = "named", parent = root)]
fn named(root: SpanContext) {
    let _ = root;
}

#[test]
fn a_root_is_in_a_trace_of_its_own() {
    let bench = bench();
    let seen = Cell::new(None);
    bench.run(|| {
        around(|| {
            alone(&seen);
            sync(Parent::root());
            sync(SpanContext::NONE);
            sync(Context::new());
            named(remote(true));
        });
    });
    let around = bench.capture.span("around");
    let alone = bench.capture.span("alone");
    alone.is_root();
    assert_eq!(seen.get(), Some(alone.trace_id()));
    assert_ne!(alone.trace_id(), around.trace_id());
    for span in bench.capture.spans_named("sync") {
        span.is_root();
        assert_ne!(span.trace_id(), around.trace_id());
    }
    // The word is the function's own where it has an argument of that name.
    assert_under(&bench.capture.span("named"), TRACE, SPAN);
}

#[track_processing(operation = "under", parent = handle)]
fn under(handle: &Handle) {}

#[test]
fn an_operation_is_the_parent_by_its_handle() {
    let bench = bench();
    bench.run(|| {
        let workflow = Workflow::new("workflow").start();
        let other = Workflow::new("other").start();
        other.in_scope(|| under(&workflow.handle()));
        let stage = Stage::new("stage").parent(&workflow).start();
        stage.ok();
        other.ok();
        workflow.ok();
    });
    let workflow = bench.capture.span("workflow");
    bench.capture.span("under").child_of(&workflow);
    bench.capture.span("stage").child_of(&workflow);
}

#[test]
fn a_parent_is_evaluated_once_and_before_the_decision() {
    // Nothing but the remote parent's word decides.
    for sampled in [true, false] {
        let times = Cell::new(0);
        #[track_processing(operation = "once", parent = { times.set(times.get() + 1); remote(sampled) }, symbol = "X")]
        fn once(times: &Cell<u32>, sampled: bool) {}
        #[track_processing(operation = "once", parent = { times.set(times.get() + 1); remote(sampled) })]
        async fn once_async(times: &Cell<u32>, sampled: bool) {}
        #[track_processing(operation = "once", parent = { times.set(times.get() + 1); remote(sampled) })]
        fn once_returned(times: &Cell<u32>, sampled: bool) -> impl Future<Output = ()> + use<> {
            async {}
        }
        let capture = Capture::builder()
            .sampler(Sampler::parent_based_always_on())
            .build();
        capture.run(|| {
            once(&times, sampled);
            block_on(once_async(&times, sampled));
            block_on(once_returned(&times, sampled));
        });
        assert_eq!(times.get(), 3);
        assert_eq!(
            capture.spans_named("once").len(),
            if sampled { 3 } else { 0 }
        );
    }
}

fn nowhere() -> Context {
    panic!("nowhere")
}

#[test]
fn a_panic_in_the_expression_is_the_operations() {
    #[track_processing(operation = "broken", parent = nowhere())]
    fn broken() {}
    #[track_processing(operation = "broken", parent = nowhere())]
    async fn broken_async() {}
    let bench = bench();
    bench.run(|| {
        assert!(std::panic::catch_unwind(broken).is_err());
        assert!(std::panic::catch_unwind(|| block_on(broken_async())).is_err());
        assert!(!Context::current().has_active_span());
    });
    for span in bench.capture.spans_named("broken") {
        span.outcome(Outcome::Panicked);
    }
    assert_eq!(bench.capture.spans_named("broken").len(), 2);
}

#[track_processing(operation = "linked", links = links)]
fn linked(links: impl lakehouse_otel::operation::IntoLinks) {}

fn links_of(span: &CapturedSpan) -> Vec<SpanId> {
    let links = span.data().links.links.iter();
    links.map(|link| link.span_context.span_id()).collect()
}

#[test]
fn links_are_what_they_can_be() {
    let context = Context::new().with_remote_span_context(remote(true));
    let other = SpanContext::new(
        TRACE,
        SpanId::from_bytes([9; 8]),
        TraceFlags::SAMPLED,
        true,
        TraceState::NONE,
    );
    let bench = bench();
    bench.run(|| {
        linked(remote(true));
        linked(&context);
        linked([remote(true), other.clone()]);
        linked(vec![Some(remote(true)), None, Some(other.clone())]);
        linked(&[&context][..]);
        linked(Link::new(
            remote(true),
            vec![KeyValue::new("messaging.offset", 7)],
            0,
        ));
        linked(None::<SpanContext>);
        // There is no span in it.
        linked(Context::new());
        linked(SpanContext::NONE);
    });
    let spans = bench.capture.spans_named("linked");
    let found: Vec<_> = spans.iter().map(links_of).collect();
    let both = vec![SPAN, other.span_id()];
    let one = vec![SPAN];
    assert_eq!(
        found,
        [
            one.clone(),
            one.clone(),
            both.clone(),
            both,
            one.clone(),
            one,
            vec![],
            vec![],
            vec![]
        ]
    );
    assert_eq!(
        spans[5].data().links.links[0].attributes,
        [KeyValue::new("messaging.offset", 7)]
    );
}

#[test]
fn links_and_a_parent_in_every_shape() {
    #[track_processing(operation = "both", parent = root, links = Context::current())]
    fn both() {}
    #[track_processing(operation = "both", parent = root, links = Context::current())]
    async fn both_async() {}
    #[track_processing(operation = "both", parent = root, links = Context::current())]
    fn both_returned() -> impl Future<Output = ()> {
        async {}
    }
    #[track_processing(operation = "both", parent = root, links = Context::current())]
    fn both_stream() -> impl Stream<Item = u8> {
        stream::empty()
    }
    let bench = bench();
    bench.run(|| {
        around(|| {
            both();
            block_on(both_async());
            block_on(both_returned());
            assert_eq!(block_on(both_stream().count()), 0);
            operation!(
                track_processing(
                    operation = "both",
                    parent = root,
                    links = Context::current()
                ),
                {}
            );
            block_on(operation!(
                track_processing(
                    operation = "both",
                    parent = root,
                    links = Context::current()
                ),
                async {}
            ));
            operation!(
                track_processing(
                    operation = "both",
                    parent = root,
                    links = Context::current()
                ),
                || ()
            )();
            let by_hand = Stage::new("both")
                .parent(Parent::root())
                .link(Context::current())
                .link(remote(true))
                .start();
            by_hand.ok();
        });
    });
    let around = bench.capture.span("around");
    let spans = bench.capture.spans_named("both");
    assert_eq!(spans.len(), 8);
    for span in &spans {
        span.is_root();
        assert_eq!(links_of(span)[0], around.span_id());
    }
    assert_eq!(links_of(&spans[7])[1], SPAN);
}

#[test]
fn a_failure_that_was_not_sampled_has_its_links() {
    #[track_processing(operation = "failing", links = remote(true))]
    fn failing() -> Result<(), &'static str> {
        Err("refused")
    }
    let mut config = lakehouse_otel::config::SamplingConfig::default();
    config.root = Some(0.0);
    let capture = Capture::builder()
        .sampler(Sampler::adaptive(&config, "production"))
        .build();
    let _ = capture.run(failing);
    assert_eq!(links_of(&capture.span("failing")), [SPAN]);
}

#[test]
fn work_under_a_context_has_all_of_it() {
    #[derive(Debug, PartialEq)]
    struct Tenant(u32);
    let seen = Cell::new(false);
    let context = Context::new()
        .with_remote_span_context(remote(true))
        .with_value(Tenant(7));
    #[track_processing(operation = "tenant", parent = context)]
    fn tenant(context: &Context, seen: &Cell<bool>) {
        seen.set(Context::map_current(|current| {
            current.get::<Tenant>() == Some(&Tenant(7))
        }));
    }
    let bench = bench();
    bench.run(|| tenant(&context, &seen));
    assert!(seen.get());
    // Where nothing records, nothing is attached.
    seen.set(false);
    tenant(&context, &seen);
    assert!(!seen.get());
}

#[test]
fn spans_of_the_opentelemetry_api_are_parents_too() {
    let bench = bench();
    let tracer = bench.capture.tracer("api");
    let context = bench.run(|| {
        let span = tracer.start("api");
        Context::current_with_span(span)
    });
    bench.run(|| around(|| sync(&context)));
    let api = context.span().span_context().clone();
    assert_under(&bench.capture.span("sync"), api.trace_id(), api.span_id());
    bench.block_on(
        async { asynchronous(context.clone()).await }.with_context(bench.capture.context()),
    );
    assert_under(&bench.capture.span("async"), api.trace_id(), api.span_id());
}

#[test]
fn a_value_that_never_comes_is_cancelled_under_its_parent() {
    let bench = bench();
    bench.run(|| {
        let mut future = Box::pin(must_be_used());
        let mut task = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(future.as_mut().poll(&mut task).is_pending());
    });
    let span = bench.capture.span("never");
    assert_under(&span, TRACE, SPAN);
    span.outcome(Outcome::Cancelled);
}
