//! OTLP over HTTP: opentelemetry-otlp's exporter on a client of ours.

use std::io::Read as _;

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{
    MetricExporter, Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _,
};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceResponse;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter as _;
use opentelemetry_sdk::trace::{SpanData, SpanExporter as _};
use prost::Message;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};

use super::wire::Wire;
use super::{BuildError, USER_AGENT, root_cause};
use crate::config::{Compression, Headers, OtlpConfig};
use crate::export::sink::{ExportFailure, Exported, Rejected};

/// What every gzip stream starts with, and no protobuf message can.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Sends only what was configured: opentelemetry-otlp takes headers and compression from the process's
/// own variables too, which the builder or a lookup of its own may not want.
///
/// Says what the exporter's own errors leave out: why a connection failed, which status came back,
/// how much of the export the backend refused.
#[derive(Debug)]
struct Client {
    inner: reqwest::Client,
    headers: HeaderMap,
    compression: Compression,
    rejected: fn(&[u8]) -> u64,
    wire: Wire,
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (mut head, mut body) = request.into_parts();
        head.headers = self.headers.clone();
        if body.starts_with(&GZIP) {
            match self.compression {
                Compression::Gzip => {
                    let gzip = HeaderValue::from_static("gzip");
                    head.headers.insert(CONTENT_ENCODING, gzip);
                }
                Compression::None => {
                    let mut plain = Vec::new();
                    flate2::read::GzDecoder::new(&*body).read_to_end(&mut plain)?;
                    body = plain.into();
                }
            }
        }
        let sent = self.inner.send_bytes(Request::from_parts(head, body)).await;
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

/// Sends spans.
#[derive(Debug)]
pub(super) struct Spans {
    exporter: SpanExporter,
    wire: Wire,
}

impl Spans {
    pub(super) fn new(config: &OtlpConfig, resource: &Resource) -> Result<Self, BuildError> {
        let wire = Wire::default();
        let client = client(config, &wire, |body| {
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
        let mut exporter = match asked_of_the_exporter(config) {
            None => builder.build(),
            Some(compression) => builder.with_compression(compression).build(),
        }
        .map_err(|error| BuildError(error.to_string()))?;
        exporter.set_resource(resource);
        Ok(Self { exporter, wire })
    }

    pub(super) async fn export(&self, batch: Vec<SpanData>) -> Exported {
        self.wire.reset();
        exported(self.exporter.export(batch).await, &self.wire)
    }

    /// What the last request met.
    pub(super) fn error(&self) -> Option<String> {
        self.wire.error()
    }
}

/// Sends metrics.
#[derive(Debug)]
pub(super) struct Metrics {
    exporter: MetricExporter,
    wire: Wire,
}

impl Metrics {
    pub(super) fn new(config: &OtlpConfig, temporality: Temporality) -> Result<Self, BuildError> {
        let wire = Wire::default();
        let client = client(config, &wire, |body| {
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
        let exporter = match asked_of_the_exporter(config) {
            None => builder.build(),
            Some(compression) => builder.with_compression(compression).build(),
        }
        .map_err(|error| BuildError(error.to_string()))?;
        Ok(Self { exporter, wire })
    }

    pub(super) async fn export(&self, metrics: &ResourceMetrics) -> Exported {
        self.wire.reset();
        exported(self.exporter.export(metrics).await, &self.wire)
    }

    /// What the last request met.
    pub(super) fn error(&self) -> Option<String> {
        self.wire.error()
    }
}

/// The wire knows better than "network error".
fn exported(result: OTelSdkResult, wire: &Wire) -> Exported {
    match result {
        Ok(()) => Ok(Rejected(wire.rejected())),
        Err(error) => Err(ExportFailure::new(
            wire.error().unwrap_or_else(|| error.to_string()),
        )),
    }
}

/// The compression to ask for. The exporter cannot be told to use none: where a variable of the
/// process's would decide, it is asked for gzip, which [`Client`] undoes.
fn asked_of_the_exporter(config: &OtlpConfig) -> Option<opentelemetry_otlp::Compression> {
    const VARIABLES: [&str; 3] = [
        "OTEL_EXPORTER_OTLP_COMPRESSION",
        "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
        "OTEL_EXPORTER_OTLP_METRICS_COMPRESSION",
    ];
    let would_decide = || {
        VARIABLES
            .iter()
            .any(|name| std::env::var_os(name).is_some())
    };
    (config.compression == Compression::Gzip || would_decide())
        .then_some(opentelemetry_otlp::Compression::Gzip)
}

fn client(
    config: &OtlpConfig,
    wire: &Wire,
    rejected: fn(&[u8]) -> u64,
) -> Result<Client, BuildError> {
    let builder = reqwest::Client::builder()
        .timeout(config.timeout)
        .user_agent(USER_AGENT)
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
        compression: config.compression,
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

/// The headers of every request, all but the encoding.
fn header_map(headers: &Headers) -> Result<HeaderMap, BuildError> {
    use reqwest::header::HeaderName;
    let mut map = HeaderMap::new();
    for (name, value) in headers.iter() {
        let parsed = name
            .parse::<HeaderName>()
            .ok()
            .zip(HeaderValue::from_str(value).ok());
        let (parsed, mut value) =
            parsed.ok_or_else(|| BuildError(format!("the header {name:?} is not valid")))?;
        value.set_sensitive(true);
        map.insert(parsed, value);
    }
    let protobuf = HeaderValue::from_static("application/x-protobuf");
    map.insert(CONTENT_TYPE, protobuf);
    map.remove(CONTENT_ENCODING);
    Ok(map)
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
