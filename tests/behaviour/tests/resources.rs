//! What an operation used and got done, how long its like took of late, and how it stands against its budget.

use std::hint::black_box;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use lakehouse_otel::clock::ManualClock;
use lakehouse_otel::operation::{Handle, Processing, Stage};
use lakehouse_otel::performance::{
    BudgetCheck, operation_history, operation_names, thread_cpu_time,
};
use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::crypto;
use lakehouse_otel::testing::{Capture, CapturedSpan};
use lakehouse_otel::trace::sampler::Sampler;
use lakehouse_otel_tests_behaviour::{bench, work};

/// Keeps this thread's CPU busy, as that counts.
fn burn(time: Duration) {
    let until = thread_cpu_time().unwrap() + time;
    let mut sum = 0_u64;
    while thread_cpu_time().unwrap() < until {
        sum = (0..1_000).fold(sum, |sum, it| black_box(sum ^ it));
    }
    black_box(sum);
}

fn number(span: &CapturedSpan, key: &str) -> f64 {
    match span.attribute(key) {
        Some(lakehouse_otel::opentelemetry::Value::F64(number)) => *number,
        other => panic!("{key} is {other:?}"),
    }
}

const MS: Duration = Duration::from_millis(1);

#[track_processing(
    operation = "clean", resources = true, budget = "3s",
    record_count = rows, ok(|bytes| data_size_bytes = *bytes),
)]
fn clean(rows: u64, millis: u64) -> Result<u64, std::io::Error> {
    burn(2 * MS);
    work(millis);
    if rows == 0 {
        Err(std::io::Error::other("nothing there"))
    } else {
        Ok(rows * 50)
    }
}

#[test]
fn a_call_tells_what_it_used_and_how_much_it_got_done() {
    let bench = bench();
    bench.capture.run(|| clean(100, 2_000)).unwrap();
    let span = bench.capture.span("clean");
    span.has(crypto::OPERATION_THROUGHPUT_RECORDS, 50.0)
        .has(crypto::OPERATION_THROUGHPUT_BYTES, 2_500.0);
    assert!(number(&span, "crypto.operation.cpu_time") >= 0.002);
    let efficiency = number(&span, "crypto.operation.efficiency");
    assert!(efficiency > 0.0 && efficiency < 1.0, "{efficiency}");
}

#[test]
fn the_history_is_of_calls_that_were_not_cancelled_traced_or_not() {
    let clock = Arc::new(ManualClock::new());
    let untraced = Capture::builder()
        .clock(&clock)
        .sampler(Sampler::always_off())
        .build();
    untraced.run(|| {
        assert_eq!(operation_history("clean"), None);
        for seconds in [1, 2, 3] {
            let processing = Processing::new("clean").resources().start();
            clock.advance(Duration::from_secs(seconds));
            if seconds == 3 {
                processing.error(&std::io::Error::other("too long"));
            } else {
                processing.ok();
            }
        }
        let cancelled = Processing::new("clean").resources().start();
        clock.advance(Duration::from_secs(100));
        drop(cancelled);
        let history = operation_history("clean").unwrap();
        assert_eq!(history.count, 3);
        assert_eq!(history.mean, Duration::from_secs(2));
        assert_eq!(history.max, Duration::from_secs(3));
        assert_eq!(operation_names(), ["clean"]);
    });
    assert!(untraced.spans().is_empty());
    // Each capture has its own, and the program none before `init`.
    assert_eq!(operation_history("clean"), None);
    assert_eq!(Capture::builder().build().run(operation_names), [""; 0]);
}

#[track_processing(operation = "plain", record_count = rows)]
fn plain(rows: u64) {
    let _ = rows;
}

#[trace_stage(stage = "bounded", budget = "1s", context = ctx)]
fn bounded() -> [BudgetCheck; 2] {
    work(400);
    let before = ctx.check_performance_budget();
    work(700);
    [before, ctx.check_performance_budget()]
}

#[test]
fn only_what_is_asked_for_is_told() {
    let bench = bench();
    bench.capture.run(|| {
        plain(3);
        bounded();
        assert_eq!(operation_names(), ["bounded"], "a budget has a history");
    });
    for name in ["plain", "bounded"] {
        let span = bench.capture.span(name);
        span.has_no(crypto::OPERATION_CPU_TIME)
            .has_no(crypto::OPERATION_THROUGHPUT_RECORDS)
            .has_no(crypto::OPERATION_EFFICIENCY);
    }
}

#[test]
fn a_failed_call_tells_what_it_used_and_is_nothing_to_compare_with() {
    let bench = bench();
    bench.capture.run(|| {
        // The failed one was fast, and is no measure for the next.
        assert!(clean(0, 1).is_err());
        clean(100, 1_000).unwrap();
        assert_eq!(operation_history("clean").unwrap().count, 2);
    });
    let spans = bench.capture.spans_named("clean");
    spans[0]
        .outcome(Outcome::Error)
        .has(crypto::OPERATION_THROUGHPUT_RECORDS, 0.0);
    assert!(number(&spans[0], "crypto.operation.cpu_time") >= 0.002);
    // CPU time over duration, and the budget kept; there is no throughput before it.
    let cpu = number(&spans[1], "crypto.operation.cpu_time");
    let efficiency = number(&spans[1], "crypto.operation.efficiency");
    assert!((efficiency - cpu.sqrt()).abs() < 1e-9, "{efficiency}");
}

#[test]
fn throughput_is_compared_with_that_of_the_calls_before() {
    let bench = bench();
    bench.capture.run(|| {
        clean(100, 1_000).unwrap();
        clean(50, 1_000).unwrap();
    });
    let span = &bench.capture.spans_named("clean")[1];
    let cpu = number(span, "crypto.operation.cpu_time");
    let efficiency = number(span, "crypto.operation.efficiency");
    // Half of what was usual, off by 1/32 at most; weighted twice.
    let throughput = (efficiency.powi(4) / cpu).sqrt();
    assert!((throughput - 0.5).abs() < 0.5 / 31.0, "{throughput}");
}

#[test]
fn a_failed_call_that_was_not_sampled_tells_it_too() {
    let capture = Capture::builder()
        .sampler(Sampler::parent_based_trace_id_ratio(1e-9))
        .build();
    capture.run(|| {
        clean(1, 0).unwrap();
        assert!(clean(0, 0).is_err());
    });
    assert_eq!(capture.spans().len(), 1);
    let cpu = number(&capture.span("clean"), "crypto.operation.cpu_time");
    assert!(cpu >= 0.002);
}

#[track_api_request(
    exchange = Binance, endpoint = "/api/v3/klines", resources = true,
    ok(|klines| record_count = klines.len()),
)]
async fn fetch(polls: u32) -> Result<Vec<u64>, std::io::Error> {
    for _ in 0..polls {
        burn(2 * MS);
        yield_once().await;
    }
    work(500);
    Ok(vec![0; 100])
}

/// Pending once.
fn yield_once() -> impl Future<Output = ()> {
    let mut polled = false;
    std::future::poll_fn(move |_| {
        if std::mem::replace(&mut polled, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
}

/// Polls to the end, on another thread every time, and burns CPU time in between.
fn poll_elsewhere<F: Future<Output: Send> + Send>(
    future: F,
    between: impl Fn() + Sync,
) -> F::Output {
    let mut future = Box::pin(future);
    loop {
        let polled = thread::scope(|scope| {
            let poll = || {
                let polled = future
                    .as_mut()
                    .poll(&mut Context::from_waker(Waker::noop()));
                between();
                polled
            };
            scope.spawn(poll).join().unwrap()
        });
        match polled {
            Poll::Ready(value) => return value,
            Poll::Pending => between(),
        }
    }
}

#[test]
fn of_a_future_its_polls_count_on_whichever_threads() {
    let capture = Capture::builder().build();
    let fetched = poll_elsewhere(capture.scope(fetch(3)), || burn(40 * MS));
    assert_eq!(fetched.unwrap().len(), 100);
    let span = capture.span("fetch");
    let cpu = number(&span, "crypto.operation.cpu_time");
    assert!((0.006..0.040).contains(&cpu), "{cpu}");
    assert!(number(&span, "crypto.operation.throughput.records") > 0.0);
}

#[test]
fn of_a_future_by_hand_and_of_one_that_is_cancelled_too() {
    let capture = Capture::builder().build();
    let by_hand = capture.run(|| {
        let stage = Stage::new("by hand").resources().start();
        stage.instrument(
            async {
                burn(2 * MS);
                yield_once().await;
                burn(2 * MS);
            },
            |_, ()| {},
        )
    });
    poll_elsewhere(by_hand, || burn(40 * MS));
    let cpu = number(&capture.span("by hand"), "crypto.operation.cpu_time");
    assert!((0.004..0.040).contains(&cpu), "{cpu}");

    let mut cancelled = Box::pin(capture.scope(fetch(3)));
    let poll = cancelled
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    assert!(poll.is_pending());
    burn(40 * MS);
    drop(cancelled);
    let span = capture.span("fetch");
    let cpu = number(
        span.outcome(Outcome::Cancelled),
        "crypto.operation.cpu_time",
    );
    assert!((0.002..0.040).contains(&cpu), "{cpu}");
    let names = capture.run(|| operation_history("GET /api/v3/klines"));
    assert_eq!(
        names, None,
        "a cancelled call says nothing of how long it takes"
    );
}

#[track_storage(operation = Put, system = Local, resources = true, size_bytes = 4_096)]
fn write() {
    work(2_000);
}

#[test]
fn amounts_that_are_constant_count() {
    let bench = bench();
    bench.capture.run(write);
    let span = bench.capture.span("write");
    span.has(crypto::OPERATION_THROUGHPUT_BYTES, 2_048.0);
}

#[test]
fn a_handle_tells_how_it_stands_against_the_budget() {
    let bench = bench();
    let second = Duration::from_secs(1);
    let [before, after] = bench.capture.run(bounded);
    assert_eq!(before, BudgetCheck::new(Some(second), 400 * MS));
    assert_eq!(before.remaining, Some(600 * MS));
    assert_eq!(after, BudgetCheck::new(Some(second), 1_100 * MS));
    assert!(!before.exceeded && after.exceeded);
    let span = bench.capture.span("bounded");
    span.has(crypto::OPERATION_BUDGET_EXCEEDED, true);

    bench.capture.run(|| {
        let stage = Stage::new("without").start();
        work(5);
        let check = stage.handle().check_performance_budget();
        assert_eq!(check, BudgetCheck::new(None, 5 * MS));
        stage.ok();
    });
    // Nothing records it: there is nothing to say.
    let [unrecorded, _] = bounded();
    assert_eq!(unrecorded, BudgetCheck::default());
}

#[track_processing(operation = "wait", budget = "1s", context = ctx)]
async fn wait() -> BudgetCheck {
    yield_once().await;
    work(1_500);
    check(&ctx)
}

fn check(handle: &Handle) -> BudgetCheck {
    handle.check_performance_budget()
}

#[test]
fn a_handle_tells_it_in_a_future_too() {
    let bench = bench();
    let waited = futures::executor::block_on(async {
        let waited = bench.capture.scope(wait());
        futures::pin_mut!(waited);
        // Not a moment between making and polling counts.
        work(10_000);
        assert!(futures::poll!(waited.as_mut()).is_pending());
        waited.await
    });
    assert_eq!(waited.elapsed, 1_500 * MS);
    assert!(waited.exceeded);
}
