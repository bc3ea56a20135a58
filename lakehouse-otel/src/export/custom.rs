//! Span exporters of other makers.

use std::fmt;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SpanExporter;

use super::sink::{Batch, ExportFailure, Exported, Rejected, SpanSink};

/// An exporter that the program brings along. Its future runs on the worker's thread, and what it needs
/// of a runtime it brings along too.
pub(crate) struct CustomSpans<E>(E);

impl<E: SpanExporter> CustomSpans<E> {
    pub(crate) fn new(mut exporter: E, resource: &Resource) -> Self {
        exporter.set_resource(resource);
        Self(exporter)
    }
}

impl<E: SpanExporter> SpanSink for CustomSpans<E> {
    fn export(&mut self, batch: Batch<'_>) -> Exported {
        match futures_executor::block_on(self.0.export(batch.into_span_data())) {
            Ok(()) => Ok(Rejected(0)),
            Err(error) => Err(ExportFailure::new(error.to_string())),
        }
    }

    fn flush(&mut self) {
        // What it could not deliver it has reported as a failed export.
        let _ = self.0.force_flush();
    }

    fn shutdown(&mut self) {
        let _ = self.0.shutdown();
    }
}

impl<E> fmt::Debug for CustomSpans<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CustomSpans").finish()
    }
}
