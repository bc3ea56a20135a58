//! The same rules for spans that are made by the OpenTelemetry API.

use std::sync::Arc;

use opentelemetry::trace::{Link, SpanKind, TraceId};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{SamplingDecision, SamplingResult, ShouldSample};

use super::context::parent_of;
use super::{OperationSampling, Recording, Sampler, Traits};

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
        let (parent, incoming) = parent_context.and_then(parent_of).unzip();
        // Nothing is drawn for what follows its parent.
        let decision = self.sampler.decide(&self.spans, trace_id, parent, || 0);
        SamplingResult {
            decision: match decision.recording {
                Recording::Sampled => SamplingDecision::RecordAndSample,
                Recording::Unsampled | Recording::Off => SamplingDecision::Drop,
            },
            attributes: Vec::new(),
            trace_state: decision.state.merge_into(incoming.as_ref()),
        }
    }
}
