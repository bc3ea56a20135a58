//! How many errors are kept beyond what was sampled.

use std::sync::atomic::{AtomicU64, Ordering};

const SECOND: u64 = 1_000_000_000;

/// So many a second, and at once no more than a second's worth. Lock-free.
///
/// ```
/// use lakehouse_otel::trace::sampler::ErrorBudget;
///
/// let budget = ErrorBudget::new(2);
/// assert!(budget.take(0) && budget.take(0));
/// assert!(!budget.take(0));
/// assert!(budget.take(500_000_000)); // half a second later there is one more
/// ```
#[derive(Debug)]
pub struct ErrorBudget {
    /// How long one takes to come back, in nanoseconds; `None` where there are none.
    cost: Option<u64>,
    /// When all that was taken has come back.
    full_at: AtomicU64,
}

impl ErrorBudget {
    /// A budget of so many a second, full. Of 0 nothing can be taken.
    #[must_use]
    pub const fn new(per_second: u64) -> Self {
        Self {
            cost: SECOND.checked_div(per_second),
            full_at: AtomicU64::new(0),
        }
    }

    /// Takes one, if there is one now. The clock is a count of nanoseconds that nobody sets.
    pub fn take(&self, now_nanos: u64) -> bool {
        let Some(cost) = self.cost else {
            return false;
        };
        let latest = now_nanos.saturating_add(SECOND);
        self.full_at
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |full_at| {
                let after = full_at.max(now_nanos).saturating_add(cost);
                (after <= latest).then_some(after)
            })
            .is_ok()
    }
}
