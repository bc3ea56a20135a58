//! A callsite under one pipeline.

use std::borrow::Cow;
use std::sync::Arc;

use opentelemetry::KeyValue;
use opentelemetry::trace::SpanKind;

use super::callsite::Callsite;
use crate::metrics::series::CallsiteSeries;
use crate::pipeline::Pipeline;

/// What of a callsite is made once for each pipeline: the span's name and attributes, and the
/// series of its metrics.
#[derive(Debug)]
pub(crate) struct Bound {
    pipeline: u64,
    pub(super) span_name: Cow<'static, str>,
    pub(super) span_kind: SpanKind,
    pub(super) span_attributes: Vec<KeyValue>,
    /// `None` where this callsite records no metrics.
    pub(super) series: Option<CallsiteSeries>,
}

impl Bound {
    pub(crate) fn new(callsite: &'static Callsite, pipeline: &Arc<Pipeline>) -> Self {
        let kind = callsite.kind.as_ref();
        let metrics = callsite.metrics && pipeline.instruments().is_some();
        Self {
            pipeline: pipeline.id(),
            span_name: callsite.span_name(),
            span_kind: kind.unwrap_or(&callsite.definition.kind).clone(),
            span_attributes: callsite.span_attributes(),
            series: metrics.then(|| {
                let constants = callsite.constants.iter();
                let constants = constants.map(|(key, constant)| (*key, constant.to_value()));
                CallsiteSeries::new(callsite.definition, constants.collect())
            }),
        }
    }

    pub(super) fn belongs_to(&self, pipeline: &Pipeline) -> bool {
        self.pipeline == pipeline.id()
    }
}
