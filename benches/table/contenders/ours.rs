//! `#[track_api_request]`: ours.

use std::time::Duration;

use lakehouse_otel::config::Exporter;
use lakehouse_otel::prelude::*;
use lakehouse_otel::{Telemetry, opentelemetry::Context};

use super::by_hand::unsampled;
use super::{Account, Contender, Export, Parent, QUEUE, Running, Setup, State};
use crate::export::TakeAndDrop;
use crate::work::{Outcome, Pauses, body};

/// The span, the counter and the histogram.
pub(crate) struct Ours;

/// The span alone.
pub(crate) struct OursSpan;

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

#[inline(never)]
#[track_api_request(
    exchange = Binance, method = "GET", endpoint = "/api/v3/klines", data_type = Klines, symbol = symbol,
    metrics = false,
)]
fn span_only(symbol: &str) -> Outcome {
    body(symbol)
}

#[track_api_request(
    exchange = Binance, method = "GET", endpoint = "/api/v3/klines", data_type = Klines, symbol = symbol,
    metrics = false,
)]
async fn span_only_async(symbol: &str, pauses: u32) -> Outcome {
    Pauses(pauses).await;
    body(symbol)
}

#[inline(never)]
#[track_api_request(
    exchange = Binance, method = "GET", endpoint = "/api/v3/klines", data_type = Klines, symbol = symbol,
    sample = 0.0,
)]
fn dropped(symbol: &str) -> Outcome {
    body(symbol)
}

#[trace_crypto_workflow(name = "parent")]
fn parent(work: &mut dyn FnMut()) {
    work();
}

#[trace_crypto_workflow(name = "dropped", sample = 0.0)]
fn dropped_parent(work: &mut dyn FnMut()) {
    work();
}

/// Running telemetry, or none at all.
pub(crate) struct Started(Option<Telemetry>);

impl Started {
    /// Its defaults as in production, with the queue of all contenders, and the rates of roots and requests at 100 %:
    /// what is sampled is for the row to say. The monitor is off, for it would sample less of what a round makes on
    /// purpose while the machine is loaded.
    fn new(setup: &Setup) -> Self {
        if setup.state == State::Off {
            return Self(None);
        }
        let variables = |name: &str| match name {
            "OTEL_ROOT_SAMPLE_RATE" | "OTEL_API_CALL_SAMPLE_RATE" => Some("1".to_owned()),
            "OTEL_PERFORMANCE_MONITORING" => Some("false".to_owned()),
            _ => None,
        };
        let endpoint = match &setup.export {
            Export::Send(endpoint) => endpoint,
            Export::Drop => &setup.sink,
        };
        let builder = Telemetry::builder()
            .variables(variables)
            .service_name("benches")
            .environment("production")
            .exporter(Exporter::Otlp)
            .endpoint(endpoint)
            .metric_interval(Duration::from_mins(1))
            .max_queue_size(QUEUE)
            .max_export_batch_size(setup.batch);
        let builder = match setup.export {
            Export::Send(_) => builder,
            Export::Drop => builder.span_exporter(TakeAndDrop::default()),
        };
        Self(Some(builder.init().expect("a configuration that holds")))
    }
}

impl Running for Started {
    fn flush(&mut self, _made: u64) -> Account {
        let Some(telemetry) = &self.0 else {
            return Account::default();
        };
        drop(telemetry.force_flush(Duration::from_secs(20)));
        let spans = telemetry.ledger().spans;
        assert!(spans.closes(), "the ledger does not close: {spans}");
        Account {
            exported: spans.exported,
            lost: spans.lost(),
        }
    }
}

fn under(under: Parent, work: &mut dyn FnMut()) {
    match under {
        Parent::None => work(),
        Parent::Sampled => parent(work),
        Parent::Unsampled => {
            let _guard = Context::attach(unsampled());
            work();
        }
    }
}

impl Contender for Ours {
    type Running = Started;

    fn start(setup: &Setup) -> Started {
        Started::new(setup)
    }

    fn call(symbol: &str) -> Outcome {
        annotated(symbol)
    }

    fn dropped(symbol: &str) -> Outcome {
        dropped(symbol)
    }

    fn call_async(symbol: &str, pauses: u32) -> impl Future<Output = Outcome> {
        annotated_async(symbol, pauses)
    }

    fn under(parent: Parent, work: &mut dyn FnMut()) {
        under(parent, work);
    }

    fn under_dropped(work: &mut dyn FnMut()) {
        dropped_parent(work);
    }
}

impl Contender for OursSpan {
    type Running = Started;

    fn start(setup: &Setup) -> Started {
        Started::new(setup)
    }

    fn call(symbol: &str) -> Outcome {
        span_only(symbol)
    }

    fn call_async(symbol: &str, pauses: u32) -> impl Future<Output = Outcome> {
        span_only_async(symbol, pauses)
    }

    fn under(parent: Parent, work: &mut dyn FnMut()) {
        under(parent, work);
    }
}
