//! What can go wrong at the start and at the end.

use std::{fmt, io};

use crate::config::ConfigError;

/// Telemetry could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InitError {
    /// Variables, or the builder, hold values that cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is a [`Telemetry`](crate::Telemetry) already.
    #[error(
        "telemetry runs already; shut the first down before starting another (a program has one, started in `main`)"
    )]
    AlreadyRunning,
    /// An exporter could not be made.
    #[error("the exporter of {signal} could not be made: {reason}")]
    Exporter {
        /// `traces` or `metrics`.
        signal: &'static str,
        /// Why.
        reason: String,
    },
    /// The address at which Prometheus is to find the metrics cannot be taken.
    #[error(
        "metrics cannot be offered to Prometheus at {address} ({source}); choose another address by OTEL_EXPORTER_PROMETHEUS_HOST and OTEL_EXPORTER_PROMETHEUS_PORT, where port 0 is one that is free"
    )]
    Prometheus {
        /// The host and the port.
        address: String,
        /// Why.
        source: io::Error,
    },
    /// The system gave no thread.
    #[error("no thread for telemetry")]
    Thread(#[source] io::Error),
}

/// What was not delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Undelivered {
    /// Spans that ended and were dropped, rejected, or in exports that failed. Those that had not ended at
    /// the shutdown are in the [ledger](crate::export::Dropped::unended_at_shutdown), and are said.
    pub spans: u64,
    /// Data points. Where sums are cumulative only those of the last export count: an earlier one that
    /// failed is made up for by the next.
    pub data_points: u64,
    /// Why the last failed export failed.
    pub last_error: Option<String>,
    /// Whether the time was over before everything had been tried.
    pub timed_out: bool,
}

impl fmt::Display for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} spans and {} data points were not delivered",
            self.spans, self.data_points
        )?;
        if self.timed_out {
            f.write_str(" in time")?;
        }
        if let Some(error) = &self.last_error {
            write!(f, " ({error})")?;
        }
        Ok(())
    }
}

/// Telemetry is down, and not everything was delivered before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("telemetry was shut down, and {0}")]
pub struct ShutdownError(pub Undelivered);

/// Not everything that there was could be delivered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("telemetry was flushed, and {0}")]
pub struct FlushError(pub Undelivered);
