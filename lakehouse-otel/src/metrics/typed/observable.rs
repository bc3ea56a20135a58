//! Callbacks that the program gives, and what they record with.

use std::fmt;
use std::sync::{Arc, PoisonError};

use super::{Amount, Labels};
use crate::metrics::observe::{Observers, Point, Points};
use crate::metrics::table;
use crate::pipeline;
use crate::schema::MetricDefinition;

/// A callback that is asked whenever metrics are collected, until this is dropped.
///
/// It may be made at any time, also before [`init`](crate::init), and outlives a shutdown. One that is made before the
/// telemetry is dropped after it, and so is asked when the shutdown collects for the last time. Under a capture of
/// [`testing`](crate::testing) it is the capture's.
///
/// # Panics
///
/// Where the callback panics, the panic is caught: a gauge has no values of it this time, of sums those stand that it
/// observed before, and it is asked again at the next collection. The diagnostics say so the first time. The program's
/// panic hook runs each time, before the panic is caught: Rust's own prints to standard error. With `panic = "abort"` a
/// panic cannot be caught, and the process ends.
#[derive(Debug)]
#[must_use = "it observes until it is dropped"]
pub struct Observation {
    observers: Arc<Observers>,
    id: u64,
}

impl Observation {
    #[doc(hidden)]
    pub fn new(
        definition: &'static MetricDefinition,
        callback: impl Fn(Observer<'_>) + Send + Sync + 'static,
    ) -> Self {
        let callback = Arc::new(move |points: &Points| callback(Observer { definition, points }));
        let capture = pipeline::capture();
        let program = || pipeline::installed().and_then(|pipeline| pipeline.instruments());
        let of_capture = capture.as_deref().and_then(|capture| capture.instruments());
        let observers = match of_capture {
            Some(instruments) => Arc::clone(instruments.observed().observers()),
            None => Observers::of_program(),
        };
        let id = observers.add(definition, callback);
        if let Some(instruments) = of_capture.or_else(program) {
            instruments.observe(definition);
        }
        Self { observers, id }
    }
}

impl Drop for Observation {
    fn drop(&mut self) {
        self.observers.remove(self.id);
    }
}

/// Takes what a callback observes.
#[derive(Clone, Copy)]
pub struct Observer<'o> {
    definition: &'static MetricDefinition,
    points: &'o Points,
}

impl Observer<'_> {
    #[doc(hidden)]
    pub fn record<const N: usize>(&self, labels: &Labels<'_, N>, amount: impl Amount) {
        let number = amount.number();
        if !number.is_fit_for(self.definition.instrument) {
            return;
        }
        let attributes = table::attributes(self.definition, labels.given()).sorted;
        let mut points = self.points.lock().unwrap_or_else(PoisonError::into_inner);
        points.push(Point { number, attributes });
    }
}

impl fmt::Debug for Observer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observer")
            .field("metric", &self.definition.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::{Labels, Observation};
    use crate::schema::{InstrumentKind, MetricDefinition, NumberKind};
    use crate::testing;

    const fn metric(
        name: &'static str,
        instrument: InstrumentKind,
        number: NumberKind,
    ) -> MetricDefinition {
        MetricDefinition {
            name,
            instrument,
            number,
            unit: "{step}",
            description: "Steps.",
            attributes: &[],
            boundaries: &[],
            cardinality_limit: 1,
            observable: true,
        }
    }

    static COUNT: MetricDefinition = metric("test.count", InstrumentKind::Counter, NumberKind::U64);
    static SUM: MetricDefinition = metric("test.sum", InstrumentKind::Counter, NumberKind::F64);
    static LEVEL: MetricDefinition =
        metric("test.level", InstrumentKind::UpDownCounter, NumberKind::I64);
    static RATIO: MetricDefinition = metric("test.ratio", InstrumentKind::Gauge, NumberKind::F64);

    #[test]
    fn counters_and_levels_are_observed_as_well() {
        let capture = testing::capture();
        let _observed = capture.run(|| {
            [
                Observation::new(&COUNT, |it| it.record(&Labels::<0>::new(), 7_u64)),
                Observation::new(&SUM, |it| it.record(&Labels::<0>::new(), 2.5)),
                Observation::new(&LEVEL, |it| it.record(&Labels::<0>::new(), -3_i64)),
                Observation::new(&RATIO, |it| {
                    it.record(&Labels::<0>::new(), 0.5);
                    // No number, and no sum that shrinks.
                    it.record(&Labels::<0>::new(), f64::NAN);
                }),
                Observation::new(&SUM, |it| it.record(&Labels::<0>::new(), -1.0)),
            ]
        });
        // What is observed is the sum so far, however often it is asked for.
        for _ in 0..2 {
            capture.metric("test.count").sum(7);
            capture.metric("test.sum").sum(2.5);
            capture.metric("test.level").sum(-3);
            capture.metric("test.ratio").sum(0.5);
        }
    }

    #[test]
    fn what_a_callback_counted_stands_where_it_panics() {
        let capture = testing::capture();
        let asked = AtomicU64::new(0);
        let _observed = capture.run(|| {
            [
                Observation::new(&COUNT, move |it| {
                    assert_eq!(asked.fetch_add(1, Ordering::Relaxed), 0, "on purpose");
                    it.record(&Labels::<0>::new(), 7_u64);
                }),
                // Of the same metric, and well.
                Observation::new(&COUNT, |_| {}),
            ]
        });
        for _ in 0..2 {
            capture.metric("test.count").sum(7);
        }
    }
}
