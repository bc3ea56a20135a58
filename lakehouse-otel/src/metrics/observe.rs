//! Callbacks that the program gives, asked when metrics are collected.
//!
//! The provider calls them before a collection and outside of the SDK's locks ([`callbacks`](super::callbacks)), so that
//! they may record metrics by themselves. What is added here: they come and go while telemetry runs, stand before `init`
//! and after a shutdown, and each is contained by itself.

use std::collections::HashSet;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;

use super::contain::contain;
use super::declared::is_like;
use super::instruments::Number;
use crate::health::Diagnostics;
use crate::schema::{InstrumentKind, MetricDefinition, NumberKind};

/// One observed value.
#[derive(Debug, Clone)]
pub(crate) struct Point {
    pub(crate) number: Number,
    pub(crate) attributes: Vec<KeyValue>,
}

/// What a program's callback fills.
pub(crate) type Points = Mutex<Vec<Point>>;

/// A program's callback.
pub(crate) type Callback = Arc<dyn Fn(&Points) + Send + Sync>;

/// The callbacks of a program, or of one capture.
#[derive(Default)]
pub(crate) struct Observers {
    callbacks: Mutex<Vec<Registered>>,
}

#[derive(Clone)]
struct Registered {
    id: u64,
    definition: &'static MetricDefinition,
    callback: Callback,
    /// What it observed when it last went well, where that is kept.
    kept: Arc<Points>,
    said: Arc<AtomicBool>,
}

impl Observers {
    /// Those of the program. They outlive a shutdown, and are asked again after the next `init`.
    pub(crate) fn of_program() -> Arc<Self> {
        static PROGRAM: LazyLock<Arc<Observers>> = LazyLock::new(Arc::default);
        Arc::clone(&PROGRAM)
    }

    /// Asks this callback from now on; its number.
    pub(crate) fn add(&self, definition: &'static MetricDefinition, callback: Callback) -> u64 {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        lock(&self.callbacks).push(Registered {
            id,
            definition,
            callback,
            kept: Arc::default(),
            said: Arc::default(),
        });
        id
    }

    /// Asks the callback of this number no longer. One that is being asked comes to its end.
    pub(crate) fn remove(&self, id: u64) {
        let removed = {
            let mut callbacks = lock(&self.callbacks);
            let place = callbacks.iter().position(|registered| registered.id == id);
            place.map(|place| callbacks.remove(place))
        };
        // What a callback holds may do anything when it is dropped, so the lock is gone by then.
        drop(removed);
    }

    /// The metrics that have a callback.
    pub(super) fn observed(&self) -> Vec<&'static MetricDefinition> {
        let callbacks = lock(&self.callbacks);
        callbacks
            .iter()
            .map(|registered| registered.definition)
            .collect()
    }

    /// What the callbacks of this metric say now. No lock is held while they do.
    fn points(&self, metric: &'static MetricDefinition, diagnostics: &Diagnostics) -> Vec<Point> {
        let callbacks = lock(&self.callbacks).clone();
        callbacks
            .iter()
            .filter(|registered| is_like(registered.definition, metric))
            .flat_map(|registered| registered.ask(diagnostics))
            .collect()
    }
}

impl Registered {
    /// What it observes now; of sums, where it panics, what it observed before.
    fn ask(&self, diagnostics: &Diagnostics) -> Vec<Point> {
        let who = format_args!("the callback that observes `{}`", self.definition.name);
        let points = contain(diagnostics, &who, &self.said, || {
            let points = Points::default();
            (self.callback)(&points);
            points.into_inner().unwrap_or_else(PoisonError::into_inner)
        });
        if self.definition.instrument == InstrumentKind::Gauge {
            return points.unwrap_or_default();
        }
        let mut kept = lock(&self.kept);
        if let Some(points) = points {
            *kept = points;
        }
        kept.clone()
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observers")
            .field("observed", &self.observed().len())
            .finish_non_exhaustive()
    }
}

/// The instruments of the SDK through which observers are heard under one pipeline.
#[derive(Debug)]
pub(crate) struct Observed {
    observers: Arc<Observers>,
    diagnostics: Diagnostics,
    made: Mutex<HashSet<&'static str>>,
}

impl Observed {
    pub(crate) fn new(observers: Arc<Observers>, diagnostics: &Diagnostics) -> Self {
        Self {
            observers,
            diagnostics: diagnostics.clone(),
            made: Mutex::default(),
        }
    }

    pub(crate) fn observers(&self) -> &Arc<Observers> {
        &self.observers
    }

    /// Lets this meter hear a metric.
    pub(crate) fn hear(&self, meter: &Meter, definition: &'static MetricDefinition) {
        if !lock(&self.made).insert(definition.name) {
            return;
        }
        macro_rules! heard {
            ($builder:ident, $number:ident) => {{
                let observers = Arc::clone(&self.observers);
                let diagnostics = self.diagnostics.clone();
                // The provider keeps the callback.
                let _ = meter
                    .$builder(definition.name)
                    .with_unit(definition.unit)
                    .with_description(definition.description)
                    .with_callback(move |observer| {
                        for point in observers.points(definition, &diagnostics) {
                            observer.observe(point.number.$number(), &point.attributes);
                        }
                    })
                    .build();
            }};
        }
        match (definition.instrument, definition.number) {
            (InstrumentKind::Counter, NumberKind::F64) => heard!(f64_observable_counter, as_f64),
            (InstrumentKind::Counter, _) => heard!(u64_observable_counter, as_u64),
            (InstrumentKind::UpDownCounter, NumberKind::F64) => {
                heard!(f64_observable_up_down_counter, as_f64);
            }
            (InstrumentKind::UpDownCounter, _) => heard!(i64_observable_up_down_counter, as_i64),
            (InstrumentKind::Gauge, NumberKind::F64) => heard!(f64_observable_gauge, as_f64),
            (InstrumentKind::Gauge, NumberKind::U64) => heard!(u64_observable_gauge, as_u64),
            (InstrumentKind::Gauge, NumberKind::I64) => heard!(i64_observable_gauge, as_i64),
            // The registry's checks let no histogram be observed.
            (InstrumentKind::Histogram, _) => {}
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
