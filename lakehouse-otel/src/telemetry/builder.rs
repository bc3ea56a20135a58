//! What a program sets itself.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::{Array, KeyValue, StringValue, Value};
#[cfg(feature = "enabled")]
use opentelemetry_sdk::{Resource, trace::SpanExporter};

use super::{InitError, Telemetry};
use crate::clock::Clock;
use crate::config::environment::{self, Environment};
use crate::config::{Compression, Exporter, Protocol, Sampler};
#[cfg(feature = "enabled")]
use crate::export::{custom::CustomSpans, sink::SpanSink};
use crate::health::diagnostics::Sink;

/// Where variables are looked up.
type Variables = Box<Environment<'static>>;

/// Starts telemetry; what is set here wins over the environment.
///
/// ```no_run
/// use lakehouse_otel::Telemetry;
/// use lakehouse_otel::config::Exporter;
///
/// let telemetry = Telemetry::builder()
///     .service_name("archive-collection")
///     .environment("production")
///     .endpoint("http://collector:4318")
///     .layers(["bronze", "silver"])
///     .init()?;
/// # Ok::<(), lakehouse_otel::telemetry::InitError>(())
/// ```
#[must_use = "a builder does nothing until `init` is called"]
pub struct Builder {
    /// Values by the name of the variable that they override.
    pub(super) overrides: BTreeMap<&'static str, String>,
    pub(super) attributes: Vec<KeyValue>,
    pub(super) clock: Option<Arc<dyn Clock>>,
    pub(super) console: Option<Box<dyn Write + Send>>,
    pub(super) variables: Variables,
    pub(super) diagnostics: Option<Sink>,
    pub(super) flush_bound: Duration,
    #[cfg(feature = "enabled")]
    pub(super) span_exporter: Option<MakeSpanSink>,
}

/// Makes an exporter of spans of this resource.
#[cfg(feature = "enabled")]
pub(super) type MakeSpanSink = Box<dyn FnOnce(&Resource) -> Box<dyn SpanSink>>;

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            overrides: BTreeMap::new(),
            attributes: Vec::new(),
            clock: None,
            console: None,
            variables: Box::new(environment::process),
            diagnostics: None,
            flush_bound: Duration::from_secs(5),
            #[cfg(feature = "enabled")]
            span_exporter: None,
        }
    }

    /// `service.name`; over `OTEL_SERVICE_NAME`.
    pub fn service_name(self, name: impl Into<String>) -> Self {
        self.set("OTEL_SERVICE_NAME", name)
    }

    /// `service.version`; over `OTEL_SERVICE_VERSION`.
    pub fn service_version(self, version: impl Into<String>) -> Self {
        self.set("OTEL_SERVICE_VERSION", version)
    }

    /// `deployment.environment.name`; over `DEPLOYMENT_ENV` and its like.
    pub fn environment(self, name: impl Into<String>) -> Self {
        self.set("DEPLOYMENT_ENVIRONMENT", "")
            .set("ENVIRONMENT", "")
            .set("DEPLOYMENT_ENV", name)
    }

    /// An attribute of the resource; over what the environment says and what is detected.
    pub fn resource_attribute(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.attributes
            .push(KeyValue::new(key.into(), value.into()));
        self
    }

    /// `processing.engine`: what does the work, `datafusion` for example.
    pub fn processing_engine(self, engine: impl Into<String>) -> Self {
        self.resource_attribute("processing.engine", engine.into())
    }

    /// `processing.orchestrator`: what starts the work, `airflow` for example.
    pub fn orchestrator(self, orchestrator: impl Into<String>) -> Self {
        self.resource_attribute("processing.orchestrator", orchestrator.into())
    }

    /// `processing.compute`: what the work runs on, `kubernetes` for example.
    pub fn compute(self, compute: impl Into<String>) -> Self {
        self.resource_attribute("processing.compute", compute.into())
    }

    /// `crypto.exchange`, where the whole program works for one.
    pub fn exchange(self, exchange: impl AsRef<str>) -> Self {
        self.resource_attribute("crypto.exchange", exchange.as_ref().to_owned())
    }

    /// `crypto.data_types`.
    pub fn data_types<T: AsRef<str>>(self, types: impl IntoIterator<Item = T>) -> Self {
        self.list_attribute("crypto.data_types", types)
    }

    /// `crypto.market_types`.
    pub fn market_types<T: AsRef<str>>(self, types: impl IntoIterator<Item = T>) -> Self {
        self.list_attribute("crypto.market_types", types)
    }

    /// `lakehouse.layers`.
    pub fn layers<T: AsRef<str>>(self, layers: impl IntoIterator<Item = T>) -> Self {
        self.list_attribute("lakehouse.layers", layers)
    }

    /// `lakehouse.version`.
    pub fn lakehouse_version(self, version: impl Into<String>) -> Self {
        self.resource_attribute("lakehouse.version", version.into())
    }

    /// `lakehouse.storage_backend`: `s3`, `local`.
    pub fn storage_backend(self, backend: impl Into<String>) -> Self {
        self.resource_attribute("lakehouse.storage_backend", backend.into())
    }

    /// `lakehouse.format`: `parquet` for example.
    pub fn lakehouse_format(self, format: impl AsRef<str>) -> Self {
        self.resource_attribute("lakehouse.format", format.as_ref().to_owned())
    }

    /// Switches telemetry on or off; over `OTEL_SDK_DISABLED` and `ENABLE_OPENTELEMETRY`.
    pub fn enabled(self, enabled: bool) -> Self {
        self.set("ENABLE_OPENTELEMETRY", "")
            .set("OTEL_SDK_DISABLED", (!enabled).to_string())
    }

    /// Where spans and metrics go; over `OTEL_TRACES_EXPORTER` and `OTEL_METRICS_EXPORTER`.
    pub fn exporter(self, exporter: Exporter) -> Self {
        self.traces_exporter(exporter).metrics_exporter(exporter)
    }

    /// Where spans go; over `OTEL_TRACES_EXPORTER`.
    pub fn traces_exporter(self, exporter: Exporter) -> Self {
        self.set("OTEL_TRACES_EXPORTER", exporter.as_str())
    }

    /// Where metrics go; over `OTEL_METRICS_EXPORTER`.
    pub fn metrics_exporter(self, exporter: Exporter) -> Self {
        self.set("OTEL_METRICS_EXPORTER", exporter.as_str())
    }

    /// An exporter of the program's own for spans; over `OTEL_TRACES_EXPORTER`, also where that says
    /// `none`. It is called on a thread of its own, a batch at a time, and may block that; it is no
    /// asynchronous runtime's thread. `OTEL_BSP_EXPORT_TIMEOUT` does not bound it: one that can hang needs a timeout
    /// of its own. A flush and the shutdown end at their own bound in any case.
    ///
    /// ```no_run
    /// use lakehouse_otel::Telemetry;
    /// use lakehouse_otel::opentelemetry_sdk::error::OTelSdkResult;
    /// use lakehouse_otel::opentelemetry_sdk::trace::{SpanData, SpanExporter};
    ///
    /// #[derive(Debug)]
    /// struct Counting;
    ///
    /// impl SpanExporter for Counting {
    ///     async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
    ///         println!("{} spans", batch.len());
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let telemetry = Telemetry::builder().span_exporter(Counting).init()?;
    /// # Ok::<(), lakehouse_otel::telemetry::InitError>(())
    /// ```
    #[cfg(feature = "enabled")]
    pub fn span_exporter(mut self, exporter: impl SpanExporter + 'static) -> Self {
        self.span_exporter = Some(Box::new(|resource| {
            Box::new(CustomSpans::new(exporter, resource))
        }));
        self.traces_exporter(Exporter::None)
    }

    /// The OTLP endpoint of both signals; over `OTEL_EXPORTER_OTLP_ENDPOINT`. Over HTTP `/v1/traces`
    /// and `/v1/metrics` are added to it.
    pub fn endpoint(self, url: impl Into<String>) -> Self {
        self.set("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "")
            .set("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "")
            .set("OTEL_EXPORTER_OTLP_ENDPOINT", url)
    }

    /// How OTLP travels; over `OTEL_EXPORTER_OTLP_PROTOCOL`.
    pub fn protocol(self, protocol: Protocol) -> Self {
        self.set("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "")
            .set("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "")
            .set("OTEL_EXPORTER_OTLP_PROTOCOL", protocol.as_str())
    }

    /// How OTLP bodies are compressed; over `OTEL_EXPORTER_OTLP_COMPRESSION`.
    pub fn compression(self, compression: Compression) -> Self {
        self.set("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "")
            .set("OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "")
            .set("OTEL_EXPORTER_OTLP_COMPRESSION", compression.as_str())
    }

    /// A header of every OTLP export; the first one takes the place of
    /// `OTEL_EXPORTER_OTLP_HEADERS`.
    pub fn header(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        const HEADERS: &str = "OTEL_EXPORTER_OTLP_HEADERS";
        let mut headers = self.overrides.get(HEADERS).cloned().unwrap_or_default();
        let encoded = value.as_ref().replace('%', "%25").replace(',', "%2C");
        headers.extend([name.as_ref(), "=", &*encoded, ","]);
        self.set("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "")
            .set("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "")
            .set(HEADERS, headers)
    }

    /// How long one export may take, retries included; over `OTEL_EXPORTER_OTLP_TIMEOUT`.
    pub fn export_timeout(self, timeout: Duration) -> Self {
        self.set("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "")
            .set("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "")
            .set(
                "OTEL_EXPORTER_OTLP_TIMEOUT",
                timeout.as_millis().to_string(),
            )
    }

    /// How often metrics are exported; over `OTEL_METRIC_EXPORT_INTERVAL`.
    pub fn metric_interval(self, interval: Duration) -> Self {
        self.set(
            "OTEL_METRIC_EXPORT_INTERVAL",
            interval.as_millis().to_string(),
        )
    }

    /// Whether the machine, the process and its container are observed: CPU, memory, open files, threads, disks, network,
    /// pressure, limits; over `OTEL_SYSTEM_METRICS`, `true` by default, but `false` where metrics go to the console.
    pub fn system_metrics(self, observed: bool) -> Self {
        self.set("OTEL_SYSTEM_METRICS", observed.to_string())
    }

    /// Which spans are recorded; over `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`,
    /// [`Sampler::Adaptive`] by default.
    pub fn sampler(self, sampler: Sampler) -> Self {
        let share = sampler.share().map(|share| share.to_string());
        self.set("OTEL_TRACES_SAMPLER", sampler.as_str())
            .set("OTEL_TRACES_SAMPLER_ARG", share.unwrap_or_default())
    }

    /// The share of workflows that is recorded, from 0 to 1; over `OTEL_WORKFLOW_SAMPLE_RATE`, 1 by default. As all rates,
    /// it counts under [`Sampler::Adaptive`], and as the environment allows.
    pub fn workflow_sample_rate(self, share: f64) -> Self {
        self.set("OTEL_WORKFLOW_SAMPLE_RATE", share.to_string())
    }

    /// The share of requests to an exchange, from 0 to 1; over `OTEL_API_CALL_SAMPLE_RATE`, 0.3 by default.
    pub fn api_call_sample_rate(self, share: f64) -> Self {
        self.set("OTEL_API_CALL_SAMPLE_RATE", share.to_string())
    }

    /// The share of operations on storage, from 0 to 1; over `OTEL_STORAGE_SAMPLE_RATE`, 0.2 by default.
    pub fn storage_sample_rate(self, share: f64) -> Self {
        self.set("OTEL_STORAGE_SAMPLE_RATE", share.to_string())
    }

    /// The shares of ingestions, from 0 to 1: of small ones, and of those of 10,000 records or more; over
    /// `OTEL_INGESTION_MIN_SAMPLE_RATE`, 0.05 by default, and `OTEL_INGESTION_SAMPLE_RATE`, 0.3 by default.
    pub fn ingestion_sample_rates(self, small: f64, large: f64) -> Self {
        self.set("OTEL_INGESTION_MIN_SAMPLE_RATE", small.to_string())
            .set("OTEL_INGESTION_SAMPLE_RATE", large.to_string())
    }

    /// The share of operations that say `high_volume = true`, from 0 to 1; over `OTEL_HIGH_VOLUME_SAMPLE_RATE`, 0.1 by default.
    pub fn high_volume_sample_rate(self, share: f64) -> Self {
        self.set("OTEL_HIGH_VOLUME_SAMPLE_RATE", share.to_string())
    }

    /// The share of other operations that have no parent, from 0 to 1; over `OTEL_ROOT_SAMPLE_RATE`. By default the environment's:
    /// 1 in local, development and test, 0.5 in staging, else 0.1.
    pub fn root_sample_rate(self, share: f64) -> Self {
        self.set("OTEL_ROOT_SAMPLE_RATE", share.to_string())
    }

    /// The share below which load scales no rate, from 0 to 1; over `OTEL_MIN_SAMPLE_RATE`, 0.01 by default.
    pub fn min_sample_rate(self, share: f64) -> Self {
        self.set("OTEL_MIN_SAMPLE_RATE", share.to_string())
    }

    /// Whether one decision holds for a whole trace, in place of one for each operation; over `OTEL_SAMPLE_PER_TRACE`, `false`
    /// by default.
    pub fn sample_per_trace(self, per_trace: bool) -> Self {
        self.set("OTEL_SAMPLE_PER_TRACE", per_trace.to_string())
    }

    /// How many spans a second are exported at most, 0 for no limit; over `OTEL_MAX_SPANS_PER_SECOND`, 0 by default.
    pub fn max_spans_per_second(self, spans: u32) -> Self {
        self.set("OTEL_MAX_SPANS_PER_SECOND", spans.to_string())
    }

    /// How many spans a second are kept at most that were not sampled and failed, were over their budget or rate-limited,
    /// or had a big object, 0 for none; over `OTEL_MAX_ERROR_SPANS_PER_SECOND`, 100 by default.
    pub fn max_error_spans_per_second(self, spans: u32) -> Self {
        self.set("OTEL_MAX_ERROR_SPANS_PER_SECOND", spans.to_string())
    }

    /// Above how many bytes the operation of a stored object is kept in any case; over `OTEL_BIG_OBJECT_BYTES`, 64 MiB by
    /// default.
    pub fn big_object_bytes(self, bytes: u64) -> Self {
        self.set("OTEL_BIG_OBJECT_BYTES", bytes.to_string())
    }

    /// Whether CPU and memory are looked at, so that load scales rates down; over `OTEL_PERFORMANCE_MONITORING`, `true` by
    /// default.
    pub fn performance_monitoring(self, monitoring: bool) -> Self {
        self.set("OTEL_PERFORMANCE_MONITORING", monitoring.to_string())
    }

    /// The use of CPU above which rates are scaled down, in percent; over `OTEL_CPU_THRESHOLD`, 80 by default.
    pub fn cpu_threshold(self, percent: f64) -> Self {
        self.set("OTEL_CPU_THRESHOLD", percent.to_string())
    }

    /// The use of memory above which rates are scaled down, in percent; over `OTEL_MEMORY_THRESHOLD`, 85 by default.
    pub fn memory_threshold(self, percent: f64) -> Self {
        self.set("OTEL_MEMORY_THRESHOLD", percent.to_string())
    }

    /// How many attributes a span has at most; over `OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT`, 128 by default.
    pub fn span_attribute_count_limit(self, attributes: usize) -> Self {
        self.set("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", attributes.to_string())
    }

    /// How many events a span has at most; over `OTEL_SPAN_EVENT_COUNT_LIMIT`, 128 by default.
    pub fn span_event_count_limit(self, events: usize) -> Self {
        self.set("OTEL_SPAN_EVENT_COUNT_LIMIT", events.to_string())
    }

    /// How many links a span has at most; over `OTEL_SPAN_LINK_COUNT_LIMIT`, 128 by default.
    pub fn span_link_count_limit(self, links: usize) -> Self {
        self.set("OTEL_SPAN_LINK_COUNT_LIMIT", links.to_string())
    }

    /// How many attributes an event has at most; over `OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT`, 128 by default.
    pub fn event_attribute_count_limit(self, attributes: usize) -> Self {
        self.set("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", attributes.to_string())
    }

    /// How many attributes a link has at most; over `OTEL_LINK_ATTRIBUTE_COUNT_LIMIT`, 128 by default.
    pub fn link_attribute_count_limit(self, attributes: usize) -> Self {
        self.set("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", attributes.to_string())
    }

    /// How many characters a text in an attribute has at most; over `OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT`, any number by
    /// default.
    pub fn attribute_value_length_limit(self, characters: usize) -> Self {
        self.set(
            "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
            characters.to_string(),
        )
    }

    /// How many ended spans may wait; over `OTEL_BSP_MAX_QUEUE_SIZE`.
    pub fn max_queue_size(self, spans: usize) -> Self {
        self.set("OTEL_BSP_MAX_QUEUE_SIZE", spans.to_string())
    }

    /// How many spans one export holds at most; over `OTEL_BSP_MAX_EXPORT_BATCH_SIZE`.
    pub fn max_export_batch_size(self, spans: usize) -> Self {
        self.set("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", spans.to_string())
    }

    /// How long an ended span waits at most for its batch to fill; over `OTEL_BSP_SCHEDULE_DELAY`.
    pub fn schedule_delay(self, delay: Duration) -> Self {
        self.set("OTEL_BSP_SCHEDULE_DELAY", delay.as_millis().to_string())
    }

    /// Where operations read the time; the system's by default.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Where the console exporter prints, without colour; standard error by default.
    pub fn console_writer(mut self, writer: impl Write + Send + 'static) -> Self {
        self.console = Some(Box::new(writer));
        self
    }

    /// Where variables are looked up; the process's environment by default.
    pub fn variables(mut self, lookup: impl Fn(&str) -> Option<String> + 'static) -> Self {
        self.variables = Box::new(move |name| Ok(lookup(name)));
        self
    }

    /// Where the library says what it has to say, a line at a time; standard error by default.
    pub fn diagnostics(mut self, sink: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.diagnostics = Some(Arc::new(sink));
        self
    }

    /// How long dropping the [`Telemetry`] may take; 5 seconds by default. What is not delivered by
    /// then is given up.
    pub fn flush_bound(mut self, bound: Duration) -> Self {
        self.flush_bound = bound;
        self
    }

    /// Starts telemetry for the whole program and sets OpenTelemetry's globals.
    ///
    /// # Errors
    ///
    /// [`InitError`] says what cannot be used, or that telemetry runs already.
    pub fn init(self) -> Result<Telemetry, InitError> {
        Telemetry::start(self, true)
    }

    /// Starts telemetry that no global and no annotated function knows of: only what is made by
    /// [`Telemetry::tracer`] and [`Telemetry::meter`] goes there. For tests, and for programs that run
    /// several side by side.
    ///
    /// # Errors
    ///
    /// [`InitError`] says what cannot be used.
    pub fn build_local(self) -> Result<Telemetry, InitError> {
        Telemetry::start(self, false)
    }

    fn set(mut self, variable: &'static str, value: impl Into<String>) -> Self {
        self.overrides.insert(variable, value.into());
        self
    }

    fn list_attribute<T: AsRef<str>>(
        self,
        key: &'static str,
        items: impl IntoIterator<Item = T>,
    ) -> Self {
        let items = items.into_iter().map(|item| item.as_ref().to_owned());
        self.resource_attribute(key, list(items))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers are among the overrides: only names are printed.
        f.debug_struct("Builder")
            .field("overrides", &self.overrides.keys())
            .field("attributes", &self.attributes)
            .field("flush_bound", &self.flush_bound)
            .finish_non_exhaustive()
    }
}

/// A list of texts as an attribute's value.
pub(crate) fn list<T: Into<String>>(items: impl IntoIterator<Item = T>) -> Value {
    let items = items
        .into_iter()
        .map(|item| StringValue::from(item.into()))
        .collect();
    Value::Array(Array::String(items))
}
