//! Errors are never lost: what is exported although it was not sampled, what its span says, and what
//! is exported with it.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;
use std::thread;
use std::time::Duration;

use lakehouse_otel::config::SamplingConfig;
use lakehouse_otel::opentelemetry::trace::{
    FutureExt as _, SpanContext, SpanId, SpanKind, TraceContextExt as _, TraceFlags, TraceId,
    TraceState, Tracer,
};
use lakehouse_otel::opentelemetry::{Context, KeyValue};
use lakehouse_otel::operation::{
    Callsite, Operation, ResponseDetails, Returned, Stage, Workflow, begin,
};
use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::{
    self, MetricSource, OperationDefinition, OperationMetric, OperationType,
};
use lakehouse_otel::testing::{Capture, CaptureBuilder, CapturedSpan, ManualClock};
use lakehouse_otel::trace::sampler::{Sampler, Threshold};
use lakehouse_otel::{spawn, spawn_blocking};
use lakehouse_otel_tests_behaviour::{assert_whole, block_on, sampling, threshold, yield_now};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const MIB: u64 = 1 << 20;

/// A sampler with one rate for everything.
fn rate(rate: f64) -> Sampler {
    let mut config = SamplingConfig::default();
    config.workflow = rate;
    config.api_call = rate;
    config.storage = rate;
    config.ingestion = rate;
    config.ingestion_minimum = rate;
    config.root = Some(rate);
    Sampler::adaptive(&config, "production")
}

fn dropping() -> CaptureBuilder {
    Capture::builder().sampler(rate(0.0)).seed(1)
}

#[track_caller]
fn assert_certain(span: &CapturedSpan) {
    assert_eq!(threshold(span), Some(Threshold::ALWAYS), "{}", span.name());
    assert!(span.data().span_context.is_sampled());
}

/// It stands for nothing but itself.
#[track_caller]
fn assert_unknown(span: &CapturedSpan) {
    assert_eq!(threshold(span), None, "{}", span.name());
    assert!(span.data().span_context.is_sampled());
}

fn counted<T>(times: &Cell<u32>, value: T) -> T {
    times.set(times.get() + 1);
    value
}

#[track_api_request(
    exchange = Binance, method = "GET", endpoint = "/api/v3/klines",
    symbol = symbol, data_type = Klines, limit = counted(unkept, 500),
    keep(symbol),
    ok(|klines| record_count = *klines),
    err(|error| crypto.exchange_error = error.as_str()),
)]
fn klines(symbol: &str, unkept: &Cell<u32>, answer: Result<u64, String>) -> Result<u64, String> {
    answer
}

#[test]
fn a_failed_one_has_all_that_is_kept() {
    let capture = dropping().build();
    let unkept = Cell::new(0);
    let failed = capture.run(|| klines("BTCUSDT", &unkept, Err("-1121".to_owned())));
    assert!(failed.is_err());
    let span = capture.span("klines");
    span.outcome(Outcome::Error)
        .kind(&SpanKind::Client)
        .is_root()
        .has(schema::crypto::EXCHANGE, Exchange::Binance)
        .has(schema::crypto::ENDPOINT, "/api/v3/klines")
        .has(schema::crypto::DATA_TYPE, DataType::Klines)
        .has(schema::crypto::SYMBOL, "BTCUSDT")
        .has(schema::crypto::EXCHANGE_ERROR, "-1121");
    assert_eq!(span.event_names(), ["exception"]);
    assert_eq!(span.attribute("error.type").unwrap().as_str(), "-1121");
    assert_certain(&span);
    assert_eq!(
        unkept.get(),
        0,
        "only the span needs it, and it was dropped at its head"
    );
    assert_eq!(capture.spans().len(), 1);
    capture.metric("crypto.api.errors").sum(1);
}

#[test]
fn one_by_hand_has_all_that_was_said_of_it() {
    for share in [0.0, 1.0] {
        let capture = Capture::builder().sampler(rate(share)).seed(1).build();
        capture.run(|| {
            let request = lakehouse_otel::operation::ApiRequest::new(Exchange::Binance, "/klines")
                .symbol("BTCUSDT")
                .limit(500)
                .start();
            request.handle().set(schema::crypto::RECORD_COUNT, 3);
            request.error(&std::io::Error::other("refused"));
        });
        let span = capture.span("/klines");
        span.outcome(Outcome::Error)
            .has(schema::crypto::EXCHANGE, Exchange::Binance)
            .has(schema::crypto::SYMBOL, "BTCUSDT")
            .has(schema::crypto::REQUEST_LIMIT, 500)
            .has(schema::crypto::RECORD_COUNT, 3);
        assert_certain(&span);
        // It is at no place in the source that is known.
        for key in ["code.function.name", "code.file.path", "code.line.number"] {
            assert_eq!(span.attribute(key), None, "{key}");
        }
    }
    let capture = Capture::builder().sampler(rate(1.0)).build();
    let _ = capture.run(|| klines("BTCUSDT", &Cell::new(0), Ok(3)));
    let annotated = capture.span("klines");
    for key in ["code.function.name", "code.file.path", "code.line.number"] {
        assert!(annotated.attribute(key).is_some(), "{key}");
    }
}

#[test]
fn what_ended_well_is_gone() {
    let capture = dropping().build();
    let unkept = Cell::new(0);
    assert_eq!(capture.run(|| klines("BTCUSDT", &unkept, Ok(3))), Ok(3));
    assert_eq!(capture.spans().len(), 0, "{capture}");
    assert_eq!(unkept.get(), 0);
    capture.metric("crypto.api.requests").sum(1);
}

#[track_processing(
    operation = "clean",
    symbol = counted(of_span, "BTCUSDT"),
    layer = counted(label, Layer::Silver),
    record_count = counted(measure, 12),
    ok(|bytes| data_size_bytes = counted(after, *bytes)),
)]
fn clean(
    of_span: &Cell<u32>,
    label: &Cell<u32>,
    measure: &Cell<u32>,
    after: &Cell<u32>,
    answer: Result<u64, String>,
) -> Result<u64, String> {
    answer
}

#[test]
fn what_feeds_an_instrument_is_evaluated_once_and_what_only_the_span_needs_not_at_all() {
    for (sampler, of_span) in [(rate(0.0), 0), (rate(1.0), 1), (Sampler::always_off(), 0)] {
        let capture = Capture::builder().sampler(sampler).build();
        let times: [Cell<u32>; 4] = Default::default();
        let [span, label, measure, after] = &times;
        let _ = capture.run(|| clean(span, label, measure, after, Ok(7)));
        let times = times.map(Cell::into_inner);
        assert_eq!(times, [of_span, 1, 1, 1], "{capture}");
        capture.metric("crypto.data.processed").sum(12);
    }
}

#[track_api_request(exchange = Bybit, endpoint = "/quiet", metrics = false, status_code = status)]
fn quiet(status: u16) -> u16 {
    status
}

#[test]
fn an_answer_that_is_an_error_is_kept_without_metrics_too() {
    let capture = dropping().build();
    capture.run(|| {
        quiet(200);
        quiet(503);
    });
    let span = capture.span("quiet");
    span.outcome(Outcome::Error);
    assert_certain(&span);
}

#[test]
fn a_panicked_one() {
    let capture = dropping().build();
    let unwound = catch_unwind(AssertUnwindSafe(|| {
        capture.run(|| stage(|| panic!("no more candles")));
    }));
    assert!(unwound.is_err());
    let span = capture.span("stage");
    span.outcome(Outcome::Panicked);
    assert_certain(&span);
    assert_eq!(span.event_names(), ["exception"]);
}

#[trace_stage(stage = "slow", budget = "1s")]
fn slow(clock: &ManualClock, seconds: u64) {
    clock.advance(Duration::from_secs(seconds));
}

#[test]
fn one_over_its_budget() {
    let clock = Arc::new(ManualClock::new());
    let capture = dropping().clock(&clock).build();
    capture.run(|| {
        slow(&clock, 1);
        slow(&clock, 2);
    });
    let span = capture.span("slow");
    span.outcome(Outcome::Ok)
        .lasted(Duration::from_secs(2))
        .has(schema::crypto::OPERATION_BUDGET_EXCEEDED, true);
    assert_eq!(span.event_names(), ["crypto.budget_exceeded"]);
    assert_certain(&span);
    capture.metric("crypto.operation.budget.exceeded").sum(1);
}

#[track_api_request(exchange = Okx, endpoint = "/limited", context = ctx)]
fn limited(code: Option<&'static str>) {
    let details = ResponseDetails::new().status(200);
    ctx.set_response_details(match code {
        Some(code) => details.exchange_error(code),
        None => details,
    });
}

#[test]
fn rate_limited_ones() {
    let capture = dropping().build();
    capture.run(|| {
        quiet(429);
        limited(None);
        limited(Some("50011"));
    });
    assert_eq!(capture.spans().len(), 2, "{capture}");
    for name in ["quiet", "limited"] {
        assert_certain(capture.span(name).outcome(Outcome::Error));
    }
}

#[track_storage(operation = "put", system = "s3", size_bytes = bytes)]
fn put(bytes: u64) {}

#[test]
fn big_objects() {
    let capture = dropping().build();
    capture.run(|| {
        put(64 * MIB);
        put(64 * MIB + 1);
    });
    let span = capture.span("put");
    span.outcome(Outcome::Ok)
        .has(schema::crypto::DATA_SIZE_BYTES, 64 * MIB + 1);
    assert_certain(&span);
}

#[trace_stage(stage = "important", priority = high)]
fn important(inner: impl FnOnce()) {
    inner();
}

#[test]
fn those_of_high_priority() {
    let capture = dropping().build();
    capture.run(|| stage(|| important(|| stage(|| ()))));
    assert_whole(&capture);
    let span = capture.span("important");
    assert_certain(&span);
    // The stage in it follows it; the stage around it must be there for it.
    let stages = capture.spans_named("stage");
    assert_eq!(stages.len(), 2, "{capture}");
    span.child_of(&stages[1]);
    assert_unknown(&stages[1]);
    stages[0].child_of(&span);
    assert_certain(&stages[0]);
}

#[test]
fn a_cancelled_one_is_not_kept() {
    let capture = dropping().build();
    capture.run(|| {
        drop(Stage::new("dropped").start());
        let mut task = std::task::Context::from_waker(std::task::Waker::noop());
        let mut future = Box::pin(async_stage(std::future::pending()));
        assert_eq!(future.as_mut().poll(&mut task), Poll::Pending);
    });
    assert_eq!(capture.spans().len(), 0, "{capture}");
}

#[test]
fn failed_ones_that_were_sampled_stand_for_themselves_too() {
    let share = 0.3;
    let mut well = 0;
    for seed in 0..300 {
        let capture = Capture::builder().sampler(rate(share)).seed(seed).build();
        capture.run(|| {
            request(Ok(())).ok();
            request(Err("refused")).ok();
        });
        assert_whole(&capture);
        let (failed, ok): (Vec<_>, Vec<_>) = capture
            .spans()
            .into_iter()
            .partition(|span| span.attribute("error.type").is_some());
        assert_eq!(failed.len(), 1);
        assert_certain(failed[0].outcome(Outcome::Error));
        well += ok.len();
        for span in &ok {
            assert_eq!(threshold(span), Some(Threshold::from_probability(share)));
        }
    }
    assert!((70..110).contains(&well), "{well}");
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
fn request(answer: Result<(), &'static str>) -> Result<(), &'static str> {
    answer
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

fn failing() {
    let _ = request(Err("refused"));
}

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
fn a_storm_has_a_bound() {
    let clock = Arc::new(ManualClock::new());
    let capture = dropping()
        .clock(&clock)
        .max_error_spans_per_second(10)
        .build();
    let storm = || (0..100).for_each(|_| workflow(failing));
    capture.run(storm);
    // Those beyond it are not there, nor what was around them.
    assert_whole(&capture);
    assert_eq!(capture.spans_named("request").len(), 10);
    assert_eq!(capture.spans_named("workflow").len(), 10);
    clock.advance(Duration::from_secs(1));
    capture.run(storm);
    assert_eq!(capture.spans_named("request").len(), 20);
    assert_eq!(capture.spans().len(), 40);
    capture.metric("crypto.api.errors").sum(200);
}

#[test]
fn what_is_beyond_the_bound_is_there_for_what_is_under_it() {
    let clock = Arc::new(ManualClock::new());
    let capture = dropping()
        .clock(&clock)
        .max_error_spans_per_second(3)
        .build();
    capture.run(|| {
        for _ in 0..4 {
            let outer = Workflow::new("outer").start();
            let answer = outer.in_scope(|| request(Err("refused")));
            outer.returned(Returned::new(&answer).outcome());
        }
    });
    assert_whole(&capture);
    // The second request was the third: the workflow around it is there for it alone.
    assert_eq!(capture.spans_named("request").len(), 2);
    let outer = capture.spans_named("outer");
    assert_eq!(outer.len(), 2, "{capture}");
    assert_certain(&outer[0]);
    assert_unknown(outer[1].outcome(Outcome::Error));
}

#[test]
fn who_is_told_to_keep_nothing_keeps_nothing() {
    let samplers = [
        (Sampler::always_off(), 0),
        (Sampler::parent_based_always_off(), 0),
        (Sampler::trace_id_ratio(0.0), 0),
        (Sampler::trace_id_ratio(1e-9), 2),
        (Sampler::parent_based_trace_id_ratio(1e-9), 2),
    ];
    for (sampler, spans) in samplers {
        let capture = Capture::builder().sampler(sampler).seed(1).build();
        let unkept = Cell::new(0);
        capture.run(|| {
            workflow(|| {
                let _ = klines("BTCUSDT", &unkept, Err("-1121".to_owned()));
            });
        });
        assert_eq!(capture.spans().len(), spans, "{capture}");
        assert_whole(&capture);
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

static INGESTION: OperationDefinition = OperationDefinition {
    operation_type: OperationType::Ingestion,
    span_type: "crypto.ingestion",
    macro_name: "track_ingestion",
    kind: SpanKind::Consumer,
    span_name: "ingest",
    metrics: &[OperationMetric {
        definition: &schema::metrics::CRYPTO_DATA_PROCESSED,
        source: MetricSource::Attribute("crypto.record_count"),
    }],
};

fn ingest(records: u64, work: impl FnOnce(&Operation)) {
    static CALLSITE: Callsite = Callsite::new(&INGESTION, "ingest", "kept", "kept.rs", 1);
    let operation = begin(&CALLSITE, |_| {});
    operation
        .handle()
        .set(schema::crypto::RECORD_COUNT, records);
    operation.in_scope(|| work(&operation));
    operation.ok();
}

/// What is there of so many ingestions.
fn ingested(count: u64, ingest: impl Fn(&Capture)) -> Vec<CapturedSpan> {
    let mut config = SamplingConfig::default();
    config.api_call = 0.01;
    let capture = Capture::builder()
        .sampler(Sampler::adaptive(&config, "production"))
        .seed(1)
        .max_error_spans_per_second(1_000_000)
        .build();
    for _ in 0..count {
        capture.run(|| ingest(&capture));
    }
    assert_whole(&capture);
    capture.spans_named("ingest")
}

#[test]
fn ingestion_is_thinned_out_by_how_much_came_in() {
    for (records, share) in [
        (0, 0.05),
        (1_000, 0.05),
        (5_000, 0.15),
        (10_000, 0.3),
        (1_000_000, 0.3),
    ] {
        let spans = ingested(2_000, |_| ingest(records, |_| ()));
        let expected: f64 = 2_000.0 * share;
        let three_sigma = 3.0 * (expected * (1.0 - share)).sqrt();
        #[expect(clippy::cast_precision_loss, reason = "there are few")]
        let off = (spans.len() as f64 - expected).abs();
        assert!(off <= three_sigma, "{} of {records} records", spans.len());
        for span in &spans {
            assert_eq!(threshold(span), Some(Threshold::from_probability(share)));
        }
    }
}

#[test]
fn ingestion_that_others_rely_on_is_not_thinned_out() {
    let thirty = Some(Threshold::from_probability(0.3));
    let relying: [fn(&Capture, &Operation); 4] = [
        |_, _| stage(|| ()),
        |capture, _| capture.tracer("api").in_span("span", |_| ()),
        |_, operation| drop(operation.handle().context()),
        |_, operation| assert!(operation.handle().span_id().is_some()),
    ];
    for rely in relying {
        let spans = ingested(1_000, |capture| {
            ingest(1, |operation| rely(capture, operation));
        });
        assert!((250..350).contains(&spans.len()), "{}", spans.len());
        assert!(spans.iter().all(|span| threshold(span) == thirty));
    }
    // Whatever it was, it must be there for what failed under it.
    let spans = ingested(200, |_| ingest(1, |_| failing()));
    assert_eq!(spans.len(), 200);
}

/// Random trees.
struct Forest<'a> {
    random: StdRng,
    capture: &'a Capture,
    nodes: i64,
    failed: Vec<i64>,
}

impl Forest<'_> {
    fn grow(&mut self, depth: u32) {
        let children = self.random.random_range(0..3);
        for _ in 0..children {
            self.node(depth);
        }
    }

    fn node(&mut self, depth: u32) {
        if depth == 0 {
            return;
        }
        let tracer = self.capture.tracer("api");
        match self.random.random_range(0..10) {
            0 | 1 => tracer.in_span("span", |_| self.grow(depth - 1)),
            2 => {
                let context = Context::current();
                thread::scope(|scope| {
                    scope.spawn(|| {
                        let _attached = context.attach();
                        self.grow(depth - 1);
                    });
                });
            }
            3 => {
                let context = Context::current();
                block_on(async { self.grow(depth - 1) }.with_context(context));
            }
            4..=6 => self.operation(Stage::new("stage").start(), depth),
            7 | 8 => {
                let request = lakehouse_otel::operation::ApiRequest::new(Exchange::Okx, "/");
                self.operation(request.start(), depth);
            }
            _ => self.operation(Workflow::new("workflow").start(), depth),
        }
    }

    fn operation(&mut self, operation: Operation, depth: u32) {
        self.nodes += 1;
        let node = self.nodes;
        operation
            .handle()
            .set_attribute(KeyValue::new("node", node));
        operation.in_scope(|| self.grow(depth - 1));
        if self.random.random_ratio(1, 8) {
            self.failed.push(node);
            operation.error(&std::io::Error::other("failed"));
        } else {
            operation.ok();
        }
    }
}

#[test]
fn whatever_the_tree_errors_are_there_and_nothing_hangs_in_the_air() {
    let (mut rescued, mut around) = (0, 0);
    for seed in 0..1_500 {
        let mut random = StdRng::seed_from_u64(seed);
        let share = [0.0, 0.1, 0.5][random.random_range(0..3)];
        let capture = Capture::builder()
            .sampler(rate(share))
            .seed(seed)
            .max_error_spans_per_second(1_000_000)
            .build();
        let mut forest = Forest {
            random,
            capture: &capture,
            nodes: 0,
            failed: Vec::new(),
        };
        capture.run(|| forest.grow(6));
        let mut failed = forest.failed;
        assert_whole(&capture);
        let spans = capture.spans();
        let mut found = Vec::new();
        for span in spans
            .iter()
            .filter(|span| span.attribute("error.type").is_some())
        {
            assert_certain(span);
            let Some(lakehouse_otel::opentelemetry::Value::I64(node)) = span.attribute("node")
            else {
                panic!("{capture}");
            };
            found.push(*node);
        }
        failed.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, failed, "seed {seed}\n{capture}");
        rescued += found.len();
        for span in &spans {
            // What stands for nothing is there for something under it.
            if threshold(span).is_none() && sampling(span).randomness.is_none() && share == 0.0 {
                around += 1;
                let below = spans.iter().any(|other| {
                    other.trace_id() == span.trace_id() && other.parent_span_id() == span.span_id()
                });
                assert!(below, "seed {seed}: {:?}\n{capture}", span.name());
            }
        }
    }
    assert!(rescued > 300 && around > 100, "{rescued} {around}");
}
