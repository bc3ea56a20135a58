//! An operation that runs for as long as a block does, out of which `?`, `return` and `break` lead.

use std::cell::RefCell;
use std::fmt;
use std::ops::ControlFlow;
use std::task::Poll;

use super::Ending;
use super::call::Call;
use super::current::Entered;
use super::error::{Failure, Gone};
use super::outcome::Ended;
use super::returned::ReturnedOutcome;

/// The operation of a block: it ends with the block's value or, where that is left before, when this is dropped.
/// The block's context is attached until then.
#[must_use = "an operation that is dropped at once ends at once"]
pub struct Block {
    running: RefCell<Running>,
    left: RefCell<Left>,
    /// Whether the thread was unwinding when it began, so that this says nothing of its end.
    unwinding: bool,
}

struct Running {
    /// The operation; one that is off where nothing records it, or it has ended.
    call: Call,
    entered: Option<Entered>,
}

/// How the block is being left, as far as that was said.
#[derive(Debug)]
enum Left {
    Unsaid,
    Well,
    WithError(Gone),
}

impl Call {
    /// Lets a block run as the operation's.
    pub fn enter(mut self) -> Block {
        let entered = self.enter_work();
        Block {
            unwinding: std::thread::panicking(),
            running: RefCell::new(Running {
                call: self,
                entered,
            }),
            left: RefCell::new(Left::Unsaid),
        }
    }
}

/// Ends the operation with what `observe` says of the block's value.
pub fn ended<R>(
    block: &Block,
    value: R,
    observe: impl for<'a> FnOnce(&mut Ending<'a>, &'a R),
) -> R {
    let mut running = block.running.borrow_mut();
    let Running { call, entered } = &mut *running;
    call.leave(entered.take());
    // Where `observe` panics, the block is dropped, and its operation has panicked.
    if !call.is_off() {
        call.finish(observe, &value);
    }
    value
}

/// The operand of a `?` that may leave the block.
pub fn tried<R: Tried>(block: &Block, value: R) -> R {
    if let Some(leaves) = value.leaves() {
        block.left.replace(match leaves {
            Leaves::Well => Left::Well,
            Leaves::WithError(failure) => Left::WithError(failure.into_gone(false)),
        });
    }
    value
}

impl Block {
    /// The block is left with a `return`, `break` or `continue`.
    pub fn leaves(&self) {
        self.left.replace(Left::Well);
    }

    /// The block is left with `return Err(…)`.
    pub fn leaves_with_error(&self) {
        let failure = Failure::unknown();
        self.left.replace(Left::WithError(failure.into_gone(false)));
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        let Running { call, entered } = self.running.get_mut();
        call.leave(entered.take());
        if !call.is_off() {
            call.end(match self.left.get_mut() {
                _ if std::thread::panicking() && !self.unwinding => Ended::Panicked(None),
                Left::Unsaid => Ended::Dropped,
                Left::Well => Ended::Returned(ReturnedOutcome::Ok),
                Left::WithError(gone) => {
                    Ended::Returned(ReturnedOutcome::Error(Failure::of_gone(gone)))
                }
            });
        }
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Block")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

/// What `?` takes: whether it leaves the block with it.
#[diagnostic::on_unimplemented(
    message = "[LO0164] `?` on a `{Self}` leaves a block of `operation!` in a way that it does not know",
    label = "the outcome of the block would not be known"
)]
pub trait Tried {
    /// How `?` leaves the block with this value, where it does.
    fn leaves(&self) -> Option<Leaves>;
}

/// How `?` leaves a block.
#[derive(Debug)]
pub enum Leaves {
    /// Without an error.
    Well,
    /// With an error.
    WithError(Failure<'static>),
}

impl<T, E> Tried for Result<T, E> {
    fn leaves(&self) -> Option<Leaves> {
        let failure = |_: &E| Leaves::WithError(Failure::of_type::<E>());
        self.as_ref().err().map(failure)
    }
}

impl<T> Tried for Option<T> {
    fn leaves(&self) -> Option<Leaves> {
        self.is_none().then_some(Leaves::Well)
    }
}

impl<B, C> Tried for ControlFlow<B, C> {
    fn leaves(&self) -> Option<Leaves> {
        self.is_break().then_some(Leaves::Well)
    }
}

impl<T, E> Tried for Poll<Result<T, E>> {
    fn leaves(&self) -> Option<Leaves> {
        match self {
            Self::Ready(result) => result.leaves(),
            Self::Pending => None,
        }
    }
}

impl<T, E> Tried for Poll<Option<Result<T, E>>> {
    fn leaves(&self) -> Option<Leaves> {
        match self {
            Self::Ready(Some(result)) => result.leaves(),
            Self::Ready(None) | Self::Pending => None,
        }
    }
}
