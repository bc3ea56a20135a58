//! Our span beside the SDK's: random sequences of calls on both, and what each exports.
//!
//! Half of the sequences use nothing in which the SDK departs from the specification; the SDK's span
//! then has our limits, and both must export the same. The other half use everything; the SDK's span
//! then has no limits but those on events and links, and what it exports is brought to what the
//! specification asks for, by these rules and no others:
//!
//! | rule | the specification | the SDK |
//! |---|---|---|
//! | `unique` | "Setting an attribute with the same key as an existing attribute SHOULD overwrite the existing attribute's value" (Trace API, Set Attributes); exported "attribute collections MUST NOT contain attributes with duplicate keys" (Common, Attribute Collections), on events and links too | appends |
//! | `limit` | the count limit drops "each unique attribute key, addition of which would result in exceeding the limit" (Common, Attribute Limits): a key that is there may get another value | drops whatever comes past the limit |
//! | `length` | texts, alone or in arrays, are cut to `AttributeValueLengthLimit` characters (Common, Attribute Limits) | has no such limit |
//! | `status` | `Ok` is final, `Unset` is ignored, and "any later call" of the rest "will override" (Trace API, Set Status) | a second error stays out where its text sorts before |
//! | `random` | the flag is set on a root whose trace id is random (Trace SDK, Random; W3C Trace Context, level 2) | never set |
//!
//! What the operation says of itself (its constants and its outcome) the SDK's span gets at its start.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lakehouse_otel::config::SpanLimits;
use lakehouse_otel::opentelemetry::trace::{
    Event, Link, SpanContext, SpanId, SpanRef, Status, TraceContextExt, TraceFlags, TraceId,
    TraceState, Tracer, TracerProvider,
};
use lakehouse_otel::opentelemetry::{Array, Context, KeyValue, StringValue, Value};
use lakehouse_otel::opentelemetry_sdk::error::OTelSdkResult;
use lakehouse_otel::opentelemetry_sdk::trace::{SdkTracerProvider, Span, SpanData, SpanProcessor};
use lakehouse_otel::operation::{Callsite, Constant, begin};
use lakehouse_otel::testing::{Capture, CapturedSpan};
use lakehouse_otel::trace::sampler::{Sampler, SdkSampler};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

const SEQUENCES: u64 = 4_000;

/// What the operation says of itself, the last only where it ends before its span.
const OUTCOME: &str = "crypto.outcome";

/// A call on a span.
#[derive(Clone, Debug)]
enum Call {
    SetAttribute(KeyValue),
    SetAttributes(Vec<KeyValue>),
    AddEvent(String, Vec<KeyValue>),
    AddEventAt(String, SystemTime, Vec<KeyValue>),
    AddLink(SpanContext, Vec<KeyValue>),
    SetStatus(Status),
    UpdateName(String),
    RecordError(String),
    IsRecording,
    End,
    EndAt(SystemTime),
}

/// What calls answered.
#[derive(Debug, Default, PartialEq)]
struct Answers {
    recording: Vec<bool>,
}

fn apply(span: &SpanRef<'_>, calls: &[Call]) -> Answers {
    let mut answers = Answers::default();
    for call in calls {
        match call.clone() {
            Call::SetAttribute(attribute) => span.set_attribute(attribute),
            Call::SetAttributes(attributes) => span.set_attributes(attributes),
            Call::AddEvent(name, attributes) => span.add_event(name, attributes),
            Call::AddEventAt(name, at, attributes) => {
                span.add_event_with_timestamp(name, at, attributes);
            }
            Call::AddLink(to, attributes) => span.add_link(to, attributes),
            Call::SetStatus(status) => span.set_status(status),
            Call::UpdateName(name) => span.update_name(name),
            Call::RecordError(message) => span.record_error(&std::io::Error::other(message)),
            Call::IsRecording => {}
            Call::End => span.end(),
            Call::EndAt(at) => span.end_with_timestamp(at),
        }
        answers.recording.push(span.is_recording());
    }
    answers
}

/// Makes sequences of calls.
struct Generator {
    random: StdRng,
    /// Without anything in which the SDK departs from the specification.
    plain: bool,
    used: HashSet<String>,
    limits: SpanLimits,
}

impl Generator {
    fn new(seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let plain = seed.is_multiple_of(2);
        // What the operation says of itself takes five.
        let mut limits = SpanLimits::default();
        limits.attributes = 5 + random.random_range(0..5);
        limits.events = random.random_range(0..4);
        limits.links = random.random_range(0..4);
        limits.attributes_per_event = random.random_range(0..4);
        limits.attributes_per_link = random.random_range(0..4);
        if !plain && random.random() {
            limits.value_length = Some(random.random_range(0..6));
        }
        Self {
            random,
            plain,
            used: HashSet::new(),
            limits,
        }
    }

    fn calls(&mut self) -> Vec<Call> {
        let count = self.random.random_range(0..25);
        (0..count).map(|number| self.call(number)).collect()
    }

    fn call(&mut self, number: usize) -> Call {
        match self.random.random_range(0..40) {
            0..=10 => Call::SetAttribute(self.attribute()),
            11..=14 => {
                let count = self.random.random_range(0..4);
                Call::SetAttributes((0..count).map(|_| self.attribute()).collect())
            }
            15..=18 => Call::AddEvent(format!("event {number}"), self.attributes()),
            19..=21 => Call::AddEventAt(format!("at: {number}"), self.time(), self.attributes()),
            22..=25 => Call::AddLink(self.span_context(), self.attributes()),
            26..=29 => Call::SetStatus(self.status()),
            30..=32 => Call::UpdateName(format!("name {number}")),
            33..=34 => Call::RecordError(format!("error {number}")),
            35..=37 => Call::IsRecording,
            38 => Call::End,
            _ => Call::EndAt(self.time()),
        }
    }

    fn time(&mut self) -> SystemTime {
        UNIX_EPOCH + Duration::from_nanos(self.random.random_range(0..u64::from(u32::MAX) << 30))
    }

    fn attribute(&mut self) -> KeyValue {
        let key = if self.plain {
            self.fresh_key()
        } else {
            let keys = [
                "a",
                "b",
                "c",
                "d",
                "e",
                "f",
                "g",
                "h",
                // What the operation says too.
                "crypto.processing_stage",
                "code.line.number",
                OUTCOME,
            ];
            (*keys.choose(&mut self.random).unwrap()).to_owned()
        };
        KeyValue::new(key, self.value())
    }

    /// Attributes of an event or a link.
    fn attributes(&mut self) -> Vec<KeyValue> {
        let count = self.random.random_range(0..6);
        (0..count).map(|_| self.attribute()).collect()
    }

    fn fresh_key(&mut self) -> String {
        loop {
            let key = format!("key.{}", self.random.random_range(0..10_000));
            if self.used.insert(key.clone()) {
                return key;
            }
        }
    }

    fn text(&mut self) -> String {
        let length = self.random.random_range(0..40);
        let letters = ['a', 'Z', '0', ' ', 'é', '₿', '🚀'];
        (0..length)
            .map(|_| *letters.choose(&mut self.random).unwrap())
            .collect()
    }

    fn value(&mut self) -> Value {
        match self.random.random_range(0..9) {
            0 => Value::Bool(self.random.random()),
            1 => Value::I64(self.random.random()),
            2 => Value::F64(f64::from(self.random.random::<i32>()) / 3.0),
            3 | 4 => Value::String(self.text().into()),
            5 => {
                let texts = (0..3).map(|_| StringValue::from(self.text())).collect();
                Value::Array(Array::String(texts))
            }
            6 => Value::Array(Array::I64(vec![self.random.random(); 2])),
            7 => Value::Array(Array::F64(Vec::new())),
            _ => Value::Array(Array::Bool(vec![self.random.random()])),
        }
    }

    fn status(&mut self) -> Status {
        match self.random.random_range(0..4) {
            0 => Status::Unset,
            1 => Status::Ok,
            // In a plain sequence a second error is the first again.
            _ if self.plain => Status::error("the error"),
            _ => Status::error(self.text()),
        }
    }

    fn span_context(&mut self) -> SpanContext {
        if self.random.random_ratio(1, 5) {
            return SpanContext::NONE;
        }
        SpanContext::new(
            TraceId::from(self.random.random::<u128>()),
            SpanId::from(self.random.random::<u64>()),
            TraceFlags::new(self.random.random_range(0..4)),
            self.random.random(),
            TraceState::from_key_value([("vendor", "value")]).unwrap(),
        )
    }
}

/// What a span came to, and what its calls answered.
#[derive(Debug)]
struct Exported {
    answers: Answers,
    span: SpanData,
    /// What a span under it says of its parent.
    child: SpanData,
}

/// As an annotated function has it.
static CALLSITE: Callsite = Callsite::stage("differential", module_path!(), file!(), line!())
    .constants(&[("crypto.processing_stage", Constant::Text("differential"))]);

fn ours(calls: &[Call], limits: SpanLimits) -> Exported {
    let capture = Capture::builder().limits(limits).build();
    let tracer = capture.tracer("child");
    let (answers, kept) = capture.run(|| {
        let operation = begin(&CALLSITE, |_| {});
        operation.run(
            || {
                let context = Context::current();
                let answers = apply(&context.span(), calls);
                tracer.start("child");
                (answers, context)
            },
            |_, _| {},
        )
    });
    // The operation is over, whatever happens to a context that outlives it.
    let late = [
        Call::SetAttribute(KeyValue::new("late", true)),
        Call::SetStatus(Status::Ok),
        Call::UpdateName("late".to_owned()),
        Call::End,
    ];
    assert_eq!(apply(&kept.span(), &late).recording, [false; 4]);
    drop(kept);
    exported(answers, capture.spans().iter().map(CapturedSpan::data))
}

fn exported<'a>(answers: Answers, spans: impl Iterator<Item = &'a SpanData>) -> Exported {
    let mut spans: Vec<_> = spans.cloned().collect();
    let child = spans.iter().position(|span| span.name == "child");
    let child = spans.remove(child.expect("the child ended"));
    assert_eq!(spans.len(), 1, "the span ends once: {spans:?}");
    Exported {
        answers,
        span: spans.remove(0),
        child,
    }
}

#[derive(Clone, Debug, Default)]
struct Collecting(Arc<Mutex<Vec<SpanData>>>);

impl SpanProcessor for Collecting {
    fn on_start(&self, _span: &mut Span, _context: &Context) {}

    fn on_end(&self, span: SpanData) {
        self.0.lock().unwrap().push(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }
}

fn the_sdks(calls: &[Call], limits: SpanLimits, said: Vec<KeyValue>) -> Exported {
    let count = |limit: usize| u32::try_from(limit).unwrap_or(u32::MAX);
    let spans = Collecting::default();
    let provider = SdkTracerProvider::builder()
        .with_span_processor(spans.clone())
        .with_sampler(SdkSampler::new(Arc::new(Sampler::always_on())))
        .with_max_attributes_per_span(count(limits.attributes))
        .with_max_events_per_span(count(limits.events))
        .with_max_links_per_span(count(limits.links))
        .with_max_attributes_per_event(count(limits.attributes_per_event))
        .with_max_attributes_per_link(count(limits.attributes_per_link))
        .build();
    let tracer = provider.tracer("differential");
    let builder = tracer.span_builder("differential").with_attributes(said);
    let context = Context::new().with_span(builder.start_with_context(&tracer, &Context::new()));
    let answers = apply(&context.span(), calls);
    tracer.start_with_context("child", &context);
    context.span().end();
    exported(answers, spans.0.lock().unwrap().iter())
}

/// The rules by which the SDK's result becomes the specification's.
struct Specification<'a> {
    limits: &'a SpanLimits,
    calls: &'a [Call],
}

impl Specification<'_> {
    fn applied_to(&self, mut span: SpanData) -> SpanData {
        let sealed = (!ends(self.calls)).then_some(OUTCOME);
        let attributes = std::mem::take(&mut span.attributes);
        (span.attributes, span.dropped_attributes_count) =
            self.unique(attributes, self.limits.attributes, sealed);
        for event in &mut span.events.events {
            self.event(event);
        }
        for link in &mut span.links.links {
            self.link(link);
        }
        span.status = self.status();
        span.span_context = random(&span.span_context);
        span
    }

    /// `unique`, `limit` and `length`; how many were dropped. What the operation says of its end it
    /// says last.
    fn unique(
        &self,
        attributes: Vec<KeyValue>,
        limit: usize,
        sealed: Option<&str>,
    ) -> (Vec<KeyValue>, u32) {
        let mut kept = Vec::<KeyValue>::new();
        let mut dropped = 0;
        for attribute in attributes {
            let room = kept.len() < limit;
            match kept.iter_mut().find(|kept| kept.key == attribute.key) {
                Some(before) if sealed == Some(before.key.as_str()) => {}
                Some(before) => before.value = attribute.value,
                None if room => kept.push(attribute),
                None => dropped += 1,
            }
        }
        for attribute in &mut kept {
            self.cut(&mut attribute.value);
        }
        (kept, dropped)
    }

    fn cut(&self, value: &mut Value) {
        let Some(length) = self.limits.value_length else {
            return;
        };
        let cut = |text: &mut StringValue| {
            *text = text
                .as_str()
                .chars()
                .take(length)
                .collect::<String>()
                .into();
        };
        match value {
            Value::String(text) => cut(text),
            Value::Array(Array::String(texts)) => texts.iter_mut().for_each(cut),
            _ => {}
        }
    }

    fn event(&self, event: &mut Event) {
        let attributes = std::mem::take(&mut event.attributes);
        (event.attributes, event.dropped_attributes_count) =
            self.unique(attributes, self.limits.attributes_per_event, None);
    }

    fn link(&self, link: &mut Link) {
        let attributes = std::mem::take(&mut link.attributes);
        (link.attributes, link.dropped_attributes_count) =
            self.unique(attributes, self.limits.attributes_per_link, None);
    }

    fn status(&self) -> Status {
        let open = self.calls.iter().take_while(|call| !is_end(call));
        open.fold(Status::Unset, |status, call| match call {
            Call::SetStatus(Status::Unset) => status,
            Call::SetStatus(_) if status == Status::Ok => status,
            Call::SetStatus(next) => next.clone(),
            _ => status,
        })
    }
}

/// `random`.
fn random(context: &SpanContext) -> SpanContext {
    SpanContext::new(
        context.trace_id(),
        context.span_id(),
        context.trace_flags() | TraceFlags::new(0x02),
        context.is_remote(),
        context.trace_state().clone(),
    )
}

fn is_end(call: &Call) -> bool {
    matches!(call, Call::End | Call::EndAt(_))
}

fn ends(calls: &[Call]) -> bool {
    calls.iter().any(is_end)
}

/// When the first of the calls ended the span, where they say so themselves.
fn ended_at(calls: &[Call]) -> Option<SystemTime> {
    match calls.iter().find(|call| is_end(call))? {
        Call::EndAt(at) => Some(*at),
        _ => None,
    }
}

/// What the operation says of itself.
fn said(calls: &[Call]) -> Vec<KeyValue> {
    let until = ends(calls).then_some(Call::End);
    let until: Vec<_> = until.into_iter().collect();
    ours(&until, SpanLimits::default()).span.attributes
}

/// An event, without the time where nobody said which.
fn timeless(event: &Event) -> (Cow<'static, str>, Option<SystemTime>, &[KeyValue], u32) {
    let at = event.name.starts_with("at: ").then_some(event.timestamp);
    let dropped = event.dropped_attributes_count;
    (event.name.clone(), at, &event.attributes, dropped)
}

#[track_caller]
fn compare(seed: u64, calls: &[Call], ours: &SpanData, theirs: &SpanData) {
    let told = || format!("of sequence {seed}: {calls:?}");
    assert_eq!(ours.name, theirs.name, "name {}", told());
    assert_eq!(ours.span_kind, theirs.span_kind, "kind {}", told());
    assert_eq!(ours.attributes, theirs.attributes, "attributes {}", told());
    let events = |span: &SpanData| {
        let events: Vec<_> = span
            .events
            .iter()
            .map(timeless)
            .map(|event| format!("{event:?}"))
            .collect();
        (events, span.events.dropped_count)
    };
    assert_eq!(events(ours), events(theirs), "events {}", told());
    assert_eq!(ours.links.links, theirs.links.links, "links {}", told());
    assert_eq!(
        ours.links.dropped_count,
        theirs.links.dropped_count,
        "dropped links {}",
        told()
    );
    assert_eq!(ours.status, theirs.status, "status {}", told());
    if let Some(at) = ended_at(calls) {
        assert_eq!((ours.end_time, theirs.end_time), (at, at), "end {}", told());
    }
    let context = |span: &SpanData| {
        let context = &span.span_context;
        let state = context.trace_state().header();
        (
            context.is_valid(),
            context.trace_flags(),
            context.is_remote(),
            state,
        )
    };
    assert_eq!(context(ours), context(theirs), "context {}", told());
    assert_eq!(
        (ours.parent_span_id, ours.parent_span_is_remote),
        (theirs.parent_span_id, theirs.parent_span_is_remote),
        "parent {}",
        told()
    );
}

#[test]
fn our_span_is_the_sdks_or_better() {
    let said = [said(&[]), said(&[Call::End])];
    assert_eq!(said[0].len(), said[1].len() + 1);
    let mut departures = 0;
    for seed in 0..SEQUENCES {
        let mut generator = Generator::new(seed);
        let calls = generator.calls();
        let mut limits = generator.limits;
        limits.attributes += said[1].len() - 4;
        let said = said[usize::from(ends(&calls))].clone();

        let ours = ours(&calls, limits);
        let theirs;
        let expected;
        if generator.plain {
            theirs = the_sdks(&calls, limits, said);
            expected = SpanData {
                span_context: random(&theirs.span.span_context),
                ..theirs.span.clone()
            };
            assert_eq!(
                ours.span.dropped_attributes_count, expected.dropped_attributes_count,
                "dropped attributes of sequence {seed}: {calls:?}"
            );
        } else {
            let mut unlimited = limits;
            unlimited.attributes = usize::MAX;
            unlimited.attributes_per_event = usize::MAX;
            unlimited.attributes_per_link = usize::MAX;
            theirs = the_sdks(&calls, unlimited, said);
            let specification = Specification {
                limits: &limits,
                calls: &calls,
            };
            expected = specification.applied_to(theirs.span.clone());
            departures += usize::from(expected.attributes != theirs.span.attributes);
            // Whether a key that finds no room twice counts twice is left open.
            let keys: HashSet<_> = theirs.span.attributes.iter().map(|one| &one.key).collect();
            let least = u32::try_from(keys.len() - expected.attributes.len()).unwrap();
            let range = least..=expected.dropped_attributes_count;
            let dropped = ours.span.dropped_attributes_count;
            assert!(
                range.contains(&dropped),
                "{dropped} dropped attributes of sequence {seed}, not {range:?}: {calls:?}"
            );
        }
        assert_eq!(ours.answers, theirs.answers, "sequence {seed}: {calls:?}");
        compare(seed, &calls, &ours.span, &expected);
        for exported in [&ours, &theirs] {
            assert_eq!(
                (
                    exported.child.parent_span_id,
                    exported.child.span_context.trace_id()
                ),
                (
                    exported.span.span_context.span_id(),
                    exported.span.span_context.trace_id()
                ),
            );
        }
    }
    assert!(departures > 1_000, "{departures}");
}
