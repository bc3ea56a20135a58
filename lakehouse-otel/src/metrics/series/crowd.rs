//! A series that several threads record in at once.
//!
//! The SDK keeps what is recorded in one place, which threads on several cores take from each other with each
//! call. Where that is seen, each of them puts what it records aside in a stripe, and takes it to the SDK some at a time.
//! A collection has all stripes emptied first, so it reads what was recorded before it, each value once. As many series have
//! stripes as [may put aside](crate::metrics::callbacks::MOST_ASIDE); those that come after them record as if they were alone.

use std::cell::Cell;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};
use std::thread;

use super::Certain;
use crate::metrics::callbacks::SetAside;
use crate::schema::Outcome;

/// How often another thread than the one before has recorded before there are stripes.
const CHANGES: u32 = 64;

/// How many stripes a series has at most; each is made when the first of its threads comes.
const MOST_STRIPES: usize = 32;

/// How many values a stripe holds at most; with half as many it is emptied, where nobody empties another one.
const ROOM: usize = 64;

/// Who records in a series.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    /// The thread that did last.
    last: AtomicU32,
    /// How often that was another one than before.
    changes: AtomicU32,
    stripes: OnceLock<Arc<Stripes>>,
}

/// What is put aside of one series.
struct Stripes {
    outcome: Outcome,
    certain: Arc<[Certain]>,
    /// Held by the one that empties a stripe, so that others do not, unless they have to: two wait for each other in
    /// the SDK, value for value.
    emptying: Mutex<()>,
    all: Box<[OnceLock<Box<Stripe>>]>,
}

/// What a few threads put aside, by themselves: no other stripe is on its lines of the cache.
#[derive(Debug)]
#[repr(align(128))]
struct Stripe {
    /// How long each operation took, in seconds.
    seconds: Mutex<Vec<f64>>,
}

impl Crowd {
    /// Puts aside what the operation records, where more than one thread does. Where not, or where there is no
    /// room, it is for the caller to record.
    #[inline]
    pub(super) fn put_aside(
        &self,
        certain: &Arc<[Certain]>,
        outcome: Outcome,
        seconds: f64,
        announce: impl FnOnce(Arc<dyn SetAside>) -> bool,
    ) -> bool {
        let thread = number();
        if let Some(stripes) = self.stripes.get() {
            return stripes.put(thread, seconds);
        }
        if self.last.load(Ordering::Relaxed) != thread {
            self.change(thread, certain, outcome, announce);
        }
        false
    }

    #[cold]
    fn change(
        &self,
        thread: u32,
        certain: &Arc<[Certain]>,
        outcome: Outcome,
        announce: impl FnOnce(Arc<dyn SetAside>) -> bool,
    ) {
        self.last.store(thread, Ordering::Relaxed);
        // One of the threads sees this number.
        if self.changes.fetch_add(1, Ordering::Relaxed) == CHANGES {
            let stripes = Arc::new(Stripes::new(outcome, Arc::clone(certain)));
            // Before anything is put there.
            if announce(Arc::clone(&stripes) as _) {
                let _ = self.stripes.set(stripes);
            }
        }
    }
}

impl Stripes {
    fn new(outcome: Outcome, certain: Arc<[Certain]>) -> Self {
        static COUNT: LazyLock<usize> = LazyLock::new(|| {
            let cores = thread::available_parallelism().map_or(1, usize::from);
            (4 * cores).next_power_of_two().min(MOST_STRIPES)
        });
        Self {
            outcome,
            certain,
            emptying: Mutex::default(),
            all: (0..*COUNT).map(|_| OnceLock::new()).collect(),
        }
    }

    /// Puts a value aside; `false` where another thread is at this stripe.
    #[inline]
    fn put(&self, thread: u32, seconds: f64) -> bool {
        // A power of two.
        let place = thread as usize & (self.all.len() - 1);
        let stripe = &self.all[place];
        let stripe = stripe.get_or_init(|| Box::new(Stripe::new()));
        let Ok(mut kept) = stripe.seconds.try_lock() else {
            return false;
        };
        kept.push(seconds);
        if kept.len() >= ROOM / 2 {
            self.make_room(&mut kept);
        }
        true
    }

    #[inline(never)]
    fn make_room(&self, kept: &mut Vec<f64>) {
        let emptying = self.emptying.try_lock();
        if emptying.is_ok() || kept.len() >= ROOM {
            self.empty(kept);
        }
    }

    /// Records what was put aside. Its stripe is locked until it is done: no value is ever nowhere.
    fn empty(&self, kept: &mut Vec<f64>) {
        for certain in &*self.certain {
            certain.record_all(self.outcome, kept);
        }
        kept.clear();
    }
}

impl SetAside for Stripes {
    fn record(&self) {
        for stripe in self.all.iter().filter_map(OnceLock::get) {
            let mut kept = stripe
                .seconds
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            self.empty(&mut kept);
        }
    }
}

impl Stripe {
    #[cold]
    fn new() -> Self {
        Self {
            seconds: Mutex::new(Vec::with_capacity(ROOM)),
        }
    }
}

impl fmt::Debug for Stripes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let made = self.all.iter().filter_map(OnceLock::get).count();
        f.debug_struct("Stripes")
            .field("outcome", &self.outcome)
            .field("made", &made)
            .finish_non_exhaustive()
    }
}

thread_local! {
    static NUMBER: Cell<u32> = const { Cell::new(0) };
}

/// This thread's number; threads that come one after the other have numbers that do.
#[inline]
fn number() -> u32 {
    match NUMBER.get() {
        0 => new_number(),
        number => number,
    }
}

#[cold]
fn new_number() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    // None is 0, also after four billion threads.
    let number = NEXT.fetch_add(1, Ordering::Relaxed).max(1);
    NUMBER.set(number);
    number
}
