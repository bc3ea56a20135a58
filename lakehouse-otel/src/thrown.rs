//! What the program's own code throws where we run it.

use std::any::Any;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What was thrown may panic when it is dropped, and what that throws too: it is not dropped any more.
pub(crate) fn discard(payload: Box<dyn Any + Send>) {
    if let Err(thrown_again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        mem::forget(thrown_again);
    }
}
