//! The end of an operation: what it records, whether its span is exported, and what is left of it then.

use std::borrow::Cow;
use std::mem;

use opentelemetry::{KeyValue, Value};

use super::core::Core;
use super::facts::Facts;
use crate::clock::Timestamp;
use crate::metrics::instruments::Number;
use crate::metrics::series::Measured;
use crate::operation::bound::Bound;
use crate::operation::keep::{Fate, Keep, Why};
use crate::operation::outcome::{Told, Verdict};
use crate::schema::{Outcome, crypto, events, http};
use crate::trace::ended::EndedOperation;
use crate::trace::recorder::Recorder;
use crate::trace::sampler::SamplingState;

/// How an operation ended, as its span says it.
struct End {
    at: Timestamp,
    outcome: Outcome,
    over_budget: Option<bool>,
}

impl Core {
    /// Records the end in the metrics, exports the span where that is its fate, and keeps nothing of it.
    pub(in crate::operation) fn conclude(
        &self,
        facts: &mut Facts,
        verdict: &Verdict<'_>,
        told: Option<Box<Told>>,
    ) {
        self.record_end(facts, verdict, told);
        facts.empty();
    }

    /// Whether its end is like most: nothing was measured, nothing is watched, there is no budget.
    #[inline]
    pub(in crate::operation) fn is_plain(&self, facts: &Facts) -> bool {
        facts.is_plain() && self.bound.watched.is_none()
    }

    /// Does what [`conclude`](Self::conclude) does, for one that [is plain](Self::is_plain) and ended
    /// well.
    #[inline]
    pub(in crate::operation) fn conclude_plain(&self, facts: &mut Facts) {
        let (pipeline, bound) = (&*self.pipeline, &*self.bound);
        let end = End {
            at: self.started.until(pipeline.clock().now()),
            outcome: Outcome::Ok,
            over_budget: None,
        };
        if let Some(series) = &bound.series {
            let seconds = end.at.seconds_since(self.started);
            series.record_plain(pipeline, Outcome::Ok, seconds);
        }
        facts.is_over = true;
        if let Some(recorder) = pipeline.recorder() {
            let (fate, sampling) = self.plain_fate(recorder);
            if let Some(part) = &bound.part {
                self.end_part(part, facts, matches!(fate, Fate::Exported(_)));
            }
            if let Fate::Exported(why) = fate {
                self.export(recorder, why, &sampling, &end, facts);
            }
        }
        facts.empty();
    }

    fn record_end(&self, facts: &mut Facts, verdict: &Verdict<'_>, mut told: Option<Box<Told>>) {
        let now = self.now();
        let over_budget = self.callsite.budget.map(|_| self.is_over_budget(now));
        let exceeded = over_budget == Some(true);
        self.record_metrics(now, verdict, exceeded, facts);
        facts.is_over = true;
        let Some(recorder) = self.pipeline.recorder() else {
            self.account_for(facts, now, verdict.outcome, false);
            return;
        };
        let keep = Keep {
            failed: matches!(verdict.outcome, Outcome::Error | Outcome::Panicked),
            over_budget: exceeded,
            rate_limited: verdict.rate_limited,
            measures: &facts.measures,
        };
        let (fate, sampling) = self.fate(recorder, &keep, now);
        let is_exported = matches!(fate, Fate::Exported(_));
        self.account_for(facts, now, verdict.outcome, is_exported);
        if let Some(part) = &self.bound.part {
            self.end_part(part, facts, is_exported);
        }
        match fate {
            Fate::Discarded => {}
            Fate::Thinned => recorder.thinned(),
            Fate::OverBudget => recorder.over_error_budget(),
            Fate::Exported(why) => {
                if exceeded || told.is_some() || verdict.rate_limited {
                    self.add_answer_event(facts, now, verdict);
                    self.add_last_events(facts, now, exceeded, told.as_deref_mut());
                }
                if told.is_some() {
                    facts.span.more().told = told;
                }
                let end = End {
                    at: now,
                    outcome: verdict.outcome,
                    over_budget,
                };
                self.export(recorder, why, &sampling, &end, facts);
            }
        }
    }

    #[inline]
    fn export(
        &self,
        recorder: &Recorder,
        why: Why,
        sampling: &SamplingState,
        end: &End,
        facts: &mut Facts,
    ) {
        let passes_cap = recorder.is_capped() && self.passes_cap(recorder, why, end.at);
        recorder.export(&self.identity, why, passes_cap, &self.bound, |bound| {
            let mut ended = self.ended(bound, sampling, end, facts);
            if passes_cap {
                ended.pass_cap();
            }
            ended
        });
    }

    /// What is left of it when it has ended.
    #[inline]
    fn ended<'a>(
        &self,
        bound: &'a Bound,
        sampling: &SamplingState,
        end: &End,
        facts: &mut Facts,
    ) -> EndedOperation<'a> {
        let identity = &self.identity;
        EndedOperation {
            bound,
            started: self.started.as_nanos(),
            ended: end.at.as_nanos(),
            trace_id: identity.trace_id(),
            span_id: identity.span_id(),
            parent_span_id: identity.parent_span_id,
            incoming: identity.incoming.clone(),
            head: identity.state.threshold,
            threshold: sampling.threshold,
            randomness: sampling.randomness,
            attributes: mem::take(&mut facts.span.attributes),
            dropped_attributes: facts.span.dropped_attributes,
            flags: identity.context.trace_flags(),
            parent_is_remote: identity.parent_is_remote,
            outcome: end.outcome,
            over_budget: end.over_budget,
            more: facts.span.more.take(),
        }
    }

    fn record_metrics(
        &self,
        now: Timestamp,
        verdict: &Verdict<'_>,
        over_budget: bool,
        facts: &mut Facts,
    ) {
        if !facts.running.is_empty() {
            for running in facts.running.drain(..) {
                running.record(Number::Int(-1));
            }
        }
        if let Some(series) = &self.bound.series {
            let measured = Measured {
                outcome: verdict.outcome,
                error_type: verdict.error_type.as_ref(),
                rate_limited: verdict.rate_limited,
                over_budget,
                seconds: now.seconds_since(self.started),
                ended: Some(now),
                measures: &facts.measures,
            };
            series.record(&self.pipeline, &facts.labels, &measured);
        }
    }

    /// The event that tells of an answer which says that the caller asks too often.
    fn add_answer_event(&self, facts: &mut Facts, now: Timestamp, verdict: &Verdict<'_>) {
        let name = match (verdict.banned, verdict.rate_limited) {
            (true, _) => events::CRYPTO_BANNED,
            (false, true) => events::CRYPTO_RATE_LIMITED,
            (false, false) => return,
        };
        facts.touch();
        let Some(limits) = self.limits().filter(|_| !facts.span.is_ended()) else {
            return;
        };
        let keys = [
            http::RESPONSE_STATUS_CODE.name(),
            crypto::RATE_LIMIT_USED.name(),
            crypto::RATE_LIMIT_LIMIT.name(),
            crypto::RATE_LIMIT_RETRY_AFTER.name(),
            crypto::EXCHANGE_ERROR.name(),
        ];
        let set = facts.span.attributes.iter();
        let said = set.filter(|set| keys.contains(&set.name.as_str()));
        let attributes = said
            .map(|set| KeyValue::new(set.name.as_str().to_owned(), Value::from(set.value.clone())))
            .collect();
        let name = Cow::Borrowed(name);
        facts.span.add_event(name, now.into(), attributes, limits);
    }

    /// The events that tell of the end.
    fn add_last_events(
        &self,
        facts: &mut Facts,
        now: Timestamp,
        over_budget: bool,
        told: Option<&mut Told>,
    ) {
        facts.touch();
        let exception = told.and_then(|told| told.exception.take());
        let Some(limits) = self.limits().filter(|_| !facts.span.is_ended()) else {
            return;
        };
        if let Some(exception) = exception {
            let name = Cow::Borrowed(events::EXCEPTION);
            facts.span.add_event(name, now.into(), exception, limits);
        }
        if over_budget && let Some(budget) = self.callsite.budget {
            let duration = now.since(self.started).as_secs_f64();
            let attributes = vec![
                KeyValue::new("crypto.operation.budget", budget.as_secs_f64()),
                KeyValue::new("crypto.operation.duration", duration),
            ];
            let name = Cow::Borrowed(events::CRYPTO_BUDGET_EXCEEDED);
            facts.span.add_event(name, now.into(), attributes, limits);
        }
    }
}
