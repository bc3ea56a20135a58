//! The function without any annotation, and the floor: what two clock reads and two bound instruments cost.

use super::measured::{self, Bound};
use super::{Contender, Parent, Setup};
use crate::work::{Outcome, Pauses, body};

pub(crate) struct Bare;

#[inline(never)]
fn bare(symbol: &str) -> Outcome {
    body(symbol)
}

async fn bare_async(symbol: &str, pauses: u32) -> Outcome {
    Pauses(pauses).await;
    body(symbol)
}

impl Contender for Bare {
    type Running = ();
    const EXPORTS: bool = false;

    fn start(_setup: &Setup) {}

    fn call(symbol: &str) -> Outcome {
        bare(symbol)
    }

    fn call_async(symbol: &str, pauses: u32) -> impl Future<Output = Outcome> {
        bare_async(symbol, pauses)
    }

    fn under(_parent: Parent, work: &mut dyn FnMut()) {
        work();
    }
}

/// The least that a counter and a histogram of a duration can cost: two reads of the cheapest clock there
/// is (the processor's own counter), one bound add, one bound record.
pub(crate) struct Floor;

#[inline(never)]
fn floor(symbol: &str) -> Outcome {
    let started = fastant::Instant::now();
    let outcome = body(symbol);
    measured::instruments().bound(outcome.is_ok(), started.elapsed());
    outcome
}

async fn floor_async(symbol: &str, pauses: u32) -> Outcome {
    let started = fastant::Instant::now();
    Pauses(pauses).await;
    let outcome = body(symbol);
    measured::instruments().bound(outcome.is_ok(), started.elapsed());
    outcome
}

impl Contender for Floor {
    type Running = measured::Provider;
    const EXPORTS: bool = false;

    fn start(setup: &Setup) -> measured::Provider {
        measured::start::<Bound>(setup)
    }

    fn call(symbol: &str) -> Outcome {
        floor(symbol)
    }

    fn call_async(symbol: &str, pauses: u32) -> impl Future<Output = Outcome> {
        floor_async(symbol, pauses)
    }

    fn under(_parent: Parent, work: &mut dyn FnMut()) {
        work();
    }
}
