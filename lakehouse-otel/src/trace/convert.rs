//! From an operation that has ended to the SDK's `SpanData`: on the worker, far from the operation.

use std::time::SystemTime;

use opentelemetry::trace::{SpanContext, Status};
use opentelemetry::KeyValue;
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

use super::sampler::Threshold;
use super::span::{MoreRecord, SetAttribute, SpanRecord};
use crate::config::SpanLimits;
use crate::operation::{Active, End};
use crate::scope;

/// The span of an operation that has ended; nothing where it was converted before. `threshold`
/// takes the place of the one that was decided, where the worker had to choose among spans.
pub(crate) fn span_data(
    operation: &Active,
    limits: &SpanLimits,
    threshold: Option<Option<Threshold>>,
) -> Option<SpanData> {
    operation.read_ended(|span, end| Conversion { operation, limits }.span(span, end, threshold))
}

struct Conversion<'a> {
    operation: &'a Active,
    limits: &'a SpanLimits,
}

impl Conversion<'_> {
    fn span(
        &self,
        span: &mut SpanRecord,
        end: End,
        threshold: Option<Option<Threshold>>,
    ) -> SpanData {
        let operation = self.operation;
        let identity = operation.identity();
        let bound = operation.bound();
        let mut state = end.sampling;
        if let Some(threshold) = threshold {
            state.threshold = threshold;
        }
        let started = SystemTime::from(operation.started());
        let mut more = span.more.take().map(|more| *more).unwrap_or_default();
        let end_time = more.ended.unwrap_or_else(|| end.at.into());
        let own = &identity.span_context;
        let span_context = SpanContext::new(
            own.trace_id(),
            own.span_id(),
            own.trace_flags().with_sampled(true),
            false,
            state.merge_into(identity.incoming.as_deref()),
        );
        let name = more.name.take().unwrap_or_else(|| bound.span_name.clone());
        let status = status(&more, &end);
        let (attributes, dropped_attributes_count) = self.attributes(span, &end, &more);
        let mut events = SpanEvents::default();
        events.events = more.events;
        events.dropped_count = more.dropped_events;
        let mut links = SpanLinks::default();
        links.links = more.links;
        links.dropped_count = more.dropped_links;
        SpanData {
            span_context,
            parent_span_id: identity.parent_span_id,
            parent_span_is_remote: identity.parent_is_remote,
            span_kind: bound.span_kind.clone(),
            name,
            start_time: started,
            end_time,
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
    fn attributes(
        &self,
        span: &mut SpanRecord,
        end: &End,
        more: &MoreRecord,
    ) -> (Vec<KeyValue>, u32) {
        let constants = &self.operation.bound().span_attributes;
        let mut attributes = Vec::with_capacity(constants.len() + span.attributes.len() + 4);
        attributes.extend(constants.iter().cloned());
        // A span that was ended before its operation does not know of its end.
        if more.ended.is_none() {
            attributes.push(KeyValue::new("crypto.outcome", end.outcome.as_str()));
            if let Some(told) = &end.told {
                attributes.extend(told.attributes.iter().cloned());
            }
            if let Some(exceeded) = end.over_budget {
                attributes.push(KeyValue::new("crypto.operation.budget_exceeded", exceeded));
            }
        }
        let fixed = attributes.len();
        for SetAttribute {
            key,
            value,
            overrides,
        } in span.attributes.drain(..)
        {
            let taken = attributes[..fixed]
                .iter_mut()
                .find(|attribute| attribute.key == key);
            match taken {
                None => attributes.push(KeyValue::new(key, value)),
                Some(attribute) if overrides => attribute.value = value.into(),
                Some(_) => {}
            }
        }
        let over = attributes.len().saturating_sub(self.limits.attributes);
        attributes.truncate(self.limits.attributes);
        for attribute in &mut attributes {
            self.limits.cut(&mut attribute.value);
        }
        let over = u32::try_from(over).unwrap_or(u32::MAX);
        (attributes, span.dropped_attributes.saturating_add(over))
    }
}

/// What was set through OpenTelemetry's API, and the end's own where it says something: an `Ok` that was
/// set is the last word, and any other gives way.
fn status(more: &MoreRecord, end: &End) -> Status {
    let of_end = end.told.as_ref().map_or(Status::Unset, |told| told.status.clone());
    if more.ended.is_some() || more.status == Status::Ok || of_end == Status::Unset {
        more.status.clone()
    } else {
        of_end
    }
}
