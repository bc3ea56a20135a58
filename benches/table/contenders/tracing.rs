//! `#[tracing::instrument]` with tracing-opentelemetry.

use tracing::{Span, info_span, instrument, subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry;

use super::by_hand::{Provider, unsampled};
use super::{Contender, Parent, Setup};
use crate::work::{Outcome, Pauses, body};

pub(crate) struct Tracing;

#[inline(never)]
#[instrument(
    name = "GET /api/v3/klines", skip_all, err,
    fields(
        crypto.exchange = "binance", http.request.method = "GET", crypto.endpoint = "/api/v3/klines",
        crypto.data_type = "klines", crypto.symbol = symbol,
    )
)]
fn annotated(symbol: &str) -> Outcome {
    body(symbol)
}

#[instrument(
    name = "GET /api/v3/klines", skip_all, err,
    fields(
        crypto.exchange = "binance", http.request.method = "GET", crypto.endpoint = "/api/v3/klines",
        crypto.data_type = "klines", crypto.symbol = symbol,
    )
)]
async fn annotated_async(symbol: &str, pauses: u32) -> Outcome {
    Pauses(pauses).await;
    body(symbol)
}

impl Contender for Tracing {
    type Running = Provider;

    /// Its defaults, without the attributes that ours does not record either: the thread, and the times
    /// busy and idle. The filter keeps the exporter's own spans out.
    fn start(setup: &Setup) -> Provider {
        let provider = Provider::new(setup);
        if let Some(tracer) = provider.tracer() {
            let layer = tracing_opentelemetry::layer()
                .with_tracer(tracer)
                .with_threads(false)
                .with_tracked_inactivity(false);
            let subscriber = registry().with(LevelFilter::INFO).with(layer);
            subscriber::set_global_default(subscriber).expect("the only one");
        }
        provider
    }

    fn call(symbol: &str) -> Outcome {
        annotated(symbol)
    }

    fn call_async(symbol: &str, pauses: u32) -> impl Future<Output = Outcome> {
        annotated_async(symbol, pauses)
    }

    fn under(parent: Parent, work: &mut dyn FnMut()) {
        let span = match parent {
            Parent::None => Span::none(),
            Parent::Sampled => info_span!("parent"),
            Parent::Unsampled => {
                let span = info_span!("parent");
                drop(span.set_parent(unsampled()));
                span
            }
        };
        span.in_scope(work);
    }
}
