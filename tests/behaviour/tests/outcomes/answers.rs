//! Requests whose outcome the answer decides.

use lakehouse_otel::operation::ResponseDetails;
use lakehouse_otel::prelude::*;
use lakehouse_otel::testing::CapturedMetric;
use lakehouse_otel_tests_behaviour::bench;

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

#[trace_stage(stage = "asks", context = ctx)]
fn stage_that_asks() {
    ctx.set(lakehouse_otel::schema::http::RESPONSE_STATUS_CODE, 404);
}

#[test]
fn only_a_request_is_judged_by_its_answer() {
    let bench = bench();
    bench.run(stage_that_asks);
    bench.capture.span("asks").outcome(Outcome::Ok);
}
