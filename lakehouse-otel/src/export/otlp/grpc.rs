//! OTLP over gRPC: OpenTelemetry's generated clients on a channel of ours.
//!
//! opentelemetry-otlp's exporter would let the process's own variables compress what a builder says
//! goes plain, and tells nobody how much a backend rejected.

use std::time::Duration;

use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, metrics_service_client::MetricsServiceClient,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, trace_service_client::TraceServiceClient,
};
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::trace::SpanData;
use tonic::codec::CompressionEncoding;
use tonic::metadata::{AsciiMetadataKey, AsciiMetadataValue, MetadataMap};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Response, Status};
use tonic_types::StatusExt as _;

use super::{BuildError, USER_AGENT, root_cause};
use crate::config::{Compression, OtlpConfig};
use crate::export::sink::{ExportFailure, Exported, Rejected};

/// As opentelemetry-otlp waits over HTTP.
const RETRIES: [Duration; 3] = [
    Duration::from_millis(100),
    Duration::from_millis(400),
    Duration::from_millis(1_600),
];

/// Sends spans.
#[derive(Debug)]
pub(super) struct Spans {
    client: TraceServiceClient<Channel>,
    headers: MetadataMap,
    resource: ResourceAttributesWithSchema,
}

impl Spans {
    pub(super) fn new(config: &OtlpConfig, resource: &Resource) -> Result<Self, BuildError> {
        let client = TraceServiceClient::new(channel(config)?);
        Ok(Self {
            client: match config.compression {
                Compression::None => client,
                Compression::Gzip => client.send_compressed(CompressionEncoding::Gzip),
            },
            headers: headers(config)?,
            resource: resource.into(),
        })
    }

    pub(super) async fn export(&self, batch: Vec<SpanData>) -> Exported {
        let request = ExportTraceServiceRequest {
            resource_spans: group_spans_by_resource_and_scope(batch, &self.resource),
        };
        let response = retried(|| {
            let (mut client, request) = (self.client.clone(), self.request(request.clone()));
            async move { client.export(request).await }
        });
        let partial = response.await?.partial_success.unwrap_or_default();
        Ok(rejected(partial.rejected_spans))
    }

    fn request<T>(&self, message: T) -> tonic::Request<T> {
        tonic::Request::from_parts(self.headers.clone(), tonic::Extensions::default(), message)
    }
}

/// Sends metrics.
#[derive(Debug)]
pub(super) struct Metrics {
    client: MetricsServiceClient<Channel>,
    headers: MetadataMap,
}

impl Metrics {
    pub(super) fn new(config: &OtlpConfig) -> Result<Self, BuildError> {
        let client = MetricsServiceClient::new(channel(config)?);
        Ok(Self {
            client: match config.compression {
                Compression::None => client,
                Compression::Gzip => client.send_compressed(CompressionEncoding::Gzip),
            },
            headers: headers(config)?,
        })
    }

    pub(super) async fn export(&self, metrics: &ResourceMetrics) -> Exported {
        let request = ExportMetricsServiceRequest::from(metrics);
        let response = retried(|| {
            let (mut client, request) = (self.client.clone(), self.request(request.clone()));
            async move { client.export(request).await }
        });
        let partial = response.await?.partial_success.unwrap_or_default();
        Ok(rejected(partial.rejected_data_points))
    }

    fn request<T>(&self, message: T) -> tonic::Request<T> {
        tonic::Request::from_parts(self.headers.clone(), tonic::Extensions::default(), message)
    }
}

fn rejected(count: i64) -> Rejected {
    Rejected(u64::try_from(count).unwrap_or_default())
}

/// Calls until it goes through, may not be tried again, or has been tried often enough.
async fn retried<T, F>(call: impl Fn() -> F) -> Result<T, ExportFailure>
where
    F: Future<Output = Result<Response<T>, Status>>,
{
    for pause in RETRIES {
        match call().await {
            Ok(response) => return Ok(response.into_inner()),
            Err(status) => match pause_before_retry(&status, pause) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(failure(&status)),
            },
        }
    }
    let last = call().await;
    last.map(Response::into_inner)
        .map_err(|status| failure(&status))
}

/// How long to wait before the next try; `None` where OTLP's specification allows none.
fn pause_before_retry(status: &Status, pause: Duration) -> Option<Duration> {
    let asked = status
        .get_details_retry_info()
        .and_then(|info| info.retry_delay);
    match status.code() {
        Code::Cancelled
        | Code::DeadlineExceeded
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unavailable
        | Code::DataLoss => Some(asked.unwrap_or(pause)),
        Code::ResourceExhausted => asked,
        _ => None,
    }
}

fn failure(status: &Status) -> ExportFailure {
    let code = status.code();
    ExportFailure::new(match std::error::Error::source(status) {
        Some(source) => format!("gRPC status {code:?}: {}", root_cause(source)),
        None => format!("gRPC status {code:?}: {}", status.message()),
    })
}

/// Connects at the first export, on the runtime in which it was made.
fn channel(config: &OtlpConfig) -> Result<Channel, BuildError> {
    let endpoint = Endpoint::from_shared(config.endpoint.clone())
        .and_then(|endpoint| endpoint.user_agent(USER_AGENT))
        .map_err(|error| BuildError(format!("the endpoint is no URI: {error}")))?
        .timeout(config.timeout)
        .connect_timeout(config.timeout);
    #[cfg(feature = "tls")]
    let endpoint = if config.endpoint.to_ascii_lowercase().starts_with("https:") {
        endpoint
            .tls_config(tonic::transport::ClientTlsConfig::new().with_native_roots())
            .map_err(|error| BuildError(format!("https: {error}")))?
    } else {
        endpoint
    };
    Ok(endpoint.connect_lazy())
}

fn headers(config: &OtlpConfig) -> Result<MetadataMap, BuildError> {
    let mut metadata = MetadataMap::new();
    for (name, value) in config.headers.iter() {
        let parsed: Option<(AsciiMetadataKey, AsciiMetadataValue)> =
            name.parse().ok().zip(value.parse().ok());
        let (name, mut value) = parsed
            .ok_or_else(|| BuildError(format!("the header {name:?} is not valid in gRPC")))?;
        value.set_sensitive(true);
        metadata.insert(name, value);
    }
    Ok(metadata)
}
