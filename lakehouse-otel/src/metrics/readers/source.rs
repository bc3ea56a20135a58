//! Where metrics are read: one of the SDK's readers, which reads when it is told to.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Weak};
use std::time::Duration;

use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::reader::MetricReader;
use opentelemetry_sdk::metrics::{InstrumentKind, ManualReader, Pipeline, Temporality};

use crate::metrics::callbacks::Callbacks;

/// The metrics of one lane in one temporality. Clones read the same.
#[derive(Clone, Debug)]
pub(crate) struct Source(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    reader: ManualReader,
    temporality: Temporality,
    callbacks: Arc<Callbacks>,
}

impl Source {
    pub(crate) fn new(temporality: Temporality, callbacks: Arc<Callbacks>) -> Self {
        let reader = ManualReader::builder()
            .with_temporality(temporality)
            .build();
        Self(Arc::new(Inner {
            reader,
            temporality,
            callbacks,
        }))
    }

    pub(crate) fn temporality(&self) -> Temporality {
        self.0.temporality
    }

    /// Calls the callbacks and reads all metrics into `metrics`, whose memory is used again.
    pub(crate) fn read(&self, metrics: &mut ResourceMetrics) -> Result<(), String> {
        let collect = || panic::catch_unwind(AssertUnwindSafe(|| self.0.reader.collect(metrics)));
        let of_counters = self.0.reader.temporality(InstrumentKind::ObservableCounter);
        match self.0.callbacks.collect(of_counters, collect) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(OTelSdkError::InternalFailure(reason))) => Err(reason),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("the collection panicked".to_owned()),
        }
    }
}

impl MetricReader for Source {
    fn register_pipeline(&self, pipeline: Weak<Pipeline>) {
        self.0.reader.register_pipeline(pipeline);
    }

    fn collect(&self, metrics: &mut ResourceMetrics) -> OTelSdkResult {
        self.0.reader.collect(metrics)
    }

    /// What reads here exports; there is nothing to flush in a source.
    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.reader.shutdown_with_timeout(timeout)
    }

    fn temporality(&self, kind: InstrumentKind) -> Temporality {
        self.0.reader.temporality(kind)
    }
}
