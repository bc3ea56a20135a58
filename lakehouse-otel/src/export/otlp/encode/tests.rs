//! What the encoder writes is what opentelemetry-proto makes of the same spans as `SpanData`.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry::trace::{SpanContext, TraceFlags, TraceId, TraceState};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::trace::{SpanEvents, SpanLinks};
use prost::Message as _;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};

use super::*;
use crate::clock::ManualClock;
use crate::health::Diagnostics;
use crate::operation::{Callsite, Constant, Told};
use crate::pipeline::Pipeline;
use crate::schema::Outcome;
use crate::trace::sampler::{Randomness, Threshold};
use crate::trace::span::{AttributeName, SetAttribute, SetAttributes};

const ROUNDS: u64 = 300;

/// Names of attributes: those of constants, those of an end, others.
const NAMES: [&str; 12] = [
    "crypto.exchange",
    "crypto.endpoint",
    "code.line.number",
    "crypto.outcome",
    "crypto.operation.budget_exceeded",
    "error.type",
    "crypto.symbol",
    "crypto.record_count",
    "a",
    "ключ",
    "",
    "鍵.🗝",
];

static PLAIN: Callsite = Callsite::workflow("archive", "jobs", "src/jobs.rs", 7);
static RICH: Callsite = Callsite::api_request("fetch", "client::binance", "src/клиент.rs", 1_234)
    .constants(&[
        ("crypto.exchange", Constant::Text("binance")),
        ("http.request.method", Constant::Text("GET")),
        ("crypto.endpoint", Constant::Text("/api/v3/klines")),
        ("list", Constant::TextList(&["a", "", "длинный текст"])),
        ("int", Constant::Int(-1)),
        ("double", Constant::Double(-0.5)),
        ("truth", Constant::Bool(false)),
        ("crypto.exchange", Constant::Text("twice")),
    ])
    .budget_nanos(1_500_000_000);

/// What one random test runs with.
struct Spans {
    random: SmallRng,
    bounds: [&'static Bound; 2],
}

impl Spans {
    /// The same seed makes the same spans.
    fn new(seed: u64, bounds: [&'static Bound; 2]) -> Self {
        let random = SmallRng::seed_from_u64(seed);
        Self { random, bounds }
    }

    fn make(&mut self) -> Vec<EndedSpan> {
        let count = self.random.random_range(1..20);
        let only_ours = self.random.random_bool(0.3);
        (0..count)
            .map(|_| match self.random.random_range(0..3) {
                0 if !only_ours => EndedSpan::Foreign(Box::new(self.foreign())),
                _ => EndedSpan::Operation(self.operation()),
            })
            .collect()
    }

    fn rarely(&mut self) -> bool {
        self.random.random_ratio(1, 8)
    }

    fn operation(&mut self) -> EndedOperation<'static> {
        let started = self.random.random_range(0..u64::MAX / 2);
        let incoming = ["vendor=x", "a=1,ot=th:8;rv:c0000000000000;k1:13,b=2", ""];
        let incoming = incoming.choose(&mut self.random).unwrap();
        let mut more = self.random.random_bool(0.5).then(|| Box::new(self.more()));
        if self.random.random_bool(0.3) {
            more.get_or_insert_default().told = Some(Box::new(self.told()));
        }
        EndedOperation {
            bound: self.bounds.choose(&mut self.random).unwrap(),
            started,
            ended: started + self.random.random_range(0..1_000_000),
            trace_id: TraceId::from(self.random.random::<u128>()),
            span_id: SpanId::from(self.random.random::<u64>()),
            parent_span_id: self.span_id(),
            incoming: self
                .random
                .random_bool(0.3)
                .then(|| Arc::new(incoming.parse().unwrap())),
            head: None,
            threshold: self.threshold(),
            randomness: self.randomness(),
            attributes: self.set(),
            dropped_attributes: if self.rarely() {
                self.random.random()
            } else {
                0
            },
            flags: TraceFlags::new(self.random.random()),
            parent_is_remote: self.random.random(),
            outcome: *Outcome::ALL.choose(&mut self.random).unwrap(),
            over_budget: self.random.random_bool(0.3).then(|| self.random.random()),
            more,
        }
    }

    fn span_id(&mut self) -> SpanId {
        match self.random.random_range(0..3) {
            0 => SpanId::INVALID,
            _ => SpanId::from(self.random.random::<u64>()),
        }
    }

    fn threshold(&mut self) -> Option<Threshold> {
        let rate = self.random.random();
        let thresholds = [
            None,
            Some(Threshold::ALWAYS),
            Some(Threshold::NEVER),
            Some(Threshold::from_probability(rate)),
        ];
        *thresholds.choose(&mut self.random).unwrap()
    }

    fn randomness(&mut self) -> Option<Randomness> {
        let bits = self.random.random();
        self.random
            .random_bool(0.3)
            .then(|| Randomness::from_bits(bits))
    }

    fn told(&mut self) -> Told {
        Told {
            status: self.status(),
            attributes: self.attributes(4),
            exception: None,
        }
    }

    /// Set at run time, of each name one.
    fn set(&mut self) -> SetAttributes {
        let count = self.random.random_range(0..4);
        let from_all = self.rarely();
        let names = if from_all { &NAMES[..] } else { &NAMES[6..] };
        let names: Vec<_> = names.choose_multiple(&mut self.random, count).collect();
        names
            .into_iter()
            .map(|name| SetAttribute {
                name: match self.random.random_range(0..3) {
                    0 => AttributeName::Declared(name),
                    1 => AttributeName::other((*name).into()),
                    _ => AttributeName::overriding((*name).into()),
                },
                value: match self.random.random_range(0..3) {
                    0 => Recorded::fixed("of the program, наш"),
                    1 => Recorded::text(&self.text()),
                    _ => Recorded::from(self.value()),
                },
            })
            .collect()
    }

    fn more(&mut self) -> MoreRecord {
        MoreRecord {
            name: self.rarely().then(|| self.text().into()),
            status: self.status(),
            events: self.events(),
            dropped_events: self.random.random_range(0..2),
            links: self.links(),
            dropped_links: self.random.random_range(0..2),
            ended: self.rarely().then(|| self.time()),
            told: None,
        }
    }

    fn foreign(&mut self) -> SpanData {
        let mut events = SpanEvents::default();
        events.events = self.events();
        events.dropped_count = self.random.random_range(0..3);
        let mut links = SpanLinks::default();
        links.links = self.links();
        links.dropped_count = self.random.random_range(0..3);
        let kinds = [
            SpanKind::Internal,
            SpanKind::Server,
            SpanKind::Client,
            SpanKind::Producer,
            SpanKind::Consumer,
        ];
        let other = InstrumentationScope::builder("other")
            .with_version("2")
            .with_schema_url("https://example.org/schema")
            .with_attributes([KeyValue::new("key", true)]);
        let scopes = [
            InstrumentationScope::builder("").build(),
            other.build(),
            scope(),
        ];
        SpanData {
            span_context: self.context(),
            parent_span_id: self.span_id(),
            parent_span_is_remote: self.random.random(),
            span_kind: kinds.choose(&mut self.random).unwrap().clone(),
            name: self.text().into(),
            start_time: self.time(),
            end_time: self.time(),
            attributes: self.attributes(6),
            dropped_attributes_count: self.random.random_range(0..3),
            events,
            links,
            status: self.status(),
            instrumentation_scope: scopes.choose(&mut self.random).unwrap().clone(),
        }
    }

    fn context(&mut self) -> SpanContext {
        let states = ["", "vendor=x,ot=th:8", "ot=rv:c0000000000000"];
        let state: TraceState = states.choose(&mut self.random).unwrap().parse().unwrap();
        SpanContext::new(
            TraceId::from(self.random.random::<u128>()),
            SpanId::from(self.random.random::<u64>()),
            TraceFlags::new(self.random.random()),
            self.random.random(),
            state,
        )
    }

    fn status(&mut self) -> Status {
        match self.random.random_range(0..4) {
            0 => Status::Ok,
            1 => Status::error(self.text()),
            2 => Status::error(""),
            _ => Status::Unset,
        }
    }

    fn events(&mut self) -> Vec<Event> {
        let count = self.random.random_range(0..3);
        (0..count)
            .map(|_| {
                let (name, time) = (self.text(), self.time());
                let dropped = self.random.random_range(0..2);
                Event::new(name, time, self.attributes(3), dropped)
            })
            .collect()
    }

    fn links(&mut self) -> Vec<Link> {
        let count = self.random.random_range(0..3);
        (0..count)
            .map(|_| {
                let dropped = self.random.random_range(0..2);
                Link::new(self.context(), self.attributes(3), dropped)
            })
            .collect()
    }

    fn attributes(&mut self, most: usize) -> Vec<KeyValue> {
        let count = self.random.random_range(0..=most);
        let names: Vec<_> = NAMES.choose_multiple(&mut self.random, count).collect();
        names
            .into_iter()
            .map(|name| KeyValue::new(*name, self.value()))
            .collect()
    }

    fn value(&mut self) -> Value {
        let count = self.random.random_range(0..4);
        match self.random.random_range(0..10) {
            0 => Value::Bool(self.random.random()),
            1 => Value::I64(self.random.random_range(-3..300)),
            2 => Value::I64(self.random.random()),
            3 => Value::F64(self.random.random_range(-1e9..1e9)),
            4 => Value::Array(Array::Bool(
                (0..count).map(|_| self.random.random()).collect(),
            )),
            5 => Value::Array(Array::I64(
                (0..count).map(|_| self.random.random()).collect(),
            )),
            6 => Value::Array(Array::F64(
                (0..count).map(|_| self.random.random()).collect(),
            )),
            7 => Value::Array(Array::String(
                (0..count).map(|_| self.text().into()).collect(),
            )),
            _ => Value::String(self.text().into()),
        }
    }

    /// Of any length: empty, of several bytes a character, longer than a length of one or two bytes
    /// says.
    fn text(&mut self) -> String {
        let parts = ["", "BTCUSDT", "биржа", "🗝", "取引所", "\0"];
        let part = parts.choose(&mut self.random).unwrap();
        let times = match self.random.random_range(0..60) {
            0 => 3_000,
            1..5 => 30,
            _ => self.random.random_range(0..3),
        };
        part.repeat(times)
    }

    fn time(&mut self) -> SystemTime {
        let nanos = Duration::from_nanos(self.random.random_range(0..u64::MAX / 2));
        match self.random.random_range(0..10) {
            0 => UNIX_EPOCH - Duration::from_secs(1),
            _ => UNIX_EPOCH + nanos,
        }
    }
}

fn bound(callsite: &'static Callsite) -> &'static Bound {
    let pipeline = Pipeline::new(
        None,
        None,
        Arc::new(ManualClock::new()),
        &Diagnostics::stderr(),
        crate::redact::Redactor::new(),
    );
    Box::leak(Box::new(Bound::new(callsite, pipeline)))
}

fn resource() -> Resource {
    Resource::builder_empty()
        .with_schema_url(
            [KeyValue::new("service.name", "архив")],
            "https://example.org/1",
        )
        .build()
}

/// Scopes have no order.
fn sorted(mut request: ExportTraceServiceRequest) -> ExportTraceServiceRequest {
    for resource in &mut request.resource_spans {
        let name = |scope: &Option<_>| {
            let scope: &opentelemetry_proto::tonic::common::v1::InstrumentationScope =
                scope.as_ref().unwrap();
            scope.name.clone()
        };
        resource.scope_spans.sort_by_key(|spans| name(&spans.scope));
    }
    request
}

/// How many operations went the short way, and how many the other.
fn hold_against_the_other(limits: &SpanLimits, seeds: std::ops::Range<u64>) -> (usize, usize) {
    let resource = resource();
    let mut encoder = Encoder::new(&resource);
    let bounds = [bound(&PLAIN), bound(&RICH)];
    let (mut plain, mut others) = (0, 0);
    for seed in seeds {
        let mut spans = Spans::new(seed, bounds).make();
        for span in &spans {
            match span {
                EndedSpan::Operation(ended) if ended.is_plain(limits) => plain += 1,
                _ => others += 1,
            }
        }
        let batch = Batch {
            spans: spans.drain(..),
            limits,
        };
        let bytes = encoder.encode(batch);
        let request = ExportTraceServiceRequest::decode(bytes.clone()).unwrap();

        let mut same = Spans::new(seed, bounds).make();
        let data = Batch {
            spans: same.drain(..),
            limits,
        }
        .into_span_data();
        let expected = ExportTraceServiceRequest {
            resource_spans: group_spans_by_resource_and_scope(data, &(&resource).into()),
        };
        assert_eq!(
            request.encoded_len(),
            bytes.len(),
            "seed {seed}: no byte too many"
        );
        assert_eq!(sorted(request), sorted(expected), "seed {seed}");
        encoder.reuse(bytes);
    }
    (plain, others)
}

#[test]
fn it_says_what_the_other_encoder_says() {
    let (plain, others) = hold_against_the_other(&SpanLimits::default(), 0..ROUNDS);
    assert!(plain > 500 && others > 500, "{plain} {others}");
}

#[test]
fn it_does_so_where_texts_are_cut() {
    for length in [0, 1, 5, 100] {
        let limits = SpanLimits {
            value_length: Some(length),
            ..SpanLimits::default()
        };
        hold_against_the_other(&limits, 1_000..1_000 + ROUNDS / 3);
    }
}

#[test]
fn it_does_so_where_there_are_too_many_attributes() {
    for attributes in [0, 1, 6, 15] {
        let limits = SpanLimits {
            attributes,
            ..SpanLimits::default()
        };
        hold_against_the_other(&limits, 2_000..2_000 + ROUNDS / 3);
    }
}

#[test]
fn memory_is_used_again() {
    let limits = SpanLimits::default();
    let mut encoder = Encoder::new(&resource());
    let bounds = [bound(&PLAIN), bound(&RICH)];
    let mut encode = || {
        let mut spans = Spans::new(1, bounds).make();
        let request = encoder.encode(Batch {
            spans: spans.drain(..),
            limits: &limits,
        });
        let address = request.as_ptr().addr();
        encoder.reuse(request);
        address
    };
    assert_eq!(encode(), encode());
}
