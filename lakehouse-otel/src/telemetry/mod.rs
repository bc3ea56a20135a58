//! Starting telemetry, and ending it.
//!
//! ```no_run
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let telemetry = lakehouse_otel::init()?;
//!     // … the program …
//!     telemetry.shutdown(std::time::Duration::from_secs(5))?;
//!     println!("{}", telemetry.ledger());
//!     Ok(())
//! }
//! ```
//!
//! [`init`] reads the environment ([`config`](crate::config) lists the variables);
//! [`Telemetry::builder`] overrides it. Dropping the [`Telemetry`] flushes too, within
//! [`Builder::flush_bound`]. All of it works on any thread, inside a Tokio runtime of any flavour, and
//! without one: exports have a runtime of their own.

mod builder;
#[cfg(not(feature = "enabled"))]
mod disabled;
mod error;
#[cfg(feature = "enabled")]
mod exporters;
#[cfg(feature = "enabled")]
mod handle;
#[cfg(feature = "enabled")]
mod metrics;
#[cfg(feature = "enabled")]
mod running;

pub use builder::Builder;
#[cfg(feature = "enabled")]
pub(crate) use builder::list;
#[cfg(not(feature = "enabled"))]
pub use disabled::Telemetry;
pub use error::{FlushError, InitError, ShutdownError, Undelivered};
#[cfg(feature = "enabled")]
pub use handle::Telemetry;

/// Starts telemetry as the environment says: traces, metrics, and W3C propagation, set as
/// OpenTelemetry's globals. Without an endpoint, and in the environment `local` or `development`, it
/// prints to the console.
///
/// Keep what it returns until the program ends; dropping it flushes within 5 seconds.
///
/// # Errors
///
/// [`InitError::Config`] names every variable whose value cannot be used;
/// [`InitError::AlreadyRunning`] says that an earlier one has not been shut down.
pub fn init() -> Result<Telemetry, InitError> {
    Telemetry::builder().init()
}
