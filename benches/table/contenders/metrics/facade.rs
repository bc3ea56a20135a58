//! The `metrics` crate with its Prometheus exporter: handles that are kept, and its macros at each measurement.
//!
//! Its histogram keeps every value until somebody scrapes or `run_upkeep` is called, and sorts it into buckets
//! then. Here that is between the rounds, so it is in no time of the table.

use std::sync::OnceLock;
use std::time::Instant;

use metrics::{Counter, Histogram, counter, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use super::{BOUNDARIES, TOOK};
use crate::contenders::{Account, Contender, Parent, Running, Setup};
use crate::work::{Outcome, Pauses, body};

/// Handles, one for each outcome.
pub(crate) struct Handles;

/// The macros, with their labels.
pub(crate) struct Macros;

const REQUESTS: &str = "crypto_api_requests_total";
const DURATION: &str = "crypto_api_request_duration_seconds";

/// A metric with the five labels of everyone.
macro_rules! with_labels {
    ($metric:ident, $name:expr, $outcome:expr) => {
        $metric!(
            $name,
            "crypto_exchange" => "binance",
            "http_request_method" => "GET",
            "crypto_endpoint" => "/api/v3/klines",
            "crypto_data_type" => "klines",
            "crypto_outcome" => $outcome,
        )
    };
}

struct Kept {
    ok: (Counter, Histogram),
    error: (Counter, Histogram),
}

static KEPT: OnceLock<Kept> = OnceLock::new();

#[inline]
fn kept() -> &'static Kept {
    KEPT.get().expect("set up before the first call")
}

fn pair(outcome: &'static str) -> (Counter, Histogram) {
    (
        with_labels!(counter, REQUESTS, outcome),
        with_labels!(histogram, DURATION, outcome),
    )
}

/// The exporter's side.
pub(crate) struct Recorder(PrometheusHandle);

impl Recorder {
    fn install() -> Self {
        let builder = PrometheusBuilder::new();
        let builder = builder.set_buckets(&BOUNDARIES).expect("boundaries");
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).expect("the only one");
        drop(KEPT.set(Kept {
            ok: pair("ok"),
            error: pair("error"),
        }));
        Self(handle)
    }
}

impl Running for Recorder {
    fn flush(&mut self, _made: u64) -> Account {
        self.0.run_upkeep();
        Account::default()
    }
}

trait Way {
    fn record(ok: bool, seconds: f64);
}

impl Way for Handles {
    #[inline]
    fn record(ok: bool, seconds: f64) {
        let (count, duration) = if ok { &kept().ok } else { &kept().error };
        count.increment(1);
        duration.record(seconds);
    }
}

impl Way for Macros {
    #[inline]
    fn record(ok: bool, seconds: f64) {
        let outcome = if ok { "ok" } else { "error" };
        with_labels!(counter, REQUESTS, outcome).increment(1);
        with_labels!(histogram, DURATION, outcome).record(seconds);
    }
}

#[inline(never)]
fn timed<W: Way>(symbol: &str) -> Outcome {
    let started = Instant::now();
    let outcome = body(symbol);
    W::record(outcome.is_ok(), started.elapsed().as_secs_f64());
    outcome
}

async fn timed_async<W: Way>(symbol: &str, pauses: u32) -> Outcome {
    let started = Instant::now();
    Pauses(pauses).await;
    let outcome = body(symbol);
    W::record(outcome.is_ok(), started.elapsed().as_secs_f64());
    outcome
}

macro_rules! contender {
    ($way:ty, $count:expr, $record:expr) => {
        impl Contender for $way {
            type Running = Recorder;
            const EXPORTS: bool = false;

            fn start(_setup: &Setup) -> Recorder {
                Recorder::install()
            }

            fn call(symbol: &str) -> Outcome {
                timed::<Self>(symbol)
            }

            #[inline]
            fn count() {
                $count.increment(1);
            }

            #[inline]
            fn record() {
                $record.record(TOOK.as_secs_f64());
            }

            fn call_async(symbol: &str, pauses: u32) -> impl Future<Output = Outcome> {
                timed_async::<Self>(symbol, pauses)
            }

            fn under(_parent: Parent, work: &mut dyn FnMut()) {
                work();
            }
        }
    };
}

contender!(Handles, kept().ok.0, kept().ok.1);
contender!(
    Macros,
    with_labels!(counter, REQUESTS, "ok"),
    with_labels!(histogram, DURATION, "ok")
);
