//! The operation that runs on this thread, beside OpenTelemetry's current context.
//!
//! The context says which span is current. This says which operation, also where it has no span, so
//! that an operation finds the one that encloses it without an allocation or a lock.

use std::cell::RefCell;

use opentelemetry::{Context, ContextGuard};

use super::active::Active;

thread_local! {
    static CURRENT: RefCell<Option<Active>> = const { RefCell::new(None) };
}

/// Calls `look` with the operation that runs on this thread. Not where the thread ends, and has let go
/// of it: the answer is the type's default then.
#[inline]
pub(crate) fn with<R: Default>(look: impl FnOnce(Option<&Active>) -> R) -> R {
    CURRENT
        .try_with(|current| look(current.borrow().as_ref()))
        .unwrap_or_default()
}

/// The operation that runs on this thread.
pub(crate) fn get() -> Option<Active> {
    CURRENT
        .try_with(|current| current.borrow().clone())
        .ok()
        .flatten()
}

/// An operation's work runs on this thread until [`leave`](Self::leave). The operation itself lies in
/// the thread's slot meanwhile, so that nothing is counted.
#[derive(Debug)]
#[must_use = "an operation that is entered has to be left"]
pub(super) struct Entered {
    /// The operation that ran here before; or the one that entered, where it is in no trace.
    other: Option<Active>,
    is_current: bool,
    context: Option<ContextGuard>,
}

/// Enters an operation, and its context where it has one of its own.
pub(super) fn enter(operation: Active, context: Option<Context>) -> Entered {
    enter_attached(operation, context.map(Context::attach))
}

/// Enters an operation whose context, where it has one of its own, is the current one.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "what it returns is small, and would be written and read again"
)]
pub(super) fn enter_attached(operation: Active, context: Option<ContextGuard>) -> Entered {
    if operation.is_traced() {
        let mut operation = Some(operation);
        let entered = CURRENT.try_with(|current| {
            std::mem::swap(&mut *current.borrow_mut(), &mut operation);
        });
        Entered {
            other: operation,
            is_current: entered.is_ok(),
            context,
        }
    } else {
        Entered {
            other: Some(operation),
            is_current: false,
            context,
        }
    }
}

impl Entered {
    /// Leaves the operation, which is given back.
    #[inline]
    pub(super) fn leave(self) -> Option<Active> {
        let Self {
            mut other,
            is_current,
            context,
        } = self;
        drop(context);
        if is_current {
            // It takes the place of the one before, and that goes back into the thread's slot.
            let _ = CURRENT.try_with(|current| {
                std::mem::swap(&mut *current.borrow_mut(), &mut other);
            });
        }
        other
    }
}

/// No operation runs on this thread until this goes.
#[derive(Debug)]
pub(super) struct Hidden(Option<Active>);

/// Hides the operation that runs on this thread, unless it is one that may be seen.
pub(super) fn hide_unless(may_be_seen: impl FnOnce(&Active) -> bool) -> Hidden {
    let hidden = CURRENT.try_with(|current| {
        current
            .borrow_mut()
            .take_if(|current| !may_be_seen(current))
    });
    Hidden(hidden.ok().flatten())
}

impl Drop for Hidden {
    fn drop(&mut self) {
        if let Some(operation) = self.0.take() {
            let _ = CURRENT.try_with(|current| current.replace(Some(operation)));
        }
    }
}

/// Other code runs as an operation's work until this goes, also where it unwinds.
#[derive(Debug)]
pub(super) struct Scope(Option<Entered>);

impl Scope {
    pub(super) fn new(operation: Active, context: Option<Context>) -> Self {
        Self(Some(enter(operation, context)))
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        self.0.take().map(Entered::leave);
    }
}
