//! Metrics: every instrument of the registry, typed.
//!
//! A function for each metric takes its labels. Those that every measurement has are arguments, the others come before;
//! what the registry does not declare for the metric does not compile.
//!
//! ```
//! use lakehouse_otel::metrics;
//! use lakehouse_otel::schema::{Exchange, HttpRequestMethod, Outcome};
//!
//! metrics::api_requests().add(1, Exchange::Binance, Outcome::Ok);
//! metrics::api_requests()
//!     .endpoint("/api/v3/klines")
//!     .method(HttpRequestMethod::Get)
//!     .add(1, Exchange::Binance, Outcome::Ok);
//! ```
//!
//! Annotated functions record the metrics of their operation by themselves; `docs/metrics.md` says which. Measurements
//! go where operations go: to the capture of [`testing`](crate::testing) under which the code runs, else to the
//! telemetry that [`init`](crate::init) started, and nowhere before it and after its shutdown.
//!
//! # In a loop
//!
//! `bind` gives the series itself, which takes numbers and nothing else. It may be kept in a `static` or a struct, and
//! may be made before `init`.
//!
//! ```
//! use lakehouse_otel::metrics;
//! use lakehouse_otel::schema::{Exchange, Outcome};
//!
//! let answered = metrics::api_requests().bind(Exchange::Binance, Outcome::Ok);
//! for _page in 0..10 {
//!     answered.add(1);
//! }
//! ```
//!
//! Millions of rows are summed on the spot by a [`BatchRecorder`] and recorded at once; where even that is too much,
//! [`Counter::sampled`] and [`Histogram::sampled`] record a share.
//!
//! # In the words of the work
//!
//! [`record_data_batch`], [`record_storage_object`], [`record_symbol_processing`], [`record_data_freshness`],
//! [`record_trades_volume`], [`update_queue_size`] and [`track_connection`] know which metrics they feed. Whole
//! operations, with their spans, are started by the builders of [`operation`](mod@crate::operation).
//!
//! # Labels with many values
//!
//! A symbol labels a metric where a call says so, and nowhere else. Of a metric's symbols the first 2,000 have series
//! of their own; those after them share one series, whose points say `otel.metric.overflow = true` in place of the
//! symbol. The sum over all series stays exact, and `lakehouse.metric.folded` counts what was folded, by metric.
//!
//! ```
//! use lakehouse_otel::metrics;
//! use lakehouse_otel::schema::Exchange;
//!
//! fn traded(symbol: &str, quantity: f64) {
//!     metrics::trades_volume().exchange(Exchange::Binance).symbol(symbol).add(quantity);
//! }
//! # traded("BTCUSDT", 0.5);
//! ```
//!
//! # Where things are
//!
//! | file | holds |
//! |---|---|
//! | `catalogue` | generated: the function and the types of each metric |
//! | `typed/` | what those are made of |
//! | `record` | what pipelines record by hand, in the words of their work |
//! | `batch`, `sampled` | sums kept on the spot, and shares: for very hot loops |
//! | `table` | the series of one metric under one pipeline |
//! | `labels` | the bounds of labels, and the cache from labels to series |
//! | `instruments` | the SDK's instruments of one pipeline |
//! | `series`, `series/crowd` | the series of one callsite of operations, and what is done where many threads record in one |
//! | `declared` | the metrics that a provider knows by name: the registry's, and those of programs' own schemas |
//! | `observe` | callbacks that are asked when metrics are collected |
//! | `provider` | the SDK's provider, with the registry's limits and the views |
//! | `meter`, `callbacks` | its meters, whose callbacks are called outside of the SDK's locks |
//! | `fold` | observed series that a view or a limit makes one |
//! | `totals` | what observable counters observed, as sums that only grow |
//! | `contain` | what is done where a callback panics |
//! | `views` | what is done with single metrics |
//! | `readers/` | who reads the metrics: at an interval, or when Prometheus asks |
//! | `sdk` | the metrics of telemetry itself |
//! | `system/` | the metrics of the machine, the process and its container |

pub mod catalogue;
mod record;
pub(crate) mod typed;

pub use catalogue::*;
pub use record::{
    Of, record_data_batch, record_data_freshness, record_storage_object, record_symbol_processing,
    record_trades_volume, track_connection, update_queue_size,
};
#[doc(hidden)]
pub use typed::LabelValue;
pub use typed::{
    Amount, BatchRecorder, Counter, Gauge, Histogram, Label, Observation, Sampled, Seconds,
    Tracked, UpDownCounter,
};

#[cfg(feature = "enabled")]
mod batch;
#[cfg(feature = "enabled")]
mod callbacks;
#[cfg(feature = "enabled")]
mod contain;
#[cfg(feature = "enabled")]
mod declared;
#[cfg(feature = "enabled")]
mod fold;
#[cfg(feature = "enabled")]
pub(crate) mod instruments;
#[cfg(feature = "enabled")]
mod labels;
#[cfg(feature = "enabled")]
mod meter;
#[cfg(feature = "enabled")]
pub(crate) mod observe;
#[cfg(feature = "enabled")]
pub(crate) mod provider;
#[cfg(feature = "enabled")]
pub(crate) mod readers;
#[cfg(feature = "enabled")]
mod sampled;
#[cfg(feature = "enabled")]
pub(crate) mod sdk;
#[cfg(feature = "enabled")]
pub(crate) mod series;
#[cfg(feature = "enabled")]
pub mod system;
#[cfg(feature = "enabled")]
mod table;
#[cfg(feature = "enabled")]
mod totals;
pub mod views;
