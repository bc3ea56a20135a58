//! What a program sets itself.

mod metrics;
mod resource;
mod sampling;

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::KeyValue;
#[cfg(feature = "enabled")]
use opentelemetry_sdk::{Resource, trace::SpanExporter};

#[cfg(feature = "enabled")]
pub(crate) use resource::list;

use super::{InitError, Telemetry};
use crate::clock::Clock;
use crate::config::environment::{self, Environment};
use crate::config::{Compression, Exporter, Protocol};
#[cfg(feature = "enabled")]
use crate::export::{custom::CustomSpans, sink::SpanSink};
use crate::health::diagnostics::Sink;
use crate::metrics::views::View;
use crate::redact::Redactor;

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
    pub(super) views: Vec<View>,
    pub(super) clock: Option<Arc<dyn Clock>>,
    pub(super) console: Option<Box<dyn Write + Send>>,
    pub(super) variables: Variables,
    pub(super) diagnostics: Option<Sink>,
    pub(super) flush_bound: Duration,
    pub(super) redactor: Redactor,
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
            views: Vec::new(),
            clock: None,
            console: None,
            variables: Box::new(environment::process),
            diagnostics: None,
            flush_bound: Duration::from_secs(5),
            redactor: Redactor::new(),
            #[cfg(feature = "enabled")]
            span_exporter: None,
        }
    }

    /// Keeps the values of this name, and of names that end with it, out of everything that is exported: query
    /// parameters, headers, fields. The usual secrets are kept out without: see [`redact`](mod@crate::redact).
    ///
    /// ```
    /// let telemetry = lakehouse_otel::Telemetry::builder().redact("device_id");
    /// # let _ = telemetry;
    /// ```
    pub fn redact(mut self, name: impl AsRef<str>) -> Self {
        self.redactor = self.redactor.name(name);
        self
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

    /// Switches telemetry on or off; over `OTEL_SDK_DISABLED` and `ENABLE_OPENTELEMETRY`.
    pub fn enabled(self, enabled: bool) -> Self {
        self.set("ENABLE_OPENTELEMETRY", "")
            .set("OTEL_SDK_DISABLED", (!enabled).to_string())
    }

    /// Where spans and metrics go; over `OTEL_TRACES_EXPORTER` and `OTEL_METRICS_EXPORTER`. Not for
    /// [`Exporter::Prometheus`], which takes no spans.
    pub fn exporter(self, exporter: Exporter) -> Self {
        self.traces_exporter(exporter).metrics_exporter(exporter)
    }

    /// Where spans go; over `OTEL_TRACES_EXPORTER`.
    pub fn traces_exporter(self, exporter: Exporter) -> Self {
        self.set("OTEL_TRACES_EXPORTER", exporter.as_str())
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
