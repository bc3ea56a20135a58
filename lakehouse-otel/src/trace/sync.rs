//! What the queue is made of. `tests/concurrency` puts shuttle's in its place, which runs it under many
//! schedules.

pub(crate) use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, atomic};

/// How many items a block of a lane holds: few enough to stay in a core's own cache.
pub(crate) const BLOCK: usize = 64;
