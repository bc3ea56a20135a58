//! OTLP over HTTP: opentelemetry-otlp's exporter on a client of ours.

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{
    MetricExporter, Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _,
};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceResponse;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use opentelemetry_sdk::metrics::Temporality;
use prost::Message;

use super::BuildError;
use super::wire::Wire;
use crate::config::{Compression, Headers, OtlpConfig};

/// Says what the exporter's own errors leave out: why a connection failed, which status came back,
/// how much of the export the backend refused.
#[derive(Debug)]
struct Client {
    inner: reqwest::Client,
    headers: reqwest::header::HeaderMap,
    rejected: fn(&[u8]) -> u64,
    wire: Wire,
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        // opentelemetry-otlp adds the process's own variables to the headers. What was configured wins.
        for (name, value) in &self.headers {
            request.headers_mut().insert(name, value.clone());
        }
        let sent = self.inner.send_bytes(request).await;
        match &sent {
            Err(error) => self.wire.set_error(root_cause(&**error)),
            Ok(response) if response.status().is_success() => {
                self.wire.set_rejected((self.rejected)(response.body()));
            }
            Ok(response) => self
                .wire
                .set_error(format!("HTTP status {}", response.status())),
        }
        sent
    }
}

/// The innermost error: reqwest's own names a URL, which may hold a secret, and no cause.
fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

pub(super) fn spans(config: &OtlpConfig, wire: &Wire) -> Result<SpanExporter, BuildError> {
    let client = client(config, wire, |body| {
        let response = ExportTraceServiceResponse::decode(body).unwrap_or_default();
        let partial = response.partial_success.unwrap_or_default();
        u64::try_from(partial.rejected_spans).unwrap_or_default()
    })?;
    let builder = SpanExporter::builder()
        .with_http()
        .with_http_client(client)
        .with_endpoint(&config.endpoint)
        .with_protocol(Protocol::HttpBinary)
        .with_timeout(config.timeout);
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
    wire: &Wire,
) -> Result<MetricExporter, BuildError> {
    let client = client(config, wire, |body| {
        let response = ExportMetricsServiceResponse::decode(body).unwrap_or_default();
        let partial = response.partial_success.unwrap_or_default();
        u64::try_from(partial.rejected_data_points).unwrap_or_default()
    })?;
    let builder = MetricExporter::builder()
        .with_temporality(temporality)
        .with_http()
        .with_http_client(client)
        .with_endpoint(&config.endpoint)
        .with_protocol(Protocol::HttpBinary)
        .with_timeout(config.timeout);
    match config.compression {
        Compression::None => builder.build(),
        Compression::Gzip => builder
            .with_compression(opentelemetry_otlp::Compression::Gzip)
            .build(),
    }
    .map_err(|error| BuildError(error.to_string()))
}

fn client(
    config: &OtlpConfig,
    wire: &Wire,
    rejected: fn(&[u8]) -> u64,
) -> Result<Client, BuildError> {
    let builder = reqwest::Client::builder()
        .timeout(config.timeout)
        // A redirect would carry the headers, and the keys in them, elsewhere.
        .redirect(reqwest::redirect::Policy::none());
    // A proxy, which the environment may name, does not know what is local here.
    let builder = if is_loopback(&config.endpoint) {
        builder.no_proxy()
    } else {
        builder
    };
    // For http too: without a provider of the program's reqwest would not even make a client.
    #[cfg(feature = "tls")]
    let builder = builder.tls_backend_preconfigured(tls(&config.endpoint)?);
    // Where another crate has switched on a TLS backend of reqwest's and installed no provider, reqwest
    // panics. That is no reason for the program to.
    let built = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| builder.build()));
    let inner = built
        .map_err(|_| {
            let reason =
                "reqwest could not set up TLS; lakehouse-otel's cargo feature `tls` does it";
            BuildError(reason.to_owned())
        })?
        .map_err(|error| BuildError(format!("no HTTP client: {}", root_cause(&error))))?;
    Ok(Client {
        inner,
        headers: header_map(&config.headers)?,
        rejected,
        wire: wire.clone(),
    })
}

fn is_loopback(endpoint: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(endpoint) else {
        return false;
    };
    let host = url.host_str().unwrap_or_default();
    let address: Result<std::net::IpAddr, _> = host.trim_matches(['[', ']']).parse();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn header_map(headers: &Headers) -> Result<reqwest::header::HeaderMap, BuildError> {
    use reqwest::header::{HeaderName, HeaderValue};
    headers
        .iter()
        .map(|(name, value)| {
            let parsed = name
                .parse::<HeaderName>()
                .ok()
                .zip(HeaderValue::from_str(value).ok());
            let (parsed, mut value) =
                parsed.ok_or_else(|| BuildError(format!("the header {name:?} is not valid")))?;
            value.set_sensitive(true);
            Ok((parsed, value))
        })
        .collect()
}

/// rustls with ring and the machine's certificates, whatever provider the program has installed.
#[cfg(feature = "tls")]
fn tls(endpoint: &str) -> Result<rustls::ClientConfig, BuildError> {
    let mut roots = rustls::RootCertStore::empty();
    if endpoint.to_ascii_lowercase().starts_with("https:") {
        let found = rustls_native_certs::load_native_certs();
        let (added, _unusable) = roots.add_parsable_certificates(found.certs);
        if added == 0 {
            return Err(BuildError(
                "https: no root certificate found on this machine; SSL_CERT_FILE may name some"
                    .to_owned(),
            ));
        }
    }
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| BuildError(format!("https: {error}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
