//! Spans that must be there, because one under them is exported, and whose operations run elsewhere.

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use opentelemetry::trace::{SpanId, TraceId};

/// A span, by its trace and its own id.
type Span = (TraceId, SpanId);

/// How many are remembered. Of more the oldest is forgotten: its operation has probably ended long
/// since.
const CAPACITY: usize = 1_024;

/// Spans that others miss, until their operations ask.
#[derive(Debug, Default)]
pub(crate) struct Missed {
    spans: Mutex<Spans>,
    /// How many there are, to be asked without a lock.
    count: AtomicUsize,
}

#[derive(Debug, Default)]
struct Spans {
    known: HashSet<Span>,
    /// In the order in which they came; those that have been taken are still in here.
    order: VecDeque<Span>,
}

impl Missed {
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.count.load(Ordering::Acquire) == 0
    }

    /// Remembers a span.
    #[cold]
    pub(crate) fn add(&self, span: Span) {
        let mut spans = self.lock();
        if spans.known.insert(span) {
            spans.order.push_back(span);
        }
        while spans.order.len() > CAPACITY {
            if let Some(oldest) = spans.order.pop_front() {
                spans.known.remove(&oldest);
            }
        }
        self.count.store(spans.known.len(), Ordering::Release);
    }

    /// Whether the span is one of them; from then on it is not.
    #[cold]
    pub(crate) fn take(&self, span: Span) -> bool {
        let mut spans = self.lock();
        let found = spans.known.remove(&span);
        if spans.known.is_empty() {
            spans.order.clear();
        }
        self.count.store(spans.known.len(), Ordering::Release);
        found
    }

    fn lock(&self) -> MutexGuard<'_, Spans> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
