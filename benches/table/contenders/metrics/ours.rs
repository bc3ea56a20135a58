//! Ours: the macro where traces are off, and the typed functions by hand.

use std::sync::LazyLock;
use std::time::Duration;

use lakehouse_otel::Telemetry;
use lakehouse_otel::config::Exporter;
use lakehouse_otel::metrics::{self, Counter, Histogram, Seconds};
use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::{DataType, Exchange, HttpRequestMethod};

use super::TOOK;
use crate::contenders::{Account, Contender, Parent, Running, Setup};
use crate::work::{Outcome, Pauses, body};

/// The macro around a call; of one instrument, the series that was bound once.
pub(crate) struct Bound;

/// The typed functions, with their labels, at each measurement.
pub(crate) struct PerCall;

#[inline(never)]
#[track_api_request(
    exchange = Binance, method = "GET", endpoint = "/api/v3/klines", data_type = Klines, symbol = symbol,
)]
fn annotated(symbol: &str) -> Outcome {
    body(symbol)
}

#[track_api_request(
    exchange = Binance, method = "GET", endpoint = "/api/v3/klines", data_type = Klines, symbol = symbol,
)]
async fn annotated_async(symbol: &str, pauses: u32) -> Outcome {
    Pauses(pauses).await;
    body(symbol)
}

const OK: lakehouse_otel::schema::Outcome = lakehouse_otel::schema::Outcome::Ok;

static COUNT: LazyLock<Counter<u64>> = LazyLock::new(|| {
    metrics::api_requests()
        .method(HttpRequestMethod::Get)
        .endpoint("/api/v3/klines")
        .data_type(DataType::Klines)
        .bind(Exchange::Binance, OK)
});

static DURATION: LazyLock<Histogram<Seconds>> = LazyLock::new(|| {
    metrics::api_request_duration()
        .method(HttpRequestMethod::Get)
        .endpoint("/api/v3/klines")
        .data_type(DataType::Klines)
        .bind(Exchange::Binance, OK)
});

/// Telemetry with metrics and without traces, which exports once a minute: never in a round.
pub(crate) struct Started(Telemetry);

impl Started {
    fn new(setup: &Setup) -> Self {
        let telemetry = Telemetry::builder()
            .variables(|name| (name == "OTEL_PERFORMANCE_MONITORING").then(|| "false".to_owned()))
            .service_name("benches")
            .environment("production")
            .traces_exporter(Exporter::None)
            .metrics_exporter(Exporter::Otlp)
            .endpoint(&setup.sink)
            .metric_interval(Duration::from_mins(1));
        Self(telemetry.init().expect("a configuration that holds"))
    }
}

impl Running for Started {
    fn flush(&mut self, _made: u64) -> Account {
        drop(self.0.force_flush(Duration::from_secs(20)));
        Account::default()
    }
}

impl Contender for Bound {
    type Running = Started;
    const EXPORTS: bool = false;

    fn start(setup: &Setup) -> Started {
        Started::new(setup)
    }

    fn call(symbol: &str) -> Outcome {
        annotated(symbol)
    }

    #[inline]
    fn count() {
        COUNT.add(1);
    }

    #[inline]
    fn record() {
        DURATION.record(TOOK);
    }

    fn call_async(symbol: &str, pauses: u32) -> impl Future<Output = Outcome> {
        annotated_async(symbol, pauses)
    }

    fn under(_parent: Parent, work: &mut dyn FnMut()) {
        work();
    }
}

impl Contender for PerCall {
    type Running = Started;
    const EXPORTS: bool = false;

    fn start(setup: &Setup) -> Started {
        Started::new(setup)
    }

    fn call(symbol: &str) -> Outcome {
        annotated(symbol)
    }

    #[inline]
    fn count() {
        metrics::api_requests()
            .method(HttpRequestMethod::Get)
            .endpoint("/api/v3/klines")
            .data_type(DataType::Klines)
            .add(1, Exchange::Binance, OK);
    }

    #[inline]
    fn record() {
        metrics::api_request_duration()
            .method(HttpRequestMethod::Get)
            .endpoint("/api/v3/klines")
            .data_type(DataType::Klines)
            .record(TOOK, Exchange::Binance, OK);
    }

    fn call_async(symbol: &str, pauses: u32) -> impl Future<Output = Outcome> {
        annotated_async(symbol, pauses)
    }

    fn under(_parent: Parent, work: &mut dyn FnMut()) {
        work();
    }
}
