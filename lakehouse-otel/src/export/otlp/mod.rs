//! OTLP exporters: opentelemetry-otlp's, on a runtime of ours, bounded in time.
//!
//! opentelemetry-otlp tries an export up to four times, 100 ms to 1.6 s apart, as long as its timeout
//! lasts. That timeout does not end a request under way; [`Runtime::run`] does, so an export, retries
//! and all, never takes longer than `OTEL_EXPORTER_OTLP_TIMEOUT`.

#[cfg(feature = "otlp-grpc")]
mod grpc;
#[cfg(feature = "otlp-http")]
mod http;
mod runtime;
mod wire;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry_otlp::{MetricExporter, SpanExporter};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter as _;
use opentelemetry_sdk::trace::{SpanData, SpanExporter as _};

use crate::config::{OtlpConfig, Protocol};
use crate::export::sink::{ExportFailure, Exported, MetricSink, Rejected, SpanSink};

pub(crate) use runtime::Runtime;
use wire::Wire;

/// An exporter that could not be made.
#[derive(Debug)]
pub(crate) struct BuildError(pub(crate) String);

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BuildError {}

/// What both signals have in common: where an export runs, how long, and what the wire saw.
#[derive(Debug)]
struct Transport {
    runtime: Arc<Runtime>,
    timeout: Duration,
    wire: Wire,
}

impl Transport {
    fn new(runtime: &Arc<Runtime>, config: &OtlpConfig) -> Self {
        Self {
            runtime: Arc::clone(runtime),
            timeout: config.timeout,
            wire: Wire::default(),
        }
    }

    fn run(&self, export: impl Future<Output = OTelSdkResult>) -> Exported {
        self.wire.reset();
        match self.runtime.run(self.timeout, export) {
            Ok(Ok(())) => Ok(Rejected(self.wire.rejected())),
            // The wire knows better than "network error".
            Ok(Err(error)) => Err(ExportFailure::new(
                self.wire.error().unwrap_or_else(|| error.to_string()),
            )),
            Err(cut_short) => Err(ExportFailure::new(match self.wire.error() {
                Some(error) => format!("{cut_short}; before that: {error}"),
                None => cut_short.to_string(),
            })),
        }
    }
}

/// Spans over OTLP.
#[derive(Debug)]
pub(crate) struct OtlpSpans {
    exporter: SpanExporter,
    transport: Transport,
}

impl OtlpSpans {
    pub(crate) fn new(
        runtime: &Arc<Runtime>,
        config: &OtlpConfig,
        resource: &Resource,
    ) -> Result<Self, BuildError> {
        let transport = Transport::new(runtime, config);
        let mut exporter = match config.protocol {
            #[cfg(feature = "otlp-http")]
            Protocol::HttpProtobuf => http::spans(config, &transport.wire)?,
            #[cfg(feature = "otlp-grpc")]
            Protocol::Grpc => runtime.enter(|| grpc::spans(config))?,
            #[cfg(not(all(feature = "otlp-http", feature = "otlp-grpc")))]
            missing => return Err(not_built(missing)),
        };
        exporter.set_resource(resource);
        Ok(Self {
            exporter,
            transport,
        })
    }
}

impl SpanSink for OtlpSpans {
    fn export(&mut self, batch: Vec<SpanData>) -> Exported {
        self.transport.run(self.exporter.export(batch))
    }
}

/// Metrics over OTLP.
#[derive(Debug)]
pub(crate) struct OtlpMetrics {
    exporter: MetricExporter,
    transport: Transport,
}

impl OtlpMetrics {
    pub(crate) fn new(
        runtime: &Arc<Runtime>,
        config: &OtlpConfig,
        temporality: Temporality,
    ) -> Result<Self, BuildError> {
        let transport = Transport::new(runtime, config);
        let exporter = match config.protocol {
            #[cfg(feature = "otlp-http")]
            Protocol::HttpProtobuf => http::metrics(config, temporality, &transport.wire)?,
            #[cfg(feature = "otlp-grpc")]
            Protocol::Grpc => runtime.enter(|| grpc::metrics(config, temporality))?,
            #[cfg(not(all(feature = "otlp-http", feature = "otlp-grpc")))]
            missing => return Err(not_built(missing)),
        };
        Ok(Self {
            exporter,
            transport,
        })
    }
}

impl MetricSink for OtlpMetrics {
    fn export(&self, metrics: &ResourceMetrics) -> Exported {
        self.transport.run(self.exporter.export(metrics))
    }

    fn temporality(&self) -> Temporality {
        self.exporter.temporality()
    }
}

#[cfg(not(all(feature = "otlp-http", feature = "otlp-grpc")))]
fn not_built(protocol: Protocol) -> BuildError {
    BuildError(format!("the protocol {protocol} is not built in"))
}
