//! The same rules for spans that are made by the OpenTelemetry API.

use std::sync::Arc;

use opentelemetry::trace::{Link, SpanKind, TraceContextExt, TraceId, TraceState};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{SamplingDecision, SamplingResult, ShouldSample};

use super::{OperationSampling, ParentSampling, Recording, Sampler, Traits};
use crate::trace::recorder;

/// A [`Sampler`] for OpenTelemetry's SDK. Its spans follow their parent, operations included; as roots they have the
/// environment's rate.
#[derive(Clone, Debug)]
pub struct SdkSampler {
    sampler: Arc<Sampler>,
    spans: OperationSampling,
}

impl SdkSampler {
    /// The same sampler, for the SDK.
    #[must_use]
    pub fn new(sampler: Arc<Sampler>) -> Self {
        let spans = sampler.operation(Traits::default());
        Self { sampler, spans }
    }
}

impl ShouldSample for SdkSampler {
    fn should_sample(
        &self,
        parent_context: Option<&Context>,
        trace_id: TraceId,
        _name: &str,
        _span_kind: &SpanKind,
        _attributes: &[KeyValue],
        _links: &[Link],
    ) -> SamplingResult {
        let (parent, others) = parent_context.and_then(parent_of).unzip();
        // Nothing is drawn for what follows its parent.
        let decision = self.sampler.decide(&self.spans, trace_id, parent, || 0);
        SamplingResult {
            decision: match decision.recording {
                Recording::Sampled => SamplingDecision::RecordAndSample,
                Recording::Unsampled | Recording::Off => SamplingDecision::Drop,
            },
            attributes: Vec::new(),
            trace_state: decision.state.merge_into(others.flatten().as_ref()),
        }
    }
}

/// What is known of the span in a context, and the tracestate that came with it. An operation's is not in
/// its span's context, which would cost each operation allocations.
fn parent_of(context: &Context) -> Option<(ParentSampling, Option<TraceState>)> {
    let parent = recorder::sampling_of(context)?;
    let others = match recorder::outgoing_state(context) {
        Some((_, incoming)) => incoming,
        None => Some(context.span().span_context().trace_state().clone()),
    };
    Some((parent, others))
}
