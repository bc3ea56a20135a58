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
#[derive(Debug, Default)]
pub(crate) enum Ids {
    /// Each thread's own generator.
    #[default]
    Thread,
    /// One generator for all, from a seed: for tests.
    Seeded(Mutex<SmallRng>),
}

impl Ids {
    /// The same ids and draws for the same seed, where one thread asks for them.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self::Seeded(Mutex::new(SmallRng::seed_from_u64(seed)))
    }

    /// 64 random bits.
    #[inline]
    pub(crate) fn bits(&self) -> u64 {
        self.with(Rng::random)
    }

    /// An id of a span: never zero.
    #[inline]
    pub(crate) fn span_id(&self) -> SpanId {
        SpanId::from(self.bits().max(1))
    }

    /// An id of a trace: never zero, its low 56 bits random, as level 2 of Trace Context asks.
    pub(crate) fn trace_id(&self) -> TraceId {
        TraceId::from(self.with(|random| random.random::<u128>()).max(1))
    }

    #[inline]
    fn with<R>(&self, draw: impl Fn(&mut SmallRng) -> R) -> R {
        match self {
            // A thread that ends has let go of its generator.
            Self::Thread => RANDOM
                .try_with(|random| draw(&mut random.borrow_mut()))
                .unwrap_or_else(|_| draw(&mut SmallRng::from_os_rng())),
            Self::Seeded(random) => draw(&mut random.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }
}
