//! What the configuration says, typed.

use std::fmt;
use std::time::Duration;

use opentelemetry::{Array, StringValue, Value};

use super::{
    Compression, Exporter, HistogramAggregation, Protocol, Sampler, TemporalityPreference,
};
use crate::metrics::views::View;

/// Everything that is configured, read and checked.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// Whether there is telemetry at all.
    pub enabled: bool,
    /// `service.name`, where it is set.
    pub service_name: Option<String>,
    /// `service.version`, where it is set.
    pub service_version: Option<String>,
    /// The deployment environment: `local` where nothing says otherwise.
    pub environment: String,
    /// Attributes of the resource that the environment sets, the stronger ones later.
    pub resource_attributes: Vec<(String, String)>,
    /// `HOSTNAME`, where it is set.
    pub host_name: Option<String>,
    /// The spans.
    pub traces: TracesConfig,
    /// The metrics.
    pub metrics: MetricsConfig,
    /// The load that scales sampling down.
    pub performance: PerformanceConfig,
    /// Whether the console may print in colour.
    pub colour: bool,
    /// What is odd and yet usable.
    pub warnings: Vec<String>,
}

/// Where spans go, and how.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TracesConfig {
    /// Where they go.
    pub exporter: Exporter,
    /// How they go there over OTLP.
    pub otlp: OtlpConfig,
    /// How they are put together for it.
    pub batch: BatchConfig,
    /// Which of them are recorded at all.
    pub sampler: Sampler,
    /// What the sampler goes by.
    pub sampling: SamplingConfig,
    /// How much one of them holds.
    pub limits: SpanLimits,
}

/// What the sampler goes by: the rates of [`Sampler::Adaptive`], and the bounds that hold under every
/// sampler. Rates are shares, from 0 to 1. `docs/sampling.md` says how they work together.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct SamplingConfig {
    /// Workflows; `OTEL_WORKFLOW_SAMPLE_RATE`, 1 by default.
    pub workflow: f64,
    /// Requests to an exchange; `OTEL_API_CALL_SAMPLE_RATE`, 0.3 by default.
    pub api_call: f64,
    /// Operations on storage; `OTEL_STORAGE_SAMPLE_RATE`, 0.2 by default.
    pub storage: f64,
    /// Ingestions of 10,000 records or more; `OTEL_INGESTION_SAMPLE_RATE`, 0.3 by default.
    pub ingestion: f64,
    /// Small ingestions; `OTEL_INGESTION_MIN_SAMPLE_RATE`, 0.05 by default.
    pub ingestion_minimum: f64,
    /// Operations that say `high_volume = true`; `OTEL_HIGH_VOLUME_SAMPLE_RATE`, 0.1 by default.
    pub high_volume: f64,
    /// Any other operation that has no parent; `OTEL_ROOT_SAMPLE_RATE`. `None` leaves it to the environment.
    pub root: Option<f64>,
    /// Below this one load scales no rate; `OTEL_MIN_SAMPLE_RATE`, 0.01 by default. A rate that is lower itself stays as it is.
    pub floor: f64,
    /// One decision for a whole trace, in place of one for each operation; `OTEL_SAMPLE_PER_TRACE`, `false` by default.
    pub per_trace: bool,
    /// How many spans a second are exported at most, but for failures and what else is kept in any case, 0 for no limit;
    /// `OTEL_MAX_SPANS_PER_SECOND`, 0 by default.
    pub max_spans_per_second: u64,
    /// How many spans a second are kept at most for their failure alone, or pass the cap for it, 0 for none; `OTEL_MAX_ERROR_SPANS_PER_SECOND`, 100 by
    /// default.
    pub max_error_spans_per_second: u64,
    /// Above so many bytes the operation of a stored object is kept in any case; `OTEL_BIG_OBJECT_BYTES`, 64 MiB by default.
    pub big_object: u64,
}

impl Default for SamplingConfig {
    fn default() -> Self {
        Self {
            workflow: 1.0,
            api_call: 0.3,
            storage: 0.2,
            ingestion: 0.3,
            ingestion_minimum: 0.05,
            high_volume: 0.1,
            root: None,
            floor: 0.01,
            per_trace: false,
            max_spans_per_second: 0,
            max_error_spans_per_second: 100,
            big_object: 64 * 1024 * 1024,
        }
    }
}

/// How much one span holds, as the specification limits it. What comes beyond is dropped, and counted in the span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpanLimits {
    /// Attributes; `OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT`, else `OTEL_ATTRIBUTE_COUNT_LIMIT`, else 128.
    pub attributes: usize,
    /// Events; `OTEL_SPAN_EVENT_COUNT_LIMIT`, 128 by default.
    pub events: usize,
    /// Links; `OTEL_SPAN_LINK_COUNT_LIMIT`, 128 by default.
    pub links: usize,
    /// Attributes of an event; `OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT`, else `OTEL_ATTRIBUTE_COUNT_LIMIT`, else 128.
    pub attributes_per_event: usize,
    /// Attributes of a link; `OTEL_LINK_ATTRIBUTE_COUNT_LIMIT`, else `OTEL_ATTRIBUTE_COUNT_LIMIT`, else 128.
    pub attributes_per_link: usize,
    /// Characters of a text in an attribute's value; `OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT`, else
    /// `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`, else any number. Longer texts are cut.
    pub value_length: Option<usize>,
}

impl SpanLimits {
    /// Cuts the texts in a value that are too long.
    pub fn cut(&self, value: &mut Value) {
        let Some(length) = self.value_length else {
            return;
        };
        match value {
            Value::String(text) => cut(text, length),
            Value::Array(Array::String(texts)) => {
                for text in texts {
                    cut(text, length);
                }
            }
            _ => {}
        }
    }
}

impl Default for SpanLimits {
    fn default() -> Self {
        Self {
            attributes: 128,
            events: 128,
            links: 128,
            attributes_per_event: 128,
            attributes_per_link: 128,
            value_length: None,
        }
    }
}

/// When the program counts as loaded.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct PerformanceConfig {
    /// Whether load is looked at; `OTEL_PERFORMANCE_MONITORING`, `true` by default.
    pub monitoring: bool,
    /// Above this share of the CPU, from 0 to 1; `OTEL_CPU_THRESHOLD` has it in percent, 80 by default.
    pub cpu_threshold: f64,
    /// Above this share of the memory, from 0 to 1; `OTEL_MEMORY_THRESHOLD` has it in percent, 85 by default.
    pub memory_threshold: f64,
}

impl Default for PerformanceConfig {
    fn default() -> Self {
        Self {
            monitoring: true,
            cpu_threshold: 0.80,
            memory_threshold: 0.85,
        }
    }
}

/// Where metrics go, and how.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MetricsConfig {
    /// Where they go, each place once; nowhere where it is empty.
    pub exporters: Vec<Exporter>,
    /// How they go over OTLP.
    pub otlp: OtlpConfig,
    /// Where Prometheus finds them.
    pub prometheus: PrometheusConfig,
    /// How often they are exported. `None` says every 5 seconds over OTLP (60 with
    /// [`small_memory`](Self::small_memory)), and on the console only at a flush and at the end.
    pub interval: Option<Duration>,
    /// Those that go over OTLP more often than the rest.
    pub near_real_time: NearRealTimeConfig,
    /// Whether sums that are exported over OTLP go on from the start.
    pub temporality: TemporalityPreference,
    /// The buckets of histograms.
    pub histograms: HistogramAggregation,
    /// Whether as little memory is used as can be.
    pub small_memory: bool,
    /// What is done with single metrics, the stronger ones later.
    pub views: Vec<View>,
    /// Whether the machine and the process are observed; `OTEL_SYSTEM_METRICS`, `true` by default, but `false` where metrics go to
    /// the console alone.
    pub system: bool,
    /// How often they are read; `OTEL_SYSTEM_METRICS_INTERVAL`, 10 seconds by default.
    pub system_interval: Duration,
}

/// The address of the endpoint that Prometheus scrapes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PrometheusConfig {
    /// The interface, by name or number; `OTEL_EXPORTER_PROMETHEUS_HOST`, `127.0.0.1` by default.
    pub host: String,
    /// The port, 0 for one that the system chooses; `OTEL_EXPORTER_PROMETHEUS_PORT`, 9464 by default.
    pub port: u16,
}

impl Default for PrometheusConfig {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 9464,
        }
    }
}

/// Metrics that go over OTLP at an interval of their own, and not with the rest: each point arrives once.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NearRealTimeConfig {
    /// Their names, in which `*` stands for any text; `OTEL_METRICS_NEAR_REAL_TIME`, none by default.
    pub metrics: Vec<String>,
    /// How often they go; `OTEL_METRICS_NEAR_REAL_TIME_INTERVAL`, 500 ms by default.
    pub interval: Duration,
}

impl Default for NearRealTimeConfig {
    fn default() -> Self {
        Self {
            metrics: Vec::new(),
            interval: Duration::from_millis(500),
        }
    }
}

/// How one signal goes over OTLP.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OtlpConfig {
    /// The whole URL.
    pub endpoint: String,
    /// How it travels.
    pub protocol: Protocol,
    /// Headers of every export.
    pub headers: Headers,
    /// How long one export may take, retries included.
    pub timeout: Duration,
    /// How bodies are compressed.
    pub compression: Compression,
}

/// How spans wait, and in what number they go.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct BatchConfig {
    /// How many may wait.
    pub max_queue_size: usize,
    /// How many one export holds at most.
    pub max_export_batch_size: usize,
    /// How long one waits at most for its batch to fill.
    pub schedule_delay: Duration,
}

/// Headers: names in lower case, values that are never printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(pub(super) Vec<(String, String)>);

impl Headers {
    /// Each name with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.iter().map(|(name, _)| (name, "REDACTED")))
            .finish()
    }
}

fn cut(text: &mut StringValue, length: usize) {
    let kept = first_characters(text.as_str(), length);
    if kept.len() < text.as_str().len() {
        *text = kept.to_owned().into();
    }
}

/// So many characters of a text.
pub(crate) fn first_characters(text: &str, length: usize) -> &str {
    // A character takes at least a byte.
    if text.len() <= length {
        return text;
    }
    let end = text.char_indices().nth(length).map(|(end, _)| end);
    end.map_or(text, |end| &text[..end])
}
