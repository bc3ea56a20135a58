//! An operation that has ended, as it waits for its export.

use std::mem;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

use super::sampler::{Randomness, SamplingState, Threshold};
use super::span::{MoreRecord, SetAttribute, SetAttributes};
use crate::config::SpanLimits;
use crate::operation::Bound;
use crate::schema::Outcome;
use crate::scope;

/// The attribute that says how an operation ended.
pub(crate) const OUTCOME: &str = "crypto.outcome";

/// The attribute that says whether an operation took longer than it should.
pub(crate) const BUDGET_EXCEEDED: &str = "crypto.operation.budget_exceeded";

/// An operation that has ended: what was said of it, and the callsite that says the rest.
///
/// Records lie one after the other in their thread's lane, and the worker reads them from there, on
/// another core: they are small, and what most do without is elsewhere.
#[derive(Debug)]
pub(crate) struct EndedOperation<'a> {
    pub(crate) bound: &'a Bound,
    /// When it began, in nanoseconds since the Unix epoch.
    pub(crate) started: u64,
    /// When it ended, likewise.
    pub(crate) ended: u64,
    pub(crate) trace_id: TraceId,
    pub(crate) span_id: SpanId,
    pub(crate) parent_span_id: SpanId,
    /// The trace state that came from elsewhere.
    pub(crate) incoming: Option<Arc<TraceState>>,
    /// With what its head was kept, where it was and that is known.
    pub(crate) head: Option<Threshold>,
    /// What the span stands for.
    pub(crate) threshold: Option<Threshold>,
    /// The randomness; `None` where it is the trace id's.
    pub(crate) randomness: Option<Randomness>,
    pub(crate) attributes: SetAttributes,
    pub(crate) dropped_attributes: u32,
    /// The flags of its context; sampled where a cap may drop it.
    pub(crate) flags: TraceFlags,
    pub(crate) parent_is_remote: bool,
    pub(crate) outcome: Outcome,
    pub(crate) over_budget: Option<bool>,
    pub(crate) more: Option<Box<MoreRecord>>,
}

/// Three lines of a cache, with what tells it from a span of another maker.
#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<super::ended_span::EndedSpan>() <= 192);

impl EndedOperation<'_> {
    /// Lets it pass the cap: it is there in any case.
    pub(crate) fn pass_cap(&mut self) {
        self.flags = self.flags.with_sampled(false);
    }

    /// What decides whether it stays, where there are too many.
    pub(crate) fn own_randomness(&self) -> Randomness {
        let of_trace = || Randomness::from_trace_id(self.trace_id);
        self.randomness.unwrap_or_else(of_trace)
    }

    /// What the span says of its sampling.
    pub(crate) fn sampling(&self) -> SamplingState {
        SamplingState::new(self.threshold, self.randomness)
    }

    /// Takes the threshold that holds after a cap, to which the head's was told. One that is exported
    /// with certainty was so before the cap: what holds for it is what the cap alone left out.
    pub(crate) fn restate(&mut self, threshold: Option<Threshold>) {
        self.threshold = match (self.threshold, threshold, self.head) {
            // The cap left nothing out: what was said of it holds, also where little is known.
            (own, Some(Threshold::ALWAYS), None) => own,
            (Some(Threshold::ALWAYS), Some(threshold), Some(head)) => Some(threshold.given(head)),
            // Thinned at its end, beyond what its head was kept with.
            (Some(own), Some(threshold), Some(_)) => Some(own.max(threshold)),
            // What is not known of its head is not known of it.
            _ => None,
        };
    }

    /// Whether its attributes are the constants, what tells of its end, and all that was set, in this
    /// order: nothing takes another's place, nothing is over the limit, and the span did not end before
    /// its operation. Nor has it another name.
    #[cfg(feature = "__otlp")]
    pub(crate) fn is_plain(&self, limits: &SpanLimits) -> bool {
        let changed = self.more.as_ref().is_some_and(|more| more.is_changed());
        let (constants, told) = (&self.bound.span_attributes, self.told_attributes());
        let of_end = 1 + told.len() + usize::from(self.over_budget.is_some());
        let is_fixed = |name: &str| {
            name == OUTCOME
                || (self.over_budget.is_some() && name == BUDGET_EXCEEDED)
                || constants
                    .iter()
                    .any(|constant| constant.key.as_str() == name)
                || told.iter().any(|told| told.key.as_str() == name)
        };
        !changed
            && constants.len() + of_end + self.attributes.len() <= limits.attributes
            && !self
                .attributes
                .iter()
                .any(|set| is_fixed(set.name.as_str()))
    }

    /// What the span says of its end beside the outcome.
    #[cfg(feature = "__otlp")]
    pub(crate) fn told_attributes(&self) -> &[KeyValue] {
        let told = self.more.as_ref().and_then(|more| more.told.as_ref());
        told.map_or(&[], |told| &told.attributes)
    }

    /// The span as OpenTelemetry's exporters take it.
    pub(crate) fn into_span(mut self, limits: &SpanLimits) -> SpanData {
        let mut more = self.more.take().map(|more| *more).unwrap_or_default();
        let status = more.status().clone();
        let (attributes, dropped_attributes_count) = self.attributes(&mut more, limits);
        let trace_state = self.sampling().merge_into(self.incoming.as_deref());
        let flags = self.flags.with_sampled(true);
        let mut events = SpanEvents::default();
        events.events = more.events;
        events.dropped_count = more.dropped_events;
        let mut links = SpanLinks::default();
        links.links = more.links;
        links.dropped_count = more.dropped_links;
        SpanData {
            span_context: SpanContext::new(self.trace_id, self.span_id, flags, false, trace_state),
            parent_span_id: self.parent_span_id,
            parent_span_is_remote: self.parent_is_remote,
            span_kind: self.bound.span_kind.clone(),
            name: more
                .name
                .take()
                .unwrap_or_else(|| self.bound.span_name.clone()),
            start_time: time(self.started),
            end_time: more.ended.unwrap_or_else(|| time(self.ended)),
            attributes,
            dropped_attributes_count,
            events,
            links,
            status,
            instrumentation_scope: scope(),
        }
    }

    /// The constants, what tells of the end, and what was set while it ran: the span keeps so many and
    /// no more, so the end comes first.
    fn attributes(&mut self, more: &mut MoreRecord, limits: &SpanLimits) -> (Vec<KeyValue>, u32) {
        let constants = &self.bound.span_attributes;
        let mut attributes = Vec::with_capacity(constants.len() + self.attributes.len() + 4);
        attributes.extend(constants.iter().cloned());
        // A span that was ended before its operation does not know of its end.
        if more.ended.is_none() {
            attributes.push(KeyValue::new(OUTCOME, self.outcome.as_str()));
            if let Some(told) = &mut more.told {
                attributes.append(&mut told.attributes);
            }
            if let Some(exceeded) = self.over_budget {
                attributes.push(KeyValue::new(BUDGET_EXCEEDED, exceeded));
            }
        }
        // What is said of the end is said last: nothing takes its place.
        let (constant, fixed) = (constants.len(), attributes.len());
        for SetAttribute { name, value } in mem::take(&mut self.attributes) {
            let taken = attributes[..fixed]
                .iter()
                .position(|attribute| attribute.key.as_str() == name.as_str());
            match taken {
                None => attributes.push(KeyValue::new(name, value)),
                Some(at) if name.overrides() && at < constant => {
                    attributes[at].value = value.into();
                }
                Some(_) => {}
            }
        }
        let over = attributes.len().saturating_sub(limits.attributes);
        attributes.truncate(limits.attributes);
        for attribute in &mut attributes {
            limits.cut(&mut attribute.value);
        }
        let over = u32::try_from(over).unwrap_or(u32::MAX);
        (attributes, self.dropped_attributes.saturating_add(over))
    }
}

fn time(nanos: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_nanos(nanos)
}
