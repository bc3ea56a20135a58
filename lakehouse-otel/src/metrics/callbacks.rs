//! The callbacks of observable instruments, called before a collection and not in it.
//!
//! The SDK would call them under the lock of its pipeline: one that made an instrument would wait for
//! itself, one that took its time would keep others from making any, and one that panicked would poison
//! the lock, and no metric would ever be collected again. So a collection calls them first, each on its
//! own, and the SDK is handed what they observed.

use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry::KeyValue;
use opentelemetry::metrics::{AsyncInstrument, Callback};

use super::observe::contain;
use crate::health::Diagnostics;

/// The callbacks of all instruments of one provider.
pub(crate) struct Callbacks {
    instruments: Mutex<Vec<Arc<dyn Observable>>>,
    diagnostics: Diagnostics,
}

/// An instrument that is observed.
trait Observable: Send + Sync {
    /// Calls its callbacks.
    fn observe(&self, diagnostics: &Diagnostics);
}

/// An instrument's callbacks, and what they observed last.
pub(crate) struct Observed<T> {
    name: String,
    callbacks: Vec<Callback<T>>,
    values: Mutex<Vec<Value<T>>>,
    /// Whether one of them panicked before.
    said: AtomicBool,
}

type Value<T> = (T, Vec<KeyValue>);

impl Callbacks {
    pub(crate) fn new(diagnostics: Diagnostics) -> Self {
        Self {
            instruments: Mutex::default(),
            diagnostics,
        }
    }

    /// Adds those of one instrument.
    pub(crate) fn add<T: Copy + Send + Sync + 'static>(
        &self,
        name: &str,
        callbacks: Vec<Callback<T>>,
    ) -> Arc<Observed<T>> {
        let observed = Arc::new(Observed {
            name: name.to_owned(),
            callbacks,
            values: Mutex::default(),
            said: AtomicBool::new(false),
        });
        let mut instruments = self
            .instruments
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        instruments.push(Arc::clone(&observed) as _);
        observed
    }

    /// Calls all of them; no lock is held meanwhile.
    pub(crate) fn call(&self) {
        let instruments = self
            .instruments
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        for instrument in instruments {
            instrument.observe(&self.diagnostics);
        }
    }
}

impl<T: Copy + Send + Sync> Observable for Observed<T> {
    fn observe(&self, diagnostics: &Diagnostics) {
        let mut values = Vec::new();
        for callback in &self.callbacks {
            let collector = Collector(Mutex::default());
            if contain(diagnostics, &self.name, &self.said, || callback(&collector)) {
                let observed = collector.0.into_inner();
                values.append(&mut observed.unwrap_or_else(PoisonError::into_inner));
            }
        }
        *self.values.lock().unwrap_or_else(PoisonError::into_inner) = values;
    }
}

impl<T: Copy> Observed<T> {
    /// Tells what was observed last.
    pub(crate) fn tell(&self, observer: &dyn AsyncInstrument<T>) {
        let values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        for (value, attributes) in &*values {
            observer.observe(*value, attributes);
        }
    }
}

/// Takes what a callback observes.
struct Collector<T>(Mutex<Vec<Value<T>>>);

impl<T: Send> AsyncInstrument<T> for Collector<T> {
    fn observe(&self, measurement: T, attributes: &[KeyValue]) {
        let mut values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        values.push((measurement, attributes.to_vec()));
    }
}

impl fmt::Debug for Callbacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callbacks").finish_non_exhaustive()
    }
}
