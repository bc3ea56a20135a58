//! Operations: annotated, or started by hand, units of work.
//!
//! ```text
//! Callsite ──begin──► Operation ──► Active ──► end ──► outcome ──► span, metrics
//! (static)   future    (guard)     (shared)           (decided in one place)
//!                                     ▲
//!                                  Handle (what the work adds)
//! ```
//!
//! Where no spans are made, a call of an annotated function is timed and counted (`call`), until something
//! more is said of it.
//!
//! # Without macros
//!
//! What the macros do, the builders here do too:
//!
//! ```
//! use lakehouse_otel::operation::ApiRequest;
//! use lakehouse_otel::schema::{Exchange, HttpRequestMethod};
//!
//! let request = ApiRequest::new(Exchange::Binance, "/api/v3/klines")
//!     .method(HttpRequestMethod::Get)
//!     .symbol("BTCUSDT")
//!     .start();
//! let klines: Result<Vec<u64>, std::io::Error> = request.in_scope(|| Ok(vec![1, 2, 3]));
//! match klines {
//!     Ok(_) => request.ok(),
//!     Err(error) => request.error(&error),
//! }
//! ```
//!
//! What a builder is given is there, and stays: a failed operation that was not sampled is exported with all of
//! it. The macros' `keep(…)` has no counterpart here, for none is needed.
//!
//! A builder looks up what belongs to it in one map, under one lock of the process; an annotated function does not.
//! In a loop that is hot on many threads annotate a function.

mod details;
#[cfg_attr(
    not(feature = "enabled"),
    expect(dead_code, reason = "nothing records what an error tells")
)]
mod error;
#[cfg_attr(
    not(feature = "enabled"),
    expect(dead_code, reason = "nothing starts where a parent says")
)]
mod place;
mod returned;

pub use crate::schema::builders::*;
pub use details::{DataStats, FileDetails, RequestDetails, ResponseDetails};
pub use error::{ErrorClass, Failure};
pub use lakehouse_otel_macros::ErrorClass;
pub use place::{IntoLinks, IntoParent, Links, Parent};
pub use returned::{Returned, ReturnedOutcome};

#[cfg(feature = "enabled")]
mod active;
#[cfg(feature = "enabled")]
pub(crate) mod block;
#[cfg(feature = "enabled")]
mod bound;
#[cfg(feature = "enabled")]
pub(crate) mod call;
#[cfg(feature = "enabled")]
mod callsite;
#[cfg(feature = "enabled")]
mod capture;
#[cfg(feature = "enabled")]
pub(crate) mod current;
#[cfg(feature = "enabled")]
mod dependencies;
#[cfg(feature = "enabled")]
pub(crate) mod future;
#[cfg(feature = "enabled")]
mod guard;
#[cfg(feature = "enabled")]
mod handle;
#[cfg(feature = "enabled")]
mod hold;
#[cfg(feature = "enabled")]
mod keep;
#[cfg(feature = "enabled")]
mod manual;
#[cfg(feature = "enabled")]
mod outcome;
#[cfg(feature = "enabled")]
pub(crate) mod placed;
#[cfg(feature = "enabled")]
mod pool;
#[cfg(feature = "enabled")]
pub(crate) mod stream;
#[cfg(feature = "enabled")]
mod watched;

#[cfg(feature = "enabled")]
pub(crate) use {
    active::{Active, Mark},
    bound::Bound,
    hold::Hold,
    keep::Why,
    manual::ManualOperation,
    outcome::Told,
};
#[cfg(feature = "enabled")]
pub use {
    callsite::{Callsite, Constant},
    capture::{Beginning, Ending},
    guard::{Operation, begin},
    handle::Handle,
};

#[cfg(not(feature = "enabled"))]
mod disabled;

#[cfg(not(feature = "enabled"))]
pub(crate) use disabled::ManualOperation;
#[cfg(not(feature = "enabled"))]
pub use disabled::{Beginning, Callsite, Checked, Constant, Ending, Handle, Operation, begin};
