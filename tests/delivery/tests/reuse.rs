//! Operations of a program are used again when they are over. Each says what was said of it and no
//! more, whoever holds on to one that is over, and on whatever thread. One test, for it is about what
//! the whole process shares.

use std::collections::{HashMap, HashSet};
use std::mem;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use lakehouse_otel::Telemetry;
use lakehouse_otel::config::Exporter;
use lakehouse_otel::operation::{ApiRequest, Handle, Operation, Stage, Workflow};
use lakehouse_otel::prelude::*;
use opentelemetry::trace::{SpanContext, SpanId, Status, TraceContextExt as _, TraceId, Tracer};
use opentelemetry::{Context, KeyValue, Value};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const LONG: Duration = Duration::from_mins(1);
const THREADS: i64 = 4;
const TREES: u32 = 150;

/// What was said of an operation.
#[derive(Debug, Default, PartialEq)]
struct Said {
    /// The operation around it.
    parent: Option<i64>,
    /// Whether it is the parent whatever was sampled: no span of the API is between the two, and no other
    /// thread.
    direct: bool,
    attributes: Vec<(String, i64)>,
    events: usize,
    links: usize,
    name: Option<String>,
    failed: bool,
}

#[derive(Clone, Debug, Default)]
struct Collecting(Arc<Mutex<Vec<SpanData>>>);

impl SpanExporter for Collecting {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.lock().unwrap().extend(batch);
        Ok(())
    }
}

/// Random trees, and what was said of each operation in them.
struct Forest<'a> {
    random: StdRng,
    telemetry: &'a Telemetry,
    next: i64,
    said: HashMap<i64, Said>,
    /// Somebody holds on to operations that are over.
    held: Vec<(Handle, Context)>,
}

impl<'a> Forest<'a> {
    fn new(telemetry: &'a Telemetry, number: i64) -> Self {
        Self {
            random: StdRng::seed_from_u64(number.unsigned_abs()),
            telemetry,
            next: number << 32,
            said: HashMap::new(),
            held: Vec::new(),
        }
    }

    fn grow(&mut self, around: Option<i64>, direct: bool, depth: u32) {
        for _ in 0..self.random.random_range(0..4) {
            if depth == 0 {
                return;
            }
            match self.random.random_range(0..12) {
                0 => {
                    let tracer = self.telemetry.tracer("api");
                    tracer.in_span("span", |_| self.grow(around, false, depth - 1));
                }
                1 => {
                    let context = Context::current();
                    thread::scope(|scope| {
                        scope.spawn(|| {
                            let _attached = context.attach();
                            self.grow(around, false, depth - 1);
                        });
                    });
                }
                2..=5 => self.operation(Stage::new("stage").start(), (around, direct), depth),
                6..=9 => {
                    let request = ApiRequest::new(Exchange::Okx, "/");
                    self.operation(request.start(), (around, direct), depth);
                }
                _ => self.operation(Workflow::new("workflow").start(), (around, direct), depth),
            }
        }
    }

    fn operation(
        &mut self,
        operation: Operation,
        (parent, direct): (Option<i64>, bool),
        depth: u32,
    ) {
        self.next += 1;
        let node = self.next;
        let mut said = Said {
            parent,
            direct,
            ..Said::default()
        };
        let handle = operation.handle();
        for key in 0..self.random.random_range(0..7) {
            let (key, value) = (format!("key.{key}"), self.random.random());
            handle.set_attribute(KeyValue::new(key.clone(), value));
            said.attributes.push((key, value));
        }
        handle.set_attribute(KeyValue::new("node", node));
        if handle.is_recording() {
            let context = operation.context();
            let span = context.span();
            said.events = self.random.random_range(0..3);
            for _ in 0..said.events {
                span.add_event("event", Vec::new());
            }
            said.links = self.random.random_range(0..2);
            for _ in 0..said.links {
                span.add_link(SpanContext::NONE, Vec::new());
            }
            if self.random.random_ratio(1, 4) {
                let name = format!("node {node}");
                span.update_name(name.clone());
                said.name = Some(name);
            }
        }
        let kept = (self.random.random_ratio(1, 3)).then(|| (handle, operation.context()));
        operation.in_scope(|| self.grow(Some(node), true, depth - 1));
        said.failed = self.random.random_ratio(1, 8);
        if said.failed {
            operation.error(&std::io::Error::other("failed"));
        } else {
            operation.ok();
        }
        self.said.insert(node, said);
        self.held.extend(kept);
        self.touch_what_is_over();
    }

    /// Nothing that is said of an operation that is over is said of another one.
    fn touch_what_is_over(&mut self) {
        if self.held.len() < 20 {
            return;
        }
        for (handle, context) in mem::take(&mut self.held) {
            if self.random.random() {
                self.held.push((handle, context));
                continue;
            }
            handle.set_attribute(KeyValue::new("late", true));
            handle.add_event("late", []);
            let span = context.span();
            if span.span_context().is_sampled() && !span.is_recording() {
                span.set_attribute(KeyValue::new("late", true));
                span.set_status(Status::error("late"));
                span.end();
            }
        }
    }
}

fn number(span: &SpanData, key: &str) -> Option<i64> {
    let attribute = span.attributes.iter().find(|one| one.key.as_str() == key)?;
    match attribute.value {
        Value::I64(number) => Some(number),
        _ => None,
    }
}

/// What the span says.
fn told(span: &SpanData) -> Said {
    let failed = matches!(span.status, Status::Error { .. });
    let attributes = span
        .attributes
        .iter()
        .filter(|one| one.key.as_str().starts_with("key."));
    Said {
        parent: None,
        direct: false,
        attributes: attributes
            .map(|one| (one.key.to_string(), number(span, one.key.as_str()).unwrap()))
            .collect(),
        events: span
            .events
            .iter()
            .filter(|event| event.name == "event")
            .count(),
        links: span.links.len(),
        name: span
            .name
            .starts_with("node ")
            .then(|| span.name.to_string()),
        failed,
    }
}

#[test]
fn what_is_said_of_one_is_said_of_no_other() {
    let exporter = Collecting::default();
    let telemetry = Telemetry::builder()
        .variables(|name| match name {
            "OTEL_TRACES_SAMPLER" => Some("adaptive".to_owned()),
            "OTEL_ROOT_SAMPLE_RATE" | "OTEL_WORKFLOW_SAMPLE_RATE" | "OTEL_API_CALL_SAMPLE_RATE" => {
                Some("0.5".to_owned())
            }
            "OTEL_MAX_ERROR_SPANS_PER_SECOND" | "OTEL_BSP_MAX_QUEUE_SIZE" => {
                Some("1000000".to_owned())
            }
            "OTEL_BSP_MAX_EXPORT_BATCH_SIZE" => Some("50".to_owned()),
            "OTEL_PERFORMANCE_MONITORING" => Some("false".to_owned()),
            _ => None,
        })
        .environment("production")
        .metrics_exporter(Exporter::None)
        .span_exporter(exporter.clone())
        .init()
        .unwrap();
    let forests = thread::scope(|scope| {
        let forests: Vec<_> = (1..=THREADS)
            .map(|number| {
                let mut forest = Forest::new(&telemetry, number);
                scope.spawn(move || {
                    (0..TREES).for_each(|_| forest.grow(None, true, 6));
                    forest
                })
            })
            .collect();
        let joined = forests.into_iter().map(|forest| forest.join().unwrap());
        joined.map(|forest| forest.said).collect::<Vec<_>>()
    });
    let said: HashMap<i64, Said> = forests.into_iter().flatten().collect();
    telemetry.shutdown(LONG).unwrap();
    let account = telemetry.ledger().spans;
    assert!(account.closes() && account.lost() == 0, "{account:?}");

    let spans = mem::take(&mut *exporter.0.lock().unwrap());
    let operations = spans.iter().filter(|span| span.name != "span");
    let by_id: HashMap<(TraceId, SpanId), &SpanData> = spans
        .iter()
        .map(|span| {
            (
                (span.span_context.trace_id(), span.span_context.span_id()),
                span,
            )
        })
        .collect();
    assert_eq!(by_id.len(), spans.len(), "no id is there twice");
    // The operation around a span, past spans of the API.
    let around = |span: &SpanData| {
        let mut span = span;
        loop {
            let id = (span.span_context.trace_id(), span.parent_span_id);
            if id.1 == SpanId::INVALID {
                return None;
            }
            span = by_id.get(&id).expect("no parent hangs in the air");
            if span.name != "span" {
                return number(span, "node");
            }
        }
    };
    let mut seen = HashSet::new();
    for span in operations {
        let node = number(span, "node").expect("each has its number");
        let expected = &said[&node];
        assert!(seen.insert(node), "{node} is there twice");
        assert!(span.attributes.iter().all(|one| one.key.as_str() != "late"));
        let mut told = told(span);
        told.parent = around(span);
        told.direct = expected.direct;
        if !expected.direct {
            // Of operations that are not sampled a context knows the outermost; and a span of the API
            // that is not sampled hides what it is under.
            let mut above = std::iter::successors(expected.parent, |node| said[node].parent);
            assert!(
                told.parent
                    .is_none_or(|parent| above.any(|node| node == parent))
            );
            told.parent = expected.parent;
        }
        assert_eq!(&told, expected, "{node}: {span:?}");
    }
    let failed = said.iter().filter(|(_, said)| said.failed);
    for (node, _) in failed {
        assert!(seen.contains(node), "{node} failed and is not there");
    }
    assert!(
        seen.len() > 500 && seen.len() < said.len(),
        "{}",
        seen.len()
    );
}
