//! The operation that runs on this thread, beside OpenTelemetry's current context.
//!
//! The context says which span is current. This says which operation, also where it has no span, so
//! that an operation finds the one that encloses it without an allocation or a lock.

use std::cell::RefCell;
use std::sync::Arc;

use opentelemetry::{Context, ContextGuard};

use super::active::Active;

thread_local! {
    static CURRENT: RefCell<Option<Arc<Active>>> = const { RefCell::new(None) };
}

/// Calls `look` with the operation that runs on this thread.
pub(crate) fn with<R>(look: impl FnOnce(Option<&Arc<Active>>) -> R) -> R {
    let mut look = Some(look);
    let looked = CURRENT.try_with(|current| match current.try_borrow() {
        Ok(current) => look.take().map(|look| look(current.as_ref())),
        Err(_) => None,
    });
    match (looked, look) {
        (Ok(Some(looked)), _) => looked,
        (_, Some(look)) => look(None),
        (_, None) => unreachable!("what was looked for was found or is still looked for"),
    }
}

/// An operation's work runs on this thread until this goes. The operation itself lies in the
/// thread's slot meanwhile, so that nothing is counted.
#[derive(Debug)]
pub(super) struct Entered {
    context: Option<ContextGuard>,
    slot: Slot,
}

#[derive(Debug)]
enum Slot {
    /// The operation that ran here before.
    Taken(Option<Arc<Active>>),
    /// The operation, which does not become the current one.
    Kept(Option<Arc<Active>>),
}

/// Enters an operation, and its context where it has one of its own.
pub(super) fn enter(operation: Arc<Active>, context: Option<Context>) -> Entered {
    let context = context.map(Context::attach);
    let mut operation = Some(operation);
    let visible = operation.as_ref().is_some_and(|operation| operation.is_traced());
    let swapped = visible
        .then(|| CURRENT.try_with(|current| current.replace(operation.take())))
        .and_then(Result::ok);
    Entered {
        context,
        slot: match swapped {
            Some(previous) => Slot::Taken(previous),
            None => Slot::Kept(operation),
        },
    }
}

impl Entered {
    /// Leaves the operation, which is given back.
    pub(super) fn leave(mut self) -> Option<Arc<Active>> {
        self.restore()
    }

    fn restore(&mut self) -> Option<Arc<Active>> {
        drop(self.context.take());
        match std::mem::replace(&mut self.slot, Slot::Kept(None)) {
            Slot::Kept(operation) => operation,
            Slot::Taken(previous) => CURRENT
                .try_with(|current| current.replace(previous))
                .ok()
                .flatten(),
        }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        drop(self.restore());
    }
}
