//! Signed query strings, keys and passwords never reach what is exported.

#![allow(
    clippy::needless_pass_by_value,
    reason = "functions are annotated where a test needs them, and attributes name what they are given"
)]

use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex};

use lakehouse_otel::opentelemetry::trace::{Span, Status, TraceContextExt, Tracer};
use lakehouse_otel::opentelemetry::{Context, KeyValue};
use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::{server, url};
use lakehouse_otel::testing::Capture;
use lakehouse_otel_tests_behaviour::bench;

const SECRET: &str = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71";

fn signed() -> String {
    format!(
        "https://user:{SECRET}@api.binance.com/api/v3/order?symbol=BTCUSDT&recvWindow=5000&timestamp=1499827319559&signature={SECRET}"
    )
}

const LEFT: &str = "https://REDACTED:REDACTED@api.binance.com/api/v3/order?symbol=BTCUSDT&recvWindow=5000&timestamp=1499827319559&signature=REDACTED";

/// As reqwest writes it: the URL in the message, the reason in the source.
#[derive(Debug)]
struct SendError {
    url: String,
    source: HeaderError,
}

#[derive(Debug)]
struct HeaderError;

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error sending request for url ({})", self.url)
    }
}

impl Error for SendError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused with headers {{\"X-MBX-APIKEY\": \"{SECRET}\"}}")
    }
}

impl Error for HeaderError {}

/// Nothing that was captured has the secret in it: no attribute, event, status, name, link or label.
#[track_caller]
fn assert_clean(capture: &Capture) {
    for span in capture.spans() {
        let span = format!("{:?}", span.data());
        assert!(!span.contains(SECRET), "{span}");
    }
    let metrics = format!("{:?}", capture.metrics());
    assert!(!metrics.contains(SECRET), "{metrics}");
}

#[track_api_request(
    exchange = Binance, method = "POST", endpoint = "/api/v3/order",
    url.full = url.as_str(), server.address = format!("user:{}@api.binance.com", "x"), context = ctx,
    err(|error| error.type = error.url.as_str()),
)]
fn order(url: String) -> Result<(), SendError> {
    let source = HeaderError;
    let error = SendError { url, source };
    ctx.record_error(&error);
    ctx.add_event("sent", [KeyValue::new("request", error.url.clone())]);
    // A secret by its key alone.
    ctx.set_attribute(KeyValue::new("http.request.header.x-mbx-apikey", SECRET));
    ctx.add_event("signed", [KeyValue::new("app.signature", SECRET)]);
    Err(error)
}

#[test]
fn a_failed_request_tells_no_secret() {
    let bench = bench();
    bench.run(|| order(signed())).unwrap_err();
    assert_clean(&bench.capture);
    let span = bench.capture.span("order");
    let attribute = |key: &str| span.attribute(key).unwrap().to_string();
    assert_eq!(attribute("url.full"), LEFT);
    assert_eq!(attribute("error.type"), LEFT);
    let message = format!("error sending request for url ({LEFT})");
    assert_eq!(span.data().status, Status::error(message.clone()));
    let exceptions = span.data().events.iter();
    let mut exceptions = exceptions.filter(|event| event.name == "exception");
    let exception = exceptions.next_back().unwrap();
    let of = |key: &str| {
        let mut attributes = exception.attributes.iter();
        attributes
            .find(|of| of.key.as_str() == key)
            .unwrap()
            .value
            .to_string()
    };
    assert_eq!(of("exception.message"), message);
    assert_eq!(
        of("crypto.error.chain"),
        r#"refused with headers {"X-MBX-APIKEY": "REDACTED"}"#
    );
}

#[track_processing(operation = "sign")]
fn panics() {
    panic!("no answer from {}", signed());
}

#[test]
fn a_panic_tells_no_secret() {
    let bench = bench();
    bench.run(|| std::panic::catch_unwind(panics)).unwrap_err();
    assert_clean(&bench.capture);
    let status = &bench.capture.span("panics").data().status.clone();
    assert_eq!(*status, Status::error(format!("no answer from {LEFT}")));
}

#[trace_stage(stage = "other")]
fn through_the_api() {
    let context = Context::current();
    let span = context.span();
    span.update_name(format!("GET {}", signed()));
    span.set_attribute(KeyValue::new(url::FULL.name(), signed()));
    span.set_attribute(KeyValue::new(server::ADDRESS.name(), "api.binance.com"));
    span.add_event(signed(), vec![KeyValue::new("url", signed())]);
    span.set_status(Status::error(signed()));
}

#[test]
fn opentelemetrys_own_api_tells_none_either() {
    let bench = bench();
    bench.run(through_the_api);
    let mut span = bench.capture.tracer("other").start(signed());
    span.set_attribute(KeyValue::new("url.full", signed()));
    span.record_error(&SendError {
        url: signed(),
        source: HeaderError,
    });
    span.set_status(Status::error(signed()));
    span.end();
    assert_eq!(bench.capture.spans().len(), 2);
    assert_clean(&bench.capture);
    let span = bench.capture.spans().remove(0);
    assert_eq!(span.data().name, format!("GET {LEFT}"));
    assert_eq!(
        span.attribute("server.address").unwrap().as_str(),
        "api.binance.com"
    );
}

#[track_api_request(exchange = exchange, endpoint = "/", context = ctx)]
fn to(exchange: Exchange) {
    ctx.set_attribute(KeyValue::new("device", format!("device_id={SECRET}&n=1")));
}

#[test]
fn names_of_the_programs_own_and_labels() {
    let capture = Capture::builder().redact("device-id").build();
    capture.run(|| to(Exchange::Other(signed().into())));
    assert_clean(&capture);
    let requests = capture.metric("crypto.api.requests");
    requests.with("crypto.exchange", LEFT).sum(1);
    let span = capture.span("to");
    assert_eq!(
        span.attribute("device").unwrap().as_str(),
        "device_id=REDACTED&n=1"
    );
}

#[test]
fn diagnostics_tell_no_password() {
    let said = Arc::new(Mutex::new(Vec::new()));
    let diagnostics = lakehouse_otel::health::Diagnostics::new(Arc::new({
        let said = Arc::clone(&said);
        move |line: &str| said.lock().unwrap().push(line.to_owned())
    }));
    let endpoint = format!("https://user:{SECRET}@collector:4318");
    diagnostics.failed(
        &endpoint,
        &format!("error sending request for url ({endpoint})"),
    );
    let health = diagnostics.health(&endpoint).unwrap();
    assert!(!format!("{health:?}").contains(SECRET), "{health:?}");
    let said = said.lock().unwrap().join("\n");
    assert!(
        said.contains("https://REDACTED:REDACTED@collector:4318"),
        "{said}"
    );
    assert!(!said.contains(SECRET), "{said}");
}
