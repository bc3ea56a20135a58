//! Which ones are kept, and what their spans say.

use super::*;

const MIB: u64 = 1 << 20;

#[track_api_request(
    exchange = Binance, method = "GET", endpoint = "/api/v3/klines",
    symbol = symbol, data_type = Klines, limit = counted(unkept, 500),
    keep(symbol),
    ok(|klines| record_count = *klines),
    err(|error| crypto.exchange_error = error.as_str()),
)]
pub(crate) fn klines(
    symbol: &str,
    unkept: &Cell<u32>,
    answer: Result<u64, String>,
) -> Result<u64, String> {
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
pub(crate) fn put(bytes: u64) {}

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
