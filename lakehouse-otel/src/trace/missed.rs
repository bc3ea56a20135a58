//! Spans that must be there, because one under them is exported, and whose operations run elsewhere.

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use opentelemetry::trace::{SpanId, TraceId};

/// A span, by its trace and its own id.
type Span = (TraceId, SpanId);

/// How many are remembered. Of more the oldest is forgotten: its operation has probably ended long
/// since.
const CAPACITY: usize = 1_024;

/// Words of the filter: a few bits for each span that is remembered.
const WORDS: usize = 64;

/// Spans that others miss, until their operations ask. Operations that had ended before never ask,
/// and must not make all others wait for the lock.
#[derive(Debug)]
pub(crate) struct Missed {
    spans: Mutex<Spans>,
    /// A bit for the ids of those that there are, to be looked at without a lock.
    filter: [AtomicU64; WORDS],
}

#[derive(Debug, Default)]
struct Spans {
    known: HashSet<Span>,
    /// In the order in which they came; those that have been taken are still in here.
    order: VecDeque<Span>,
}

impl Default for Missed {
    fn default() -> Self {
        Self {
            spans: Mutex::default(),
            filter: [const { AtomicU64::new(0) }; WORDS],
        }
    }
}

impl Missed {
    /// Whether the span may be one of them. Where not, it is none.
    #[inline]
    pub(crate) fn may_hold(&self, (_, span): Span) -> bool {
        let (word, bit) = place(span);
        self.filter[word].load(Ordering::Acquire) & bit != 0
    }

    /// Remembers a span.
    #[cold]
    pub(crate) fn add(&self, span: Span) {
        let mut spans = self.lock();
        if spans.known.insert(span) {
            spans.order.push_back(span);
        }
        let (word, bit) = place(span.1);
        self.filter[word].fetch_or(bit, Ordering::Release);
        while spans.order.len() > CAPACITY {
            if let Some(oldest) = spans.order.pop_front() {
                self.forget(&mut spans, oldest);
            }
        }
    }

    /// Whether the span is one of them; from then on it is not.
    #[cold]
    pub(crate) fn take(&self, span: Span) -> bool {
        let mut spans = self.lock();
        let found = self.forget(&mut spans, span);
        if spans.known.is_empty() {
            spans.order.clear();
        }
        found
    }

    fn forget(&self, spans: &mut Spans, span: Span) -> bool {
        let found = spans.known.remove(&span);
        if found {
            let (word, bit) = place(span.1);
            let shared = spans
                .known
                .iter()
                .any(|(_, other)| place(*other) == (word, bit));
            if !shared {
                self.filter[word].fetch_and(!bit, Ordering::Release);
            }
        }
        found
    }

    fn lock(&self) -> MutexGuard<'_, Spans> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The word and the bit of a span's id, which is random.
#[inline]
fn place(span: SpanId) -> (usize, u64) {
    let [.., word, bit] = span.to_bytes();
    (usize::from(word) % WORDS, 1 << (bit % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(id: u64) -> Span {
        (TraceId::from(1), SpanId::from(id))
    }

    #[test]
    fn a_span_is_missed_once() {
        let missed = Missed::default();
        assert!(!missed.may_hold(span(1)));
        missed.add(span(1));
        missed.add(span(1));
        assert!(missed.may_hold(span(1)));
        // Of another trace, with the same bit.
        assert!(!missed.take((TraceId::from(2), SpanId::from(1))));
        assert!(missed.take(span(1)));
        assert!(!missed.take(span(1)) && !missed.may_hold(span(1)));
    }

    #[test]
    fn those_that_nobody_takes_are_forgotten_and_stop_few() {
        let missed = Missed::default();
        for id in 0..3 * CAPACITY as u64 {
            missed.add(span(id.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        }
        assert_eq!(missed.lock().known.len(), CAPACITY);
        assert!(!missed.take(span(0)));
        let stopped = (0..10_000_u64)
            .filter(|id| missed.may_hold(span(id.wrapping_mul(0xd134_2543_de82_ef95))));
        assert!(stopped.count() < 4_000);
        let known = missed.lock().known.clone();
        assert!(known.into_iter().all(|one| missed.take(one)));
        assert!(
            missed
                .filter
                .iter()
                .all(|word| word.load(Ordering::Relaxed) == 0)
        );
    }

    #[test]
    fn two_with_the_same_bit() {
        let missed = Missed::default();
        missed.add(span(5));
        missed.add(span(5 | 1 << 32));
        assert!(missed.take(span(5)));
        assert!(missed.may_hold(span(5 | 1 << 32)) && missed.take(span(5 | 1 << 32)));
    }
}
