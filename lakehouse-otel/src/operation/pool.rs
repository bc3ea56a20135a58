//! Operations that are over, to be used again: starting one allocates nothing in the long run.
//!
//! Those that are not exported go back to the thread that they ended on. Those that are come back from
//! the worker through a pool that all threads share, a few at a time.

use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::active::Active;

/// How many a thread keeps.
const OF_THREAD: usize = 64;

/// How many a thread takes from the others' at once.
const REFILL: usize = 16;

/// How many all threads share.
const SHARED: usize = 1024;

thread_local! {
    static LOCAL: RefCell<Vec<Arc<Active>>> = const { RefCell::new(Vec::new()) };
}

static POOL: Mutex<Vec<Arc<Active>>> = Mutex::new(Vec::new());

/// How many are in the pool, to be asked without a lock.
static POOLED: AtomicUsize = AtomicUsize::new(0);

/// An operation to be used again, with nobody else who holds it.
#[inline]
pub(super) fn take() -> Option<Arc<Active>> {
    LOCAL
        .try_with(|local| {
            let mut local = local.borrow_mut();
            if local.is_empty() && POOLED.load(Ordering::Relaxed) > 0 {
                refill(&mut local);
            }
            local.pop()
        })
        .ok()
        .flatten()
}

#[cold]
fn refill(local: &mut Vec<Arc<Active>>) {
    // Whoever holds the lock is soon done; whoever meets it need not wait.
    let Ok(mut pool) = POOL.try_lock() else {
        return;
    };
    let left = pool.len().saturating_sub(REFILL);
    local.extend(pool.drain(left..));
    POOLED.store(pool.len(), Ordering::Relaxed);
}

/// Takes an operation back, where nobody else holds it.
pub(crate) fn give_back(mut operation: Arc<Active>) {
    if Arc::get_mut(&mut operation).is_none_or(|operation| !operation.reset()) {
        return;
    }
    let _ = LOCAL.try_with(|local| {
        let mut local = local.borrow_mut();
        if local.len() < OF_THREAD {
            local.push(operation);
        }
    });
}

/// Takes operations back from the worker, those that nobody else holds.
pub(crate) fn give_back_all(operations: impl Iterator<Item = Arc<Active>>) {
    let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    for mut operation in operations {
        if pool.len() < SHARED
            && Arc::get_mut(&mut operation).is_some_and(|operation| operation.reset())
        {
            pool.push(operation);
        }
    }
    POOLED.store(pool.len(), Ordering::Relaxed);
}
