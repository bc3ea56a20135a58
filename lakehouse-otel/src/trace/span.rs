//! The span of an operation: OpenTelemetry's own `Span`, in OpenTelemetry's own `Context`.
//!
//! What it does is what the specification says ("Trace API", "Trace SDK"), which the SDK's span does
//! not everywhere. `tests/behaviour/tests/differential.rs` compares the two, with the rule of each row:
//!
//! | call | the specification, and ours | the SDK's span |
//! |---|---|---|
//! | an attribute of a key that is there | takes its place | a second one of that key |
//! | a second error status | takes the place of the first | stays out where its text sorts before |
//! | an attribute past the limit, of a key that is there | takes its place | is dropped |
//! | two attributes of a key on an event or a link | the later one | both |
//! | the flags of a root | sampled, random | sampled |
//! | texts longer than `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT` | are cut | stay whole |
//! | the last `Context` with it goes | nothing: an operation ends when its work does | the span ends |

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::time::SystemTime;

use opentelemetry::trace::{Event, Link, Span, SpanContext, Status, TraceContextExt};
use opentelemetry::{Context, Key, KeyValue};
use smallvec::SmallVec;

use crate::config::SpanLimits;
use crate::operation::{Active, Told};
use crate::schema::Recorded;

/// The span of an operation that is sampled.
#[derive(Debug)]
pub(crate) struct OperationSpan {
    operation: Active,
}

/// What is set on a span while it runs.
#[derive(Debug, Default)]
pub(crate) struct SpanRecord {
    pub(crate) attributes: SetAttributes,
    pub(crate) dropped_attributes: u32,
    /// What most spans do without.
    pub(crate) more: Option<Box<MoreRecord>>,
}

/// What most spans do without.
#[derive(Debug, Default)]
pub(crate) struct MoreRecord {
    pub(crate) name: Option<Cow<'static, str>>,
    pub(crate) status: Status,
    pub(crate) events: Vec<Event>,
    pub(crate) dropped_events: u32,
    pub(crate) links: Vec<Link>,
    pub(crate) dropped_links: u32,
    /// When it was ended through OpenTelemetry's API, before its operation.
    pub(crate) ended: Option<SystemTime>,
    /// What is said of an end of the operation that was not simply good.
    pub(crate) told: Option<Box<Told>>,
}

/// How many attributes lie in the record itself. More of them cost an allocation.
const INLINE: usize = 2;

/// What was set at run time.
pub(crate) type SetAttributes = SmallVec<[SetAttribute; INLINE]>;

/// An attribute that was set at run time.
#[derive(Debug)]
pub(crate) struct SetAttribute {
    pub(crate) name: AttributeName,
    pub(crate) value: Recorded,
}

/// The name of an attribute that was set at run time.
#[derive(Debug)]
pub(crate) enum AttributeName {
    /// One that the registry declares.
    Declared(&'static str),
    Other(Box<OtherName>),
}

#[derive(Debug)]
pub(crate) struct OtherName {
    key: Key,
    /// Whether its value takes the place of a constant of the callsite: set through OpenTelemetry's
    /// API.
    overrides: bool,
}

impl AttributeName {
    pub(crate) fn other(key: Key) -> Self {
        let overrides = false;
        Self::Other(Box::new(OtherName { key, overrides }))
    }

    pub(crate) fn overriding(key: Key) -> Self {
        let overrides = true;
        Self::Other(Box::new(OtherName { key, overrides }))
    }

    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Declared(name) => name,
            Self::Other(other) => other.key.as_str(),
        }
    }

    pub(crate) fn overrides(&self) -> bool {
        matches!(self, Self::Other(other) if other.overrides)
    }
}

impl SetAttribute {
    fn is_one_of(&self, constants: &[KeyValue]) -> bool {
        let name = self.name.as_str();
        constants
            .iter()
            .any(|constant| constant.key.as_str() == name)
    }
}

impl From<AttributeName> for Key {
    fn from(name: AttributeName) -> Self {
        match name {
            AttributeName::Declared(name) => Self::from_static_str(name),
            AttributeName::Other(other) => other.key,
        }
    }
}

impl MoreRecord {
    /// Whether it has another name than its callsite's, or another end than its operation.
    #[cfg(feature = "__otlp")]
    pub(crate) fn is_changed(&self) -> bool {
        self.name.is_some() || self.ended.is_some()
    }

    /// What was set through OpenTelemetry's API, and the end's own where it says something: an `Ok`
    /// that was set is the last word, and any other gives way.
    pub(crate) fn status(&self) -> &Status {
        match &self.told {
            Some(told)
                if self.ended.is_none()
                    && self.status != Status::Ok
                    && told.status != Status::Unset =>
            {
                &told.status
            }
            _ => &self.status,
        }
    }
}

impl SpanRecord {
    /// Takes its attributes away.
    #[inline]
    pub(crate) fn clear_attributes(&mut self) {
        if !self.attributes.is_empty() {
            self.attributes.clear();
        }
        self.dropped_attributes = 0;
    }

    pub(crate) fn more(&mut self) -> &mut MoreRecord {
        self.more.get_or_insert_default()
    }

    /// Whether it was ended, before its operation.
    pub(crate) fn is_ended(&self) -> bool {
        self.more.as_ref().is_some_and(|more| more.ended.is_some())
    }

    /// Sets an attribute, in place of the one of that key.
    #[inline]
    pub(crate) fn set(&mut self, attribute: SetAttribute, limits: &SpanLimits) {
        if self.attributes.is_empty() && limits.attributes > 0 {
            // The first one, which for most is the only one, takes nobody's place.
            self.attributes.push(attribute);
        } else {
            self.set_over(attribute, limits, &[]);
        }
    }

    /// Sets an attribute, in place of the one of that key, which may be one of these constants: that
    /// needs no room.
    fn set_over(&mut self, attribute: SetAttribute, limits: &SpanLimits, constants: &[KeyValue]) {
        let room = self.attributes.len() < limits.attributes;
        let before = self
            .attributes
            .iter_mut()
            .find(|before| before.name.as_str() == attribute.name.as_str());
        match before {
            Some(before) => {
                before.value = attribute.value;
                if attribute.name.overrides() {
                    before.name = attribute.name;
                }
            }
            None if room || attribute.is_one_of(constants) => self.attributes.push(attribute),
            None => self.dropped_attributes += 1,
        }
    }

    pub(crate) fn add_event(
        &mut self,
        name: Cow<'static, str>,
        at: SystemTime,
        attributes: Vec<KeyValue>,
        limits: &SpanLimits,
    ) {
        let more = self.more();
        if more.events.len() < limits.events {
            let (attributes, dropped) = limited(attributes, limits.attributes_per_event, limits);
            more.events.push(Event::new(name, at, attributes, dropped));
        } else {
            more.dropped_events += 1;
        }
    }

    pub(crate) fn add_link(
        &mut self,
        to: SpanContext,
        attributes: Vec<KeyValue>,
        limits: &SpanLimits,
    ) {
        let more = self.more();
        if more.links.len() < limits.links {
            let (attributes, dropped) = limited(attributes, limits.attributes_per_link, limits);
            more.links.push(Link::new(to, attributes, dropped));
        } else {
            more.dropped_links += 1;
        }
    }

    /// `Ok` is the last word; else the last one counts, and `Unset` is none.
    pub(crate) fn set_status(&mut self, status: Status) {
        if status == Status::Unset {
            return;
        }
        let more = self.more();
        if more.status != Status::Ok {
            more.status = status;
        }
    }
}

/// The first attributes, as many as may be, and how many were more. Keys are there once.
fn limited(attributes: Vec<KeyValue>, limit: usize, limits: &SpanLimits) -> (Vec<KeyValue>, u32) {
    let mut kept: Vec<KeyValue> = Vec::with_capacity(attributes.len().min(limit));
    let mut dropped = 0;
    for mut attribute in attributes {
        limits.cut(&mut attribute.value);
        let room = kept.len() < limit;
        match kept.iter_mut().find(|kept| kept.key == attribute.key) {
            Some(before) => before.value = attribute.value,
            None if room => kept.push(attribute),
            None => dropped += 1,
        }
    }
    (kept, dropped)
}

impl OperationSpan {
    pub(crate) fn new(operation: &Active) -> Self {
        Self {
            operation: operation.clone(),
        }
    }

    fn change(&self, change: impl FnOnce(&mut SpanRecord, &SpanLimits)) {
        self.operation.change_span(change);
    }
}

impl Span for OperationSpan {
    fn add_event_with_timestamp<T>(
        &mut self,
        name: T,
        timestamp: SystemTime,
        attributes: Vec<KeyValue>,
    ) where
        T: Into<Cow<'static, str>>,
    {
        let name = name.into();
        self.change(|span, limits| span.add_event(name, timestamp, attributes, limits));
    }

    fn span_context(&self) -> &SpanContext {
        &self.operation.identity().context
    }

    fn is_recording(&self) -> bool {
        leave_card(&self.operation);
        self.operation.span_is_open()
    }

    fn set_attribute(&mut self, attribute: KeyValue) {
        let attribute = SetAttribute {
            name: AttributeName::overriding(attribute.key),
            value: Recorded::from(attribute.value),
        };
        let constants = &self.operation.bound().span_attributes;
        self.change(|span, limits| span.set_over(attribute, limits, constants));
    }

    fn set_status(&mut self, status: Status) {
        self.change(|span, _| span.set_status(status));
    }

    fn update_name<T>(&mut self, new_name: T)
    where
        T: Into<Cow<'static, str>>,
    {
        let name = new_name.into();
        self.change(|span, _| span.more().name = Some(name));
    }

    fn add_link(&mut self, span_context: SpanContext, attributes: Vec<KeyValue>) {
        self.change(|span, limits| span.add_link(span_context, attributes, limits));
    }

    fn end(&mut self) {
        let now = self.operation.time();
        self.change(|span, _| span.more().ended = Some(now));
    }

    fn end_with_timestamp(&mut self, timestamp: SystemTime) {
        self.change(|span, _| span.more().ended = Some(timestamp));
    }
}

/// What a span of ours leaves when it is asked for itself.
enum Card {
    NotAsked,
    Asked,
    Left(Active),
}

thread_local! {
    static CARD: RefCell<Card> = const { RefCell::new(Card::NotAsked) };
}

fn leave_card(operation: &Active) {
    let _ = CARD.try_with(|card| {
        let mut card = card.borrow_mut();
        if matches!(*card, Card::Asked) {
            *card = Card::Left(operation.clone());
        }
    });
}

/// The operation whose span is this context's.
///
/// OpenTelemetry's context shows a span's ids and nothing of its type. What can be done to any span
/// without changing it is to ask whether it records: a span of ours then leaves its operation, where
/// this thread has just asked for it.
pub(crate) fn operation_of(context: &Context) -> Option<Active> {
    CARD.try_with(|card| card.replace(Card::Asked)).ok()?;
    context.span().is_recording();
    let card = CARD.try_with(|card| card.replace(Card::NotAsked)).ok()?;
    match card {
        Card::Left(operation) => Some(operation),
        Card::Asked | Card::NotAsked => None,
    }
}

/// Whether this context, whose span is not sampled, has a span at all, and not ids alone.
///
/// OpenTelemetry's context does not say. Where there is a span that records nothing, it takes a new
/// name to no effect; where there is none, nobody looks at the name.
pub(crate) fn has_span(context: &Context) -> bool {
    let span = context.span();
    let seen = Cell::new(false);
    span.is_recording() || {
        span.update_name(Name(&seen));
        seen.get()
    }
}

/// A name that tells whether somebody looked at it.
struct Name<'a>(&'a Cell<bool>);

impl From<Name<'_>> for Cow<'static, str> {
    fn from(name: Name<'_>) -> Self {
        name.0.set(true);
        Cow::Borrowed("")
    }
}
