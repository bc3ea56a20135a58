//! How a signal goes over OTLP, and whether it does.

use std::time::Duration;

use crate::config::lookup::Lookup;
use crate::config::{Compression, Headers, OtlpConfig, Protocol, parse, variables};

const HTTP_DEFAULT: &str = "http://localhost:4318";
const GRPC_DEFAULT: &str = "http://localhost:4317";

/// The names of one signal's variables; the general one is beside each.
pub(super) struct Signal {
    pub(super) exporter: &'static str,
    endpoint: &'static str,
    protocol: &'static str,
    headers: &'static str,
    timeout: &'static str,
    compression: &'static str,
    export_timeout: &'static str,
    path: &'static str,
}

pub(super) const TRACES: Signal = Signal {
    exporter: "OTEL_TRACES_EXPORTER",
    endpoint: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    protocol: "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    headers: "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
    timeout: "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
    compression: "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
    export_timeout: "OTEL_BSP_EXPORT_TIMEOUT",
    path: "/v1/traces",
};

pub(super) const METRICS: Signal = Signal {
    exporter: "OTEL_METRICS_EXPORTER",
    endpoint: "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
    protocol: "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL",
    headers: "OTEL_EXPORTER_OTLP_METRICS_HEADERS",
    timeout: "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT",
    compression: "OTEL_EXPORTER_OTLP_METRICS_COMPRESSION",
    export_timeout: "OTEL_METRIC_EXPORT_TIMEOUT",
    path: "/v1/metrics",
};

/// How a signal goes over OTLP, where it does.
pub(super) struct Otlp {
    pub(super) config: OtlpConfig,
    /// Whether an endpoint is set, for this signal or for all.
    pub(super) endpoint_is_set: bool,
    protocol_variable: &'static str,
    endpoint_variable: &'static str,
}

/// Reads what one signal's variables say, and the general ones.
pub(super) fn otlp(lookup: &Lookup<'_>, signal: &Signal) -> Otlp {
    let of_signal = endpoint(lookup, signal.endpoint);
    let general = endpoint(lookup, "OTEL_EXPORTER_OTLP_ENDPOINT");
    let endpoint_is_set = of_signal.is_some() || general.is_some();

    let (protocol_variable, protocol) =
        either(signal.protocol, "OTEL_EXPORTER_OTLP_PROTOCOL", |name| {
            lookup.parsed(name, |text| text.parse().ok())
        })
        .unwrap_or(("OTEL_EXPORTER_OTLP_PROTOCOL", Protocol::HttpProtobuf));
    let (endpoint_variable, endpoint) = match (of_signal, general) {
        (Some(endpoint), _) => (signal.endpoint, endpoint),
        (None, general) => {
            let base = general.unwrap_or_else(|| {
                match protocol {
                    Protocol::HttpProtobuf => HTTP_DEFAULT,
                    Protocol::Grpc => GRPC_DEFAULT,
                }
                .to_owned()
            });
            let whole = match protocol {
                Protocol::HttpProtobuf => format!("{}{}", base.trim_end_matches('/'), signal.path),
                Protocol::Grpc => base,
            };
            ("OTEL_EXPORTER_OTLP_ENDPOINT", whole)
        }
    };
    let millis = |name| lookup.parsed(name, parse::millis);
    let timeout = either(signal.timeout, "OTEL_EXPORTER_OTLP_TIMEOUT", millis)
        .map_or(Duration::from_secs(10), |(_, timeout)| timeout);
    let export_timeout = millis(signal.export_timeout).unwrap_or(Duration::from_secs(30));
    let config = OtlpConfig {
        endpoint,
        protocol,
        headers: either(signal.headers, "OTEL_EXPORTER_OTLP_HEADERS", |name| {
            headers(lookup, name)
        })
        .map_or_else(Headers::default, |(_, headers)| headers),
        timeout: timeout.min(export_timeout),
        compression: either(
            signal.compression,
            "OTEL_EXPORTER_OTLP_COMPRESSION",
            |name| lookup.parsed(name, |text| text.parse().ok()),
        )
        .map_or(Compression::None, |(_, compression)| compression),
    };
    Otlp {
        config,
        endpoint_is_set,
        protocol_variable,
        endpoint_variable,
    }
}

/// The signal's value, or the general one. Both are read, so that a mistake in either is found.
pub(super) fn either<T>(
    of_signal: &'static str,
    general: &'static str,
    read: impl Fn(&'static str) -> Option<T>,
) -> Option<(&'static str, T)> {
    let (first, second) = (read(of_signal), read(general));
    first
        .map(|value| (of_signal, value))
        .or(second.map(|value| (general, value)))
}

fn endpoint(lookup: &Lookup<'_>, name: &'static str) -> Option<String> {
    let text = lookup.text(name)?;
    match parse::endpoint_problem(&text) {
        None => Some(text),
        Some(problem) => {
            let advice = parse::redacted_url(&problem);
            lookup.problem(name, parse::redacted_url(&text), advice);
            None
        }
    }
}

fn headers(lookup: &Lookup<'_>, name: &'static str) -> Option<Headers> {
    let text = lookup.text(name)?;
    let headers = parse::headers(&text).map(Headers);
    if headers.is_none() {
        let advice = format!("allowed: {}", variables::allowed(name));
        lookup.problem(name, parse::redacted_headers(&text), advice);
    }
    headers
}

impl Otlp {
    /// Notes what this build lacks to export so.
    pub(super) fn check_features(&self, lookup: &Lookup<'_>) {
        let OtlpConfig {
            protocol, endpoint, ..
        } = &self.config;
        let (built, feature) = match protocol {
            Protocol::HttpProtobuf => (cfg!(feature = "otlp-http"), "otlp-http"),
            Protocol::Grpc => (cfg!(feature = "otlp-grpc"), "otlp-grpc"),
        };
        if !built {
            lookup.problem(
                self.protocol_variable,
                protocol.to_string(),
                format!("needs lakehouse-otel's cargo feature `{feature}`"),
            );
        }
        if endpoint.to_ascii_lowercase().starts_with("https://") && !cfg!(feature = "tls") {
            lookup.problem(
                self.endpoint_variable,
                parse::redacted_url(endpoint),
                "https needs lakehouse-otel's cargo feature `tls`".to_owned(),
            );
        }
    }
}
