//! Operations: annotated, or started by hand, units of work.
//!
//! ```text
//! Callsite ──begin──► Operation ──► Active ──► end ──► outcome ──► span, metrics
//! (static)   future    (guard)     (shared)           (decided in one place)
//!                                     ▲
//!                                  Handle (what the work adds)
//! ```
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

mod active;
mod bound;
mod callsite;
mod capture;
mod details;
mod error;
mod future;
mod guard;
mod handle;
mod manual;
mod outcome;
mod returned;

pub(crate) use bound::Bound;
pub use callsite::{Callsite, Constant};
pub use capture::{Beginning, Ending};
pub use details::{DataStats, FileDetails, RequestDetails, ResponseDetails};
pub use error::{ErrorClass, Failure};
pub use future::{Constructed, OperationFuture, Prepared, future, prepare, prepared_future};
pub use guard::{Operation, begin};
pub use handle::Handle;
pub use manual::*;
pub use returned::{Returned, ReturnedOutcome};
