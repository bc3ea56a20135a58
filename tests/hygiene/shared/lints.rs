//! No lint sees the expansions, whatever is denied around them.

#![deny(warnings, unused, rust_2018_idioms, let_underscore, unreachable_pub)]
#![deny(
    missing_debug_implementations,
    unused_qualifications,
    single_use_lifetimes
)]
#![deny(
    unused_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    elided_lifetimes_in_paths
)]
#![deny(unsafe_code, variant_size_differences, redundant_lifetimes)]
#![deny(
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    clippy::implicit_return
)]
#![deny(
    clippy::absolute_paths,
    clippy::std_instead_of_core,
    clippy::unused_trait_names
)]
#![deny(clippy::print_stdout, clippy::print_stderr, clippy::dbg_macro)]
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable
)]
#![deny(clippy::let_underscore_untyped, clippy::let_underscore_must_use)]
#![deny(clippy::default_numeric_fallback, clippy::semicolon_outside_block)]
#![deny(clippy::ref_patterns, clippy::min_ident_chars, clippy::use_self)]
#![deny(clippy::missing_docs_in_private_items, clippy::as_conversions)]
// `implicit_return` wants what the first forbids, `unreachable_pub` what the second does.
#![allow(clippy::needless_return, clippy::redundant_pub_crate)]

use core::error;
use core::fmt;
use core::future::{Future, ready};
use core::hint::spin_loop;
use core::num::ParseIntError;
use core::pin::Pin;
use core::task::{Context as TaskContext, Poll};

use futures_core::Stream;
use futures_core::stream::BoxStream;

use std::time::Instant;

use lakehouse_otel::exchange::ErrorCode;
use lakehouse_otel::opentelemetry::Context;
use lakehouse_otel::opentelemetry::trace::SpanContext;
use lakehouse_otel::schema::crypto;
use lakehouse_otel::{
    operation, trace_crypto_workflow, trace_invocation, trace_operation, trace_stage,
    track_api_request, track_database, track_ingestion, track_processing, track_storage,
};

use self::own::schema::{Language, document};

/// A schema of the program's own.
mod own {
    lakehouse_otel::schema!("../../schema/shared/telemetry");
}

/// One whose metric is observed, and that uses another.
mod further {
    lakehouse_otel::schema!(
        "../../schema/clash/one.yaml",
        uses(crate::lints::own::schema)
    );
}

#[derive(Debug)]
pub(crate) struct Error;

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        return formatter.write_str("failed");
    }
}

impl error::Error for Error {}

/// Runs it.
#[trace_crypto_workflow(name = "archive", exchange = Binance, symbols = symbols, data_types = ["klines"], workflow_id = format!("{}", symbols.len()))]
pub(crate) async fn archive(symbols: &[String]) -> Result<usize, Error> {
    let fetched = fetch("BTCUSDT", 5).await?;
    let cleaned = clean(&[1, 2], 1.5_f64)?;
    return Ok(symbols.len() + fetched + cleaned);
}

#[track_api_request(exchange = Binance, method = Get, endpoint = "/api/v3/klines", symbol = symbol, limit = limit, budget = "5s", ok(|count| response_bytes = *count), err(|error| error.type = error.to_string()), context = ctx)]
async fn fetch(symbol: &str, mut limit: usize) -> Result<usize, Error> {
    ctx.set(crypto::FILE_COUNT, limit);
    limit += 1_usize;
    if symbol.is_empty() {
        return Err(Error);
    }
    ready(()).await;
    return Ok(limit);
}

#[track_processing(operation = "clean", record_count = raw.len(), data_size_bytes = raw.len() * 8, ok(|count| crypto.file_count = *count))]
fn clean(raw: &[u64], mut scale: f64) -> Result<usize, Error> {
    scale += 1.0_f64;
    if scale < 0.0_f64 {
        return Err(Error);
    }
    return Ok(raw.len());
}

#[trace_stage(stage = "publish", layer = Gold)]
fn publish() {
    drop(clean(&[], 1.0_f64));
}

/// Under a parent that was handed over.
#[track_ingestion(source = "feed", symbol = symbol, labels(symbol), parent = parent, links = links, ok(|count| record_count = *count))]
pub(crate) async fn take_in(
    symbol: &str,
    parent: Context,
    links: &[SpanContext],
) -> Result<usize, Error> {
    ready(()).await;
    return Ok(symbol.len());
}

#[track_database(system = Sqlite, operation = "SELECT", collection = table, labels(collection), parent = root)]
pub(crate) fn load(table: &str) -> Result<usize, Error> {
    return Ok(table.len());
}

#[trace_stage(stage = "index", depends_on = ["publish", "clean"], symbol = "BTCUSDT", labels(symbol), parent = parent)]
pub(crate) fn index(parent: &Context) {}

#[trace_stage(stage = "publish", layer = Gold)]
async fn publish_later() {
    ready(()).await;
}

#[trace_invocation(trigger = Timer, name = "invoked", flush = "1s", deadline = until)]
fn invoked(until: Option<Instant>) -> Result<usize, Error> {
    if until.is_some() {
        return Err(Error);
    }
    return Ok(publish_count());
}

#[trace_invocation(trigger = Http, deadline = until, invocation_id = name)]
async fn invoked_later(name: &str, until: Option<Instant>) -> usize {
    if until.is_some() {
        return 0_usize;
    }
    return ready(name.len()).await;
}

#[track_api_request(exchange = Okx, endpoint = "/candles", ok(|code| response = code))]
fn publish_count_of() -> ErrorCode<'static> {
    return ErrorCode("0");
}

/// What there is to publish.
fn publish_count() -> usize {
    return publish_count_of().0.len();
}

/// Attributes of the own schema, whose modules are imported here too.
#[trace_operation(schema = own::schema, span = document.read, language = De, word_count = text.len(), document.id = text)]
fn read(text: &str) -> bool {
    return document::WORD_COUNT.name().is_empty() || Language::De.as_str() == text;
}

/// How many to keep.
const RATE: f64 = 0.5_f64;

#[track_processing(operation = "sampled", symbol = symbol, record_count = symbol.len(), sample = RATE, priority = high, resources = true, keep(symbol, record_count), err(|error| crypto.exchange_error = error.to_string()))]
fn sampled(symbol: &str) -> Result<usize, Error> {
    if symbol.is_empty() {
        return Err(Error);
    }
    return Ok(symbol.len());
}

#[track_processing(operation = "sampled", symbol = symbol, sample = 0.25, high_volume = true, metrics = false, keep(symbol))]
async fn sampled_later(symbol: &str) -> usize {
    ready(()).await;
    return symbol.len();
}

#[track_processing(operation = "one")]
fn one() -> usize {
    return 1;
}

#[track_processing(operation = "by_value", record_count = values.len())]
async fn by_value(values: Vec<u64>, _unused: String, _: u64, (left, mut right): (u64, u64)) -> u64 {
    right += left;
    ready(()).await;
    return right + values.iter().sum::<u64>();
}

#[track_storage(operation = Put, system = S3, key = key, size_bytes = 12)]
fn boxed(key: String) -> Pin<Box<dyn Future<Output = Result<usize, Error>> + Send + 'static>> {
    return Box::pin(async move { return Ok(key.len()) });
}

#[track_storage(operation = Put, system = S3, key = key)]
fn opaque(key: &str) -> impl Future<Output = usize> + '_ {
    return async move { return key.len() };
}

#[track_processing(operation = "iterate")]
fn iterate(values: &[u64]) -> impl Iterator<Item = u64> + '_ {
    return values.iter().map(|value| return value + 1_u64);
}

/// Keeps its attribute.
#[must_use]
#[track_processing(operation = "must_use", record_count = number)]
pub(crate) async fn must_use(number: usize) -> usize {
    ready(()).await;
    return number;
}

#[rustfmt::skip]
#[track_processing(operation = "one_line", record_count = number)]
async fn one_line(mut number: u64) -> u64 { return number.wrapping_add({ number += 1_u64; number }) }

#[rustfmt::skip]
#[track_processing(operation = "one_line")]
async fn nothing_on_one_line() {}

#[track_processing(operation = "never")]
fn never() -> ! {
    loop {
        spin_loop();
    }
}

#[track_processing(operation = "never")]
async fn never_async() -> ! {
    loop {
        ready(()).await;
    }
}

#[track_processing(operation = "read", stream = items, symbol = symbol, ok(|rows| record_count += rows.len()))]
fn rows(symbol: &str) -> BoxStream<'_, Result<Vec<u64>, Error>> {
    return Box::pin(Empty(symbol));
}

/// A stream of nothing.
struct Empty<'text>(&'text str);

impl Stream for Empty<'_> {
    type Item = Result<Vec<u64>, Error>;

    fn poll_next(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<Option<Self::Item>> {
        return if self.0.is_empty() {
            Poll::Pending
        } else {
            Poll::Ready(None)
        };
    }
}

/// All that `operation!` takes.
fn inline(texts: &[&str]) -> Result<usize, ParseIntError> {
    let sum = operation!(
        track_processing(operation = "sum", record_count = texts.len()),
        {
            let mut sum = 0_usize;
            for text in texts {
                if text.is_empty() {
                    continue;
                }
                sum += text.parse::<usize>()?;
            }
            if sum == 0 {
                return Ok(0);
            }
            sum
        }
    );
    let twice = operation!(
        track_processing(operation = "twice"),
        |number: usize| -> usize {
            return number * 2;
        }
    );
    let later = operation!(track_processing(operation = "later"), async move {
        return ready(sum).await;
    });
    drop(later);
    let again = operation!(
        track_processing(operation = "again"),
        async |number: usize| number
    );
    drop(again(1));
    return Ok(twice(sum));
}

struct Store {
    name: String,
}

impl Store {
    #[track_storage(operation = List, system = S3, bucket = self.name)]
    fn list(&self) -> usize {
        return self.name.len();
    }

    #[track_storage(operation = List, system = S3, bucket = self.name)]
    async fn list_later(self) -> usize {
        ready(()).await;
        return self.name.len();
    }
}

trait Source {
    async fn read(&self) -> usize;
}

impl Source for Store {
    #[track_storage(operation = Get, system = S3, bucket = self.name)]
    async fn read(&self) -> usize {
        return ready(self.name.len()).await;
    }
}

#[test]
fn runs() {
    let store = Store {
        name: "a".to_owned(),
    };
    assert_eq!(one() + store.list(), 2);
    publish();
    drop(archive(&[]));
    drop(publish_later());
    drop(by_value(vec![], String::new(), 1, (1, 2)));
    drop(boxed("a".to_owned()));
    drop(opaque("a"));
    drop(invoked(None));
    drop(invoked_later("a", None));
    drop(sampled("BTCUSDT"));
    drop(sampled_later("BTCUSDT"));
    drop(one_line(1));
    drop(nothing_on_one_line());
    drop(must_use(1));
    drop(never_async());
    drop(store.read());
    drop(rows("BTCUSDT"));
    drop(take_in("BTCUSDT", Context::new(), &[]));
    assert!(load("klines").is_ok());
    index(&Context::new());
    assert_eq!(inline(&["1", ""]), Ok(2));
    drop(store.list_later());
    assert!(!read("a"));
    assert_eq!(iterate(&[1]).sum::<u64>(), 2);
    if iterate(&[]).next().is_some() {
        never();
    }
}
