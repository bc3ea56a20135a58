//! Requests that hand over what their exchange answered.

#![allow(
    clippy::needless_pass_by_value,
    reason = "functions are annotated where a test needs them, and attributes name what they are given"
)]

use std::borrow::Cow;
use std::fmt;

use lakehouse_otel::config::SamplingConfig;
use lakehouse_otel::exchange::{
    Answer, ErrorCode, ExchangeProtocol, ExchangeResponse, Limits, read_by,
};
use lakehouse_otel::opentelemetry::Value;
use lakehouse_otel::operation::ResponseDetails;
use lakehouse_otel::prelude::*;
use lakehouse_otel::testing::{Capture, CapturedSpan};
use lakehouse_otel::trace::sampler::Sampler;
use lakehouse_otel_tests_behaviour::{Bench, bench};

/// What an exchange answered.
#[derive(Debug, Clone, Default)]
struct Page {
    status: u16,
    headers: &'static [(&'static str, &'static str)],
    code: Option<&'static str>,
}

impl ExchangeResponse for Page {
    fn status(&self) -> Option<u16> {
        Some(self.status)
    }

    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter();
        let mut found = found.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| *value)
    }

    fn error_code(&self) -> Option<Cow<'_, str>> {
        self.code.map(Cow::Borrowed)
    }
}

/// An error that knows the answer, where one came.
#[derive(Debug)]
struct Refused(Option<Page>);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused")
    }
}

impl std::error::Error for Refused {}

impl ExchangeResponse for Refused {
    fn status(&self) -> Option<u16> {
        self.0.status()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.0.header(name)
    }

    fn error_code(&self) -> Option<Cow<'_, str>> {
        self.0.error_code()
    }
}

/// The four exchanges by both ways: what the function returns, and what its body says.
macro_rules! requests {
    ($($returns:ident, $says:ident, $exchange:ident;)+) => {$(
        #[track_api_request(
            exchange = $exchange, endpoint = "/klines",
            ok(|page| response = page), err(|error| response = error),
        )]
        fn $returns(page: Page) -> Result<Page, Refused> {
            if page.status == 200 { Ok(page) } else { Err(Refused(Some(page))) }
        }

        #[track_api_request(exchange = $exchange, endpoint = "/klines", context = ctx)]
        fn $says(page: Page) -> Result<Page, Refused> {
            ctx.response(&page);
            if page.status == 200 { Ok(page) } else { Err(Refused(Some(page))) }
        }
    )+};
}

requests! {
    binance, binance_says, Binance;
    bybit, bybit_says, Bybit;
    kraken, kraken_says, Kraken;
    okx, okx_says, Okx;
    coinbase, coinbase_says, Coinbase;
}

type Request = fn(Page) -> Result<Page, Refused>;

const USED: &[(&str, &str)] = &[
    ("X-MBX-USED-WEIGHT-1M", "842"),
    ("X-MBX-ORDER-COUNT-10S", "3"),
];

fn attribute(span: &CapturedSpan, key: &str) -> Option<Value> {
    span.attribute(key).cloned()
}

/// What of a span follows from the answer: everything but where it comes from.
fn said(bench: &Bench) -> Vec<String> {
    let span = bench.capture.spans().remove(0);
    let attributes = span.data().attributes.iter();
    let here = |key: &str| key.starts_with("code.");
    let attributes = attributes.filter(|of| !here(of.key.as_str()));
    let mut said: Vec<_> = attributes
        .map(|of| format!("{} {}", of.key, of.value))
        .collect();
    said.sort();
    let events = span.data().events.iter();
    said.extend(events.map(|event| format!("{} {:?}", event.name, event.attributes)));
    said.push(format!("{:?}", span.data().status));
    let mut metrics: Vec<_> = bench.capture.metrics();
    metrics.retain(|metric| !metric.name().contains("duration"));
    metrics.sort_by_key(|metric| metric.name().to_owned());
    said.extend(metrics.iter().map(|metric| format!("{metric:?}")));
    said
}

#[test]
fn what_is_returned_and_what_the_body_says_come_to_the_same() {
    let rows: [(Request, Request, Page); 8] = [
        (binance, binance_says, page(200, USED, None)),
        (
            binance,
            binance_says,
            page(429, &[("Retry-After", "7")], Some("-1003")),
        ),
        (
            binance,
            binance_says,
            page(418, &[("Retry-After", "120")], Some("-1003")),
        ),
        (bybit, bybit_says, page(403, &[], None)),
        (
            kraken,
            kraken_says,
            page(200, &[], Some("EAPI:Rate limit exceeded")),
        ),
        (okx, okx_says, page(200, &[], Some("50011"))),
        (coinbase, coinbase_says, page(429, &[], None)),
        (okx, okx_says, page(200, &[], Some("0"))),
    ];
    for (returns, says, page) in rows {
        let (one, other) = (bench(), bench());
        let _ = one.run(|| returns(page.clone()));
        let _ = other.run(|| says(page.clone()));
        assert_eq!(said(&one), said(&other), "{page:?}");
    }
}

const fn page(
    status: u16,
    headers: &'static [(&'static str, &'static str)],
    code: Option<&'static str>,
) -> Page {
    Page {
        status,
        headers,
        code,
    }
}

#[test]
fn a_good_answer_tells_what_is_used() {
    let bench = bench();
    bench.run(|| binance(page(200, USED, None))).unwrap();
    let span = bench.capture.span("binance");
    span.outcome(Outcome::Ok);
    let used = attribute(&span, "crypto.rate_limit.used");
    assert_eq!(used, Some(Value::I64(842)));
    let interval = attribute(&span, "crypto.rate_limit.interval");
    assert_eq!(interval, Some(Value::F64(60.0)));
    let orders = attribute(&span, "crypto.rate_limit.order_count");
    assert_eq!(orders, Some(Value::I64(3)));
    let status = attribute(&span, "http.response.status_code");
    assert_eq!(status, Some(Value::I64(200)));
    assert!(span.event_names().is_empty());
    let gauge = bench.capture.metric("crypto.api.rate_limit.used");
    gauge.sum(842.0);
    let metrics = bench.capture.metrics();
    assert!(
        metrics
            .iter()
            .all(|of| of.name() != "crypto.api.rate_limits")
    );
}

#[test]
fn bybit_feeds_the_limit_too() {
    let headers = &[("X-Bapi-Limit", "120"), ("X-Bapi-Limit-Status", "119")];
    let bench = bench();
    bench.run(|| bybit(page(200, headers, Some("0")))).unwrap();
    bench.capture.metric("crypto.api.rate_limit.used").sum(1.0);
    let limit = bench.capture.metric("crypto.api.rate_limit.limit");
    limit.sum(120.0);
    let span = bench.capture.span("bybit");
    let remaining = attribute(&span, "crypto.rate_limit.remaining");
    assert_eq!(remaining, Some(Value::I64(119)));
    span.outcome(Outcome::Ok);
}

#[test]
fn too_often_is_an_event_and_counts() {
    let rows: [(Request, Page, &str); 4] = [
        (binance, page(429, &[("Retry-After", "7")], None), "429"),
        (
            kraken,
            page(200, &[], Some("EAPI:Rate limit exceeded")),
            "EAPI:Rate limit exceeded",
        ),
        (okx, page(200, &[], Some("50011")), "50011"),
        (okx, page(429, &[], Some("50011")), "429"),
    ];
    for (request, page, error_type) in rows {
        let bench = bench();
        let _ = bench.run(|| request(page.clone()));
        let span = bench.capture.spans().remove(0);
        span.outcome(Outcome::Error);
        let found = attribute(&span, "error.type").unwrap();
        assert_eq!(found.as_str(), error_type, "{page:?}");
        assert_eq!(span.event_names()[0], "crypto.rate_limited", "{page:?}");
        bench.capture.metric("crypto.api.rate_limits").sum(1);
        bench.capture.metric("crypto.api.errors").sum(1);
    }
}

#[test]
fn a_ban_is_an_event_and_an_error_of_its_own() {
    let rows: [(Request, Page); 4] = [
        (
            binance,
            page(418, &[("Retry-After", "259200")], Some("-1003")),
        ),
        (bybit, page(403, &[], None)),
        (bybit, page(200, &[], Some("10009"))),
        (kraken, page(200, &[], Some("EGeneral:Temporary lockout"))),
    ];
    for (request, page) in rows {
        let bench = bench();
        let _ = bench.run(|| request(page.clone()));
        let span = bench.capture.spans().remove(0);
        span.outcome(Outcome::Error);
        let error_type = attribute(&span, "error.type").unwrap();
        assert_eq!(error_type.as_str(), "banned", "{page:?}");
        assert_eq!(span.event_names()[0], "crypto.banned", "{page:?}");
        let errors = bench.capture.metric("crypto.api.errors");
        errors.with("error.type", "banned").sum(1);
    }
    let bench = bench();
    let banned = page(418, &[("Retry-After", "259200")], Some("-1003"));
    bench.run(|| binance(banned)).unwrap_err();
    let span = bench.capture.span("binance");
    let event = &span.data().events.events[0];
    let mut attributes = event.attributes.iter();
    let length = attributes.find(|of| of.key.as_str() == "crypto.rate_limit.retry_after");
    assert_eq!(length.unwrap().value, Value::F64(259_200.0));
}

#[track_api_request(exchange = Binance, endpoint = "/klines", status_code = status)]
fn status_alone(status: u16) {
    let _ = status;
}

#[track_api_request(exchange = Bybit, endpoint = "/klines", context = ctx)]
fn details_alone(status: u16) {
    ctx.set_response_details(ResponseDetails::new().status(status));
}

#[test]
fn what_is_said_of_an_answer_is_judged_by_its_exchange_too() {
    let bench = bench();
    bench.run(|| {
        status_alone(418);
        details_alone(403);
    });
    for name in ["status_alone", "details_alone"] {
        let span = bench.capture.span(name);
        assert_eq!(span.event_names(), ["crypto.banned"], "{name}");
        let error_type = attribute(&span, "error.type").unwrap();
        assert_eq!(error_type.as_str(), "banned", "{name}");
    }
}

#[track_api_request(exchange = exchange, endpoint = "/klines", ok(|page| response = page))]
fn by_name(exchange: Exchange, page: Page) -> Page {
    page
}

#[test]
fn the_exchange_may_be_known_at_run_time() {
    let bench = bench();
    let refused = page(403, &[], None);
    bench.run(|| {
        by_name(Exchange::Bybit, refused.clone());
        by_name(Exchange::Binance, refused.clone());
    });
    let spans = bench.capture.spans_named("by_name");
    let types = spans.iter().map(|span| attribute(span, "error.type"));
    let types: Vec<_> = types.map(|of| of.unwrap().to_string()).collect();
    assert_eq!(types, ["banned", "403"]);
}

/// A gateway with headers and codes of its own.
struct Kucoin;

impl ExchangeProtocol for Kucoin {
    fn read(&self, answer: &Answer<'_>) -> Limits {
        let mut limits = Limits::of_http(answer);
        limits.limit = answer.number("gw-ratelimit-limit");
        limits.rate_limited |= answer.code().as_deref() == Some("429000");
        limits.error = limits.error.filter(|code| code != "200000");
        limits
    }
}

#[track_api_request(
    exchange = "kucoin", endpoint = "/candles",
    ok(|page| response = read_by(&Kucoin, page)),
)]
fn kucoin(page: Page) -> Page {
    page
}

#[test]
fn another_exchange_by_its_own_protocol() {
    let bench = bench();
    bench.run(|| kucoin(page(200, &[("gw-ratelimit-limit", "500")], Some("429000"))));
    let span = bench.capture.span("kucoin");
    assert_eq!(span.event_names(), ["crypto.rate_limited"]);
    bench
        .capture
        .metric("crypto.api.rate_limit.limit")
        .sum(500.0);
    bench.capture.metric("crypto.api.rate_limits").sum(1);
}

#[test]
fn a_code_of_success_is_no_error() {
    let bench = bench();
    bench.run(|| kucoin(page(200, &[], Some("200000"))));
    bench.capture.span("kucoin").outcome(Outcome::Ok);
    bench.run(|| again(&page(200, &[], Some("-1003")), &page(200, &[], Some("200"))));
    // The second attempt went well; that the first was one too many counts.
    bench.capture.span("again").outcome(Outcome::Ok);
    bench.capture.metric("crypto.api.rate_limits").sum(1);
}

#[track_api_request(exchange = Binance, endpoint = "/leverage", context = ctx)]
fn again(first: &Page, second: &Page) {
    ctx.response(first);
    ctx.response(second);
}

#[track_api_request(exchange = Okx, endpoint = "/candles", context = ctx)]
async fn in_parts(headers: Page, code: &str) {
    ctx.response(&headers);
    ctx.response(&ErrorCode(code));
}

#[test]
fn an_answer_may_be_told_in_parts() {
    let bench = bench();
    bench.block_on(in_parts(page(200, &[("Retry-After", "2")], None), "50011"));
    let span = bench.capture.span("in_parts");
    let status = attribute(&span, "http.response.status_code");
    assert_eq!(status, Some(Value::I64(200)));
    let wait = attribute(&span, "crypto.rate_limit.retry_after");
    assert_eq!(wait, Some(Value::F64(2.0)));
    assert_eq!(attribute(&span, "error.type").unwrap().as_str(), "50011");
    bench.capture.metric("crypto.api.rate_limits").sum(1);
}

#[track_api_request(
    exchange = Binance, endpoint = "/klines", err(|error| response = error.0),
)]
fn without_answer() -> Result<(), Refused> {
    Err(Refused(None))
}

#[test]
fn an_error_without_an_answer_is_its_own() {
    let bench = bench();
    bench.run(without_answer).unwrap_err();
    let span = bench.capture.span("without_answer");
    assert_eq!(attribute(&span, "error.type").unwrap().as_str(), "Refused");
    assert_eq!(span.event_names(), ["exception"]);
}

#[test]
fn a_request_that_was_not_sampled_is_kept_with_its_answer() {
    let mut config = SamplingConfig::default();
    config.api_call = 0.0;
    let sampler = Sampler::adaptive(&config, "production");
    let capture = Capture::builder().sampler(sampler).seed(1).build();
    capture.run(|| {
        binance(page(200, USED, None)).unwrap();
        binance(page(429, &[("Retry-After", "7")], None)).unwrap_err();
    });
    let span = capture.span("binance");
    assert_eq!(span.event_names(), ["crypto.rate_limited", "exception"]);
    let wait = attribute(&span, "crypto.rate_limit.retry_after");
    assert_eq!(wait, Some(Value::F64(7.0)));
    capture.metric("crypto.api.rate_limit.used").sum(842.0);
}

/// Its own code asks for the handle: nothing is locked while it runs.
struct Asking<'a>(&'a lakehouse_otel::operation::Handle);

impl ExchangeResponse for Asking<'_> {
    fn status(&self) -> Option<u16> {
        self.0
            .record_data_stats(lakehouse_otel::operation::DataStats::new().records(1));
        Some(200)
    }

    fn header(&self, _name: &str) -> Option<&str> {
        None
    }
}

#[track_api_request(exchange = Binance, endpoint = "/klines", context = ctx)]
fn asking() {
    ctx.response(&Asking(&ctx));
}

#[test]
fn a_response_may_use_the_handle() {
    let bench = bench();
    bench.run(asking);
    let span = bench.capture.span("asking");
    let records = attribute(&span, "crypto.record_count");
    assert_eq!(records, Some(Value::I64(1)));
}
