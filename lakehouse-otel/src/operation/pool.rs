//! Operations that are over, to be used again on the thread that they ended on: starting one
//! allocates nothing in the long run, and finds memory that is still near.

use std::cell::RefCell;

use super::active::Active;

/// How many a thread keeps: as many as it has nested, and ends within each other.
const KEPT: usize = 64;

thread_local! {
    static POOL: RefCell<Vec<Active>> = const { RefCell::new(Vec::new()) };
}

/// An operation to be used again, with nobody else who holds it. It has learned nothing yet; else it is
/// as it was.
#[inline]
pub(super) fn take() -> Option<Active> {
    POOL.try_with(|pool| pool.borrow_mut().pop()).ok().flatten()
}

/// Takes an operation back, where nobody else holds it.
pub(super) fn give_back(mut operation: Active) {
    if let Some((_, facts)) = operation.unshared() {
        // Where a panic cut its end short there may be something left.
        facts.empty();
        give_back_empty(operation);
    }
}

/// Takes an operation back that nobody else holds, and that has been emptied.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is the end of each operation")]
pub(super) fn give_back_empty(operation: Active) {
    if operation.is_reusable() {
        // A thread that ends has let go of them.
        let _ = POOL.try_with(|pool| {
            let mut pool = pool.borrow_mut();
            if pool.len() < KEPT {
                pool.push(operation);
            }
        });
    }
}
