//! What has to be looked at of a span, before it is exported: all that was said at run time.

use std::borrow::Cow;

use opentelemetry::trace::Status;
use opentelemetry::{Array, KeyValue, StringValue, Value};
use opentelemetry_sdk::trace::SpanData;

use super::{REDACTED, Redactor};
use crate::operation::Told;
use crate::schema::{Kept, Recorded};
use crate::trace::ended::EndedOperation;
use crate::trace::span::MoreRecord;

impl Redactor {
    /// An operation that has ended: its constants are the source's own.
    pub(crate) fn operation(&self, ended: &mut EndedOperation<'_>) {
        for attribute in &mut ended.attributes {
            if self.is_secret_key(attribute.name.as_str()) {
                hide_recorded(&mut attribute.value);
            } else {
                self.recorded(&mut attribute.value);
            }
        }
        if let Some(more) = &mut ended.more {
            self.more(more);
        }
    }

    fn more(&self, more: &mut MoreRecord) {
        if let Some(name) = &mut more.name {
            self.cow(name);
        }
        self.status(&mut more.status);
        for event in &mut more.events {
            self.cow(&mut event.name);
            self.attributes(&mut event.attributes);
        }
        for link in &mut more.links {
            self.attributes(&mut link.attributes);
        }
        if let Some(told) = &mut more.told {
            self.told(told);
        }
    }

    fn told(&self, told: &mut Told) {
        self.status(&mut told.status);
        self.attributes(&mut told.attributes);
        if let Some(exception) = &mut told.exception {
            self.attributes(exception);
        }
    }

    /// A span of OpenTelemetry's own API, or of an operation as that has it.
    pub(crate) fn span(&self, span: &mut SpanData) {
        self.cow(&mut span.name);
        self.status(&mut span.status);
        self.attributes(&mut span.attributes);
        for event in &mut span.events.events {
            self.cow(&mut event.name);
            self.attributes(&mut event.attributes);
        }
        for link in &mut span.links.links {
            self.attributes(&mut link.attributes);
        }
    }

    fn attributes(&self, attributes: &mut [KeyValue]) {
        for attribute in attributes {
            if self.is_secret_key(attribute.key.as_str()) {
                hide(&mut attribute.value);
            } else {
                self.value(&mut attribute.value);
            }
        }
    }

    fn status(&self, status: &mut Status) {
        if let Status::Error { description } = status {
            self.cow(description);
        }
    }

    /// The same of a value that labels metrics, where it is known at run time alone.
    pub(crate) fn label(&self, label: &mut Recorded) {
        if let Kept::Text(text) = &label.0
            && let Cow::Owned(clean) = self.text(text)
        {
            *label = Recorded::text(&clean);
        }
    }

    pub(crate) fn cow(&self, text: &mut Cow<'static, str>) {
        if let Cow::Owned(redacted) = self.text(text) {
            *text = Cow::Owned(redacted);
        }
    }

    fn value(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.string(text),
            Value::Array(Array::String(texts)) => {
                for text in texts {
                    self.string(text);
                }
            }
            _ => {}
        }
    }

    fn string(&self, text: &mut StringValue) {
        if let Cow::Owned(redacted) = self.text(text.as_str()) {
            *text = StringValue::from(redacted);
        }
    }

    fn recorded(&self, recorded: &mut Recorded) {
        match &mut recorded.0 {
            Kept::Text(text) => {
                if let Cow::Owned(redacted) = self.text(text) {
                    *recorded = Recorded::text(&redacted);
                }
            }
            Kept::Other(value) => self.value(value),
            Kept::Int(_) | Kept::Double(_) | Kept::Bool(_) | Kept::Static(_) => {}
        }
    }
}

/// A text that is a secret by its key.
fn hide(value: &mut Value) {
    if let Value::String(_) | Value::Array(Array::String(_)) = value {
        *value = Value::from(REDACTED);
    }
}

fn hide_recorded(recorded: &mut Recorded) {
    match &mut recorded.0 {
        Kept::Text(_) => *recorded = Recorded::fixed(REDACTED),
        Kept::Other(value) => hide(value),
        Kept::Int(_) | Kept::Double(_) | Kept::Bool(_) | Kept::Static(_) => {}
    }
}
