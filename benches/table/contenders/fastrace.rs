//! `#[fastrace::trace]`.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use fastrace::collector::{Config, Reporter, SpanRecord};
use fastrace::prelude::*;

use super::{Account, Contender, Parent, Running, Setup, State};
use crate::export::Taken;
use crate::work::{CONSTANTS, Outcome, Pauses, SPAN, SYMBOL, body};

pub(crate) struct Fastrace;

#[inline(never)]
#[trace(name = "GET /api/v3/klines", properties = {
    "crypto.exchange": "binance", "http.request.method": "GET", "crypto.endpoint": "/api/v3/klines",
    "crypto.data_type": "klines", "crypto.symbol": "{symbol}",
})]
fn annotated(symbol: &str) -> Outcome {
    body(symbol)
}

#[trace(name = "GET /api/v3/klines", properties = {
    "crypto.exchange": "binance", "http.request.method": "GET", "crypto.endpoint": "/api/v3/klines",
    "crypto.data_type": "klines", "crypto.symbol": "{symbol}",
})]
async fn annotated_async(symbol: &str, pauses: u32) -> Outcome {
    Pauses(pauses).await;
    body(symbol)
}

/// Without a parent its attribute records nothing: a root is written by hand.
#[inline(never)]
fn root(symbol: &str) -> Outcome {
    let span = Span::root(SPAN, SpanContext::random()).with_properties(|| {
        CONSTANTS
            .into_iter()
            .chain([(SYMBOL, symbol)])
            .map(|(key, value)| (key, value.to_owned()))
    });
    let _guard = span.set_local_parent();
    body(symbol)
}

struct Dropping(Taken);

impl Reporter for Dropping {
    fn report(&mut self, spans: Vec<SpanRecord>) {
        self.0.fetch_add(spans.len() as u64, Ordering::Relaxed);
    }
}

pub(crate) struct Reported(Taken);

impl Running for Reported {
    /// Its own flush does not wait for a report that is under way.
    fn flush(&mut self, made: u64) -> Account {
        let deadline = Instant::now() + Duration::from_secs(5);
        fastrace::flush();
        while self.0.load(Ordering::SeqCst) < made && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
        Account {
            exported: self.0.load(Ordering::SeqCst),
            lost: 0,
        }
    }
}

impl Contender for Fastrace {
    type Running = Reported;

    /// The reporter runs often enough for its channel of 10,240 commands a thread.
    fn start(setup: &Setup) -> Reported {
        let taken = Taken::default();
        if setup.state != State::Off {
            let config = Config::default().report_interval(Duration::from_millis(10));
            fastrace::set_reporter(Dropping(taken.clone()), config);
        }
        Reported(taken)
    }

    fn call(symbol: &str) -> Outcome {
        annotated(symbol)
    }

    fn root(symbol: &str) -> Outcome {
        root(symbol)
    }

    fn call_async(symbol: &str, pauses: u32) -> impl Future<Output = Outcome> {
        annotated_async(symbol, pauses)
    }

    fn under(parent: Parent, work: &mut dyn FnMut()) {
        let span = match parent {
            Parent::None => Span::noop(),
            Parent::Sampled => Span::root("parent", SpanContext::random()),
            Parent::Unsampled => Span::root("parent", SpanContext::random().sampled(false)),
        };
        let _guard = span.set_local_parent();
        work();
    }
}
