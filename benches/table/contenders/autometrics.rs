//! `#[autometrics]`: a counter and a histogram, no span.

use autometrics::autometrics;
use autometrics::settings::AutometricsSettings;

use super::{Contender, Parent, Setup, State};
use crate::work::{Outcome, Pauses, body};

pub(crate) struct Autometrics;

#[inline(never)]
#[autometrics]
fn annotated(symbol: &str) -> Outcome {
    body(symbol)
}

#[autometrics]
async fn annotated_async(symbol: &str, pauses: u32) -> Outcome {
    Pauses(pauses).await;
    body(symbol)
}

impl Contender for Autometrics {
    type Running = ();
    const EXPORTS: bool = false;

    fn start(setup: &Setup) {
        if setup.state != State::Off {
            AutometricsSettings::builder().init();
        }
    }

    fn call(symbol: &str) -> Outcome {
        annotated(symbol)
    }

    fn call_async(symbol: &str, pauses: u32) -> impl Future<Output = Outcome> {
        annotated_async(symbol, pauses)
    }

    fn under(_parent: Parent, work: &mut dyn FnMut()) {
        work();
    }
}
