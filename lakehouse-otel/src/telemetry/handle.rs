//! The program's hold on its telemetry.

use std::net::SocketAddr;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::global::BoxedTracer;
use opentelemetry::metrics::{Meter, MeterProvider as _};
use opentelemetry::trace::TracerProvider as _;

use super::running::{Claim, Running};
use super::{Builder, FlushError, InitError, ShutdownError};
use crate::config::Config;
use crate::export::Ledger;
use crate::health::Diagnostics;
use crate::metrics::views::View;

/// Running telemetry. Dropping it flushes within the bound of [`Builder::flush_bound`].
#[derive(Debug)]
#[must_use = "telemetry ends when this is dropped"]
pub struct Telemetry {
    /// Nothing where telemetry is switched off.
    running: Option<Arc<Running>>,
    flush_bound: Duration,
}

impl Telemetry {
    /// A builder, to override what the environment says.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(super) fn start(builder: Builder, global: bool) -> Result<Self, InitError> {
        let flush_bound = builder.flush_bound;
        let diagnostics = builder
            .diagnostics
            .clone()
            .map_or_else(Diagnostics::stderr, Diagnostics::new);
        let mut config = Config::load(&builder.overrides, &*builder.variables)?;
        for warning in &config.warnings {
            diagnostics.warn(warning);
        }
        if !config.enabled {
            return Ok(Self {
                running: None,
                flush_bound,
            });
        }
        config.add_views(&builder.views)?;
        for warning in builder.views.iter().filter_map(View::warning) {
            diagnostics.warn(&warning);
        }
        let claim = if global { Some(Claim::new()?) } else { None };
        let running = Arc::new(Running::start(builder, &config, diagnostics, claim)?);
        running.flush_invocations();
        Ok(Self {
            running: Some(running),
            flush_bound,
        })
    }

    /// Whether there is telemetry: neither the environment nor the builder switched it off.
    #[must_use]
    pub const fn is_enabled(&self) -> bool {
        self.running.is_some()
    }

    /// What became of every span and data point so far.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.running
            .as_ref()
            .map(|running| running.ledger())
            .unwrap_or_default()
    }

    /// A tracer of this telemetry, for code that uses OpenTelemetry's own API.
    #[must_use]
    pub fn tracer(&self, name: &'static str) -> BoxedTracer {
        match self
            .running
            .as_ref()
            .and_then(|running| running.traces.as_ref())
        {
            Some(traces) => BoxedTracer::new(Box::new(traces.provider.tracer(name))),
            None => BoxedTracer::new(Box::new(opentelemetry::trace::noop::NoopTracer::new())),
        }
    }

    /// A meter of this telemetry, for code that uses OpenTelemetry's own API.
    #[must_use]
    pub fn meter(&self, name: &'static str) -> Meter {
        match self
            .running
            .as_ref()
            .and_then(|running| running.metrics.as_ref())
        {
            Some(metrics) => metrics.provider.meter(name),
            None => opentelemetry::metrics::noop::NoopMeterProvider::new().meter(name),
        }
    }

    /// Where Prometheus finds the metrics, under `/metrics`; none without that exporter. With
    /// `OTEL_EXPORTER_PROMETHEUS_PORT=0` this says which port the system chose.
    #[must_use]
    pub fn prometheus_address(&self) -> Option<SocketAddr> {
        let metrics = self.running.as_ref()?.metrics.as_ref()?;
        metrics.address()
    }

    /// Exports what there is, and waits for it no longer than `timeout`.
    ///
    /// # Errors
    ///
    /// [`FlushError`] says how much was not delivered.
    pub fn force_flush(&self, timeout: Duration) -> Result<(), FlushError> {
        match &self.running {
            Some(running) if !running.is_down() => running.flush(timeout).map_err(FlushError),
            _ => Ok(()),
        }
    }

    /// Exports what there is and ends telemetry, all within `timeout`. Then another can be started.
    /// A second call does nothing.
    ///
    /// # Errors
    ///
    /// [`ShutdownError`] says how much was not delivered. Telemetry is down all the same.
    pub fn shutdown(&self, timeout: Duration) -> Result<(), ShutdownError> {
        match &self.running {
            Some(running) => running.shutdown(timeout).map_err(ShutdownError),
            None => Ok(()),
        }
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        // A panic here, while another unwinds, would abort the program.
        let shutdown = AssertUnwindSafe(|| drop(self.shutdown(self.flush_bound)));
        drop(panic::catch_unwind(shutdown));
    }
}
