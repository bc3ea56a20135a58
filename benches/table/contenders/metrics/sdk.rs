//! OpenTelemetry's SDK by hand: bound, and unbound with attributes that were made once or are made at each
//! measurement.

use std::marker::PhantomData;
use std::time::{Duration, Instant};

use opentelemetry::KeyValue;

use super::TOOK;
use crate::contenders::measured::{self, Bound, How, Instruments, Unbound};
use crate::contenders::{Contender, Parent, Setup};
use crate::work::{CONSTANTS, Outcome, Pauses, body};

/// The instruments, used in one way.
pub(crate) struct Sdk<H>(PhantomData<H>);

/// A way to use them, also one at a time.
pub(crate) trait Way: How {
    /// Now, by the clock that is read before and after a call.
    type Clock: Copy;
    fn now() -> Self::Clock;
    fn since(started: Self::Clock) -> Duration;
    fn count(instruments: &Instruments);
    fn duration(instruments: &Instruments, took: Duration);
}

/// `add` and `record` with attributes that are made at each call.
pub(crate) struct Built;

fn built(outcome: &'static str) -> [KeyValue; 5] {
    let [exchange, method, endpoint, data_type] = CONSTANTS;
    [
        KeyValue::new(exchange.0, exchange.1),
        KeyValue::new(method.0, method.1),
        KeyValue::new(endpoint.0, endpoint.1),
        KeyValue::new(data_type.0, data_type.1),
        KeyValue::new("crypto.outcome", outcome),
    ]
}

impl How for Built {
    #[inline]
    fn record(instruments: &Instruments, ok: bool, duration: Duration) {
        let labels = built(if ok { "ok" } else { "error" });
        instruments.unbound(&labels, duration);
    }
}

/// The target's: two reads of the processor's own counter.
impl Way for Bound {
    type Clock = fastant::Instant;

    #[inline]
    fn now() -> fastant::Instant {
        fastant::Instant::now()
    }

    #[inline]
    fn since(started: fastant::Instant) -> Duration {
        started.elapsed()
    }

    #[inline]
    fn count(instruments: &Instruments) {
        instruments.bound_ok.0.add(1);
    }

    #[inline]
    fn duration(instruments: &Instruments, took: Duration) {
        instruments.bound_ok.1.record(took.as_secs_f64());
    }
}

macro_rules! unbound {
    ($way:ty, $labels:expr) => {
        impl Way for $way {
            type Clock = Instant;

            #[inline]
            fn now() -> Instant {
                Instant::now()
            }

            #[inline]
            fn since(started: Instant) -> Duration {
                started.elapsed()
            }

            #[inline]
            fn count(instruments: &Instruments) {
                instruments.count.add(1, $labels);
            }

            #[inline]
            fn duration(instruments: &Instruments, took: Duration) {
                instruments.duration.record(took.as_secs_f64(), $labels);
            }
        }
    };
}

unbound!(Unbound, &measured::OK);
unbound!(Built, &built("ok"));

#[inline(never)]
fn timed<W: Way>(symbol: &str) -> Outcome {
    let started = W::now();
    let outcome = body(symbol);
    let took = W::since(started);
    W::record(measured::instruments(), outcome.is_ok(), took);
    outcome
}

async fn timed_async<W: Way>(symbol: &str, pauses: u32) -> Outcome {
    let started = W::now();
    Pauses(pauses).await;
    let outcome = body(symbol);
    let took = W::since(started);
    W::record(measured::instruments(), outcome.is_ok(), took);
    outcome
}

impl<W: Way> Contender for Sdk<W> {
    type Running = measured::Provider;
    const EXPORTS: bool = false;

    fn start(setup: &Setup) -> measured::Provider {
        measured::start::<W>(setup)
    }

    fn call(symbol: &str) -> Outcome {
        timed::<W>(symbol)
    }

    #[inline]
    fn count() {
        W::count(measured::instruments());
    }

    #[inline]
    fn record() {
        W::duration(measured::instruments(), TOOK);
    }

    fn call_async(symbol: &str, pauses: u32) -> impl Future<Output = Outcome> {
        timed_async::<W>(symbol, pauses)
    }

    fn under(_parent: Parent, work: &mut dyn FnMut()) {
        work();
    }
}
