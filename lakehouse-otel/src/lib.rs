//! Annotate the function. The compiler checks the telemetry. The runtime accounts for all of it.
//!
//! Instrumentation for pipelines that fetch crypto-exchange data into a lakehouse, on OpenTelemetry.
//!
//! ```
//! use lakehouse_otel::prelude::*;
//!
//! # #[derive(Debug)] struct Kline;
//! #[track_api_request(
//!     exchange = Binance, method = "GET", endpoint = "/api/v3/klines",
//!     symbol = symbol, data_type = Klines, timeframe = interval,
//!     ok(|klines| record_count = klines.len()),
//! )]
//! async fn fetch_klines(symbol: &str, interval: Timeframe) -> Result<Vec<Kline>, std::io::Error> {
//!     Ok(vec![Kline])
//! }
//!
//! # async fn pipeline() -> Result<(), Box<dyn std::error::Error>> {
//! let telemetry = lakehouse_otel::init()?; // flushes when it is dropped, within a bound
//! fetch_klines("BTCUSDT", Timeframe::H1).await?;
//! # drop(telemetry);
//! # Ok(())
//! # }
//! ```
//!
//! The function becomes a span `GET /api/v3/klines` with those attributes, and is counted and timed in
//! `crypto.api.requests` and `crypto.api.request.duration`. It ends `ok`, `error`, `panicked` or
//! `cancelled`; one outcome decides the span's status and every metric.
//!
//! # Where to look
//!
//! | for | look at |
//! |---|---|
//! | the macros and their arguments | [`macro@trace_crypto_workflow`], [`macro@trace_stage`], [`macro@track_processing`], [`macro@track_api_request`], [`macro@track_storage`], [`macro@trace_invocation`], [`macro@trace_operation`] |
//! | what the work itself adds | [`operation::Handle`], bound by `context = ctx` |
//! | operations without macros | [`mod@operation`] |
//! | books about workflows that are kept by hand | [`legacy`], and `docs/legacy-metrics.md` |
//! | metrics of your own code | [`metrics`], and `docs/metrics.md` |
//! | invocations, and flushing at their end | [`macro@trace_invocation`], [`invocation`], and `docs/invocations.md` |
//! | what exchanges' answers say of their limits | [`exchange`], and `docs/exchanges.md` |
//! | classes for your errors | [`macro@ErrorClass`], [`operation::ErrorClass`] |
//! | your enums as attributes | [`macro@AttributeValue`] |
//! | secrets that stay out of telemetry | [`Secret`]; [`redact`], for those in texts |
//! | what an error of the macros means | `docs/diagnostics.md` |
//! | starting, flushing, ending | [`init`], [`Telemetry`] |
//! | every environment variable | [`config`], and `docs/configuration.md` |
//! | which operations become spans | `trace::sampler`, and the guide `docs/sampling.md` |
//! | the metrics of the machine, the process and its container | `metrics::system` |
//! | the program's load, and what operations use | [`performance`], and `docs/performance-monitoring.md` |
//! | the trace across processes | `propagation` |
//! | the trace across tasks and threads | [`spawn`], [`spawn_blocking`] |
//! | where metrics go, and views of them | [`metrics::views`], and the guide `docs/metric-readers.md` |
//! | what became of everything | [`Telemetry::ledger`], and `docs/self-metrics.md` for the same as metrics |
//! | what the telemetry says of itself | [`health`] |
//! | every attribute, enum and metric | [`mod@schema`], and `docs/schema.md` |
//! | a schema of your own domain | [`macro@schema`], and `docs/own-schema.md` |
//! | tests of what code records | `testing`, and `docs/testing.md` |
//! | what it costs | `docs/performance.md`, `docs/overhead.md` |
//! | how it is made, and why | `docs/architecture.md`, `docs/decisions/` |
//!
//! # Features
//!
//! | feature | default | gives |
//! |---|---|---|
//! | `enabled` | yes | telemetry at all. Libraries depend on this crate without it; the deployed program switches it on. Without it an annotated function is the bare function, and its attribute is checked all the same |
//! | `otlp-http` | yes | OTLP over HTTP with protobuf, gzip included |
//! | `otlp-grpc` | | OTLP over gRPC, gzip included |
//! | `prometheus` | | an HTTP endpoint that Prometheus scrapes |
//! | `http` | | the types of the crate `http` as [answers of exchanges](exchange::ExchangeResponse) |
//! | `tls` | | https endpoints for the transports that are there |
//! | `reqwest` | | reqwest's answers likewise, and [`operation::ErrorClass`] for its errors |
//! | `object_store` | | the same for `object_store`'s |
//! | `tokio` | | the same for tokio's: time that ran out, and tasks |
//! | `secrecy` | | secrets of the crate `secrecy` are refused as attributes in our words, as [`Secret`] is |

#![forbid(unsafe_code)]

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod clock;
pub mod config;
pub mod exchange;
pub mod export;
pub mod health;
pub mod invocation;
pub mod legacy;
pub mod metrics;
pub mod operation;
#[cfg(feature = "enabled")]
pub mod performance;
#[cfg(not(feature = "enabled"))]
#[path = "performance/disabled.rs"]
pub mod performance;
#[cfg(feature = "enabled")]
mod pipeline;
pub mod prelude;
#[cfg(feature = "enabled")]
pub mod propagation;
pub mod redact;
#[cfg(feature = "enabled")]
pub mod resource;
pub mod schema;
pub mod secret;
mod task;
pub mod telemetry;
#[cfg(feature = "enabled")]
pub mod testing;
mod thrown;
#[cfg(feature = "enabled")]
pub mod trace;

pub use lakehouse_otel_macros::*;
pub use opentelemetry;
#[cfg(feature = "enabled")]
pub use opentelemetry_sdk;
pub use secret::Secret;
pub use task::{spawn, spawn_blocking};
pub use telemetry::{Telemetry, init};

/// The instrumentation scope of everything that this crate records.
#[cfg(feature = "enabled")]
fn scope() -> opentelemetry::InstrumentationScope {
    opentelemetry::InstrumentationScope::builder(env!("CARGO_PKG_NAME"))
        .with_version(env!("CARGO_PKG_VERSION"))
        .build()
}
