//! The same functions twice: annotated and bare. Built alone, this package has no telemetry; built with
//! the workspace it has, for another package switches it on.

use lakehouse_otel::exchange::ErrorCode;
use lakehouse_otel::metrics::{self, BatchRecorder, Of};
use lakehouse_otel::opentelemetry::Context;
use lakehouse_otel::opentelemetry::trace::SpanContext;
use lakehouse_otel::operation::{ApiRequest, Handle, Operation, Parent, ResponseDetails};
use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::crypto::SYMBOL;
use std::time::{Duration, Instant};

const RATE: f64 = 0.1;

/// Annotated.
#[inline(never)]
#[must_use]
#[track_processing(operation = "sum", record_count = rows.len(), budget = "5s", sample = RATE, priority = high, high_volume = true, resources = true, keep(record_count), parent = root, links = [Context::current()], ok(|sum| data_size_bytes = *sum))]
pub fn annotated_sum(rows: &[u64]) -> u64 {
    let mut sum: u64 = 0;
    for row in rows {
        sum = sum.wrapping_mul(31).wrapping_add(*row);
    }
    sum
}

/// Bare.
#[inline(never)]
#[must_use]
pub fn bare_sum(rows: &[u64]) -> u64 {
    let mut sum: u64 = 0;
    for row in rows {
        sum = sum.wrapping_mul(31).wrapping_add(*row);
    }
    sum
}

/// Annotated, async, with a handle.
///
/// # Errors
///
/// Never.
#[track_api_request(exchange = Binance, endpoint = "/api/v3/time", symbol = symbol, labels(symbol), context = ctx)]
pub async fn annotated_time(symbol: &str) -> Result<usize, std::fmt::Error> {
    ctx.set_response_details(ResponseDetails::new().status(200));
    ctx.response(&ErrorCode("0"));
    assert!(!ctx.check_performance_budget().exceeded);
    std::future::ready(()).await;
    Ok(symbol.len())
}

/// An invocation, whose flush is nothing here.
///
/// # Errors
///
/// Never.
#[trace_invocation(trigger = Timer, flush = "1s", deadline = until)]
pub async fn annotated_invocation(until: Option<Instant>) -> Result<usize, std::fmt::Error> {
    lakehouse_otel::invocation::flushed(Duration::from_secs(1)).await;
    Ok(usize::from(until.is_some()))
}

/// Bare, async.
///
/// # Errors
///
/// Never.
pub async fn bare_time(symbol: &str) -> Result<usize, std::fmt::Error> {
    std::future::ready(()).await;
    Ok(symbol.len())
}

/// The manual API, async.
///
/// # Errors
///
/// Never.
pub async fn time_by_hand(symbol: &str) -> Result<usize, std::fmt::Error> {
    let request = ApiRequest::new(Exchange::Binance, "/api/v3/time").start();
    request.instrument(bare_time(symbol), |_, _| {}).await
}

/// The manual API.
#[must_use]
pub fn by_hand() -> usize {
    let request = ApiRequest::new(Exchange::Binance, "/api/v3/time")
        .sample(RATE)
        .high_priority()
        .high_volume()
        .resources()
        .budget(Duration::from_secs(5))
        .parent(Parent::root())
        .link(SpanContext::NONE)
        .symbol("BTCUSDT")
        .label(SYMBOL)
        .start();
    let size = request.in_scope(size_of::<Handle>);
    request.ok();
    size + size_of::<Operation>()
}

/// Metrics by hand: what there is of them without telemetry, in bytes.
#[must_use]
pub fn metrics_by_hand(symbol: &str) -> usize {
    let of = Of::new().operation("sum").symbol(symbol);
    metrics::record_data_batch(1, 2, &of);
    metrics::update_queue_size("sums", -1);
    metrics::api_requests()
        .endpoint("/api/v3/time")
        .symbol(symbol)
        .add(1, Exchange::Binance, Outcome::Ok);
    let answered = metrics::api_requests().bind(Exchange::Binance, Outcome::Ok);
    answered.add(1);
    let took = metrics::api_request_duration().bind(Exchange::Binance, Outcome::Ok);
    took.record(Duration::from_secs(1));
    took.sampled(0.5).record(0.25);
    let mut batch = BatchRecorder::new();
    metrics::data_processed().add_to(&mut batch, 1);
    batch.flush();
    let observed = metrics::storage_usage().observe(|usage| usage.layer(Layer::Gold).record(1));
    let connection = metrics::track_connection();
    [
        size_of_val(&answered),
        size_of_val(&answered.sampled(0.5)),
        size_of_val(&took),
        size_of_val(&batch),
        size_of_val(&observed),
        size_of_val(&connection),
        size_of_val(&metrics::api_requests()),
    ]
    .iter()
    .sum()
}

/// A schema of the program's own, which is the same with telemetry and without.
pub mod own {
    lakehouse_otel::schema!("../schema/shared/telemetry");
}

/// One whose metric is observed.
pub mod observed {
    lakehouse_otel::schema!("../schema/clash/one.yaml");
}

/// Records what the schemas declare.
#[track_processing(operation = "read", document.word_count = words)]
#[must_use]
pub fn annotated_with_own(words: u64) -> u64 {
    own::schema::metrics::document_reads().add(1, own::schema::Language::De);
    let observed = observed::schema::metrics::shelf_books().observe(|books| books.record(3));
    drop(observed);
    words
}

pub use own::schema;
