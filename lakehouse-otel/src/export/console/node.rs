//! What the console keeps of a span.

use std::time::{Duration, SystemTime};

use opentelemetry::trace::{SpanId, Status};
use opentelemetry_sdk::trace::SpanData;

use super::format::fit;

const MAX_NAME: usize = 60;
const MAX_VALUE: usize = 32;
const MAX_ERROR: usize = 100;
/// Attributes that are kept; a line shows fewer.
const MAX_ATTRIBUTES: usize = 8;

/// Attributes that say nothing a reader of the tree does not see already, by the start of their key.
const LEFT_OUT: [&str; 9] = [
    "crypto.outcome",
    "crypto.operation_type",
    "crypto.error.",
    "error.type",
    "exception.",
    "code.",
    "thread.",
    "otel.",
    "url.template",
];

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) id: SpanId,
    pub(super) parent: SpanId,
    /// Whether its parent, if any, is not of this process.
    pub(super) is_root: bool,
    pub(super) name: String,
    pub(super) start: SystemTime,
    pub(super) duration: Duration,
    pub(super) outcome: Outcome,
    /// `key=value`, in the order of the span's.
    pub(super) attributes: Vec<String>,
    pub(super) error: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Ok,
    Error,
    Panicked,
    Cancelled,
}

impl Outcome {
    pub(super) fn failed(self) -> bool {
        matches!(self, Self::Error | Self::Panicked)
    }
}

impl Node {
    pub(super) fn new(span: &SpanData) -> Self {
        let outcome = outcome(span);
        Self {
            id: span.span_context.span_id(),
            parent: span.parent_span_id,
            is_root: span.parent_span_id == SpanId::INVALID || span.parent_span_is_remote,
            name: fit(&span.name, MAX_NAME),
            start: span.start_time,
            duration: span
                .end_time
                .duration_since(span.start_time)
                .unwrap_or_default(),
            outcome,
            attributes: attributes(span),
            error: outcome.failed().then(|| error(span)).flatten(),
        }
    }
}

fn outcome(span: &SpanData) -> Outcome {
    let stated = text(span, "crypto.outcome");
    match stated.as_deref() {
        Some("panicked") => Outcome::Panicked,
        Some("cancelled") => Outcome::Cancelled,
        Some("error") => Outcome::Error,
        _ if matches!(span.status, Status::Error { .. }) => Outcome::Error,
        _ => Outcome::Ok,
    }
}

fn text(span: &SpanData, key: &str) -> Option<String> {
    let mut attributes = span.attributes.iter();
    let found = attributes.find(|attribute| attribute.key.as_str() == key);
    found.map(|attribute| attribute.value.to_string())
}

fn error(span: &SpanData) -> Option<String> {
    let stated = match &span.status {
        Status::Error { description } if !description.is_empty() => Some(description.to_string()),
        _ => span.events.iter().find_map(|event| {
            let mut attributes = event.attributes.iter();
            let message = attributes.find(|it| it.key.as_str() == "exception.message")?;
            Some(message.value.to_string())
        }),
    };
    let message = match (text(span, "error.type"), stated) {
        (Some(kind), Some(message)) if !message.contains(&kind) => format!("{kind}: {message}"),
        (kind, message) => message.or(kind)?,
    };
    Some(fit(&message, MAX_ERROR))
}

fn attributes(span: &SpanData) -> Vec<String> {
    let mut shown = Vec::new();
    for attribute in &span.attributes {
        let key = attribute.key.as_str();
        if shown.len() == MAX_ATTRIBUTES
            || LEFT_OUT.iter().any(|left_out| key.starts_with(left_out))
        {
            continue;
        }
        let value = attribute.value.to_string();
        if value.is_empty() || span.name.split(' ').any(|part| part == value) {
            continue;
        }
        let short = key.rsplit('.').next().unwrap_or(key);
        shown.push(format!("{short}={}", fit(&value, MAX_VALUE)));
    }
    shown
}
