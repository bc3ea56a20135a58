//! What metrics allocate: nothing after the first time, and how much in all. One test, for it counts what the whole
//! process allocates.

#![cfg(feature = "enabled")]

mod allocator;
mod catalogue;

use std::borrow::Cow;
use std::hint::black_box;
use std::io;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use lakehouse_otel::config::Exporter;
use lakehouse_otel::metrics::{self, BatchRecorder, Of};
use lakehouse_otel::operation::ErrorClass;
use lakehouse_otel::schema::{
    Exchange, Format, Layer, Outcome, StorageOperation, StorageSystem, Timeframe,
};
use lakehouse_otel::telemetry::Builder;
use lakehouse_otel::{
    Telemetry, trace_crypto_workflow, track_api_request, track_database, track_ingestion,
    track_processing,
};

use allocator::{assert_allocates_once, grown};

pub(crate) const LONG: Duration = Duration::from_secs(30);

fn start() -> Telemetry {
    builder().init().unwrap()
}

pub(crate) fn builder() -> Builder {
    Telemetry::builder()
        .variables(|_| None)
        .performance_monitoring(false)
        .traces_exporter(Exporter::None)
        .metrics_exporter(Exporter::Console)
        .console_writer(io::sink())
}

#[track_api_request(exchange = Binance, endpoint = "/api/v3/klines", timeframe = interval)]
fn fetch(interval: Timeframe) -> Result<(), io::Error> {
    match interval {
        Timeframe::M1 => Err(io::ErrorKind::TimedOut.into()),
        _ => Ok(()),
    }
}

/// Its symbol is a label.
#[track_api_request(exchange = Okx, endpoint = "/api/v5/market/trades", symbol = symbol, labels(symbol))]
fn fetch_of(symbol: &str) {}

#[track_api_request(exchange = Okx, endpoint = "/api/v5/market/trades", symbol = "BTC-USDT", labels(symbol))]
fn fetch_bitcoin() {}

#[track_ingestion(source = "rest", record_count = 1, newest_event_time = 1_577_836_800_000_i64, ok(|symbol| symbol = symbol), labels(symbol))]
fn take_in(symbol: &str) -> &str {
    symbol
}

#[track_database(system = Sqlite, operation = "SELECT", collection = table, labels(collection))]
async fn load(table: &str) -> Result<u64, Late> {
    std::future::ready(()).await;
    if table.is_empty() { Err(Late) } else { Ok(1) }
}

#[track_processing(operation = "clean", record_count = rows)]
pub(crate) fn clean(rows: u64) {
    black_box(rows);
}

#[trace_crypto_workflow(name = "archive")]
fn archive() {}

#[track_processing(operation = "settle")]
async fn settle(rows: u64) -> Result<u64, Late> {
    std::future::ready(()).await;
    if rows == 0 { Err(Late) } else { Ok(rows) }
}

#[trace_crypto_workflow(name = "collect")]
async fn collect() {
    std::future::ready(()).await;
}

/// What the exchange answered says that it failed.
#[track_api_request(
    exchange = Bybit,
    endpoint = "/v5/market/time",
    status_code = status
)]
fn ask(status: u16) {}

#[derive(Debug, thiserror::Error)]
#[error("too late")]
struct Late;

/// Names its class itself, as a text of the program.
#[derive(Debug, thiserror::Error)]
#[error("refused")]
struct Refused;

impl ErrorClass for Refused {
    fn error_type(&self) -> Cow<'static, str> {
        "refused".into()
    }
}

#[track_api_request(exchange = Okx, endpoint = "/api/v5/public/time")]
fn refuse() -> Result<(), Refused> {
    Err(Refused)
}

/// Runs what is ready when it is first polled.
fn run<T>(work: impl Future<Output = T>) -> T {
    let mut task = Context::from_waker(Waker::noop());
    match pin!(work).poll(&mut task) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("it waits for nothing"),
    }
}

fn recording_allocates_nothing_after_the_first_time() {
    let answered = metrics::api_requests()
        .endpoint("/api/v3/klines")
        .bind(Exchange::Binance, Outcome::Ok);
    assert_allocates_once("a bound counter", || answered.add(1));
    let took = metrics::api_request_duration().bind(Exchange::Binance, Outcome::Ok);
    assert_allocates_once("a bound histogram", || {
        took.record(Duration::from_millis(3));
    });
    assert_allocates_once("labels of the program", || {
        metrics::api_requests()
            .endpoint("/api/v3/klines")
            .timeframe(Timeframe::M1)
            .add(1, Exchange::Binance, Outcome::Ok);
    });
    // What the span of an operation allocates is not there: traces are off.
    assert_allocates_once("an annotated function", || clean(1));
    assert_allocates_once("one with a label of the call", || {
        fetch(black_box(Timeframe::H1)).unwrap();
    });
    assert_allocates_once("one that fails", || {
        let _ = black_box(fetch(black_box(Timeframe::M1)));
    });
    assert_allocates_once("one whose error names its class", || {
        let _ = black_box(refuse());
    });
    assert_allocates_once("one that was refused by its status", || ask(503));
    assert_allocates_once("a workflow", archive);
    assert_allocates_once("an async workflow", || run(collect()));
    assert_allocates_once("an async function", || drop(run(settle(1))));
    assert_allocates_once("one that fails", || drop(run(settle(0))));
    let symbol = String::from("ETHUSDT");
    assert_allocates_once("an opted-in symbol", || fetch_of(black_box(&symbol)));
    assert_allocates_once("one that is known at compile time", fetch_bitcoin);
    assert_allocates_once("one of what came in", || {
        black_box(take_in(black_box(&symbol)));
    });
    assert_allocates_once("a label known at run time", || {
        drop(run(load(black_box(&symbol))));
    });
    assert_allocates_once("one that fails", || drop(run(load(black_box("")))));
    let symbol = String::from("BTCUSDT-PERPETUAL-WITH-A-LONG-NAME");
    let exchange = Exchange::from("mexc");
    assert_allocates_once("labels that came from elsewhere", || {
        metrics::api_requests()
            .symbol(black_box(&symbol))
            .error_type("503")
            .add(1, &exchange, Outcome::Error);
    });
    assert_allocates_once("a gauge", || {
        metrics::api_rate_limit_used().record(1, &exchange);
    });
    assert_allocates_once("a guard", || drop(metrics::track_connection()));
    let of = Of::new()
        .operation("clean")
        .layer(Layer::Silver)
        .format(Format::Parquet)
        .exchange(&exchange)
        .workflow_name("archive")
        .symbol(&symbol);
    assert_allocates_once("a batch of data", || {
        metrics::record_data_batch(10, 1_000, &of);
    });
    assert_allocates_once("freshness", || metrics::record_data_freshness(1.0, &of));
    assert_allocates_once("a traded volume", || {
        metrics::record_trades_volume(1.0, &of);
    });
    assert_allocates_once("a symbol", || {
        metrics::record_symbol_processing("clean", 1.0, Outcome::Ok, &of);
    });
    assert_allocates_once("a stored object", || {
        metrics::record_storage_object(
            1,
            StorageOperation::Put,
            StorageSystem::S3,
            Outcome::Ok,
            &of,
        );
    });
    assert_allocates_once("a queue", || metrics::update_queue_size("trades", -1));
    let sampled = answered.sampled(0.5);
    assert_allocates_once("a sampled counter", || sampled.add(1));
    let sampled = took.sampled(0.5);
    sampled.record(1.0);
    for _ in 0..100 {
        sampled.record(1.0);
    }
    assert_allocates_once("a sampled histogram", || sampled.record(1.0));
    let mut batch = BatchRecorder::new();
    assert_allocates_once("a batch", || {
        for _ in 0..10 {
            metrics::trades_volume()
                .symbol(&symbol)
                .add_to(&mut batch, 1.0);
        }
        batch.flush();
    });
}

/// Uses 6,000 sets of labels that have series of their own.
fn series() {
    let outcomes = [Outcome::Ok, Outcome::Error, Outcome::Cancelled];
    for symbol in 0..2_000_u32 {
        // No allocation of the test's own.
        let mut text = *b"SYMBOL0000";
        for (digit, place) in [
            (symbol / 1_000, 6),
            (symbol / 100, 7),
            (symbol / 10, 8),
            (symbol, 9),
        ] {
            text[place] = b'0' + u8::try_from(digit % 10).unwrap();
        }
        let symbol = std::str::from_utf8(&text).unwrap();
        for outcome in outcomes {
            metrics::api_requests()
                .symbol(symbol)
                .add(1, Exchange::Binance, outcome);
        }
    }
}

/// Calls an annotated function with so many symbols, past the bound of 2,000.
fn annotated_symbols(count: u32) {
    let mut text = *b"SYMBOL0000";
    for symbol in 0..count {
        for (place, by) in [(6, 1_000), (7, 100), (8, 10), (9, 1)] {
            text[place] = b'0' + u8::try_from(symbol / by % 10).unwrap();
        }
        fetch_of(std::str::from_utf8(&text).unwrap());
    }
}

fn symbols(range: std::ops::Range<u32>) {
    for symbol in range {
        let symbol = format!("SYMBOL{symbol}");
        metrics::data_ingested()
            .source("rest")
            .symbol(&symbol)
            .add(1);
    }
}

#[test]
fn metrics_allocate_little_and_late() {
    let telemetry = start();
    recording_allocates_nothing_after_the_first_time();

    let one = grown(|| symbols(0..1));
    let first = one + grown(|| symbols(1..10_000));
    let further = grown(|| symbols(10_000..100_000));
    println!(
        "the first symbol: {} KB; 10,000: {} KB; 90,000 further ones: {further} bytes",
        one / 1_024,
        first / 1_024
    );
    assert!(first < 2 << 20, "{first}");
    assert!(further < 1 << 10, "{further}");
    // Past the bound nothing is allocated either, but for the text of the symbol itself.
    let symbol = String::from("SYMBOL50000");
    assert_allocates_once("a symbol past the bound", || {
        metrics::data_ingested()
            .source("rest")
            .symbol(&symbol)
            .add(1);
    });
    telemetry.shutdown(LONG).unwrap();

    let telemetry = start();
    let many = grown(series);
    println!("6,000 series of a counter: {} KB", many / 1_024);
    assert_allocates_once("6,000 series in turns", series);
    telemetry.shutdown(LONG).unwrap();

    // Opted in by an annotated function, each symbol in two metrics.
    let telemetry = start();
    let one = grown(|| annotated_symbols(1));
    let many = grown(|| annotated_symbols(2_100));
    let further = grown(|| annotated_symbols(9_999));
    println!(
        "an opted-in symbol: {} KB; 2,100: {} KB; further: {further} bytes",
        one / 1_024,
        many / 1_024
    );
    // Of which the SDK has half.
    assert!(many < 8 << 20, "{many}");
    assert!(further < 4 << 10, "{further}");
    assert_allocates_once("opted-in symbols past their bound", || {
        annotated_symbols(9_999);
    });
    telemetry.shutdown(LONG).unwrap();

    catalogue::takes_less_than_2_mb();
}
