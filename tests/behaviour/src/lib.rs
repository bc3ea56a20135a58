//! What the behaviour tests share: a capture whose clock stands still until a test moves it.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use lakehouse_otel::testing::{Capture, ManualClock};

/// A capture on a clock that only [`work`] moves.
#[derive(Debug)]
pub struct Bench {
    /// The capture.
    pub capture: Capture,
    clock: Arc<ManualClock>,
}

thread_local! {
    static CLOCK: RefCell<Option<Arc<ManualClock>>> = const { RefCell::new(None) };
}

/// A capture of this thread's operations, on a clock of its own.
#[must_use]
pub fn bench() -> Bench {
    let clock = Arc::new(ManualClock::new());
    CLOCK.with(|current| current.replace(Some(Arc::clone(&clock))));
    let capture = Capture::builder().clock(&clock).build();
    Bench { capture, clock }
}

/// Work that takes so many milliseconds.
pub fn work(millis: u64) {
    CLOCK.with(|clock| {
        if let Some(clock) = &*clock.borrow() {
            clock.advance(Duration::from_millis(millis));
        }
    });
}

/// So many milliseconds.
#[must_use]
pub const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

impl Bench {
    /// Runs this code under the capture.
    pub fn run<R>(&self, code: impl FnOnce() -> R) -> R {
        self.capture.run(code)
    }

    /// Runs this future under the capture, on this thread.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.capture.run(|| block_on(future))
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &ManualClock {
        &self.clock
    }
}

/// Runs a future on this thread, polling it anew as often as it yields.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let mut task = std::task::Context::from_waker(std::task::Waker::noop());
    loop {
        if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut task) {
            return output;
        }
    }
}

/// Gives way once: the future that awaits this is polled twice.
pub async fn yield_now() {
    let mut yielded = false;
    std::future::poll_fn(|task| {
        if std::mem::replace(&mut yielded, true) {
            std::task::Poll::Ready(())
        } else {
            task.waker().wake_by_ref();
            std::task::Poll::Pending
        }
    })
    .await;
}
