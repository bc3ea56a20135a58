//! How long the flush at the end of one invocation may take.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use super::{MARGIN, Until};

/// The bound of a flush, and when the invocation has to be over, once that is known.
#[derive(Debug, Clone)]
pub struct Deadline {
    bound: Duration,
    until: Option<Arc<OnceLock<Instant>>>,
}

impl Deadline {
    /// The bound alone.
    #[must_use]
    pub const fn bound(nanos: u64) -> Self {
        Self {
            bound: Duration::from_nanos(nanos),
            until: None,
        }
    }

    /// The bound, and a time that is told later.
    #[must_use]
    pub fn told_later(nanos: u64) -> Self {
        Self {
            until: Some(Arc::default()),
            ..Self::bound(nanos)
        }
    }

    /// Says when the invocation has to be over.
    pub fn tell(&self, until: &impl Until) {
        if let Some(slot) = &self.until
            && let Some(remaining) = until.remaining()
            && let Some(until) = Instant::now().checked_add(remaining)
        {
            let _ = slot.set(until);
        }
    }

    /// How long a flush that begins now may take.
    pub(super) fn remaining(&self) -> Duration {
        let until = self.until.as_ref().and_then(|slot| slot.get());
        let Some(until) = until else {
            return self.bound;
        };
        let left = until.saturating_duration_since(Instant::now());
        self.bound.min(left.saturating_sub(MARGIN))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant, SystemTime};

    use super::Deadline;

    #[test]
    fn the_less_of_the_bound_and_what_remains() {
        let bound = Duration::from_secs(2);
        let deadline = |until: Option<Instant>| {
            let deadline = Deadline::told_later(2_000_000_000);
            deadline.tell(&until);
            deadline.remaining()
        };
        assert_eq!(Deadline::bound(2_000_000_000).remaining(), bound);
        assert_eq!(deadline(None), bound);
        let now = Instant::now();
        assert_eq!(deadline(Some(now + Duration::from_hours(1))), bound);
        let short = deadline(Some(now + Duration::from_secs(1)));
        assert!(short <= Duration::from_millis(950), "{short:?}");
        assert_eq!(deadline(Some(now)), Duration::ZERO);
    }

    #[test]
    fn a_time_of_day_that_is_past_leaves_nothing() {
        let deadline = Deadline::told_later(2_000_000_000);
        deadline.tell(&(SystemTime::now() - Duration::from_secs(1)));
        assert_eq!(deadline.remaining(), Duration::ZERO);
    }
}
