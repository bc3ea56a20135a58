//! The attribute macros of `lakehouse-otel`. Use them through that crate.
//!
//! ```
//! use lakehouse_otel::prelude::*;
//!
//! # struct Kline; struct ApiError;
//! #[track_api_request(
//!     exchange = Binance, method = "GET", endpoint = "/api/v3/klines",
//!     symbol = symbol, data_type = Klines, timeframe = interval,
//!     ok(|klines| record_count = klines.len()),
//! )]
//! async fn fetch_klines(symbol: &str, interval: Timeframe) -> Result<Vec<Kline>, ApiError> {
//!     // …
//! #   Ok(vec![])
//! }
//! ```
//!
//! Each call is an operation: a span, the metrics of its kind, and one outcome for both. The outcome
//! is `ok`, `error` (an `Err` was returned, through whatever alias of `Result`), `panicked`, or
//! `cancelled` (a future was dropped before it was ready).
//!
//! # Which functions
//!
//! | function | the operation is |
//! |---|---|
//! | `fn` | the call |
//! | `async fn`, also in traits and under `#[async_trait]` | the future, from its first poll to its end |
//! | `fn … -> impl Future<Output = T>`, `-> Pin<Box<dyn Future<Output = T>>>`, `-> BoxFuture<T>` | the future; what the function does before it makes it keeps its place |
//!
//! Methods, generics, lifetimes, `unsafe`, `extern "C"`, recursion and `-> !` work as they do without.
//! Work that cannot be timed is refused with an error: streams, and futures behind a name.
//! `#[track_caller]` stays, and the function's own `Location::caller()` is then its caller no more:
//! the body runs in a closure.
//!
//! # Values
//!
//! | attribute | takes |
//! |---|---|
//! | with members (`exchange`, `data_type`, `layer`, …) | a member (`Binance`, `Exchange::Binance`), its text (`"binance"`), an expression of the enum's type; other text where the set is open |
//! | a label of text (`endpoint`, `stage`, `operation`, `name`) | a string literal or the path of a constant: it labels metrics, so its values are few |
//! | any other | a literal, or an expression of the arguments |
//!
//! What is known at compile time is stored once. An expression is evaluated at most once for each
//! call, in the order written, before the body runs: one that feeds a metric while metrics are on,
//! any other only while the span records, and what `keep(…)` names also where the span would be
//! recorded should the call fail. It takes its values by reference, and moves nothing.
//! A value of a secret's type (`SecretString` and its like) or with a secret's name (`password` and its
//! like) is refused.
//!
//! # Arguments of every macro
//!
//! | argument | meaning | default |
//! |---|---|---|
//! | `kind = client` | the span's kind: `internal`, `client`, `server`, `producer`, `consumer` | the macro's |
//! | `context = name` | the operation's handle, under this name in the body | none |
//! | `budget = "1.5s"` | a longer call is counted, and its span marked and kept; `ns`, `us`, `ms`, `s`, `m`, `h` | none |
//! | `sample = 0.1` | the share of calls whose spans are kept, from 0 to 1: a number or the path of a constant | the rate of its type and environment |
//! | `priority = high` | the span is kept in any case; or `normal` | `normal` |
//! | `high_volume = true` | there are very many calls: `OTEL_HIGH_VOLUME_SAMPLE_RATE` is the share of their spans that is kept | `false` |
//! | `resources = true` | the span shows what the call used: processor time, memory, load | `false` |
//! | `keep(key, …)` | the span of a call that fails has these attributes, also where the call was not sampled | none |
//! | `ok(\|value\| key = …)` | attributes of what was returned: of the `Ok`, or of a value that is no `Result` | none |
//! | `err(\|error\| key = …)` | attributes of the `Err`, also where the call was not sampled | none |
//! | `metrics = false` | the span alone | `true` |
//! | `crate = path` | the runtime, where it goes by another name | `::lakehouse_otel` |
//! | `server.address = …` | any attribute of the registry by its key | none |
//! | `my_domain.row_count = …` | an attribute of your own: `crate::schema::my_domain::ROW_COUNT` | none |
//!
//! # Sampling
//!
//! Metrics count every call. Of the spans a share is kept, which is decided before the call, so that
//! what only a span shows costs nothing otherwise. A call that fails or takes longer than its budget has
//! a span all the same: with its constants, with what `err(…)` says, and with what `keep(…)` names.
//!
//! ```
//! use lakehouse_otel::prelude::*;
//!
//! # struct Kline; #[derive(Debug)] struct ApiError;
//! #[track_api_request(
//!     exchange = Binance, method = "GET", endpoint = "/api/v3/klines",
//!     symbol = symbol, timeframe = interval, limit = limit,
//!     sample = 0.01, keep(symbol, timeframe),
//! )]
//! async fn fetch_klines(symbol: &str, interval: Timeframe, limit: u32) -> Result<Vec<Kline>, ApiError> {
//!     // …
//! #   Ok(vec![])
//! }
//! ```
//!
//! One call in a hundred is a span with all of this. A request that fails is one with its symbol and
//! timeframe, and without its limit.
//!
//! # Features
//!
//! | feature | what it does |
//! |---|---|
//! | `enabled` | the operations record; without it a function stays as it is written, and its attribute is checked |

#![forbid(unsafe_code)]

mod annotate;
mod args;
mod block;
mod check;
mod diagnostics;
mod expand;
mod function;
mod nearest;
mod schema;
mod shape;
mod tables;
mod tokens;

#[cfg(test)]
#[path = "../tests/expansion/mod.rs"]
mod expansion_tests;

use proc_macro::TokenStream;

use crate::annotate::annotate;

/// Whether the expansions record.
const ENABLED: bool = cfg!(feature = "enabled");

/// Traces a workflow: the root of the stages, requests and writes that it is made of.
///
/// ```
/// use lakehouse_otel::prelude::*;
///
/// # struct Error;
/// #[trace_crypto_workflow(name = "archive_klines", exchange = Binance, symbols = symbols, data_types = ["klines"])]
/// async fn archive(symbols: &[String]) -> Result<usize, Error> {
///     // …
/// #   Ok(0)
/// }
/// ```
///
/// The span `archive_klines` of kind internal, and the metrics `crypto.workflow.executions`,
/// `crypto.workflow.duration` and `crypto.workflows.active`.
///
/// | argument | attribute | |
/// |---|---|---|
/// | `name` | `crypto.workflow_name` | required; constant |
/// | `workflow_type` | `crypto.workflow_type` | text |
/// | `exchange` (formerly `market`) | `crypto.exchange` | `Exchange` |
/// | `symbols` | `crypto.symbols` | list of text |
/// | `data_types` | `crypto.data_types` | list of text |
/// | `workflow_id` | `crypto.workflow_id` | text |
///
/// The [crate's page](crate) has the arguments of every macro.
#[proc_macro_attribute]
pub fn trace_crypto_workflow(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expansion_of(&tables::TRACE_CRYPTO_WORKFLOW, arguments, item)
}

/// Traces a stage of a workflow.
///
/// ```
/// use lakehouse_otel::prelude::*;
///
/// # struct Kline;
/// #[trace_stage(stage = "roll_up", layer = Gold, symbol = symbol, ok(|bars| record_count = bars.len()))]
/// fn roll_up(symbol: &str, klines: &[Kline]) -> Vec<Kline> {
///     // …
/// #   vec![]
/// }
/// ```
///
/// The span `roll_up` of kind internal, and the metric `crypto.stage.duration`.
///
/// | argument | attribute | |
/// |---|---|---|
/// | `stage` | `crypto.processing_stage` | required; constant |
/// | `symbol` | `crypto.symbol` | text |
/// | `layer` | `lakehouse.layer` | `Layer` |
/// | `record_count` | `crypto.record_count` | integer |
/// | `data_size_bytes` | `crypto.data_size_bytes` | integer, in bytes |
///
/// The [crate's page](crate) has the arguments of every macro.
#[proc_macro_attribute]
pub fn trace_stage(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expansion_of(&tables::TRACE_STAGE, arguments, item)
}

/// Traces and measures the processing of records.
///
/// ```
/// use lakehouse_otel::prelude::*;
///
/// # struct Row; struct Kline; struct CleanError;
/// #[track_processing(operation = "clean", layer = Silver, ok(|klines| record_count = klines.len()))]
/// fn clean(raw: &[Row]) -> Result<Vec<Kline>, CleanError> {
///     // …
/// #   Ok(vec![])
/// }
/// ```
///
/// The span `clean` of kind internal, and the metrics `crypto.processing.duration`,
/// `crypto.processing.throughput.records`, `crypto.data.processed` and `crypto.transformation.errors`.
///
/// | argument | attribute | |
/// |---|---|---|
/// | `operation` | `crypto.processing.operation` | required; constant |
/// | `stage` | `crypto.processing_stage` | constant |
/// | `layer` | `lakehouse.layer` | `Layer` |
/// | `symbol` | `crypto.symbol` | text |
/// | `record_count` | `crypto.record_count` | integer; feeds the throughput |
/// | `data_size_bytes` | `crypto.data_size_bytes` | integer, in bytes; feeds the volume |
///
/// The [crate's page](crate) has the arguments of every macro.
#[proc_macro_attribute]
pub fn track_processing(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expansion_of(&tables::TRACK_PROCESSING, arguments, item)
}

/// Traces and measures a request to an exchange.
///
/// ```
/// use lakehouse_otel::prelude::*;
///
/// # struct Kline; struct ApiError;
/// #[track_api_request(
///     exchange = Binance, method = "GET", endpoint = "/api/v3/klines",
///     symbol = symbol, data_type = Klines, limit = 1000,
///     ok(|klines| record_count = klines.len()),
/// )]
/// async fn fetch_klines(symbol: &str) -> Result<Vec<Kline>, ApiError> {
///     // …
/// #   Ok(vec![])
/// }
/// ```
///
/// The span `GET /api/v3/klines` of kind client, and the metrics `crypto.api.requests`,
/// `crypto.api.request.duration`, `crypto.api.errors` and `crypto.api.rate_limits`.
///
/// | argument | attribute | |
/// |---|---|---|
/// | `exchange` (formerly `market`) | `crypto.exchange` | required; `Exchange` |
/// | `endpoint` | `crypto.endpoint`, `url.template` | required; constant |
/// | `method` | `http.request.method` | `HttpRequestMethod` |
/// | `symbol` | `crypto.symbol` | text |
/// | `data_type` | `crypto.data_type` | `DataType` |
/// | `timeframe` | `crypto.timeframe` | `Timeframe` |
/// | `market_type` | `crypto.market_type` | `MarketType` |
/// | `limit` | `crypto.request.limit` | integer |
/// | `status_code` | `http.response.status_code` | integer; 400 and above make the outcome `error` |
/// | `response_bytes` | `http.response.body.size` | integer, in bytes |
/// | `record_count` | `crypto.record_count` | integer |
///
/// The [crate's page](crate) has the arguments of every macro.
#[proc_macro_attribute]
pub fn track_api_request(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expansion_of(&tables::TRACK_API_REQUEST, arguments, item)
}

/// Traces and measures an operation on an object store or a file system.
///
/// ```
/// use lakehouse_otel::prelude::*;
///
/// # struct StoreError;
/// #[track_storage(operation = Put, system = S3, key = key, layer = Silver, size_bytes = rows.len())]
/// async fn write(key: &str, rows: &[u8]) -> Result<(), StoreError> {
///     // …
/// #   Ok(())
/// }
/// ```
///
/// The span `put s3` of kind client, and the metrics `crypto.storage.operations`,
/// `crypto.storage.operation.duration`, `crypto.storage.object.size` and `crypto.storage.errors`.
///
/// | argument | attribute | |
/// |---|---|---|
/// | `operation` | `crypto.storage.operation` | required; `StorageOperation` |
/// | `system` | `crypto.storage.system` | required; `StorageSystem` |
/// | `bucket` | `aws.s3.bucket` | text |
/// | `key` | `aws.s3.key` | text |
/// | `layer` | `lakehouse.layer` | `Layer` |
/// | `format` | `lakehouse.format` | `Format` |
/// | `compression` | `lakehouse.compression` | `Compression` |
/// | `size_bytes` | `crypto.data_size_bytes` | integer, in bytes; feeds the object size |
/// | `file_count` | `crypto.file_count` | integer |
///
/// The [crate's page](crate) has the arguments of every macro.
#[proc_macro_attribute]
pub fn track_storage(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expansion_of(&tables::TRACK_STORAGE, arguments, item)
}

/// Traces an operation of a schema of your own, or any other.
///
/// The [crate's page](crate) has the arguments of every macro.
#[proc_macro_attribute]
pub fn trace_operation(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expansion_of(&tables::TRACE_OPERATION, arguments, item)
}

/// What an attribute that names something of a user's own schema expands to, by way of that schema's table. Not for
/// users.
#[doc(hidden)]
#[proc_macro]
pub fn __annotate(tokens: TokenStream) -> TokenStream {
    annotate::with_table(tokens.into(), ENABLED).into()
}

/// The schema of a program's own, from a semantic-convention registry.
///
/// ```ignore
/// // In `lib.rs` or `main.rs`; the path is seen from the folder of `Cargo.toml`.
/// lakehouse_otel::schema!("telemetry/registry.yaml");
/// ```
///
/// It becomes a module `schema` with a typed key for each attribute (`schema::text_analysis::LANGUAGE`), an enum for
/// each attribute with members, a function for each metric (`schema::metrics::text_analysis_requests()`), and the
/// definition of each span's operation (`schema::operations::EMBEDDING`). The macros take its attributes by their keys.
///
/// The path names a file, beside which a `manifest.yaml` may stand, or a folder with a `manifest.yaml`, of which every
/// YAML file belongs to the registry. A mistake in one of them is an error of the compiler that says where it stands.
/// When one of them is edited, the crate is compiled again.
///
/// | argument | meaning | default |
/// |---|---|---|
/// | `uses(other_crate::schema, …)` | schemas of other crates, whose attributes and metrics the registry may mention by `ref`; this schema exports them again | none |
/// | `crate = path` | the runtime, where it goes by another name | `::lakehouse_otel` |
///
/// The guide is `docs/own-schema.md`.
#[proc_macro]
pub fn schema(input: TokenStream) -> TokenStream {
    schema::schema(input.into()).into()
}

/// What another schema tells one that uses it. Not for users.
#[doc(hidden)]
#[proc_macro]
pub fn __schema_answered(input: TokenStream) -> TokenStream {
    schema::answered(input.into()).into()
}

fn expansion_of(
    table: &'static tables::MacroTable,
    arguments: TokenStream,
    item: TokenStream,
) -> TokenStream {
    annotate(table, arguments.into(), item.into(), ENABLED).into()
}
