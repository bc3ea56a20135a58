//! Where batches go: the part of an exporter that the workers see.

use std::fmt;
use std::vec;

use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::trace::SpanData;

use crate::config::SpanLimits;
use crate::trace::ended_span::EndedSpan;

/// What came of an export: how many items the backend refused, or why it failed.
pub(crate) type Exported = Result<Rejected, ExportFailure>;

/// How many items of an export that went through the backend refused.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rejected(pub(crate) u64);

/// An export that did not go through.
#[derive(Clone, Debug)]
pub(crate) struct ExportFailure {
    pub(crate) reason: String,
}

impl ExportFailure {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
        }
    }
}

/// Spans that are exported together, as they ended.
#[derive(Debug)]
pub(crate) struct Batch<'a> {
    pub(crate) spans: vec::Drain<'a, EndedSpan>,
    pub(crate) limits: &'a SpanLimits,
}

impl Batch<'_> {
    /// The spans as OpenTelemetry's exporters take them.
    pub(crate) fn into_span_data(self) -> Vec<SpanData> {
        let spans = self.spans;
        spans.map(|span| span.into_span(self.limits)).collect()
    }
}

/// Takes spans. Called by one worker thread, which it may keep for a bounded time.
pub(crate) trait SpanSink: Send + fmt::Debug {
    /// Exports a batch.
    fn export(&mut self, batch: Batch<'_>) -> Exported;

    /// Lets go of what it holds back: a console prints what is not complete.
    fn flush(&mut self) {}

    /// Ends: nothing comes after it.
    fn shutdown(&mut self) {}
}

/// Takes metrics. Called by the reader's thread, which it may keep for a bounded time.
pub(crate) trait MetricSink: Send + fmt::Debug {
    /// Exports what was collected, from one source or from several.
    fn export(&mut self, metrics: &[ResourceMetrics]) -> Exported;
}
