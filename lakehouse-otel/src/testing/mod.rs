//! Seeing what code records, in tests, without global state.
//!
//! [`capture`] makes a pipeline of its own, which operations find through the current
//! [`Context`](opentelemetry::Context): two tests on two threads, and two tasks on one
//! runtime, never see each other's.
//!
//! ```
//! use lakehouse_otel::prelude::*;
//! use lakehouse_otel::schema::crypto::SYMBOL;
//! use lakehouse_otel::testing;
//!
//! #[track_api_request(exchange = Binance, method = "GET", endpoint = "/api/v3/klines", symbol = symbol)]
//! fn fetch_klines(symbol: &str) -> Result<u32, std::fmt::Error> {
//!     Err(std::fmt::Error)
//! }
//!
//! let capture = testing::capture();
//! let _ = capture.run(|| fetch_klines("BTCUSDT"));
//!
//! capture
//!     .span("fetch_klines")
//!     .has(SYMBOL, "BTCUSDT")
//!     .outcome(Outcome::Error);
//! capture.metric("crypto.api.requests").sum(1);
//! ```
//!
//! # What is inside a capture
//!
//! What runs in [`Capture::run`] and [`Capture::scope`], and whatever inherits their context: futures
//! awaited there, and tasks and threads started with [`spawn`](crate::spawn) and
//! [`spawn_blocking`](crate::spawn_blocking) or under a context that was carried by hand. A raw
//! `tokio::spawn` or `std::thread::spawn` starts without a context, and is outside; so are
//! instruments of OpenTelemetry's global meter.

mod capture;
mod metric;
mod span;
mod tree;

pub use crate::clock::ManualClock;
pub use capture::{Capture, CaptureBuilder, capture};
#[cfg(test)]
pub(crate) use metric::read;
pub use metric::{CapturedMetric, CapturedPoint};
pub use span::CapturedSpan;
