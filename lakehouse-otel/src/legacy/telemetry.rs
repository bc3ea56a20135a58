//! The collector's own counters.

#[cfg(feature = "enabled")]
use opentelemetry::KeyValue;

#[cfg(feature = "enabled")]
use crate::metrics::instruments::Number;
#[cfg(feature = "enabled")]
use crate::pipeline;
#[cfg(feature = "enabled")]
use crate::schema::MetricDefinition;
#[cfg(feature = "enabled")]
use crate::schema::metrics::{CRYPTO_WORKFLOW_ERRORS, CRYPTO_WORKFLOW_EVENTS};

/// Counts an event in `crypto.workflow.events`.
#[cfg(feature = "enabled")]
pub(super) fn count_event(event: &'static str, workflow: Option<&'static str>) {
    let event = KeyValue::new("crypto.event_name", event);
    count(&CRYPTO_WORKFLOW_EVENTS, event, workflow);
}

/// Counts an error in `crypto.workflow.errors`.
#[cfg(feature = "enabled")]
pub(super) fn count_error(class: &'static str, workflow: Option<&'static str>) {
    let class = KeyValue::new("error.type", class);
    count(&CRYPTO_WORKFLOW_ERRORS, class, workflow);
}

#[cfg(feature = "enabled")]
fn count(definition: &'static MetricDefinition, what: KeyValue, workflow: Option<&'static str>) {
    let mut attributes = vec![what];
    attributes.extend(workflow.map(|name| KeyValue::new("crypto.workflow_name", name)));
    let capture = pipeline::capture();
    let pipeline = match &capture {
        Some(capture) => Some(&**capture),
        None => pipeline::installed(),
    };
    if let Some(instruments) = pipeline.and_then(pipeline::Pipeline::instruments) {
        instruments
            .bind(definition, &attributes)
            .record(Number::Int(1));
    }
}

#[cfg(not(feature = "enabled"))]
pub(super) const fn count_event(_: &'static str, _: Option<&'static str>) {}

#[cfg(not(feature = "enabled"))]
pub(super) const fn count_error(_: &'static str, _: Option<&'static str>) {}
