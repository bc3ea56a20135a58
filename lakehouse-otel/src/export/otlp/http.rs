//! OTLP over HTTP, on a client of ours.
//!
//! opentelemetry-otlp's exporter would take headers and compression from the process's own variables,
//! which the builder or a lookup of its own may not want, encodes spans at leisure, and keeps to itself
//! why a connection failed, which status came back, and how much of an export the backend refused.

use std::io::Write as _;
use std::time::Duration;

use bytes::Bytes;
use flate2::write::GzEncoder;
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};

use super::retry::{Refusal, Retry, retried};
use super::wire::Wire;
use super::{BuildError, USER_AGENT, root_cause};
use crate::config::{Compression, OtlpConfig};
use crate::export::sink::{ExportFailure, Exported, Rejected};

/// Bytes of the largest request, before its compression, as OTLP's specification advises.
const MAX_REQUEST: usize = 64 * 1024 * 1024;

/// Bytes of the largest response that is read, as the specification advises.
const MAX_RESPONSE: usize = 4 * 1024 * 1024;

/// Posts requests to one endpoint.
#[derive(Debug)]
struct Client {
    inner: reqwest::Client,
    endpoint: reqwest::Url,
    headers: HeaderMap,
    compression: Compression,
    timeout: Duration,
    wire: Wire,
}

impl Client {
    /// Posts a request until the backend takes it, and gives back the response.
    async fn post(&self, request: Bytes) -> Result<Bytes, ExportFailure> {
        self.wire.reset();
        let body = self.body(request)?;
        retried(self.timeout, || async {
            let sent = self.try_once(body.clone()).await;
            if let Err(refusal) = &sent {
                self.wire.set_error(refusal.failure.reason.clone());
            }
            sent
        })
        .await
    }

    /// The request as it is sent.
    fn body(&self, request: Bytes) -> Result<Bytes, ExportFailure> {
        if request.len() > MAX_REQUEST {
            return Err(ExportFailure::new(format!(
                "a request of {} bytes is larger than OTLP has them; OTEL_BSP_MAX_EXPORT_BATCH_SIZE makes them smaller",
                request.len()
            )));
        }
        match self.compression {
            Compression::None => Ok(request),
            Compression::Gzip => gzip(&request)
                .map(Bytes::from)
                .map_err(|error| ExportFailure::new(format!("gzip: {error}"))),
        }
    }

    async fn try_once(&self, body: Bytes) -> Result<Bytes, Refusal> {
        let request = self.inner.post(self.endpoint.clone());
        let sent = request
            .headers(self.headers.clone())
            .body(body)
            .send()
            .await;
        let response = sent.map_err(|error| no_answer(&error))?;
        let status = response.status();
        if !status.is_success() {
            return Err(Refusal {
                failure: ExportFailure::new(format!("HTTP status {status}")),
                retry: retry(status, response.headers()),
            });
        }
        read(response).await
    }
}

fn no_answer(error: &reqwest::Error) -> Refusal {
    Refusal {
        failure: ExportFailure::new(root_cause(error)),
        retry: Retry::Later,
    }
}

async fn read(mut response: reqwest::Response) -> Result<Bytes, Refusal> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| no_answer(&error))? {
        if body.len() + chunk.len() > MAX_RESPONSE {
            return Err(Refusal {
                failure: ExportFailure::new("the response is larger than OTLP has them"),
                retry: Retry::Never,
            });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.into())
}

/// Whether OTLP's specification allows another try, and when.
fn retry(status: StatusCode, headers: &HeaderMap) -> Retry {
    let asked = || {
        let after = headers.get(RETRY_AFTER)?.to_str().ok()?;
        // The other form is a date, which needs clocks that agree.
        after.trim().parse().ok().map(Duration::from_secs)
    };
    match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            asked().map_or(Retry::Later, Retry::After)
        }
        StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => Retry::Later,
        _ => Retry::Never,
    }
}

fn gzip(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(plain)?;
    encoder.finish()
}

/// Sends spans.
#[derive(Debug)]
pub(super) struct Spans(Client);

impl Spans {
    pub(super) fn new(config: &OtlpConfig) -> Result<Self, BuildError> {
        client(config).map(Self)
    }

    /// Sends an `ExportTraceServiceRequest` that is encoded already.
    pub(super) async fn export(&self, request: &Bytes) -> Exported {
        let response = self.0.post(request.clone()).await?;
        let response = ExportTraceServiceResponse::decode(response).unwrap_or_default();
        let partial = response.partial_success.unwrap_or_default();
        Ok(rejected(partial.rejected_spans))
    }

    /// What the last request met.
    pub(super) fn error(&self) -> Option<String> {
        self.0.wire.error()
    }
}

/// Sends metrics.
#[derive(Debug)]
pub(super) struct Metrics(Client);

impl Metrics {
    pub(super) fn new(config: &OtlpConfig) -> Result<Self, BuildError> {
        client(config).map(Self)
    }

    pub(super) async fn export(&self, request: ExportMetricsServiceRequest) -> Exported {
        let response = self.0.post(request.encode_to_vec().into()).await?;
        let response = ExportMetricsServiceResponse::decode(response).unwrap_or_default();
        let partial = response.partial_success.unwrap_or_default();
        Ok(rejected(partial.rejected_data_points))
    }

    /// What the last request met.
    pub(super) fn error(&self) -> Option<String> {
        self.0.wire.error()
    }
}

fn rejected(count: i64) -> Rejected {
    Rejected(u64::try_from(count).unwrap_or_default())
}

fn client(config: &OtlpConfig) -> Result<Client, BuildError> {
    let endpoint = config.endpoint.parse();
    let endpoint =
        endpoint.map_err(|error| BuildError(format!("the endpoint is no URL: {error}")))?;
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
        endpoint,
        headers: headers(config)?,
        compression: config.compression,
        timeout: config.timeout,
        wire: Wire::default(),
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

/// The headers of every request.
fn headers(config: &OtlpConfig) -> Result<HeaderMap, BuildError> {
    use reqwest::header::HeaderName;
    let mut map = HeaderMap::new();
    for (name, value) in config.headers.iter() {
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
    match config.compression {
        Compression::None => map.remove(CONTENT_ENCODING),
        Compression::Gzip => map.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip")),
    };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_again() {
        let answered = |status: u16, after: Option<&'static str>| {
            let after = after.map(|after| (RETRY_AFTER, HeaderValue::from_static(after)));
            let status = StatusCode::from_u16(status).unwrap();
            retry(status, &after.into_iter().collect())
        };
        let two_seconds = Retry::After(Duration::from_secs(2));
        for status in [429, 503] {
            assert_eq!(answered(status, None), Retry::Later);
            assert_eq!(answered(status, Some("2")), two_seconds);
            assert_eq!(answered(status, Some("a date")), Retry::Later);
        }
        for status in [502, 504] {
            assert_eq!(answered(status, Some("2")), Retry::Later);
        }
        for status in [301, 400, 401, 404, 500] {
            assert_eq!(answered(status, Some("2")), Retry::Never);
        }
    }
}
