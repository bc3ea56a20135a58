//! Readers: who reads the metrics, when, and what becomes of it.
//!
//! | reader | reads | when |
//! |---|---|---|
//! | OTLP | the usual metrics, in the temporality that is asked for | at the interval, at a flush, at the end |
//! | OTLP, near real time | those that are in a hurry | the same, at their own interval |
//! | console | all, totals | at a flush and at the end, and at the interval where one is set |
//! | Prometheus | all, totals | when it is scraped |

mod periodic;
#[cfg(feature = "prometheus")]
pub(crate) mod prometheus;
mod source;

pub(crate) use periodic::{PeriodicReader, UnderWay};
pub(crate) use source::Source;
