//! What leaves the program has no secret in it. One test, for it is about the program's own telemetry.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use lakehouse_otel::Telemetry;
use lakehouse_otel::config::Exporter;
use lakehouse_otel::opentelemetry::KeyValue;
use lakehouse_otel::opentelemetry::trace::{Span, Status, Tracer};
use lakehouse_otel::opentelemetry_sdk::error::OTelSdkResult;
use lakehouse_otel::opentelemetry_sdk::trace::{SpanData, SpanExporter};
use lakehouse_otel::prelude::*;

const SIGNED: &str = "https://user:hush@h/order?device_id=hush&timestamp=1&signature=hush";
const LEFT: &str =
    "https://REDACTED:REDACTED@h/order?device_id=REDACTED&timestamp=1&signature=REDACTED";

#[derive(Debug, Clone, Default)]
struct Backend(Arc<Mutex<Vec<SpanData>>>);

impl SpanExporter for Backend {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.lock().unwrap().extend(batch);
        Ok(())
    }
}

#[track_api_request(exchange = Binance, endpoint = "/order", url.full = url)]
fn order(url: &str) -> Result<(), String> {
    Err(format!("error sending request for url ({url})"))
}

#[test]
fn what_is_exported_has_no_secret() {
    let backend = Backend::default();
    let telemetry = Telemetry::builder()
        .variables(|name| (name == "OTEL_TRACES_SAMPLER").then(|| "always_on".to_owned()))
        .metrics_exporter(Exporter::None)
        .span_exporter(backend.clone())
        .redact("device-id")
        .init()
        .unwrap();
    order(SIGNED).unwrap_err();
    let mut other = telemetry.tracer("other").start("other");
    other.set_attribute(KeyValue::new("url.full", SIGNED));
    other.set_status(Status::error(SIGNED));
    other.end();
    telemetry.shutdown(Duration::from_mins(1)).unwrap();

    let spans = backend.0.lock().unwrap();
    assert_eq!(spans.len(), 2);
    for span in spans.iter() {
        let url = span.attributes.iter();
        let mut url = url.filter(|of| of.key.as_str() == "url.full");
        assert_eq!(url.next().unwrap().value.as_str(), LEFT, "{}", span.name);
        let shown = format!("{span:?}");
        assert!(!shown.contains("hush"), "{shown}");
    }
}
