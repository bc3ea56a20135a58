//! What the configuration says, typed.

use std::fmt;
use std::time::Duration;

use super::{Compression, Exporter, Protocol, Sampler, TemporalityPreference};

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
}

/// Where metrics go, and how.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MetricsConfig {
    /// Where they go.
    pub exporter: Exporter,
    /// How they go there over OTLP.
    pub otlp: OtlpConfig,
    /// How often; `None` says only at a flush and at the end (the console's default).
    pub interval: Option<Duration>,
    /// Whether exported sums go on from the start.
    pub temporality: TemporalityPreference,
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
