//! An operation that runs: what it has learned so far, and how it ends.

use std::borrow::Cow;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use opentelemetry::trace::SpanBuilder;
use opentelemetry::{Context, KeyValue, Value};

use super::bound::Bound;
use super::callsite::Callsite;
use super::outcome::{Answer, Ended, Told, Verdict, decide};
use crate::clock::Timestamp;
use crate::metrics::instruments::{BoundInstrument, Number};
use crate::metrics::series::{Label, Measured};
use crate::pipeline::{self, Pipeline};
use crate::schema::{MetricSource, events};
use crate::trace::recorder::RecordedSpan;

/// An operation that runs. The operation and its handles share it.
#[derive(Debug)]
pub(crate) struct Active {
    pipeline: Arc<Pipeline>,
    callsite: &'static Callsite,
    bound: Arc<Bound>,
    span: RecordedSpan,
    started: Timestamp,
    facts: Mutex<Facts>,
}

/// What an operation has learned so far.
#[derive(Debug, Default)]
struct Facts {
    attributes: Vec<KeyValue>,
    labels: Vec<Label>,
    measures: Vec<(&'static str, Number)>,
    answer: Answer,
    /// Where this operation counts as running; taken when it ends.
    running: Vec<BoundInstrument>,
    ended: bool,
}

// What decides the outcome, or its class.
const STATUS: &str = "http.response.status_code";
const EXCHANGE_ERROR: &str = "crypto.exchange_error";
const ERROR_TYPE: &str = "error.type";

impl Active {
    /// Starts an operation under the current context, where there is a pipeline to record it.
    pub(super) fn start(callsite: &'static Callsite) -> Option<Arc<Self>> {
        let pipeline = pipeline::current()?;
        let bound = callsite.bound(&pipeline);
        let started = pipeline.clock().now();
        let span = Context::map_current(|parent| {
            let Some(recorder) = pipeline.recorder() else {
                return RecordedSpan::none(parent);
            };
            let span = SpanBuilder::from_name(bound.span_name.clone())
                .with_kind(bound.span_kind.clone())
                .with_start_time(started)
                .with_attributes(bound.span_attributes.iter().cloned());
            recorder.start(span, parent)
        });
        Some(Arc::new(Self {
            pipeline,
            callsite,
            bound,
            span,
            started,
            facts: Mutex::default(),
        }))
    }

    /// Counts the operation as running, once its labels are known.
    pub(super) fn count_running(&self) {
        if let Some(series) = &self.bound.series {
            let mut facts = self.facts();
            facts.running = series.active(&self.pipeline, &facts.labels);
            for running in &facts.running {
                running.record(Number::Int(1));
            }
        }
    }

    pub(super) fn context(&self) -> &Context {
        self.span.context()
    }

    /// Whether the operation has a span of its own, recorded or not.
    pub(super) fn has_span(&self) -> bool {
        self.pipeline.recorder().is_some()
    }

    /// Whether the span keeps what is set on it.
    pub(super) fn records(&self) -> bool {
        self.span.records()
    }

    /// Whether a value that feeds an instrument is of use.
    pub(super) fn measures(&self) -> bool {
        self.bound.series.is_some() || self.span.records()
    }

    fn facts(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the operation has learned, while there is still more to learn.
    fn open_facts(&self) -> Option<MutexGuard<'_, Facts>> {
        Some(self.facts()).filter(|facts| !facts.ended)
    }

    /// Sets an attribute of the span; where it feeds an instrument, or decides the outcome, that too.
    pub(super) fn set(&self, key: &'static str, value: Value) {
        let Some(mut facts) = self.open_facts() else {
            return;
        };
        if let Some(number) = number(&value)
            && self.feeds_on(key)
        {
            facts.measures.retain(|(name, _)| *name != key);
            facts.measures.push((key, number));
        }
        match (key, &value) {
            (STATUS, Value::I64(status)) => facts.answer.status = u16::try_from(*status).ok(),
            (EXCHANGE_ERROR, Value::String(code)) => {
                facts.answer.exchange_error = Some(code.as_str().to_owned());
            }
            (ERROR_TYPE, Value::String(class)) => {
                facts.answer.error_type = Some(class.as_str().to_owned());
                return;
            }
            _ => {}
        }
        if self.span.records() {
            facts.set_attribute(KeyValue::new(key, value));
        }
    }

    /// Sets an attribute that the registry need not know.
    pub(super) fn set_attribute(&self, attribute: KeyValue) {
        if attribute.key.as_str() == ERROR_TYPE {
            self.set(ERROR_TYPE, attribute.value);
        } else if self.span.records()
            && let Some(mut facts) = self.open_facts()
        {
            facts.set_attribute(attribute);
        }
    }

    /// Sets an attribute that labels the metrics too.
    pub(super) fn label(&self, key: &'static str, label: Cow<'static, str>) {
        let Some(mut facts) = self.open_facts() else {
            return;
        };
        facts.labels.retain(|(name, _)| *name != key);
        if self.span.records() {
            facts.set_attribute(KeyValue::new(key, label.clone()));
        }
        facts.labels.push((key, label));
    }

    pub(super) fn add_event(&self, name: impl Into<Cow<'static, str>>, attributes: Vec<KeyValue>) {
        if self.span.records() {
            self.span.add_event(name, self.now(), attributes);
        }
    }

    /// Ends the operation; the first end counts.
    pub(super) fn end(&self, ended: Ended<'_>) {
        let Some(answer) = self.open_facts().map(|facts| facts.answer.clone()) else {
            return;
        };
        let verdict = decide(ended, self.callsite.definition.operation_type, &answer);
        // The error's own code runs here. Where it panics the operation has not ended, and the panic
        // is what it ends with.
        let told = self.records().then(|| verdict.tell());
        let facts = {
            let mut facts = self.facts();
            let rest = Facts {
                ended: true,
                ..Facts::default()
            };
            mem::replace(&mut *facts, rest)
        };
        let now = self.now();
        self.record_metrics(now, &verdict, &facts);
        if let Some(told) = told {
            self.end_span(now, told, facts);
        }
    }

    /// The time, as the operation's own beginning and what has passed since: the clock may be set
    /// while it runs.
    fn now(&self) -> Timestamp {
        let now = self.pipeline.clock().now();
        self.started.plus(now.since(self.started))
    }

    fn record_metrics(&self, now: Timestamp, verdict: &Verdict<'_>, facts: &Facts) {
        for running in &facts.running {
            running.record(Number::Int(-1));
        }
        if let Some(series) = &self.bound.series {
            let measured = Measured {
                outcome: verdict.outcome,
                error_type: verdict.error_type.as_ref(),
                rate_limited: verdict.rate_limited,
                over_budget: self.is_over_budget(now),
                duration: now.since(self.started),
                measures: &facts.measures,
            };
            series.record(&self.pipeline, &facts.labels, &measured);
        }
    }

    fn end_span(&self, now: Timestamp, told: Told, facts: Facts) {
        if let Some(exception) = told.exception {
            self.span.add_event(events::EXCEPTION, now, exception);
        }
        // The span keeps so many attributes and no more: the end comes first.
        let mut attributes = told.attributes;
        if self.callsite.budget.is_some() {
            let exceeded = self.is_over_budget(now);
            attributes.push(KeyValue::new("crypto.operation.budget_exceeded", exceeded));
            if exceeded {
                self.add_budget_event(now);
            }
        }
        // What the callsite knows from the start is on the span already, and stays as it is.
        let constants = &self.bound.span_attributes;
        for set in facts.attributes {
            let has = |of: &[KeyValue]| of.iter().any(|other| other.key == set.key);
            if !has(constants) && !has(&attributes) {
                attributes.push(set);
            }
        }
        self.span.end(now, told.status, attributes);
    }

    fn is_over_budget(&self, now: Timestamp) -> bool {
        let budget = self.callsite.budget;
        budget.is_some_and(|budget| now.since(self.started) > budget)
    }

    fn add_budget_event(&self, now: Timestamp) {
        let Some(budget) = self.callsite.budget else {
            return;
        };
        let attributes = vec![
            KeyValue::new("crypto.operation.budget", budget.as_secs_f64()),
            KeyValue::new(
                "crypto.operation.duration",
                now.since(self.started).as_secs_f64(),
            ),
        ];
        self.span
            .add_event(events::CRYPTO_BUDGET_EXCEEDED, now, attributes);
    }

    fn feeds_on(&self, key: &str) -> bool {
        self.callsite
            .definition
            .metrics
            .iter()
            .any(|metric| match metric.source {
                MetricSource::Attribute(name) | MetricSource::Rate(name) => name == key,
                _ => false,
            })
    }
}

impl Facts {
    /// Sets an attribute, in place of the one of that key.
    fn set_attribute(&mut self, attribute: KeyValue) {
        let before = self
            .attributes
            .iter_mut()
            .find(|before| before.key == attribute.key);
        match before {
            Some(before) => before.value = attribute.value,
            None => self.attributes.push(attribute),
        }
    }
}

fn number(value: &Value) -> Option<Number> {
    match value {
        Value::I64(number) => Some(Number::Int(*number)),
        Value::F64(number) => Some(Number::Double(*number)),
        _ => None,
    }
}
