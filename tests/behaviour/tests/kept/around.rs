//! What is around one that is kept is there too, up to the root.

use super::*;
use crate::which::put;

/// The request failed and is there, and so are these around it, which ended well.
#[track_caller]
fn assert_kept(capture: &Capture, around: &[&str]) {
    assert_whole(capture);
    assert_eq!(capture.spans().len(), around.len() + 1, "{capture}");
    let mut inner = capture.span("request");
    assert_certain(&inner);
    for name in around.iter().rev() {
        let outer = capture.span(name);
        inner.child_of(&outer);
        assert_unknown(&outer);
        outer.outcome(Outcome::Ok);
        inner = outer;
    }
    inner.is_root();
}

#[test]
fn what_is_around_is_there_up_to_the_root() {
    let capture = dropping().build();
    capture.run(|| {
        workflow(|| {
            let _ = request(Ok(()));
            put(1);
            stage(failing);
        });
        workflow(|| stage(|| ()));
    });
    assert_kept(&capture, &["workflow", "stage"]);
}

#[test]
fn what_is_around_and_failed_stands_for_itself() {
    let capture = dropping().build();
    capture.run(|| {
        let outer = Workflow::new("outer").start();
        let answer = outer.in_scope(|| request(Err("refused")));
        outer.returned(Returned::new(&answer).outcome());
    });
    assert_whole(&capture);
    let outer = capture.span("outer");
    capture.span("request").child_of(&outer);
    assert_certain(&outer);
}

#[test]
fn in_futures_that_take_turns() {
    let capture = dropping().build();
    capture.run(|| {
        block_on(async {
            let failing = async_workflow(async_stage(async { failing() }));
            let well = async {
                let stage = Stage::new("well").start();
                stage
                    .instrument(async { yield_now().await }, |_, ()| {})
                    .await;
            };
            futures::join!(failing, well);
        });
    });
    assert_kept(&capture, &["async workflow", "async stage"]);
}

#[test]
fn on_a_thread_under_a_context_carried_by_hand() {
    let capture = dropping().build();
    capture.run(|| {
        workflow(|| {
            let context = Context::current();
            thread::scope(|scope| {
                scope.spawn(|| {
                    let _attached = context.attach();
                    stage(failing);
                });
            });
        });
    });
    assert_kept(&capture, &["workflow", "stage"]);
}

#[test]
fn on_a_thread_under_a_handles_context() {
    let capture = dropping().build();
    capture.run(|| {
        let outer = Workflow::new("outer").start();
        let inner = outer.in_scope(|| Stage::new("inner").start());
        let context = inner.handle().context();
        thread::scope(|scope| {
            scope.spawn(|| {
                let _attached = context.attach();
                failing();
            });
        });
        inner.ok();
        outer.ok();
    });
    // It is not recorded, and has no context of its own: the one around it is the parent.
    assert_kept(&capture, &["outer"]);
}

#[test]
fn in_tasks_and_on_blocking_threads() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    let capture = dropping().build();
    runtime.block_on(capture.scope(async_workflow(async {
        spawn(async_stage(async { failing() })).await.unwrap();
    })));
    assert_kept(&capture, &["async workflow", "async stage"]);

    let capture = dropping().build();
    runtime.block_on(capture.scope(async_workflow(async {
        spawn_blocking(|| stage(failing)).await.unwrap();
    })));
    assert_kept(&capture, &["async workflow", "stage"]);
}

#[test]
fn a_task_that_outlives_what_started_it() {
    let capture = dropping().build();
    let mut task = std::task::Context::from_waker(std::task::Waker::noop());
    capture.run(|| {
        let mut left = None;
        workflow(|| {
            let mut future = Box::pin(async_stage(async { failing() }));
            assert!(future.as_mut().poll(&mut task).is_pending());
            left = Some(future);
        });
        while left.as_mut().unwrap().as_mut().poll(&mut task).is_pending() {}
    });
    // The workflow was over, and is gone. Whether it is cannot be known, and its id stays.
    let stage = capture.span("async stage");
    capture.span("request").child_of(&stage);
    assert_unknown(&stage);
    assert_ne!(stage.parent_span_id(), SpanId::INVALID);
    assert_eq!(capture.spans().len(), 2);
}

#[test]
fn under_spans_of_others() {
    let capture = dropping().build();
    let tracer = capture.tracer("api");
    capture.run(|| workflow(|| tracer.in_span("dropped", |_| stage(failing))));
    // The span between them was not recorded.
    assert_kept(&capture, &["workflow", "stage"]);

    let capture = dropping().build();
    let tracer = capture.tracer("api");
    capture.run(|| tracer.in_span("dropped", |_| stage(failing)));
    assert_kept(&capture, &["stage"]);

    let capture = dropping().build();
    let tracer = capture.tracer("api");
    capture.run(|| {
        workflow(|| {
            let context = Context::current_with_span(tracer.start("dropped"));
            thread::scope(|scope| {
                scope.spawn(|| {
                    let _attached = context.attach();
                    stage(failing);
                });
            });
        });
    });
    assert_kept(&capture, &["stage"]);
}

#[test]
fn spans_of_others_under_what_is_rescued_are_not_there() {
    let capture = dropping().build();
    let tracer = capture.tracer("api");
    capture.run(|| {
        stage(|| {
            tracer.in_span("dropped", |_| ());
            failing();
        });
    });
    assert_kept(&capture, &["stage"]);
}

#[test]
fn under_a_span_of_another_process() {
    let elsewhere = |sampled: bool| {
        let flags = TraceFlags::NOT_SAMPLED.with_sampled(sampled);
        let state = "vendor=x,ot=rv:00000000000001"
            .parse::<TraceState>()
            .unwrap();
        SpanContext::new(TraceId::from(7), SpanId::from(9), flags, true, state)
    };
    for sampled in [true, false] {
        let capture = dropping().build();
        capture.run(|| {
            let context = Context::current().with_remote_span_context(elsewhere(sampled));
            let _attached = context.attach();
            let _ = request(Err("refused"));
        });
        assert_whole(&capture);
        let span = capture.span("request");
        assert_certain(&span);
        assert_eq!(span.trace_id(), TraceId::from(7));
        assert_eq!(span.parent_span_id(), SpanId::from(9));
        assert!(span.data().parent_span_is_remote);
        let state = span.data().span_context.trace_state();
        assert_eq!(state.get("vendor"), Some("x"));
    }
}

#[test]
fn under_what_is_not_sampled_there_is_no_new_context() {
    let capture = dropping().build();
    let ids = || {
        let context = Context::current();
        let span = context.span();
        (
            span.span_context().trace_id(),
            span.span_context().span_id(),
        )
    };
    capture.run(|| {
        assert!(!Context::current().has_active_span());
        workflow(|| {
            let outer = ids();
            assert_ne!(outer.1, SpanId::INVALID);
            stage(|| {
                assert_eq!(ids(), outer);
                let _ = request(Ok(()));
            });
            block_on(async_stage(async { assert_eq!(ids(), outer) }));
            assert_eq!(ids(), outer);
        });
        assert!(!Context::current().has_active_span());
    });
}
