//! Ended spans to the bytes of an `ExportTraceServiceRequest`.
//!
//! An operation's record is written as it is, without anything in between: what all spans of its
//! callsite have in common (the name, the kind, the constant attributes) was encoded with the first of
//! them and is copied. What says more than most, an attribute in a constant's place or more of them than
//! the limit, goes the way of spans of OpenTelemetry's own API: through its `SpanData`.
//!
//! What comes out is, field by field, what opentelemetry-proto makes of that `SpanData`; a test holds
//! the two against each other. `docs/decisions/0009-own-otlp-encoder.md` says why there are two.

use std::mem;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use opentelemetry::trace::{Event, Link, SpanContext, SpanId, SpanKind, Status};
use opentelemetry::{Array, InstrumentationScope, KeyValue, StringValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SpanData;

use super::field;
use super::protobuf::Fields;
use crate::config::{SpanLimits, first_characters};
use crate::export::sink::Batch;
use crate::operation::Bound;
use crate::schema::{Kept, Recorded};
use crate::scope;
use crate::trace::ended::{BUDGET_EXCEEDED, EndedOperation, OUTCOME};
use crate::trace::ended_span::EndedSpan;
use crate::trace::span::MoreRecord;

/// Bits of a span's flags beside those of its context: that it is known where the parent is from, and
/// that it is from elsewhere.
const HAS_IS_REMOTE: u32 = 0x100;
const IS_REMOTE: u32 = 0x200;

/// Where texts are not cut: they were, or it is not for us to.
const WHOLE: Option<usize> = None;

/// Bytes of memory that are kept from one request for the next; most need a tenth of it.
const MAX_KEPT: usize = 4 * 1024 * 1024;

/// Encodes batches, in memory that it uses again.
#[derive(Debug)]
pub(super) struct Encoder {
    /// What each request says of the resource.
    resource: Fields,
    scope: InstrumentationScope,
    /// What each request says of the operations' scope.
    scope_head: Fields,
    memory: Vec<u8>,
}

/// The spans of a scope that is not ours.
struct OtherScope {
    scope: InstrumentationScope,
    spans: Fields,
}

impl Encoder {
    pub(super) fn new(resource: &Resource) -> Self {
        let scope = scope();
        Self {
            resource: resource_head(resource),
            scope_head: scope_head(&scope),
            scope,
            memory: Vec::new(),
        }
    }

    /// The request for these spans.
    ///
    /// Those of our scope are written at once to where they stay, after room for what comes before them:
    /// it says how long they are.
    pub(super) fn encode(&mut self, batch: Batch<'_>) -> Bytes {
        const LENGTHS: usize = 32;
        let room = self.resource.len() + self.scope_head.len() + LENGTHS;
        let mut request = Fields::after(room, mem::take(&mut self.memory));
        let mut others: Vec<OtherScope> = Vec::new();
        for span in batch.spans {
            match span {
                EndedSpan::Operation(ended) if ended.is_plain(batch.limits) => {
                    request.long_message(field::scope_spans::SPANS, |span| {
                        operation(span, &ended, batch.limits);
                    });
                }
                other => {
                    let data = other.into_span(batch.limits);
                    let spans = if data.instrumentation_scope == self.scope {
                        &mut request
                    } else {
                        spans_of(&data.instrumentation_scope, &mut others)
                    };
                    spans.long_message(field::scope_spans::SPANS, |span| span_data(span, &data));
                }
            }
        }
        let ours = request.len() - room;
        for OtherScope { scope, spans } in &others {
            let head = scope_head(scope);
            request.begin(field::resource_spans::SCOPE_SPANS, head.len() + spans.len());
            request.encoded(&head);
            request.encoded(spans);
        }
        let start = request.put_before(room, &self.head(ours, request.len() - room));
        Bytes::from(request.into_bytes()).slice(start..)
    }

    /// What comes before the spans: of so many bytes of ours, and so many with those of other scopes.
    fn head(&self, ours: usize, all: usize) -> Fields {
        let mut scope_spans = Fields::default();
        if ours > 0 {
            let length = self.scope_head.len() + ours;
            scope_spans.begin(field::resource_spans::SCOPE_SPANS, length);
            scope_spans.encoded(&self.scope_head);
        }
        let mut head = Fields::default();
        let length = self.resource.len() + scope_spans.len() + all;
        head.begin(field::request::RESOURCE_SPANS, length);
        head.encoded(&self.resource);
        head.encoded(&scope_spans);
        head
    }

    /// Takes a request's memory back, where nobody else holds it any more and it is no more than most
    /// requests need.
    pub(super) fn reuse(&mut self, mut request: Bytes) {
        request.clear();
        let memory = Vec::from(request);
        if memory.capacity() <= MAX_KEPT {
            self.memory = memory;
        }
    }
}

/// The place for spans of this scope.
fn spans_of<'a>(scope: &InstrumentationScope, others: &'a mut Vec<OtherScope>) -> &'a mut Fields {
    let known = others.iter().position(|other| other.scope == *scope);
    let at = known.unwrap_or(others.len());
    if at == others.len() {
        others.push(OtherScope {
            scope: scope.clone(),
            spans: Fields::default(),
        });
    }
    &mut others[at].spans
}

/// The fields of a `ResourceSpans`, all but the spans.
fn resource_head(resource: &Resource) -> Fields {
    let mut head = Fields::default();
    head.message(field::resource_spans::RESOURCE, |message| {
        for (key, value) in resource {
            attribute(
                message,
                field::resource::ATTRIBUTES,
                key.as_str(),
                value,
                WHOLE,
            );
        }
    });
    if let Some(url) = resource.schema_url() {
        head.string(field::resource_spans::SCHEMA_URL, url);
    }
    head
}

/// The fields of a `ScopeSpans`, all but the spans.
fn scope_head(scope: &InstrumentationScope) -> Fields {
    let mut head = Fields::default();
    head.message(field::scope_spans::SCOPE, |message| {
        message.string(field::scope::NAME, scope.name());
        if let Some(version) = scope.version() {
            message.string(field::scope::VERSION, version);
        }
        attributes(message, field::scope::ATTRIBUTES, scope.attributes(), WHOLE);
    });
    if let Some(url) = scope.schema_url() {
        head.string(field::scope_spans::SCHEMA_URL, url);
    }
    head
}

/// A span that has nothing to say but what its record says, one thing after the other:
/// [`EndedOperation::is_plain`].
fn operation(span: &mut Fields, ended: &EndedOperation<'_>, limits: &SpanLimits) {
    let (cut, bound) = (limits.value_length, ended.bound);
    span.encoded(bound.encoded.get_or_init(|| callsite(bound, cut)));
    let of_end = field::span::ATTRIBUTES;
    attribute(span, of_end, OUTCOME, ended.outcome.as_str(), cut);
    attributes(span, of_end, ended.told_attributes(), cut);
    if let Some(exceeded) = ended.over_budget {
        attribute(span, of_end, BUDGET_EXCEEDED, &exceeded, cut);
    }
    for set in &ended.attributes {
        attribute(
            span,
            field::span::ATTRIBUTES,
            set.name.as_str(),
            &set.value,
            cut,
        );
    }
    span.count(field::span::DROPPED_ATTRIBUTES, ended.dropped_attributes);

    span.bytes(field::span::TRACE_ID, &ended.trace_id.to_bytes());
    span.bytes(field::span::SPAN_ID, &ended.span_id.to_bytes());
    parent(span, ended.parent_span_id);
    flags(
        span,
        field::span::FLAGS,
        ended.flags.with_sampled(true).to_u8(),
        ended.parent_is_remote,
    );
    let sampling = ended.sampling();
    match &ended.incoming {
        Some(incoming) => {
            let merged = sampling.merge_into(Some(incoming));
            span.string(field::span::TRACE_STATE, &merged.header());
        }
        None if sampling.says_anything() => {
            span.message(field::span::TRACE_STATE, |text| {
                // Writing to memory cannot fail.
                let _ = sampling.write_header(text);
            });
        }
        None => {}
    }
    span.fixed64(field::span::START_TIME, ended.started);
    span.fixed64(field::span::END_TIME, ended.ended);

    let more = ended.more.as_deref();
    if let Some(more) = more {
        events(span, &more.events, more.dropped_events);
        links(span, &more.links, more.dropped_links);
    }
    status(span, more.map_or(&Status::Unset, MoreRecord::status));
}

/// What all spans of a callsite have in common.
fn callsite(bound: &Bound, cut: Option<usize>) -> Fields {
    let mut span = Fields::default();
    span.string(field::span::NAME, &bound.span_name);
    span.varint(field::span::KIND, kind(&bound.span_kind));
    attributes(
        &mut span,
        field::span::ATTRIBUTES,
        &bound.span_attributes,
        cut,
    );
    span.shrink();
    span
}

/// A span as OpenTelemetry's exporters take it.
fn span_data(span: &mut Fields, data: &SpanData) {
    let context = &data.span_context;
    span.string(field::span::NAME, &data.name);
    span.varint(field::span::KIND, kind(&data.span_kind));
    attributes(span, field::span::ATTRIBUTES, &data.attributes, WHOLE);
    span.count(
        field::span::DROPPED_ATTRIBUTES,
        data.dropped_attributes_count,
    );
    span.bytes(field::span::TRACE_ID, &context.trace_id().to_bytes());
    span.bytes(field::span::SPAN_ID, &context.span_id().to_bytes());
    parent(span, data.parent_span_id);
    flags(
        span,
        field::span::FLAGS,
        context.trace_flags().to_u8(),
        data.parent_span_is_remote,
    );
    span.string(field::span::TRACE_STATE, &context.trace_state().header());
    span.fixed64(field::span::START_TIME, nanos(data.start_time));
    span.fixed64(field::span::END_TIME, nanos(data.end_time));
    events(span, &data.events.events, data.events.dropped_count);
    links(span, &data.links.links, data.links.dropped_count);
    status(span, &data.status);
}

fn parent(span: &mut Fields, parent: SpanId) {
    if parent != SpanId::INVALID {
        span.bytes(field::span::PARENT_SPAN_ID, &parent.to_bytes());
    }
}

fn flags(message: &mut Fields, field: u32, of_context: u8, is_remote: bool) {
    let remote = if is_remote { IS_REMOTE } else { 0 };
    message.fixed32(field, u32::from(of_context) | HAS_IS_REMOTE | remote);
}

const fn kind(kind: &SpanKind) -> u64 {
    match kind {
        SpanKind::Internal => 1,
        SpanKind::Server => 2,
        SpanKind::Client => 3,
        SpanKind::Producer => 4,
        SpanKind::Consumer => 5,
    }
}

fn status(span: &mut Fields, status: &Status) {
    const OK: u64 = 1;
    const ERROR: u64 = 2;
    span.message(field::span::STATUS, |message| match status {
        Status::Unset => {}
        Status::Ok => message.varint(field::status::CODE, OK),
        Status::Error { description } => {
            message.string(field::status::MESSAGE, description);
            message.varint(field::status::CODE, ERROR);
        }
    });
}

fn events(span: &mut Fields, events: &[Event], dropped: u32) {
    for event in events {
        span.message(field::span::EVENTS, |message| {
            message.fixed64(field::event::TIME, nanos(event.timestamp));
            message.string(field::event::NAME, &event.name);
            attributes(message, field::event::ATTRIBUTES, &event.attributes, WHOLE);
            message.count(
                field::event::DROPPED_ATTRIBUTES,
                event.dropped_attributes_count,
            );
        });
    }
    span.count(field::span::DROPPED_EVENTS, dropped);
}

fn links(span: &mut Fields, links: &[Link], dropped: u32) {
    for link in links {
        let context: &SpanContext = &link.span_context;
        span.message(field::span::LINKS, |message| {
            message.bytes(field::link::TRACE_ID, &context.trace_id().to_bytes());
            message.bytes(field::link::SPAN_ID, &context.span_id().to_bytes());
            message.string(field::link::TRACE_STATE, &context.trace_state().header());
            attributes(message, field::link::ATTRIBUTES, &link.attributes, WHOLE);
            message.count(
                field::link::DROPPED_ATTRIBUTES,
                link.dropped_attributes_count,
            );
            let of_context = context.trace_flags().to_u8();
            flags(message, field::link::FLAGS, of_context, context.is_remote());
        });
    }
    span.count(field::span::DROPPED_LINKS, dropped);
}

fn attributes<'a>(
    message: &mut Fields,
    field: u32,
    attributes: impl IntoIterator<Item = &'a KeyValue>,
    cut: Option<usize>,
) {
    for KeyValue { key, value, .. } in attributes {
        attribute(message, field, key.as_str(), value, cut);
    }
}

/// A `KeyValue`, whose texts have so many characters and no more.
#[inline]
fn attribute(
    message: &mut Fields,
    field: u32,
    key: &str,
    value: &(impl AnyValue + ?Sized),
    cut: Option<usize>,
) {
    message.message(field, |key_value| {
        key_value.string(field::key_value::KEY, key);
        key_value.message(field::key_value::VALUE, |any_value| {
            value.write(any_value, cut);
        });
    });
}

/// What can be the value of an attribute: the one field of an `AnyValue`.
trait AnyValue {
    fn write(&self, any_value: &mut Fields, cut: Option<usize>);
}

impl AnyValue for str {
    #[inline]
    fn write(&self, any_value: &mut Fields, cut: Option<usize>) {
        let text = cut.map_or(self, |length| first_characters(self, length));
        any_value.bytes(field::any_value::STRING, text.as_bytes());
    }
}

impl AnyValue for StringValue {
    fn write(&self, any_value: &mut Fields, cut: Option<usize>) {
        self.as_str().write(any_value, cut);
    }
}

impl AnyValue for bool {
    fn write(&self, any_value: &mut Fields, _cut: Option<usize>) {
        any_value.varint(field::any_value::BOOL, u64::from(*self));
    }
}

impl AnyValue for i64 {
    fn write(&self, any_value: &mut Fields, _cut: Option<usize>) {
        any_value.varint(field::any_value::INT, self.cast_unsigned());
    }
}

impl AnyValue for f64 {
    fn write(&self, any_value: &mut Fields, _cut: Option<usize>) {
        any_value.double(field::any_value::DOUBLE, *self);
    }
}

impl<T: AnyValue> AnyValue for [T] {
    fn write(&self, any_value: &mut Fields, cut: Option<usize>) {
        any_value.message(field::any_value::ARRAY, |array| {
            for value in self {
                array.message(field::array_value::VALUES, |any_value| {
                    value.write(any_value, cut);
                });
            }
        });
    }
}

impl AnyValue for Value {
    fn write(&self, any_value: &mut Fields, cut: Option<usize>) {
        match self {
            Self::Bool(truth) => truth.write(any_value, cut),
            Self::I64(number) => number.write(any_value, cut),
            Self::F64(number) => number.write(any_value, cut),
            Self::String(text) => text.write(any_value, cut),
            Self::Array(Array::Bool(truths)) => truths.write(any_value, cut),
            Self::Array(Array::I64(numbers)) => numbers.write(any_value, cut),
            Self::Array(Array::F64(numbers)) => numbers.write(any_value, cut),
            Self::Array(Array::String(texts)) => texts.write(any_value, cut),
            // A kind of value that is newer than this.
            other => other.to_string().as_str().write(any_value, cut),
        }
    }
}

impl AnyValue for Recorded {
    #[inline]
    fn write(&self, any_value: &mut Fields, cut: Option<usize>) {
        match &self.0 {
            Kept::Int(number) => number.write(any_value, cut),
            Kept::Double(number) => number.write(any_value, cut),
            Kept::Bool(truth) => truth.write(any_value, cut),
            Kept::Static(text) => text.write(any_value, cut),
            Kept::Text(text) => text.as_str().write(any_value, cut),
            Kept::Other(value) => value.write(any_value, cut),
        }
    }
}

fn nanos(time: SystemTime) -> u64 {
    let since_epoch = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
