//! A future at whose end telemetry is flushed.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::Deadline;
use super::flush::{UnderWay, elsewhere, unawaited};

pin_project! {
    /// A future whose value, or panic, is handed on when telemetry is flushed.
    #[must_use = "futures do nothing unless polled"]
    pub struct Flushing<F> where F: Future {
        #[pin]
        state: State<F, F::Output>,
        deadline: Deadline,
        // Whether the work has begun, so that there may be something to flush.
        begun: bool,
    }

    impl<F> PinnedDrop for Flushing<F> where F: Future {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if *this.begun && matches!(this.state.as_mut().project(), StateProjection::Working { .. }) {
                let _flush = FlushLater;
                this.state.set(State::Done);
            }
        }
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F, T> {
        Working { #[pin] future: F },
        Flushing { ended: Option<Ended<T>>, under_way: UnderWay },
        Done,
    }
}

/// What the work came to: its value, or its panic.
type Ended<T> = Result<T, Box<dyn Any + Send>>;

/// Asks for a flush when it goes, also where the work's own end unwinds.
struct FlushLater;

impl Drop for FlushLater {
    fn drop(&mut self) {
        unawaited();
    }
}

/// The future, and a flush at its end.
pub const fn flushing<F: Future>(deadline: Deadline, future: F) -> Flushing<F> {
    Flushing {
        state: State::Working { future },
        deadline,
        begun: false,
    }
}

impl<F: Future> Future for Flushing<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let StateProjection::Working { future } = this.state.as_mut().project() {
            *this.begun = true;
            let ended = match catch_unwind(AssertUnwindSafe(|| future.poll(task))) {
                Ok(Poll::Pending) => return Poll::Pending,
                Ok(Poll::Ready(value)) => Ok(value),
                Err(panic) => Err(panic),
            };
            match elsewhere(this.deadline.remaining()) {
                None => {
                    this.state.set(State::Done);
                    return Poll::Ready(give(ended));
                }
                Some(under_way) => this.state.set(State::Flushing {
                    ended: Some(ended),
                    under_way,
                }),
            }
        }
        let StateProjection::Flushing { ended, under_way } = this.state.as_mut().project() else {
            panic!("an invocation's future was polled after it was ready");
        };
        if Pin::new(under_way).poll(task).is_pending() {
            return Poll::Pending;
        }
        let ended = ended.take();
        this.state.set(State::Done);
        match ended {
            Some(ended) => Poll::Ready(give(ended)),
            None => Poll::Pending,
        }
    }
}

fn give<T>(ended: Ended<T>) -> T {
    ended.unwrap_or_else(|panic| resume_unwind(panic))
}

impl<F: Future> fmt::Debug for Flushing<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Working { .. } => "working",
            State::Flushing { .. } => "flushing",
            State::Done => "done",
        };
        f.debug_struct("Flushing")
            .field("state", &state)
            .finish_non_exhaustive()
    }
}
