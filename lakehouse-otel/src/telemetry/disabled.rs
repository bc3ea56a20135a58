//! Telemetry in a build without the feature `enabled`: the same API, and nothing behind it.

use std::net::SocketAddr;
use std::time::Duration;

use opentelemetry::global::BoxedTracer;
use opentelemetry::metrics::Meter;

use super::{Builder, FlushError, InitError, ShutdownError};
use crate::export::Ledger;

/// Nothing; with the cargo feature `enabled`, running telemetry.
#[derive(Debug)]
#[must_use = "telemetry ends when this is dropped"]
pub struct Telemetry(());

impl Telemetry {
    /// A builder whose values go unused.
    pub fn builder() -> Builder {
        Builder::new()
    }

    #[allow(
        clippy::unnecessary_wraps,
        reason = "the signature of the enabled build"
    )]
    pub(super) fn start(_builder: Builder, _global: bool) -> Result<Self, InitError> {
        Ok(Self(()))
    }

    /// `false`.
    #[must_use]
    pub const fn is_enabled(&self) -> bool {
        false
    }

    /// An empty ledger.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        Ledger::default()
    }

    /// A tracer that records nothing.
    #[must_use]
    pub fn tracer(&self, _name: &'static str) -> BoxedTracer {
        BoxedTracer::new(Box::new(opentelemetry::trace::noop::NoopTracer::new()))
    }

    /// A meter that measures nothing.
    #[must_use]
    pub fn meter(&self, _name: &'static str) -> Meter {
        use opentelemetry::metrics::MeterProvider as _;
        opentelemetry::metrics::noop::NoopMeterProvider::new().meter("")
    }

    /// Nowhere.
    #[must_use]
    pub const fn prometheus_address(&self) -> Option<SocketAddr> {
        None
    }

    /// Does nothing.
    ///
    /// # Errors
    ///
    /// None in this build.
    pub const fn force_flush(&self, _timeout: Duration) -> Result<(), FlushError> {
        Ok(())
    }

    /// Does nothing.
    ///
    /// # Errors
    ///
    /// None in this build.
    pub const fn shutdown(&self, _timeout: Duration) -> Result<(), ShutdownError> {
        Ok(())
    }
}
