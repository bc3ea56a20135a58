//! What the queue is made of. `tests/concurrency` puts shuttle's in its place, which runs it under many
//! schedules.

pub(crate) use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, atomic};
pub(crate) use std::thread::yield_now;

/// How many items the first ring of a lane has room for, and the largest: two batches, so that it is not full when the
/// worker comes.
pub(crate) const SMALLEST: usize = 8;
pub(crate) const LARGEST: usize = 1_024;
