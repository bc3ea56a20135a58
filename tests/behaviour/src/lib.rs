//! What the behaviour tests share: a capture whose clock stands still until a test moves it.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use lakehouse_otel::opentelemetry::trace::SpanId;
use lakehouse_otel::testing::{Capture, CapturedSpan, ManualClock};
use lakehouse_otel::trace::sampler::{Randomness, SamplingState, Threshold};

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

/// What the span says of its sampling.
#[must_use]
pub fn sampling(span: &CapturedSpan) -> SamplingState {
    SamplingState::parse(span.data().span_context.trace_state())
}

/// The threshold that the span was kept with.
#[must_use]
pub fn threshold(span: &CapturedSpan) -> Option<Threshold> {
    sampling(span).threshold
}

/// The spans hang together, and what each says of its sampling is true: its parent is there, or
/// remote, or it has none; its randomness is not below its threshold.
///
/// # Panics
///
/// Where that is not so, with the tree of all spans.
#[track_caller]
pub fn assert_whole(capture: &Capture) {
    let spans = capture.spans();
    for span in &spans {
        let data = span.data();
        let parent = span.parent_span_id();
        let there = spans
            .iter()
            .any(|other| other.trace_id() == span.trace_id() && other.span_id() == parent);
        assert!(
            parent == SpanId::INVALID || data.parent_span_is_remote || there,
            "{:?} hangs in the air:\n{capture}",
            span.name()
        );
        let state = sampling(span);
        let randomness = state
            .randomness
            .unwrap_or_else(|| Randomness::from_trace_id(span.trace_id()));
        assert!(
            state
                .threshold
                .is_none_or(|threshold| threshold.keeps(randomness)),
            "{:?} says {state:?}:\n{capture}",
            span.name()
        );
    }
}
