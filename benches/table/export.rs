//! What stands in for the exporters of OpenTelemetry's SDK: it takes and drops, and counts.

use std::fmt;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use prost::Message;

/// How many spans reached an exporter.
pub(crate) type Taken = Arc<AtomicU64>;

/// Takes spans; serialises them where it is told to, as the OTLP exporter does, and drops them.
pub(crate) struct TakeAndDrop {
    pub(crate) taken: Taken,
    pub(crate) serialise: bool,
    resource: ResourceAttributesWithSchema,
}

impl TakeAndDrop {
    pub(crate) fn new(taken: &Taken, serialise: bool) -> Self {
        Self {
            taken: Arc::clone(taken),
            serialise,
            resource: ResourceAttributesWithSchema::default(),
        }
    }
}

impl SpanExporter for TakeAndDrop {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.taken.fetch_add(batch.len() as u64, Ordering::Relaxed);
        if self.serialise {
            let request = ExportTraceServiceRequest {
                resource_spans: group_spans_by_resource_and_scope(batch, &self.resource),
            };
            black_box(request.encode_to_vec());
        }
        Ok(())
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.resource = resource.into();
    }
}

impl fmt::Debug for TakeAndDrop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TakeAndDrop")
            .field("taken", &self.taken)
            .finish_non_exhaustive()
    }
}

/// Takes metrics and drops them.
pub(crate) struct DropMetrics;

impl PushMetricExporter for DropMetrics {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        black_box(metrics);
        Ok(())
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        Temporality::Cumulative
    }
}
