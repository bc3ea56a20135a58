//! OTLP over gRPC, on a channel of ours: OpenTelemetry's generated client for metrics, and for spans,
//! which are encoded already, what it does.
//!
//! opentelemetry-otlp's exporter would let the process's own variables compress what a builder says
//! goes plain, and tells nobody how much a backend rejected.

use std::time::Duration;

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, metrics_service_client::MetricsServiceClient,
};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use tonic::client::Grpc;
use tonic::codec::CompressionEncoding;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::metadata::{AsciiMetadataKey, AsciiMetadataValue, MetadataMap};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, GrpcMethod, Request, Response, Status};
use tonic_types::StatusExt as _;

use super::codec::EncodedCodec;
use super::retry::{Refusal, Retry, retried};
use super::{BuildError, USER_AGENT, root_cause};
use crate::config::{Compression, OtlpConfig};
use crate::export::sink::{ExportFailure, Exported, Rejected};

const TRACE_SERVICE: &str = "opentelemetry.proto.collector.trace.v1.TraceService";
const TRACE_SERVICE_EXPORT: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

/// Sends spans.
#[derive(Debug)]
pub(super) struct Spans {
    client: Grpc<Channel>,
    headers: MetadataMap,
    timeout: Duration,
}

impl Spans {
    pub(super) fn new(config: &OtlpConfig) -> Result<Self, BuildError> {
        let client = Grpc::new(channel(config)?);
        Ok(Self {
            client: match config.compression {
                Compression::None => client,
                Compression::Gzip => client.send_compressed(CompressionEncoding::Gzip),
            },
            headers: headers(config)?,
            timeout: config.timeout,
        })
    }

    /// Sends an `ExportTraceServiceRequest` that is encoded already.
    pub(super) async fn export(&self, request: &Bytes) -> Exported {
        let response = retried(self.timeout, || answer(self.call(request.clone()))).await?;
        let partial = response.partial_success.unwrap_or_default();
        Ok(rejected(partial.rejected_spans))
    }

    /// What OpenTelemetry's generated client does, with another codec.
    async fn call(&self, request: Bytes) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let mut client = self.client.clone();
        let not_ready = |error| Status::unknown(format!("not ready: {}", root_cause(&error)));
        client.ready().await.map_err(not_ready)?;
        let mut request = request_with(&self.headers, request);
        let extensions = request.extensions_mut();
        extensions.insert(GrpcMethod::new(TRACE_SERVICE, "Export"));
        let path = PathAndQuery::from_static(TRACE_SERVICE_EXPORT);
        client.unary(request, path, EncodedCodec::new()).await
    }
}

/// Sends metrics.
#[derive(Debug)]
pub(super) struct Metrics {
    client: MetricsServiceClient<Channel>,
    headers: MetadataMap,
    timeout: Duration,
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
            timeout: config.timeout,
        })
    }

    pub(super) async fn export(&self, request: ExportMetricsServiceRequest) -> Exported {
        let response = retried(self.timeout, || {
            let mut client = self.client.clone();
            let request = request_with(&self.headers, request.clone());
            answer(async move { client.export(request).await })
        });
        let partial = response.await?.partial_success.unwrap_or_default();
        Ok(rejected(partial.rejected_data_points))
    }
}

fn request_with<T>(headers: &MetadataMap, message: T) -> Request<T> {
    Request::from_parts(headers.clone(), tonic::Extensions::default(), message)
}

fn rejected(count: i64) -> Rejected {
    Rejected(u64::try_from(count).unwrap_or_default())
}

/// One call.
async fn answer<T>(call: impl Future<Output = Result<Response<T>, Status>>) -> Result<T, Refusal> {
    let answer = call.await.map(Response::into_inner);
    answer.map_err(|status| Refusal {
        failure: failure(&status),
        retry: retry(&status),
    })
}

/// Whether OTLP's specification allows another try.
fn retry(status: &Status) -> Retry {
    let asked = status
        .get_details_retry_info()
        .and_then(|info| info.retry_delay);
    match status.code() {
        Code::Cancelled
        | Code::DeadlineExceeded
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unavailable
        | Code::DataLoss => asked.map_or(Retry::Later, Retry::After),
        Code::ResourceExhausted => asked.map_or(Retry::Never, Retry::After),
        _ => Retry::Never,
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

#[cfg(test)]
mod tests {
    use tonic_types::ErrorDetails;

    use super::*;

    #[test]
    fn what_is_tried_again() {
        let asked = Duration::from_secs(2);
        let status = |code| Status::new(code, "");
        let asking = |code| {
            let details = ErrorDetails::with_retry_info(Some(asked));
            Status::with_error_details(code, "", details)
        };
        assert_eq!(retry(&status(Code::Unavailable)), Retry::Later);
        assert_eq!(retry(&asking(Code::Unavailable)), Retry::After(asked));
        // Full, and it does not say that it will be otherwise.
        assert_eq!(retry(&status(Code::ResourceExhausted)), Retry::Never);
        assert_eq!(retry(&asking(Code::ResourceExhausted)), Retry::After(asked));
        assert_eq!(retry(&asking(Code::InvalidArgument)), Retry::Never);
    }
}
