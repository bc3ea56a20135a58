//! An operation that runs: what it has learned so far, and how it ends.

use std::borrow::Cow;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use opentelemetry::trace::SpanBuilder;
use opentelemetry::{Context, KeyValue, Value};

use super::bound::Bound;
use super::callsite::Callsite;
use super::outcome::{Answer, Ended, Verdict, decide};
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

// What an answer says that decides the outcome.
const STATUS: &str = "http.response.status_code";
const EXCHANGE_ERROR: &str = "crypto.exchange_error";

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
            _ => {}
        }
        if self.span.records() {
            facts.set_attribute(KeyValue::new(key, value));
        }
    }

    /// Sets an attribute that the registry need not know.
    pub(super) fn set_attribute(&self, attribute: KeyValue) {
        if self.span.records()
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
            let now = self.pipeline.clock().now();
            self.span.add_event(name, now, attributes);
        }
    }

    /// Ends the operation; the first end counts.
    pub(super) fn end(&self, ended: Ended<'_>) {
        let facts = {
            let mut facts = self.facts();
            if mem::replace(&mut facts.ended, true) {
                return;
            }
            let rest = Facts {
                ended: true,
                ..Facts::default()
            };
            mem::replace(&mut *facts, rest)
        };
        let now = self.pipeline.clock().now();
        let verdict = decide(ended, &facts.answer);
        self.record_metrics(now, &verdict, &facts);
        self.end_span(now, &verdict, facts);
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

    fn end_span(&self, now: Timestamp, verdict: &Verdict<'_>, mut facts: Facts) {
        if !self.span.records() {
            return;
        }
        facts.set_attribute(KeyValue::new("crypto.outcome", verdict.outcome.as_str()));
        if let Some(error_type) = &verdict.error_type {
            facts.set_attribute(KeyValue::new("error.type", error_type.clone()));
        }
        if let Some(failure) = &verdict.failure {
            for attribute in failure.span_attributes() {
                facts.set_attribute(attribute);
            }
            let attributes = failure.event_attributes();
            self.span.add_event(events::EXCEPTION, now, attributes);
        }
        if self.is_over_budget(now) {
            facts.set_attribute(KeyValue::new("crypto.operation.budget_exceeded", true));
            self.add_budget_event(now);
        }
        // What the callsite knows from the start is on the span already, and stays as it is.
        let constants = &self.bound.span_attributes;
        facts
            .attributes
            .retain(|set| constants.iter().all(|constant| constant.key != set.key));
        self.span.end(now, verdict.status(), facts.attributes);
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
