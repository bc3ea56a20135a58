//! The recorder: what starts and ends the spans of operations.
//!
//! Everything that an operation does to a span passes here, so that what records can change without
//! the operations knowing.

use std::borrow::Cow;
use std::fmt;
use std::time::SystemTime;

use opentelemetry::trace::{Span, SpanBuilder, Status, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};

use crate::clock::Timestamp;
use crate::scope;

/// Starts spans.
pub(crate) struct Recorder(SdkTracer);

/// The span of an operation, in the context in which the operation runs.
#[derive(Debug)]
pub(crate) struct RecordedSpan {
    context: Context,
    records: bool,
}

impl Recorder {
    pub(crate) fn new(provider: &SdkTracerProvider) -> Self {
        Self(provider.tracer_with_scope(scope()))
    }

    /// Starts a span under the span of `parent`.
    pub(crate) fn start(&self, span: SpanBuilder, parent: &Context) -> RecordedSpan {
        let span = self.0.build_with_context(span, parent);
        let records = span.is_recording();
        RecordedSpan {
            context: parent.with_span(span),
            records,
        }
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Recorder").finish()
    }
}

impl RecordedSpan {
    /// An operation without a span: it runs in its caller's context.
    pub(crate) fn none(parent: &Context) -> Self {
        Self {
            context: parent.clone(),
            records: false,
        }
    }

    /// The context in which the span is current.
    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    /// Whether what is set on the span is kept.
    pub(crate) fn records(&self) -> bool {
        self.records
    }

    pub(crate) fn add_event(
        &self,
        name: impl Into<Cow<'static, str>>,
        at: Timestamp,
        attributes: Vec<KeyValue>,
    ) {
        if self.records {
            self.context
                .span()
                .add_event_with_timestamp(name, at.into(), attributes);
        }
    }

    /// Ends the span.
    pub(crate) fn end(&self, at: Timestamp, status: Status, attributes: Vec<KeyValue>) {
        if self.records {
            let span = self.context.span();
            span.set_attributes(attributes);
            span.set_status(status);
            span.end_with_timestamp(SystemTime::from(at));
        }
    }
}
