//! The callbacks of observable instruments, called before a collection and not in it.
//!
//! The SDK would call them under the lock of its pipeline: one that made an instrument would wait for
//! itself, one that took its time would keep others from making any, and one that panicked would poison
//! the lock, and no metric would ever be collected again. So a collection calls them first, each on its
//! own, and the SDK is handed what they observed.
//!
//! No lock is held while a callback runs, and each runs for one collection at a time. Another one waits for it, but not
//! [for long](PATIENCE): what it observed the time before stands then. So one that hangs holds up the collection that called it, and
//! no other; and one that collects itself does not wait for itself.
//!
//! What a view or a limit makes one series is added up first ([`fold`](super::fold)).
//! What a reader observes, the SDK hands on to the other readers of a lane too, so one collects at a time. Sums only grow
//! ([`totals`](super::totals)), and where a callback of a sum panics, what it observed the time before stands.

use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{AsyncInstrument, Callback};
use opentelemetry_sdk::metrics::Temporality;

use super::contain::contain;
use super::fold::{Fold, Folded};
use super::totals::{Amount, Totals, Value};
use crate::health::Diagnostics;

/// How many may put aside what is recorded before a collection: they are never let go of, and each takes up to 24 KB.
pub(crate) const MOST_ASIDE: usize = 256;

/// How long a collection waits for a callback that another one has called.
const PATIENCE: Duration = Duration::from_millis(100);

/// The callbacks of all instruments of one provider.
pub(crate) struct Callbacks {
    instruments: Mutex<Vec<Arc<dyn Observable>>>,
    aside: Mutex<Vec<Arc<dyn SetAside>>>,
    /// Held by the one that collects, when all callbacks were called.
    collecting: Mutex<()>,
    diagnostics: Diagnostics,
}

/// What was put aside to be recorded later.
pub(crate) trait SetAside: Send + Sync {
    /// Records it.
    fn record(&self);
}

/// An instrument that is observed.
trait Observable: Send + Sync {
    /// Calls its callbacks.
    fn ask(&self, diagnostics: &Diagnostics);

    /// Takes what they observed, for a collection in this temporality.
    fn take(&self, temporality: Temporality);
}

/// What the numbers of an instrument are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Observes {
    /// Sums that only grow.
    Totals,
    /// Sums that go up and down.
    Sums,
    /// What is there now.
    Levels,
}

/// An instrument's callbacks, and what they observed last.
pub(crate) struct ObservedInstrument<T> {
    name: String,
    numbers: Observes,
    callbacks: Vec<Asked<T>>,
    folded: Mutex<Folded<T>>,
    totals: Mutex<Totals<T>>,
    values: Mutex<Vec<Value<T>>>,
    /// Whether one of them panicked before.
    said: AtomicBool,
}

/// A callback, and what it observed last.
struct Asked<T> {
    callback: Callback<T>,
    /// Whether it is being called.
    runs: Mutex<bool>,
    returned: Condvar,
    observed: Mutex<Vec<Value<T>>>,
}

impl Callbacks {
    pub(crate) fn new(diagnostics: Diagnostics) -> Self {
        Self {
            instruments: Mutex::default(),
            aside: Mutex::default(),
            collecting: Mutex::default(),
            diagnostics,
        }
    }

    /// Adds those of one instrument.
    pub(super) fn add<T: Amount>(
        &self,
        name: &str,
        numbers: Observes,
        fold: Fold,
        callbacks: Vec<Callback<T>>,
    ) -> Arc<ObservedInstrument<T>> {
        let asked = |callback| Asked {
            callback,
            runs: Mutex::default(),
            returned: Condvar::new(),
            observed: Mutex::default(),
        };
        let observed = Arc::new(ObservedInstrument {
            name: name.to_owned(),
            numbers,
            callbacks: callbacks.into_iter().map(asked).collect(),
            folded: Mutex::new(Folded::new(fold)),
            totals: Mutex::default(),
            values: Mutex::default(),
            said: AtomicBool::new(false),
        });
        lock(&self.instruments).push(Arc::clone(&observed) as _);
        observed
    }

    /// Adds something that is recorded before each collection, where there is room for it.
    pub(super) fn add_aside(&self, aside: Arc<dyn SetAside>) -> bool {
        let mut all = lock(&self.aside);
        let has_room = all.len() < MOST_ASIDE;
        if has_room {
            all.push(aside);
        }
        has_room
    }

    /// Calls all of them, has recorded what was put aside, and then collects in this temporality. None other collects
    /// meanwhile; while a callback runs, any other may.
    pub(crate) fn collect<R>(&self, temporality: Temporality, collect: impl FnOnce() -> R) -> R {
        let instruments = lock(&self.instruments).clone();
        for instrument in &instruments {
            instrument.ask(&self.diagnostics);
        }
        let _collecting = lock(&self.collecting);
        for instrument in &instruments {
            instrument.take(temporality);
        }
        let aside = lock(&self.aside).clone();
        for aside in aside {
            aside.record();
        }
        collect()
    }
}

impl<T: Amount> Observable for ObservedInstrument<T> {
    fn ask(&self, diagnostics: &Diagnostics) {
        for asked in &self.callbacks {
            if asked.begin() {
                self.call(asked, diagnostics);
                asked.end();
            }
        }
    }

    fn take(&self, temporality: Temporality) {
        let asked = self.callbacks.iter();
        let values: Vec<_> = asked
            .flat_map(|asked| lock(&asked.observed).clone())
            .collect();
        let values = match self.numbers {
            Observes::Totals => {
                let values = lock(&self.folded).counters(&values);
                lock(&self.totals).take(temporality, &values)
            }
            Observes::Sums => lock(&self.folded).sums(&values),
            Observes::Levels => values,
        };
        *lock(&self.values) = values;
    }
}

impl<T> Asked<T> {
    /// Whether it is to be called; not where it runs already, and goes on.
    fn begin(&self) -> bool {
        let runs = self
            .returned
            .wait_timeout_while(lock(&self.runs), PATIENCE, |runs| *runs);
        let (mut runs, waited) = runs.unwrap_or_else(PoisonError::into_inner);
        let is_free = !waited.timed_out();
        *runs |= is_free;
        is_free
    }

    fn end(&self) {
        *lock(&self.runs) = false;
        self.returned.notify_one();
    }
}

impl<T: Amount> ObservedInstrument<T> {
    /// Calls this callback. Of sums, where it panics, what it observed before stands.
    fn call(&self, asked: &Asked<T>, diagnostics: &Diagnostics) {
        let who = format_args!("the callback that observes `{}`", self.name);
        let observed = contain(diagnostics, &who, &self.said, || {
            let collector = Collector(Mutex::default());
            (asked.callback)(&collector);
            let observed = collector.0.into_inner();
            observed.unwrap_or_else(PoisonError::into_inner)
        });
        match observed {
            Some(observed) => *lock(&asked.observed) = observed,
            None if self.numbers == Observes::Levels => lock(&asked.observed).clear(),
            None => {}
        }
    }

    /// Tells what was observed last.
    pub(crate) fn tell(&self, observer: &dyn AsyncInstrument<T>) {
        for (value, attributes) in &*lock(&self.values) {
            observer.observe(*value, attributes);
        }
    }
}

/// Takes what a callback observes.
struct Collector<T>(Mutex<Vec<Value<T>>>);

impl<T: Send> AsyncInstrument<T> for Collector<T> {
    fn observe(&self, measurement: T, attributes: &[KeyValue]) {
        lock(&self.0).push((measurement, attributes.to_vec()));
    }
}

impl fmt::Debug for Callbacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callbacks").finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
