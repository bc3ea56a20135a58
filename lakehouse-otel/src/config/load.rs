//! How the configuration is read from the variables.

use std::time::Duration;

use super::environment::{self, Environment};
use super::lookup::{Lookup, Overrides};
use super::parse;
use super::{
    BatchConfig, Compression, Config, ConfigError, Exporter, Headers, MetricsConfig, OtlpConfig,
    PerformanceConfig, Protocol, Sampler, SamplingConfig, SpanLimits, TemporalityPreference,
    TracesConfig,
};

const HTTP_DEFAULT: &str = "http://localhost:4318";
const GRPC_DEFAULT: &str = "http://localhost:4317";

/// The names of one signal's variables; the general one is beside each.
struct Signal {
    exporter: &'static str,
    endpoint: &'static str,
    protocol: &'static str,
    headers: &'static str,
    timeout: &'static str,
    compression: &'static str,
    export_timeout: &'static str,
    path: &'static str,
}

/// Variables of the OTLP family that nothing here can follow, and what to do instead.
const UNSUPPORTED: [(&str, &str); 4] = [
    (
        "OTEL_EXPORTER_OTLP_CERTIFICATE",
        "SSL_CERT_FILE names root certificates",
    ),
    (
        "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
        "put a proxy that has the certificate before the backend",
    ),
    (
        "OTEL_EXPORTER_OTLP_CLIENT_KEY",
        "put a proxy that has the key before the backend",
    ),
    (
        "OTEL_EXPORTER_OTLP_INSECURE",
        "the endpoint's scheme, http or https, says it",
    ),
];

const TRACES: Signal = Signal {
    exporter: "OTEL_TRACES_EXPORTER",
    endpoint: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    protocol: "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    headers: "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
    timeout: "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
    compression: "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
    export_timeout: "OTEL_BSP_EXPORT_TIMEOUT",
    path: "/v1/traces",
};

const METRICS: Signal = Signal {
    exporter: "OTEL_METRICS_EXPORTER",
    endpoint: "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
    protocol: "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL",
    headers: "OTEL_EXPORTER_OTLP_METRICS_HEADERS",
    timeout: "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT",
    compression: "OTEL_EXPORTER_OTLP_METRICS_COMPRESSION",
    export_timeout: "OTEL_METRIC_EXPORT_TIMEOUT",
    path: "/v1/metrics",
};

/// Attributes of the resource that have variables of their own.
const DEDICATED: [(&str, &str); 3] = [
    ("K8S_NAMESPACE", "k8s.namespace.name"),
    ("K8S_POD_NAME", "k8s.pod.name"),
    ("K8S_CLUSTER_NAME", "k8s.cluster.name"),
];

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names every variable whose value cannot be used.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::load(&Overrides::new(), &environment::process)
    }

    /// Reads variables from `lookup`.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names every variable whose value cannot be used.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        Self::load(&Overrides::new(), &|name: &str| Ok(lookup(name)))
    }

    pub(crate) fn load(
        overrides: &Overrides,
        environment: &Environment<'_>,
    ) -> Result<Self, ConfigError> {
        let lookup = Lookup::new(overrides, environment);
        let disabled = lookup.parsed("OTEL_SDK_DISABLED", parse::switch) == Some(true)
            || lookup.parsed("ENABLE_OPENTELEMETRY", parse::switch) == Some(false);
        if disabled {
            // Off means off: a mistake in another variable stops nothing.
            return Self::read(&Lookup::new(&Overrides::new(), &|_: &str| Ok(None)), false)
                .finish(lookup);
        }
        Self::read(&lookup, true).finish(lookup)
    }

    fn read(lookup: &Lookup<'_>, enabled: bool) -> Self {
        let mut attributes = lookup
            .parsed("OTEL_RESOURCE_ATTRIBUTES", parse::pairs)
            .unwrap_or_default();
        let environment = environment(lookup, &attributes);
        let service_name = dedicated(lookup, "OTEL_SERVICE_NAME", "service.name", &mut attributes);
        let service_version = dedicated(
            lookup,
            "OTEL_SERVICE_VERSION",
            "service.version",
            &mut attributes,
        );
        for (variable, key) in DEDICATED {
            if let Some(value) = dedicated(lookup, variable, key, &mut attributes) {
                attributes.push((key.to_owned(), value));
            }
        }
        let host_name = lookup.text("HOSTNAME");
        let has = |key: &str| attributes.iter().any(|(name, _)| name == key);
        // In a pod the host's name is the pod's.
        if let Some(host_name) = &host_name
            && has("k8s.namespace.name")
            && !has("k8s.pod.name")
        {
            attributes.push(("k8s.pod.name".to_owned(), host_name.clone()));
        }

        for (variable, instead) in UNSUPPORTED {
            if lookup.text(variable).is_some() {
                lookup.warn(format!("{variable} is set and not supported; {instead}"));
            }
        }

        let local = matches!(&*environment, "local" | "development");
        let (traces_exporter, traces_otlp) = otlp(lookup, &TRACES, local);
        let (metrics_exporter, metrics_otlp) = otlp(lookup, &METRICS, local);
        Self {
            enabled,
            service_name,
            service_version,
            environment,
            resource_attributes: attributes,
            host_name,
            traces: TracesConfig {
                exporter: traces_exporter,
                otlp: traces_otlp,
                batch: batch(lookup, traces_exporter),
                sampler: sampler(lookup),
                sampling: sampling(lookup),
                limits: limits(lookup),
            },
            metrics: MetricsConfig {
                exporter: metrics_exporter,
                otlp: metrics_otlp,
                interval: interval(lookup, metrics_exporter),
                temporality: lookup
                    .parsed(
                        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
                        |text| text.parse().ok(),
                    )
                    .unwrap_or(TemporalityPreference::Cumulative),
                system: lookup
                    .parsed("OTEL_SYSTEM_METRICS", parse::switch)
                    .unwrap_or(metrics_exporter != Exporter::Console),
            },
            performance: performance(lookup),
            colour: lookup.text("NO_COLOR").is_none(),
            warnings: Vec::new(),
        }
    }

    fn finish(self, lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        let warnings = lookup.finish()?;
        Ok(Self { warnings, ..self })
    }
}

/// The value of an attribute's own variable; where that is unset, the one among the attributes, which
/// is taken out of them.
fn dedicated(
    lookup: &Lookup<'_>,
    variable: &'static str,
    key: &str,
    attributes: &mut Vec<(String, String)>,
) -> Option<String> {
    let listed = attributes
        .iter()
        .rev()
        .find(|(name, _)| name == key)
        .map(|(_, value)| value.clone());
    attributes.retain(|(name, _)| name != key);
    let own = lookup.text(variable);
    if let (Some(own), Some(listed)) = (&own, &listed)
        && own != listed
    {
        lookup.warn(format!(
            "{variable}={own:?} and {key}={listed:?} in OTEL_RESOURCE_ATTRIBUTES say different things; {variable} holds"
        ));
    }
    own.or(listed)
}

fn environment(lookup: &Lookup<'_>, attributes: &[(String, String)]) -> String {
    const VARIABLES: [&str; 3] = ["DEPLOYMENT_ENV", "DEPLOYMENT_ENVIRONMENT", "ENVIRONMENT"];
    let own = lookup.first_of(&VARIABLES);
    let listed = attributes
        .iter()
        .rev()
        .find(|(name, _)| name == "deployment.environment.name" || name == "deployment.environment")
        .map(|(_, value)| value.clone());
    if let (Some(own), Some(listed)) = (&own, &listed)
        && own != listed
    {
        lookup.warn(format!(
            "the environment is {own:?} by its variable and {listed:?} in OTEL_RESOURCE_ATTRIBUTES; the variable holds"
        ));
    }
    own.or(listed).unwrap_or_else(|| "local".to_owned())
}

fn otlp(lookup: &Lookup<'_>, signal: &Signal, local: bool) -> (Exporter, OtlpConfig) {
    let of_signal = endpoint(lookup, signal.endpoint);
    let general = endpoint(lookup, "OTEL_EXPORTER_OTLP_ENDPOINT");
    let exporter = lookup
        .parsed(signal.exporter, |text| text.parse().ok())
        .unwrap_or(if local && of_signal.is_none() && general.is_none() {
            Exporter::Console
        } else {
            Exporter::Otlp
        });

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
    if exporter == Exporter::Otlp {
        check_features(
            lookup,
            protocol_variable,
            protocol,
            endpoint_variable,
            &endpoint,
        );
    }

    let millis = |name| lookup.parsed(name, parse::millis);
    let timeout = either(signal.timeout, "OTEL_EXPORTER_OTLP_TIMEOUT", millis)
        .map_or(Duration::from_secs(10), |(_, timeout)| timeout);
    let export_timeout = millis(signal.export_timeout).unwrap_or(Duration::from_secs(30));
    let otlp = OtlpConfig {
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
    (exporter, otlp)
}

/// The signal's value, or the general one. Both are read, so that a mistake in either is found.
fn either<T>(
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
        let advice = format!("allowed: {}", super::variables::allowed(name));
        lookup.problem(name, parse::redacted_headers(&text), advice);
    }
    headers
}

fn check_features(
    lookup: &Lookup<'_>,
    protocol_variable: &'static str,
    protocol: Protocol,
    endpoint_variable: &'static str,
    endpoint: &str,
) {
    let (built, feature) = match protocol {
        Protocol::HttpProtobuf => (cfg!(feature = "otlp-http"), "otlp-http"),
        Protocol::Grpc => (cfg!(feature = "otlp-grpc"), "otlp-grpc"),
    };
    if !built {
        lookup.problem(
            protocol_variable,
            protocol.to_string(),
            format!("needs lakehouse-otel's cargo feature `{feature}`"),
        );
    }
    if endpoint.to_ascii_lowercase().starts_with("https://") && !cfg!(feature = "tls") {
        lookup.problem(
            endpoint_variable,
            parse::redacted_url(endpoint),
            "https needs lakehouse-otel's cargo feature `tls`".to_owned(),
        );
    }
}

fn batch(lookup: &Lookup<'_>, exporter: Exporter) -> BatchConfig {
    let max_queue_size = lookup
        .parsed("OTEL_BSP_MAX_QUEUE_SIZE", |text| {
            parse::size(text, 1_000_000)
        })
        .unwrap_or(2_048);
    let max_export_batch_size = lookup
        .parsed("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", |text| {
            parse::size(text, max_queue_size)
        })
        .unwrap_or(512.min(max_queue_size));
    let schedule_delay = lookup
        .parsed("OTEL_BSP_SCHEDULE_DELAY", parse::millis)
        .unwrap_or(match exporter {
            // Somebody is looking.
            Exporter::Console => Duration::from_millis(200),
            _ => Duration::from_secs(5),
        });
    BatchConfig {
        max_queue_size,
        max_export_batch_size,
        schedule_delay,
    }
}

fn sampler(lookup: &Lookup<'_>) -> Sampler {
    const ARGUMENT: &str = "OTEL_TRACES_SAMPLER_ARG";
    let sampler = lookup
        .parsed("OTEL_TRACES_SAMPLER", |text| text.parse().ok())
        .unwrap_or(Sampler::Adaptive);
    match sampler {
        Sampler::TraceIdRatio(whole) => {
            Sampler::TraceIdRatio(lookup.parsed(ARGUMENT, parse::share).unwrap_or(whole))
        }
        Sampler::ParentBasedTraceIdRatio(whole) => {
            Sampler::ParentBasedTraceIdRatio(lookup.parsed(ARGUMENT, parse::share).unwrap_or(whole))
        }
        _ => {
            if let Some(argument) = lookup.text(ARGUMENT) {
                lookup.warn(format!(
                    "{ARGUMENT}={argument:?} decides nothing: the sampler {sampler} takes no argument"
                ));
            }
            sampler
        }
    }
}

fn sampling(lookup: &Lookup<'_>) -> SamplingConfig {
    let rate = |name, default| lookup.parsed(name, parse::share).unwrap_or(default);
    let count = |name, default| lookup.parsed(name, parse::count).unwrap_or(default);
    let unset = SamplingConfig::default();
    SamplingConfig {
        workflow: rate("OTEL_WORKFLOW_SAMPLE_RATE", unset.workflow),
        api_call: rate("OTEL_API_CALL_SAMPLE_RATE", unset.api_call),
        storage: rate("OTEL_STORAGE_SAMPLE_RATE", unset.storage),
        ingestion: rate("OTEL_INGESTION_SAMPLE_RATE", unset.ingestion),
        ingestion_minimum: rate("OTEL_INGESTION_MIN_SAMPLE_RATE", unset.ingestion_minimum),
        high_volume: rate("OTEL_HIGH_VOLUME_SAMPLE_RATE", unset.high_volume),
        root: lookup.parsed("OTEL_ROOT_SAMPLE_RATE", parse::share),
        floor: rate("OTEL_MIN_SAMPLE_RATE", unset.floor),
        per_trace: lookup
            .parsed("OTEL_SAMPLE_PER_TRACE", parse::switch)
            .unwrap_or(unset.per_trace),
        max_spans_per_second: count("OTEL_MAX_SPANS_PER_SECOND", unset.max_spans_per_second),
        max_error_spans_per_second: count(
            "OTEL_MAX_ERROR_SPANS_PER_SECOND",
            unset.max_error_spans_per_second,
        ),
        big_object: lookup
            .parsed("OTEL_BIG_OBJECT_BYTES", parse::bytes)
            .unwrap_or(unset.big_object),
    }
}

fn limits(lookup: &Lookup<'_>) -> SpanLimits {
    const COUNT: &str = "OTEL_ATTRIBUTE_COUNT_LIMIT";
    const LENGTH: &str = "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT";
    let limit = |name| lookup.parsed(name, parse::limit);
    let of_attributes = |own| either(own, COUNT, limit).map(|(_, limit)| limit);
    let unset = SpanLimits::default();
    SpanLimits {
        attributes: of_attributes("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT").unwrap_or(unset.attributes),
        events: limit("OTEL_SPAN_EVENT_COUNT_LIMIT").unwrap_or(unset.events),
        links: limit("OTEL_SPAN_LINK_COUNT_LIMIT").unwrap_or(unset.links),
        attributes_per_event: of_attributes("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT")
            .unwrap_or(unset.attributes_per_event),
        attributes_per_link: of_attributes("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT")
            .unwrap_or(unset.attributes_per_link),
        value_length: either("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", LENGTH, limit)
            .map(|(_, limit)| limit),
    }
}

fn performance(lookup: &Lookup<'_>) -> PerformanceConfig {
    let percent = |name, default| lookup.parsed(name, parse::percent).unwrap_or(default);
    let unset = PerformanceConfig::default();
    PerformanceConfig {
        monitoring: lookup
            .parsed("OTEL_PERFORMANCE_MONITORING", parse::switch)
            .unwrap_or(unset.monitoring),
        cpu_threshold: percent("OTEL_CPU_THRESHOLD", unset.cpu_threshold),
        memory_threshold: percent("OTEL_MEMORY_THRESHOLD", unset.memory_threshold),
    }
}

fn interval(lookup: &Lookup<'_>, exporter: Exporter) -> Option<Duration> {
    let set = lookup.parsed("OTEL_METRIC_EXPORT_INTERVAL", parse::millis);
    match exporter {
        Exporter::Console => set,
        _ => Some(set.unwrap_or(Duration::from_secs(5))),
    }
}
