//! `#[emit::span]`.

use std::hint::black_box;
use std::sync::atomic::Ordering;

use super::{Account, Contender, Parent, Running, Setup, State};
use crate::export::Taken;
use crate::work::{Outcome, Pauses, body};

pub(crate) struct Emit;

#[inline(never)]
#[emit::span(
    err_lvl: emit::Level::Error,
    "GET /api/v3/klines",
    #[emit::key("crypto.exchange")] exchange: "binance",
    #[emit::key("http.request.method")] method: "GET",
    #[emit::key("crypto.endpoint")] endpoint: "/api/v3/klines",
    #[emit::key("crypto.data_type")] data_type: "klines",
    #[emit::key("crypto.symbol")] symbol,
)]
fn annotated(symbol: &str) -> Outcome {
    body(symbol)
}

#[emit::span(
    err_lvl: emit::Level::Error,
    "GET /api/v3/klines",
    #[emit::key("crypto.exchange")] exchange: "binance",
    #[emit::key("http.request.method")] method: "GET",
    #[emit::key("crypto.endpoint")] endpoint: "/api/v3/klines",
    #[emit::key("crypto.data_type")] data_type: "klines",
    #[emit::key("crypto.symbol")] symbol,
)]
async fn annotated_async(symbol: &str, pauses: u32) -> Outcome {
    Pauses(pauses).await;
    body(symbol)
}

#[emit::span("parent")]
fn parent(work: &mut dyn FnMut()) {
    work();
}

pub(crate) struct Emitted(Taken);

impl Running for Emitted {
    fn flush(&mut self, _made: u64) -> Account {
        Account {
            exported: self.0.load(Ordering::SeqCst),
            lost: 0,
        }
    }
}

impl Contender for Emit {
    type Running = Emitted;

    /// The emitter takes an event as one must that hands it to another thread: it makes it its own. emit's own
    /// OTLP emitter does more there: it encodes the event on the thread that emits it.
    fn start(setup: &Setup) -> Emitted {
        let taken = Taken::default();
        let counter = taken.clone();
        let emitter = emit::emitter::from_fn(move |event| {
            black_box(event.to_owned());
            counter.fetch_add(1, Ordering::Relaxed);
        });
        match setup.state {
            State::Off => {}
            State::On => {
                let _ = emit::setup().emit_to(emitter).init();
            }
            State::Filtered => {
                let nothing = emit::filter::from_fn(|_| false);
                let _ = emit::setup().emit_to(emitter).emit_when(nothing).init();
            }
        }
        Emitted(taken)
    }

    fn call(symbol: &str) -> Outcome {
        annotated(symbol)
    }

    fn call_async(symbol: &str, pauses: u32) -> impl Future<Output = Outcome> {
        annotated_async(symbol, pauses)
    }

    fn under(under: Parent, work: &mut dyn FnMut()) {
        if under == Parent::Sampled {
            parent(work);
        } else {
            work();
        }
    }
}
