//! Flushes the program's telemetry: on this thread, or on one of its own for a future that waits.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use super::Deadline;
use crate::pipeline::{self, Pipeline};

/// How a telemetry is flushed. Neither blocks longer than it is told to.
pub(crate) trait Flush: Send + Sync {
    /// Exports what there is, and waits for it no longer than this.
    fn flush(&self, bound: Duration);

    /// Asks for an export of what there is, and waits for nothing.
    fn start(&self);
}

/// The telemetry that code which runs here is to wait for. A capture has none.
fn target() -> Option<(&'static Pipeline, &'static dyn Flush)> {
    if pipeline::capture().is_some() {
        return None;
    }
    let pipeline = pipeline::installed()?;
    Some((pipeline, pipeline.flush()?))
}

/// Flushes, and waits on this thread.
pub(super) fn here(bound: Duration) {
    if let Some((_, flush)) = target() {
        run(flush, bound);
    }
}

/// Asks for a flush, and waits for nothing.
pub(super) fn unawaited() {
    if let Some((_, flush)) = target() {
        let _ = catch_unwind(AssertUnwindSafe(|| flush.start()));
    }
}

/// A panic here may meet one that unwinds already, which would end the program.
fn run(flush: &dyn Flush, bound: Duration) {
    let flush = AssertUnwindSafe(|| {
        if bound.is_zero() {
            flush.start();
        } else {
            flush.flush(bound);
        }
    });
    let _ = catch_unwind(flush);
}

/// Flushes on another thread; none where there is nothing to wait for.
pub(super) fn elsewhere(bound: Duration) -> Option<UnderWay> {
    let (pipeline, flush) = target()?;
    if bound.is_zero() {
        run(flush, bound);
        return None;
    }
    let under_way = UnderWay(Arc::default());
    let done = Done(Arc::clone(&under_way.0));
    let spawned = thread::Builder::new()
        .name("lakehouse-otel-flush".to_owned())
        .spawn(move || {
            if let Some(flush) = pipeline.flush() {
                run(flush, bound);
            }
            drop(done);
        });
    if spawned.is_err() {
        // Waiting here would hold a thread on which others run.
        unawaited();
        return None;
    }
    Some(under_way)
}

/// A flush on another thread, as a future.
#[derive(Debug)]
#[must_use = "a flush that nobody waits for may come too late"]
pub(super) struct UnderWay(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    done: bool,
    waker: Option<Waker>,
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says that the flush is over, however its thread ends.
struct Done(Arc<Mutex<State>>);

impl Drop for Done {
    fn drop(&mut self) {
        let mut state = lock(&self.0);
        state.done = true;
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Future for UnderWay {
    type Output = ();

    fn poll(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<()> {
        let mut state = lock(&self.0);
        if state.done {
            return Poll::Ready(());
        }
        match &mut state.waker {
            Some(waker) => waker.clone_from(task.waker()),
            none => *none = Some(task.waker().clone()),
        }
        Poll::Pending
    }
}

/// Flushes when it goes: at the end of a function that is not async, also where that unwinds.
#[must_use = "it flushes when it is dropped"]
pub struct FlushAtEnd(Deadline);

impl FlushAtEnd {
    /// One that waits no longer than that.
    pub const fn new(deadline: Deadline) -> Self {
        Self(deadline)
    }
}

impl Drop for FlushAtEnd {
    fn drop(&mut self) {
        here(self.0.remaining());
    }
}

impl fmt::Debug for FlushAtEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FlushAtEnd").field(&self.0).finish()
    }
}
