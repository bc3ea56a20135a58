//! Every environment variable that is read, in one table.

use std::fmt::Write as _;

/// One environment variable.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What it decides.
    pub decides: &'static str,
    /// What holds where it is unset or empty.
    pub default: &'static str,
    /// What it may be.
    pub allowed: &'static str,
}

const fn variable(
    name: &'static str,
    decides: &'static str,
    default: &'static str,
    allowed: &'static str,
) -> Variable {
    Variable {
        name,
        decides,
        default,
        allowed,
    }
}

const TEXT: &str = "any text";
const SWITCH: &str = "true, false, 1, 0";
const EXPORTER: &str = "otlp, console, none";
const METRICS_EXPORTER: &str = "none, or a list of otlp, prometheus, console";
const EXPORTER_DEFAULT: &str =
    "console where no endpoint is set and the environment is `local` or `development`; else otlp";
const URL: &str = "a URL with http:// or https://";
const PROTOCOL: &str = "http/protobuf, grpc";
const HEADERS: &str = "name=value,name=value; values percent-encoded";
const COMPRESSION: &str = "none, gzip";
const MILLIS: &str = "milliseconds, 1 to 86400000";
const SHARE: &str = "0 to 1";
const COUNT: &str = "0 to 1000000000";
const LIMIT: &str = "0 to 1000000";
const PERCENT: &str = "percent, above 0 and at most 100";
const UNSUPPORTED: &str = "nothing";
const GENERAL: &str = "the general variable";

/// Every environment variable that is read. `docs/configuration.md` holds the same table.
pub const VARIABLES: &[Variable] = &[
    variable(
        "OTEL_SDK_DISABLED",
        "Switches all telemetry off; then no other variable is read.",
        "false",
        SWITCH,
    ),
    variable(
        "ENABLE_OPENTELEMETRY",
        "The same, the other way round: `false` switches off.",
        "true",
        SWITCH,
    ),
    variable(
        "OTEL_SERVICE_NAME",
        "`service.name`. Wins over the same key in `OTEL_RESOURCE_ATTRIBUTES`.",
        "unknown_service:<program>",
        TEXT,
    ),
    variable(
        "OTEL_SERVICE_VERSION",
        "`service.version`. Wins over the same key in `OTEL_RESOURCE_ATTRIBUTES`.",
        "not set",
        TEXT,
    ),
    variable(
        "OTEL_RESOURCE_ATTRIBUTES",
        "Attributes of the resource.",
        "none",
        "key=value,key=value; values percent-encoded",
    ),
    variable(
        "DEPLOYMENT_ENV",
        "`deployment.environment.name`. The first of the three that is set wins.",
        "local",
        TEXT,
    ),
    variable(
        "DEPLOYMENT_ENVIRONMENT",
        "The same; the second.",
        "local",
        TEXT,
    ),
    variable("ENVIRONMENT", "The same; the third.", "local", TEXT),
    variable("K8S_NAMESPACE", "`k8s.namespace.name`.", "not set", TEXT),
    variable(
        "K8S_POD_NAME",
        "`k8s.pod.name`.",
        "`HOSTNAME`, where `K8S_NAMESPACE` is set",
        TEXT,
    ),
    variable("K8S_CLUSTER_NAME", "`k8s.cluster.name`.", "not set", TEXT),
    variable("HOSTNAME", "`host.name`.", "the machine's name", TEXT),
    variable(
        "OTEL_TRACES_EXPORTER",
        "Where spans go.",
        EXPORTER_DEFAULT,
        EXPORTER,
    ),
    variable(
        "OTEL_METRICS_EXPORTER",
        "Where metrics go: one place, or several with commas between. `prometheus` needs the cargo feature `prometheus`.",
        EXPORTER_DEFAULT,
        METRICS_EXPORTER,
    ),
    variable(
        "OTEL_EXPORTER_PROMETHEUS_HOST",
        "The interface on which Prometheus finds the metrics, under `/metrics`.",
        "127.0.0.1",
        "a name or an address",
    ),
    variable(
        "OTEL_EXPORTER_PROMETHEUS_PORT",
        "The port on which Prometheus finds the metrics; 0 lets the system choose one.",
        "9464",
        "0 to 65535",
    ),
    variable(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "The OTLP endpoint. Over HTTP `/v1/traces` and `/v1/metrics` are added to it.",
        "http://localhost:4318, for grpc http://localhost:4317",
        URL,
    ),
    variable(
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "The endpoint of spans, used as it is.",
        GENERAL,
        URL,
    ),
    variable(
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
        "The endpoint of metrics, used as it is.",
        GENERAL,
        URL,
    ),
    variable(
        "OTEL_EXPORTER_OTLP_PROTOCOL",
        "How OTLP travels. `grpc` needs the cargo feature `otlp-grpc`.",
        "http/protobuf",
        PROTOCOL,
    ),
    variable(
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
        "The same, for spans.",
        GENERAL,
        PROTOCOL,
    ),
    variable(
        "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL",
        "The same, for metrics.",
        GENERAL,
        PROTOCOL,
    ),
    variable(
        "OTEL_EXPORTER_OTLP_HEADERS",
        "Headers of every export, a backend's key for example. Never printed.",
        "none",
        HEADERS,
    ),
    variable(
        "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
        "The same, for spans, in place of the general ones.",
        GENERAL,
        HEADERS,
    ),
    variable(
        "OTEL_EXPORTER_OTLP_METRICS_HEADERS",
        "The same, for metrics, in place of the general ones.",
        GENERAL,
        HEADERS,
    ),
    variable(
        "OTEL_EXPORTER_OTLP_TIMEOUT",
        "How long one export may take, its retries included.",
        "10000",
        MILLIS,
    ),
    variable(
        "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
        "The same, for spans.",
        GENERAL,
        MILLIS,
    ),
    variable(
        "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT",
        "The same, for metrics.",
        GENERAL,
        MILLIS,
    ),
    variable(
        "OTEL_EXPORTER_OTLP_COMPRESSION",
        "How bodies are compressed.",
        "none",
        COMPRESSION,
    ),
    variable(
        "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
        "The same, for spans.",
        GENERAL,
        COMPRESSION,
    ),
    variable(
        "OTEL_EXPORTER_OTLP_METRICS_COMPRESSION",
        "The same, for metrics.",
        GENERAL,
        COMPRESSION,
    ),
    variable(
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
        "Whether exported sums go on from the start or begin anew.",
        "cumulative",
        "cumulative, delta, lowmemory",
    ),
    variable(
        "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
        "The buckets of histograms, under every exporter: the registry's boundaries, or powers of a base that fits the values.",
        "explicit_bucket_histogram",
        "explicit_bucket_histogram, base2_exponential_bucket_histogram",
    ),
    variable(
        "OTEL_EXPORTER_OTLP_CERTIFICATE",
        "Not supported, and a warning where it is set: `SSL_CERT_FILE` names root certificates.",
        "the machine's root certificates",
        UNSUPPORTED,
    ),
    variable(
        "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
        "Not supported, and a warning where it is set.",
        "none",
        UNSUPPORTED,
    ),
    variable(
        "OTEL_EXPORTER_OTLP_CLIENT_KEY",
        "Not supported, and a warning where it is set.",
        "none",
        UNSUPPORTED,
    ),
    variable(
        "OTEL_EXPORTER_OTLP_INSECURE",
        "Not supported, and a warning where it is set: the endpoint's scheme says it.",
        "the endpoint's scheme",
        UNSUPPORTED,
    ),
    variable(
        "OTEL_METRIC_EXPORT_INTERVAL",
        "How often metrics are exported. The console prints them at a flush and at the end; set this and it prints at the interval too.",
        "5000, with `OTEL_METRICS_SMALL_MEMORY` 60000",
        MILLIS,
    ),
    variable(
        "OTEL_METRIC_EXPORT_TIMEOUT",
        "How long one export of metrics may take; the smaller of this and the OTLP timeout holds.",
        "30000",
        MILLIS,
    ),
    variable(
        "OTEL_METRICS_NEAR_REAL_TIME",
        "Metrics that go over OTLP at a shorter interval of their own, and not with the rest.",
        "none",
        "names with commas between; `*` stands for any text",
    ),
    variable(
        "OTEL_METRICS_NEAR_REAL_TIME_INTERVAL",
        "That interval.",
        "500",
        MILLIS,
    ),
    variable(
        "OTEL_METRICS_VIEWS",
        "What is done with single metrics; `docs/metric-readers.md` explains it. In `production` metrics named `crypto.debug.*` are dropped, unless a view collects them.",
        "none",
        "views with semicolons between: a metric's name, in which `*` stands for any text, then one or more of drop, collect, name=…, keep=key,key, boundaries=1,2,5, exponential, limit=…",
    ),
    variable(
        "OTEL_METRICS_SMALL_MEMORY",
        "Uses little memory for metrics: a longer interval, fewer series, and without the metrics that need the most of it.",
        "false",
        SWITCH,
    ),
    variable(
        "OTEL_SYSTEM_METRICS",
        "Whether the machine, the process and its container are observed: CPU, memory, open files, threads, disks, network, pressure, limits.",
        "true; where metrics go to the console alone false",
        SWITCH,
    ),
    variable(
        "OTEL_SYSTEM_METRICS_INTERVAL",
        "How often they are read, on a thread of their own; and once more before a flush and at the end.",
        "10000",
        MILLIS,
    ),
    variable(
        "OTEL_TRACES_SAMPLER",
        "Which spans are recorded; `adaptive` goes by the rates below, `parentbased_…` leaves it to the parent where there is one.",
        "adaptive",
        "adaptive, always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio",
    ),
    variable(
        "OTEL_TRACES_SAMPLER_ARG",
        "The share of traces that the two `traceidratio` samplers record.",
        "1",
        SHARE,
    ),
    variable(
        "OTEL_WORKFLOW_SAMPLE_RATE",
        "The share of workflows that is recorded. This and the next seven count under `adaptive`; in the environments `local`, `development` and `test` every rate is 1, in `staging` none is below 0.5.",
        "1",
        SHARE,
    ),
    variable(
        "OTEL_API_CALL_SAMPLE_RATE",
        "The share of requests to an exchange.",
        "0.3",
        SHARE,
    ),
    variable(
        "OTEL_STORAGE_SAMPLE_RATE",
        "The share of operations on storage.",
        "0.2",
        SHARE,
    ),
    variable(
        "OTEL_INGESTION_SAMPLE_RATE",
        "The share of ingestions of 10,000 records or more; of smaller ones it is as much smaller.",
        "0.3",
        SHARE,
    ),
    variable(
        "OTEL_INGESTION_MIN_SAMPLE_RATE",
        "The share of ingestions, however small.",
        "0.05",
        SHARE,
    ),
    variable(
        "OTEL_HIGH_VOLUME_SAMPLE_RATE",
        "The share of operations that say `high_volume = true`, whatever their type.",
        "0.1",
        SHARE,
    ),
    variable(
        "OTEL_ROOT_SAMPLE_RATE",
        "The share of other operations, and of spans of the OpenTelemetry API, that have no parent. With one they follow it.",
        "1 in `local`, `development` and `test`, 0.5 in `staging`, else 0.1",
        SHARE,
    ),
    variable(
        "OTEL_MIN_SAMPLE_RATE",
        "The share below which load scales no rate. A rate that is lower itself stays as it is.",
        "0.01",
        SHARE,
    ),
    variable(
        "OTEL_SAMPLE_PER_TRACE",
        "One decision for a whole trace, in place of one for each operation. Under `adaptive`.",
        "false",
        SWITCH,
    ),
    variable(
        "OTEL_MAX_SPANS_PER_SECOND",
        "How many spans a second are exported at most, under every sampler, but for failures and what else is kept in any case; 0 is no limit. What a limit costs in spans is the user's choice.",
        "0",
        COUNT,
    ),
    variable(
        "OTEL_MAX_ERROR_SPANS_PER_SECOND",
        "How many spans a second are kept at most that were not sampled and failed, were over their budget or rate-limited, or had a big object; or that were sampled and pass OTEL_MAX_SPANS_PER_SECOND for that, or for their priority: one budget for all; 0 keeps none of them.",
        "100",
        COUNT,
    ),
    variable(
        "OTEL_BIG_OBJECT_BYTES",
        "Above this size the operation of a stored object is kept in any case.",
        "67108864",
        "a number of bytes",
    ),
    variable(
        "OTEL_PERFORMANCE_MONITORING",
        "Whether CPU and memory are looked at, so that load scales rates down.",
        "true",
        SWITCH,
    ),
    variable(
        "OTEL_CPU_THRESHOLD",
        "The use of CPU above which rates are scaled down.",
        "80",
        PERCENT,
    ),
    variable(
        "OTEL_MEMORY_THRESHOLD",
        "The use of memory above which rates are scaled down.",
        "85",
        PERCENT,
    ),
    variable(
        "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
        "How many attributes a span has at most; further ones are dropped and counted.",
        "`OTEL_ATTRIBUTE_COUNT_LIMIT`",
        LIMIT,
    ),
    variable(
        "OTEL_SPAN_EVENT_COUNT_LIMIT",
        "How many events a span has at most.",
        "128",
        LIMIT,
    ),
    variable(
        "OTEL_SPAN_LINK_COUNT_LIMIT",
        "How many links a span has at most.",
        "128",
        LIMIT,
    ),
    variable(
        "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT",
        "How many attributes an event of a span has at most.",
        "`OTEL_ATTRIBUTE_COUNT_LIMIT`",
        LIMIT,
    ),
    variable(
        "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT",
        "How many attributes a link of a span has at most.",
        "`OTEL_ATTRIBUTE_COUNT_LIMIT`",
        LIMIT,
    ),
    variable(
        "OTEL_ATTRIBUTE_COUNT_LIMIT",
        "The same for those of the three that are not set.",
        "128",
        LIMIT,
    ),
    variable(
        "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
        "How many characters a text in an attribute of a span has at most; longer ones are cut.",
        "`OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`",
        LIMIT,
    ),
    variable(
        "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
        "The same, where that is not set.",
        "any number",
        LIMIT,
    ),
    variable(
        "OTEL_BSP_SCHEDULE_DELAY",
        "How long an ended span waits at most for its batch to fill.",
        "5000; for the console 200",
        MILLIS,
    ),
    variable(
        "OTEL_BSP_MAX_QUEUE_SIZE",
        "How many ended spans may wait; the newest are dropped, and counted, when it is full.",
        "2048",
        "1 to 1000000",
    ),
    variable(
        "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
        "How many spans one export holds at most.",
        "512",
        "1 to OTEL_BSP_MAX_QUEUE_SIZE",
    ),
    variable(
        "OTEL_BSP_EXPORT_TIMEOUT",
        "How long one export of spans may take; the smaller of this and the OTLP timeout holds. It does not bound an exporter of the program's own.",
        "30000",
        MILLIS,
    ),
    variable(
        "NO_COLOR",
        "Any value but the empty one: the console prints without colour, on a terminal too.",
        "not set",
        TEXT,
    ),
];

/// The table of `docs/configuration.md`.
#[must_use]
pub fn markdown() -> String {
    let mut table = String::from("| Variable | Decides | Default | Allowed |\n|---|---|---|---|\n");
    for Variable {
        name,
        decides,
        default,
        allowed,
    } in VARIABLES
    {
        let escaped = |text: &str| text.replace('|', "\\|").replace('<', "\\<");
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "| `{name}` | {} | {} | {} |",
            escaped(decides),
            escaped(default),
            escaped(allowed),
        );
    }
    table
}

#[cfg(feature = "enabled")]
pub(crate) fn allowed(name: &str) -> &'static str {
    VARIABLES
        .iter()
        .find(|variable| variable.name == name)
        .map_or("", |variable| variable.allowed)
}
