//! OTLP exporters, on a runtime of ours, bounded in time.
//!
//! ```text
//! ended spans ── encode ──► the request's bytes ──┬─► http ──┐
//!                (field, protobuf)                └─► grpc ──┴── retry ──► the backend
//! ```
//!
//! An export is tried up to four times, 100 ms to 1.7 s apart, or when the backend says (`Retry-After`,
//! `RetryInfo`): after HTTP's 429, 502, 503 and 504 and the gRPC codes that OTLP's specification names,
//! and where there was no answer. [`Runtime::run`] bounds it: retries and all, it never takes longer than
//! `OTEL_EXPORTER_OTLP_TIMEOUT`.

#[cfg(feature = "otlp-grpc")]
mod codec;
mod encode;
mod field;
#[cfg(feature = "otlp-grpc")]
mod grpc;
#[cfg(feature = "otlp-http")]
mod http;
mod protobuf;
mod retry;
mod runtime;
#[cfg(feature = "otlp-http")]
mod wire;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::data::ResourceMetrics;

use crate::config::{OtlpConfig, Protocol};
use crate::export::sink::{Batch, ExportFailure, Exported, MetricSink, SpanSink};

use encode::Encoder;
pub(crate) use protobuf::Fields;
pub(crate) use runtime::Runtime;

const USER_AGENT: &str = concat!("lakehouse-otel/", env!("CARGO_PKG_VERSION"));

/// An exporter that could not be made.
#[derive(Debug)]
pub(crate) struct BuildError(pub(crate) String);

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BuildError {}

/// The innermost error: an outer one may name a URL, which may hold a secret, and gives no cause.
fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// What both signals have in common: where an export runs, and how long.
#[derive(Debug)]
struct Bounds {
    runtime: Arc<Runtime>,
    timeout: Duration,
}

impl Bounds {
    fn new(runtime: &Arc<Runtime>, config: &OtlpConfig) -> Self {
        Self {
            runtime: Arc::clone(runtime),
            timeout: config.timeout,
        }
    }

    /// Runs an export; `before` knows of an error that was met before it was cut short.
    fn run(
        &self,
        export: impl Future<Output = Exported>,
        before: impl FnOnce() -> Option<String>,
    ) -> Exported {
        self.runtime
            .run(self.timeout, export)
            .unwrap_or_else(|cut_short| {
                Err(ExportFailure::new(match before() {
                    Some(error) => format!("{cut_short}; before that: {error}"),
                    None => cut_short.to_string(),
                }))
            })
    }
}

/// Spans over OTLP.
#[derive(Debug)]
pub(crate) struct OtlpSpans {
    encoder: Encoder,
    exporter: Spans,
    bounds: Bounds,
}

#[derive(Debug)]
enum Spans {
    #[cfg(feature = "otlp-http")]
    Http(http::Spans),
    #[cfg(feature = "otlp-grpc")]
    Grpc(grpc::Spans),
}

impl OtlpSpans {
    pub(crate) fn new(
        runtime: &Arc<Runtime>,
        config: &OtlpConfig,
        resource: &Resource,
    ) -> Result<Self, BuildError> {
        let exporter = match config.protocol {
            #[cfg(feature = "otlp-http")]
            Protocol::HttpProtobuf => Spans::Http(http::Spans::new(config)?),
            #[cfg(feature = "otlp-grpc")]
            Protocol::Grpc => Spans::Grpc(runtime.enter(|| grpc::Spans::new(config))?),
            #[cfg(not(all(feature = "otlp-http", feature = "otlp-grpc")))]
            missing => return Err(not_built(missing)),
        };
        Ok(Self {
            encoder: Encoder::new(resource),
            exporter,
            bounds: Bounds::new(runtime, config),
        })
    }
}

impl SpanSink for OtlpSpans {
    fn export(&mut self, batch: Batch<'_>) -> Exported {
        let request = self.encoder.encode(batch);
        let exported = match &self.exporter {
            #[cfg(feature = "otlp-http")]
            Spans::Http(http) => self.bounds.run(http.export(&request), || http.error()),
            #[cfg(feature = "otlp-grpc")]
            Spans::Grpc(grpc) => self.bounds.run(grpc.export(&request), || None),
        };
        self.encoder.reuse(request);
        exported
    }
}

/// Metrics over OTLP.
#[derive(Debug)]
pub(crate) struct OtlpMetrics {
    exporter: Metrics,
    bounds: Bounds,
}

#[derive(Debug)]
enum Metrics {
    #[cfg(feature = "otlp-http")]
    Http(http::Metrics),
    #[cfg(feature = "otlp-grpc")]
    Grpc(grpc::Metrics),
}

impl OtlpMetrics {
    pub(crate) fn new(runtime: &Arc<Runtime>, config: &OtlpConfig) -> Result<Self, BuildError> {
        let exporter = match config.protocol {
            #[cfg(feature = "otlp-http")]
            Protocol::HttpProtobuf => Metrics::Http(http::Metrics::new(config)?),
            #[cfg(feature = "otlp-grpc")]
            Protocol::Grpc => Metrics::Grpc(runtime.enter(|| grpc::Metrics::new(config))?),
            #[cfg(not(all(feature = "otlp-http", feature = "otlp-grpc")))]
            missing => return Err(not_built(missing)),
        };
        Ok(Self {
            exporter,
            bounds: Bounds::new(runtime, config),
        })
    }
}

impl MetricSink for OtlpMetrics {
    fn export(&mut self, metrics: &[ResourceMetrics]) -> Exported {
        let requests = metrics.iter().map(ExportMetricsServiceRequest::from);
        let request = ExportMetricsServiceRequest {
            resource_metrics: requests
                .flat_map(|request| request.resource_metrics)
                .collect(),
        };
        match &self.exporter {
            #[cfg(feature = "otlp-http")]
            Metrics::Http(http) => self.bounds.run(http.export(request), || http.error()),
            #[cfg(feature = "otlp-grpc")]
            Metrics::Grpc(grpc) => self.bounds.run(grpc.export(request), || None),
        }
    }
}

#[cfg(not(all(feature = "otlp-http", feature = "otlp-grpc")))]
fn not_built(protocol: Protocol) -> BuildError {
    BuildError(format!("the protocol {protocol} is not built in"))
}
