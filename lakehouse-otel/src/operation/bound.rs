//! A callsite under one pipeline.

use std::borrow::Cow;
use std::sync::OnceLock;

use opentelemetry::KeyValue;
use opentelemetry::trace::SpanKind;

use super::callsite::Callsite;
use super::watched::Watched;
#[cfg(feature = "__otlp")]
use crate::export::otlp::Fields;
use crate::metrics::series::CallsiteSeries;
use crate::pipeline::Pipeline;
use crate::schema::OperationType;
use crate::trace::sampler::OperationSampling;

/// What of a callsite is made once for each pipeline: the span's name and attributes, its sampling,
/// and the series of its metrics.
#[derive(Debug)]
pub(crate) struct Bound {
    pipeline: u64,
    /// The pipeline itself, where it is the program's.
    program: Option<&'static Pipeline>,
    pub(crate) span_name: Cow<'static, str>,
    pub(crate) span_kind: SpanKind,
    /// What every span of the callsite has; it stays here until a span is exported.
    pub(crate) span_attributes: Vec<KeyValue>,
    /// What all its spans have in common, as OTLP has it: encoded with the first of them.
    #[cfg(feature = "__otlp")]
    pub(crate) encoded: OnceLock<Fields>,
    /// `None` where no spans are made.
    pub(super) sampling: Option<OperationSampling>,
    /// `None` where this callsite records no metrics.
    pub(super) series: Option<CallsiteSeries>,
    /// `None` where the callsite has neither a budget nor `resources`.
    pub(super) watched: Option<Watched>,
    /// Whether there is nothing to record of a call but its time and its end, where it says nothing more.
    pub(super) is_timed: bool,
    /// The callsite under the next pipeline.
    next: OnceLock<&'static Bound>,
}

/// The first of a callsite's bound forms, each under one of the program's pipelines in turn. Most
/// programs have one.
pub(super) type FirstBound = OnceLock<&'static Bound>;

impl Bound {
    pub(crate) fn new(callsite: &'static Callsite, pipeline: &Pipeline) -> Self {
        let kind = callsite.kind.as_ref();
        let metrics = callsite.metrics && pipeline.instruments().is_some();
        let series = metrics.then(|| {
            let constants = callsite.constants.iter();
            let constants = constants.map(|(key, constant)| (*key, constant.to_value()));
            CallsiteSeries::new(callsite.definition, constants.collect())
        });
        let watched = Watched::new(callsite, pipeline);
        let counts_running = series.as_ref().is_some_and(CallsiteSeries::counts_running);
        Self {
            pipeline: pipeline.id(),
            program: None,
            span_name: callsite.span_name(),
            span_kind: kind.unwrap_or(&callsite.definition.kind).clone(),
            span_attributes: callsite.span_attributes(),
            #[cfg(feature = "__otlp")]
            encoded: OnceLock::new(),
            sampling: pipeline
                .recorder()
                .map(|recorder| recorder.sampler().operation(callsite.traits)),
            // An invocation says by itself whether it is cold.
            is_timed: pipeline.recorder().is_none()
                && watched.is_none()
                && !counts_running
                && callsite.definition.operation_type != OperationType::Invocation,
            series,
            watched,
            next: OnceLock::new(),
        }
    }

    /// The same, under the program's pipeline.
    pub(super) fn of_program(self, pipeline: &'static Pipeline) -> Self {
        Self {
            program: Some(pipeline),
            ..self
        }
    }

    /// The program's pipeline, where it is bound to that.
    pub(super) fn program(&self) -> Option<&'static Pipeline> {
        self.program
    }

    /// The form under the pipeline of this number, where there is one.
    #[inline]
    pub(super) fn find(first: &FirstBound, pipeline: u64) -> Option<&'static Self> {
        let mut bound = *first.get()?;
        while bound.pipeline != pipeline {
            bound = bound.next.get()?;
        }
        Some(bound)
    }

    /// Puts the form at the end of the callsite's, unless another thread came first.
    ///
    /// It is never freed: operations hold it without counting.
    pub(super) fn append(self, first: &FirstBound) -> &'static Self {
        let pipeline = self.pipeline;
        if let Some(bound) = Self::find(first, pipeline) {
            return bound;
        }
        let leaked: &'static Self = Box::leak(Box::new(self));
        let mut link = first;
        while link.set(leaked).is_err() {
            match link.get() {
                Some(other) if other.pipeline == pipeline => return other,
                Some(other) => link = &other.next,
                None => break,
            }
        }
        leaked
    }
}
