//! A span that a capture kept, and what a test may say of it.

#![expect(
    clippy::must_use_candidate,
    reason = "an assertion says what it has to say by panicking"
)]

use std::fmt::Write as _;
use std::time::Duration;

use opentelemetry::Value;
use opentelemetry::trace::{SpanId, SpanKind, Status, TraceId};
use opentelemetry_sdk::trace::SpanData;

use crate::schema::{AttributeKey, IntoValue, Outcome};

/// A span that ended under a capture. Its assertions panic with the span in the message, and return
/// it, to be chained.
#[derive(Debug, Clone)]
pub struct CapturedSpan(SpanData);

impl CapturedSpan {
    pub(super) fn new(span: SpanData) -> Self {
        Self(span)
    }

    /// The span as OpenTelemetry's SDK has it.
    #[must_use]
    pub fn data(&self) -> &SpanData {
        &self.0
    }

    /// The span's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    pub(super) fn is_named(&self, name: &str) -> bool {
        let function = self.text("code.function.name");
        let function = function
            .as_deref()
            .and_then(|path| path.rsplit("::").next());
        self.name() == name || function == Some(name)
    }

    /// The trace that the span belongs to.
    #[must_use]
    pub fn trace_id(&self) -> TraceId {
        self.0.span_context.trace_id()
    }

    /// The span's id.
    #[must_use]
    pub fn span_id(&self) -> SpanId {
        self.0.span_context.span_id()
    }

    /// The id of the span's parent; [`SpanId::INVALID`] for a root.
    #[must_use]
    pub fn parent_span_id(&self) -> SpanId {
        self.0.parent_span_id
    }

    /// How long it took.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.0
            .end_time
            .duration_since(self.0.start_time)
            .unwrap_or_default()
    }

    /// The value of an attribute, by its name on the wire.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<&Value> {
        let attribute = self
            .0
            .attributes
            .iter()
            .find(|attribute| attribute.key.as_str() == key)?;
        Some(&attribute.value)
    }

    pub(super) fn text(&self, key: &str) -> Option<String> {
        Some(self.attribute(key)?.as_str().into_owned())
    }

    /// The names of the span's events, in order.
    #[must_use]
    pub fn event_names(&self) -> Vec<&str> {
        self.0.events.iter().map(|event| &*event.name).collect()
    }

    /// The span has this attribute with this value.
    ///
    /// # Panics
    ///
    /// Where it has not.
    #[track_caller]
    pub fn has<K>(&self, key: AttributeKey<K>, value: impl IntoValue<K>) -> &Self {
        let expected = value.to_value();
        assert_eq!(
            self.attribute(key.name()),
            expected.as_ref(),
            "{key} of {}",
            self.describe()
        );
        self
    }

    /// The span has no such attribute.
    ///
    /// # Panics
    ///
    /// Where it has one.
    #[track_caller]
    pub fn has_no<K>(&self, key: AttributeKey<K>) -> &Self {
        let found = self.attribute(key.name());
        assert_eq!(found, None, "{key} of {}", self.describe());
        self
    }

    /// The operation ended so, and the span's status agrees.
    ///
    /// # Panics
    ///
    /// Where it did not.
    #[track_caller]
    pub fn outcome(&self, outcome: Outcome) -> &Self {
        let found = self.text("crypto.outcome");
        assert_eq!(
            found.as_deref(),
            Some(outcome.as_str()),
            "the outcome of {}",
            self.describe()
        );
        let failed = matches!(outcome, Outcome::Error | Outcome::Panicked);
        assert_eq!(
            matches!(self.0.status, Status::Error { .. }),
            failed,
            "the status of {}",
            self.describe()
        );
        self
    }

    /// The span is of this kind.
    ///
    /// # Panics
    ///
    /// Where it is not.
    #[track_caller]
    pub fn kind(&self, kind: &SpanKind) -> &Self {
        assert_eq!(&self.0.span_kind, kind, "the kind of {}", self.describe());
        self
    }

    /// The span took exactly so long: for tests that move the clock.
    ///
    /// # Panics
    ///
    /// Where it did not.
    #[track_caller]
    pub fn lasted(&self, duration: Duration) -> &Self {
        let found = self.duration();
        assert_eq!(found, duration, "the duration of {}", self.describe());
        self
    }

    /// The span is a child of `parent`, in its trace.
    ///
    /// # Panics
    ///
    /// Where it is not.
    #[track_caller]
    pub fn child_of(&self, parent: &Self) -> &Self {
        assert_eq!(
            (self.trace_id(), self.parent_span_id()),
            (parent.trace_id(), parent.span_id()),
            "{} is no child of {}",
            self.describe(),
            parent.describe()
        );
        self
    }

    /// The span begins a trace.
    ///
    /// # Panics
    ///
    /// Where it has a parent.
    #[track_caller]
    pub fn is_root(&self) -> &Self {
        let parent = self.parent_span_id();
        assert_eq!(parent, SpanId::INVALID, "the parent of {}", self.describe());
        self
    }

    fn describe(&self) -> String {
        let mut description = format!("span {:?} with", self.name());
        for attribute in &self.0.attributes {
            let _ = write!(description, "\n    {} = {}", attribute.key, attribute.value);
        }
        description
    }
}
