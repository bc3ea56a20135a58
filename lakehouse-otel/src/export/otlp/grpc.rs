//! OTLP over gRPC: opentelemetry-otlp's exporter on a channel of ours.

use opentelemetry_otlp::{
    MetricExporter, Protocol, SpanExporter, WithExportConfig as _, WithTonicConfig as _,
};
use opentelemetry_sdk::metrics::Temporality;
use tonic::metadata::{AsciiMetadataKey, AsciiMetadataValue};
use tonic::transport::{Channel, Endpoint};

use super::BuildError;
use crate::config::{Compression, OtlpConfig};

pub(super) fn spans(config: &OtlpConfig) -> Result<SpanExporter, BuildError> {
    let builder = SpanExporter::builder()
        .with_tonic()
        .with_protocol(Protocol::Grpc)
        .with_channel(channel(config)?)
        .with_timeout(config.timeout)
        .with_interceptor(headers(config)?);
    match config.compression {
        Compression::None => builder.build(),
        Compression::Gzip => builder
            .with_compression(opentelemetry_otlp::Compression::Gzip)
            .build(),
    }
    .map_err(|error| BuildError(error.to_string()))
}

pub(super) fn metrics(
    config: &OtlpConfig,
    temporality: Temporality,
) -> Result<MetricExporter, BuildError> {
    let builder = MetricExporter::builder()
        .with_temporality(temporality)
        .with_tonic()
        .with_protocol(Protocol::Grpc)
        .with_channel(channel(config)?)
        .with_timeout(config.timeout)
        .with_interceptor(headers(config)?);
    match config.compression {
        Compression::None => builder.build(),
        Compression::Gzip => builder
            .with_compression(opentelemetry_otlp::Compression::Gzip)
            .build(),
    }
    .map_err(|error| BuildError(error.to_string()))
}

/// Connects at the first export, on the runtime in which it was made.
fn channel(config: &OtlpConfig) -> Result<Channel, BuildError> {
    let endpoint = Endpoint::from_shared(config.endpoint.clone())
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

type Request = tonic::Request<()>;

/// Sets the headers on each request. opentelemetry-otlp adds the process's own variables first: what
/// was configured wins.
fn headers(
    config: &OtlpConfig,
) -> Result<
    impl Fn(Request) -> Result<Request, tonic::Status> + Clone + Send + Sync + 'static,
    BuildError,
> {
    let headers: Vec<(AsciiMetadataKey, AsciiMetadataValue)> = config
        .headers
        .iter()
        .map(|(name, value)| {
            let parsed = name.parse().ok().zip(value.parse().ok());
            parsed.ok_or_else(|| BuildError(format!("the header {name:?} is not valid in gRPC")))
        })
        .collect::<Result<_, _>>()?;
    Ok(move |mut request: Request| {
        for (name, value) in &headers {
            request.metadata_mut().insert(name.clone(), value.clone());
        }
        Ok(request)
    })
}
