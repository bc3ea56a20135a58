//! What the queue is made of. `tests/concurrency` puts shuttle's in its place, which runs it under many
//! schedules.

pub(crate) use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, atomic};

/// How many items the first ring of a lane has room for, and the largest: two batches, so that it is not full when the
/// worker comes.
pub(crate) const SMALLEST: usize = 8;
pub(crate) const LARGEST: usize = 1_024;

/// How many permits a lane takes at once, at most.
pub(crate) const CHUNK: usize = 32;

/// Lets threads go on that are about to do what the worker was woken for. They may have been preempted for long.
pub(crate) fn give_way() {
    std::thread::sleep(std::time::Duration::from_micros(100));
}
