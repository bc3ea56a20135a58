//! The queue between the threads that end spans and the worker, under thousands of schedules.
//!
//! Shuttle runs threads one at a time and chooses which goes on at each lock, atomic and wait. Its
//! `wait_timeout` never times out, which makes it strict: a wake-up that is lost is a deadlock, and
//! shuttle reports it with the schedule that led there.
//!
//! Only `trace/queue` is under it: not the pool of operations, the callsites' bound forms or the worker around the queue.
//! And every atomic is sequentially consistent to shuttle, whatever ordering the code asks for: what a weaker one
//! allows beyond that is not explored.

#![forbid(unsafe_code)]

#[allow(
    dead_code,
    unused_imports,
    reason = "the crate that it belongs to uses all of it"
)]
#[path = "../../../lakehouse-otel/src/trace/queue/mod.rs"]
mod queue;

/// What the queue is made of, here.
mod sync {
    pub(crate) use shuttle::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, atomic};
    #[cfg(test)]
    pub(crate) use shuttle::thread::yield_now as give_way;

    /// Smaller than what a test pushes.
    pub(crate) const SMALLEST: usize = 1;
    pub(crate) const LARGEST: usize = 2;
    pub(crate) const CHUNK: usize = 4;
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
