//! Ids and randomness: from a generator of each thread's own, or from a seed.

use std::cell::RefCell;
use std::sync::{Mutex, PoisonError};

use opentelemetry::trace::{SpanId, TraceId};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

thread_local! {
    /// Seeded by the operating system, so that no two threads and no two processes share ids.
    static RANDOM: RefCell<SmallRng> = RefCell::new(SmallRng::from_os_rng());
}

/// Where ids and draws come from.
#[derive(Debug)]
pub(crate) enum Ids {
    /// Each thread's own generator. After a `fork` parent and child go on alike: what an `init` mixes in
    /// parts them, where the child has one of its own.
    Thread { mixed_in: u128 },
    /// One generator for all, from a seed: for tests.
    Seeded(Mutex<SmallRng>),
}

impl Default for Ids {
    fn default() -> Self {
        let mixed_in = SmallRng::from_os_rng().random();
        Self::Thread { mixed_in }
    }
}

impl Ids {
    /// The same ids and draws for the same seed, where one thread asks for them.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self::Seeded(Mutex::new(SmallRng::seed_from_u64(seed)))
    }

    /// 64 random bits.
    #[inline]
    pub(crate) fn bits(&self) -> u64 {
        #[expect(clippy::cast_possible_truncation, reason = "half of it is as good")]
        let mixed_in = self.mixed_in() as u64;
        self.with(Rng::random::<u64>) ^ mixed_in
    }

    /// An id of a span: never zero.
    #[inline]
    pub(crate) fn span_id(&self) -> SpanId {
        SpanId::from(self.bits().max(1))
    }

    /// An id of a trace: never zero, its low 56 bits random, as level 2 of Trace Context asks.
    pub(crate) fn trace_id(&self) -> TraceId {
        let bits = self.with(Rng::random::<u128>) ^ self.mixed_in();
        TraceId::from(bits.max(1))
    }

    #[inline]
    const fn mixed_in(&self) -> u128 {
        match self {
            Self::Thread { mixed_in } => *mixed_in,
            Self::Seeded(_) => 0,
        }
    }

    #[inline]
    fn with<R>(&self, draw: impl Fn(&mut SmallRng) -> R) -> R {
        if let Self::Thread { .. } = self
            && let Ok(drawn) = RANDOM.try_with(|random| draw(&mut random.borrow_mut()))
        {
            return drawn;
        }
        self.with_other(draw)
    }

    #[cold]
    fn with_other<R>(&self, draw: impl Fn(&mut SmallRng) -> R) -> R {
        match self {
            // A thread that ends has let go of its generator.
            Self::Thread { .. } => draw(&mut SmallRng::from_os_rng()),
            Self::Seeded(random) => {
                draw(&mut random.lock().unwrap_or_else(PoisonError::into_inner))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a `fork` leaves on both sides: the same generator in the same state.
    fn ids_after_a_fork(ids: &Ids) -> (TraceId, SpanId) {
        RANDOM.with(|random| random.replace(SmallRng::seed_from_u64(1)));
        (ids.trace_id(), ids.span_id())
    }

    #[test]
    fn an_init_after_a_fork_has_ids_of_its_own() {
        let (parent, child) = (Ids::default(), Ids::default());
        let (of_parent, of_child) = (ids_after_a_fork(&parent), ids_after_a_fork(&child));
        assert_eq!(of_parent, ids_after_a_fork(&parent));
        assert_ne!(of_parent.0, of_child.0);
        assert_ne!(of_parent.1, of_child.1);
    }

    #[test]
    fn a_seed_repeats() {
        let (one, other) = (Ids::seeded(7), Ids::seeded(7));
        assert_eq!(
            (one.trace_id(), one.bits()),
            (other.trace_id(), other.bits())
        );
    }
}
