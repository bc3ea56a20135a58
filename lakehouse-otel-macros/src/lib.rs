#![doc = include_str!("guide.md")]
#![forbid(unsafe_code)]

mod annotate;
mod args;
mod block;
mod check;
mod derive;
mod diagnostics;
mod expand;
mod function;
mod inline;
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
#[doc = include_str!("docs/trace_crypto_workflow.md")]
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
#[doc = include_str!("docs/trace_stage.md")]
///
/// # Stages that depend on others
///
/// ```
/// use lakehouse_otel::prelude::*;
///
/// #[trace_stage(stage = "fetch", symbol = symbol)]
/// fn fetch(symbol: &str) { /* … */ }
///
/// #[trace_stage(stage = "clean", symbol = symbol, depends_on = "fetch")]
/// fn clean(symbol: &str) { /* … */ }
/// ```
///
/// The span of `clean` has a link, with the attribute `crypto.processing_stage`, to the span of `fetch` that ended last in the same
/// workflow before `clean` began: of the same symbol, or else of any. There is no link where none has ended, where the one that ended
/// last was not sampled, and outside of a workflow; `lakehouse.stage.unlinked` counts those for stages whose spans are
/// recorded. What is remembered of a workflow is bounded, and is gone when it is over.
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
#[doc = include_str!("docs/track_processing.md")]
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
#[doc = include_str!("docs/track_api_request.md")]
///
/// # What the exchange answers
///
/// `ok(|page| response = page)` and `err(|error| response = error)` hand over an answer (`exchange::ExchangeResponse`), of
/// which is read what the exchange says of its limits, by the rules of Binance, Bybit, Kraken, Coinbase and OKX, or by your own:
/// used weight, limit, order count, how long to wait, whether it was asked too often, whether it has banned the caller. In the
/// body `context = ctx` and `ctx.response(&answer)` do the same. Too often is counted in `crypto.api.rate_limits`; a ban is the
/// event `crypto.banned` and `error.type` `banned`. The guide is `docs/exchanges.md`.
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
#[doc = include_str!("docs/track_storage.md")]
#[proc_macro_attribute]
pub fn track_storage(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expansion_of(&tables::TRACK_STORAGE, arguments, item)
}

/// Traces and measures taking in records from a source: a feed, a file, an exchange.
///
/// ```
/// use lakehouse_otel::prelude::*;
///
/// # struct Trade { time: i64 } struct FeedError;
/// #[track_ingestion(
///     source = "websocket", exchange = Binance, data_type = Trades, symbol = symbol,
///     ok(|trades| record_count = trades.len(), newest_event_time = trades.last().map(|trade| trade.time)),
/// )]
/// async fn take_in(symbol: &str) -> Result<Vec<Trade>, FeedError> {
///     // …
/// #   Ok(vec![])
/// }
/// ```
///
/// The span `websocket trades` of kind consumer, and the metrics `crypto.data.ingested`, `crypto.data.volume` and
/// `crypto.data.freshness`.
///
#[doc = include_str!("docs/track_ingestion.md")]
///
/// # Freshness
///
/// How old the newest record is when the operation ends well, in seconds, by the pipeline's clock. There is no
/// data point, and never one of 0, where that is not known: without `newest_event_time`, where it is `None` (nothing came in)
/// or not positive, and where the call failed. A time up to a second ahead is a difference of clocks, and counts as
/// fresh: 0. One further ahead, such as the close of a kline that is still open, says nothing of what has happened: no data
/// point. A time in microseconds is far ahead; divide it. A `chrono::DateTime` gives `time.timestamp_millis()`.
///
/// # Sampling
///
/// The span is decided on at its head, and thinned out at its end by how many records came in: see `docs/sampling.md`.
#[proc_macro_attribute]
pub fn track_ingestion(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expansion_of(&tables::TRACK_INGESTION, arguments, item)
}

/// Traces and measures a call to a database.
///
/// ```
/// use lakehouse_otel::prelude::*;
///
/// # struct Kline; struct DbError { code: String }
/// #[track_database(
///     system = Postgresql, operation = "SELECT", collection = "klines_1m",
///     ok(|klines| returned_rows = klines.len()),
///     err(|error| db.response.status_code = error.code.as_str()),
/// )]
/// async fn load(symbol: &str) -> Result<Vec<Kline>, DbError> {
///     // …
/// #   Ok(vec![])
/// }
/// ```
///
/// The span `SELECT klines_1m` of kind client, and the metric `db.client.operation.duration`, as OpenTelemetry's semantic
/// conventions for database clients have them.
///
#[doc = include_str!("docs/track_database.md")]
///
/// A label of text that is known at run time alone, such as a table's name, is given with `labels(…)`:
/// `collection = table, labels(collection)`. `server.address` and `server.port` label the metric where they are constants.
#[proc_macro_attribute]
pub fn track_database(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expansion_of(&tables::TRACK_DATABASE, arguments, item)
}

/// Traces and measures an invocation: of a function as a service, of a scheduled job, of a handler.
///
/// ```
/// use lakehouse_otel::prelude::*;
///
/// # struct Event { id: String } struct JobError;
/// #[trace_invocation(trigger = Timer, name = "collect", invocation_id = &event.id)]
/// async fn collect(event: Event) -> Result<usize, JobError> {
///     // …
/// #   Ok(0)
/// }
/// ```
///
/// The span `collect` of kind server, and the metrics `faas.invocations` (those that ended well),
/// `faas.errors`, `faas.coldstarts` and `faas.invoke_duration`. The span begins a trace; where the span of
/// another process is current, as a carrier names it, it is that one's child. Before the function returns,
/// telemetry is flushed, within a bound: `lakehouse_otel::invocation` says how.
///
/// | argument | meaning | default |
/// |---|---|---|
/// | `flush` | how long the flush may hold the function: `"500ms"`; `false` for none | `"2s"` |
/// | `deadline` | when the function has to be over: an `Instant`, a `SystemTime`, or an `Option` of one. The flush ends 50 ms earlier | none |
///
/// Without `name` the function's name names the span; without `coldstart` it is whether this is the process's first invocation.
///
#[doc = include_str!("docs/trace_invocation.md")]
#[proc_macro_attribute]
pub fn trace_invocation(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expansion_of(&tables::TRACE_INVOCATION, arguments, item)
}

/// What the attributes do to a function, for a block, an async block or a closure.
///
/// ```
/// use lakehouse_otel::operation;
/// use lakehouse_otel::prelude::*;
///
/// # struct Row; #[derive(Debug)] struct ParseError;
/// # fn parse_row(line: &str) -> Result<Row, ParseError> { Ok(Row) }
/// # async fn upload(rows: &[Row]) -> Result<(), ParseError> { Ok(()) }
/// async fn load(lines: &[&str]) -> Result<usize, ParseError> {
///     // A block: `?`, `return` and `break` do what they do without.
///     let rows = operation!(track_processing(operation = "parse", record_count = lines.len()), {
///         let mut rows = Vec::new();
///         for line in lines {
///             rows.push(parse_row(line)?);
///         }
///         rows
///     });
///     // An async block: a future.
///     operation!(track_storage(operation = Put, system = S3), async { upload(&rows).await }).await?;
///     // A closure: each call is an operation.
///     let weigh = operation!(track_processing(operation = "weigh"), |row: &Row| size_of_val(row));
///     Ok(rows.iter().map(weigh).sum())
/// }
/// ```
///
/// The macro's name and its arguments are those of the attribute, and are checked like those; `crate = path` too.
/// An expression of the arguments is evaluated where the block stands, or at each call of the closure.
///
/// | after the arguments | gives | the operation is |
/// |---|---|---|
/// | `{ … }` | the block's value | the block |
/// | `async { … }`, `async move { … }` | a future | the future, from its first poll to its end |
/// | `\|row: &Row\| -> R { … }`, with `move` or without | a closure | each call |
/// | `async \|row\| { … }`, with `move` or without | an async closure | the future of each call |
///
/// # How a block ends
///
/// | it ends by | outcome |
/// |---|---|
/// | its last expression | as a function that returns its value |
/// | `?` on an `Err` | `error`; `error.type` is the name of the error's type |
/// | `return Err(…)` | `error` |
/// | any other `return`, `break` or `continue`, or `?` on a `None` | `ok` |
/// | a panic | `panicked` |
/// | a macro that leaves it, such as `bail!` | `cancelled`: what a macro does is not seen; in the arguments of `format!`, `vec!`, `assert!` and their kin, and in the block of another `operation!`, a `?` is |
///
/// A block cannot wait: its context is attached to the thread while it runs. Write `async { … }.await`.
/// With `trace_invocation` the flush at a block's end holds the thread, as in a function that is not async: in async code
/// write an async block.
///
/// # Types
///
/// What a block or closure gives has to be known where it stands, by its own type or by the one that is expected
/// there, so that a `Result` is told from other values. For an async block whose error is known only later,
/// name it as usual: `Ok::<_, MyError>(rows)`.
#[proc_macro]
pub fn operation(tokens: TokenStream) -> TokenStream {
    inline::annotate(&tokens.into(), ENABLED).into()
}

/// Traces an operation of a schema of your own, or any other.
///
/// ```
/// use lakehouse_otel::prelude::*;
///
/// #[trace_operation(name = "warm_up", budget = "2s")]
/// fn warm_up() {}
///
/// // Under the name of the function.
/// #[trace_operation]
/// async fn tidy_up() {}
/// ```
///
/// # A span of your own schema
///
/// `span` names a span that [`schema!`] knows of, with its kind, its name, and the metrics that the registry ties to it:
///
/// ```ignore
/// lakehouse_otel::schema!("telemetry/registry.yaml");
///
/// impl Embedder {
///     #[trace_operation(
///         span = text_analysis.embedding, language = En,
///         embedding.batch_size = sentences.len(), embedding.model = self.model_name,
///     )]
///     fn embed(&self, sentences: &[&str]) -> Vec<Vector> {
///         // …
///     }
/// }
/// ```
///
/// Its attributes are given by their keys, whole or without what comes before in the span's name: `text_analysis.embedding.model`,
/// `embedding.model` and `model` are one. Required ones have to be there, members of enums are written as they are, types are
/// checked, and an unknown key is refused with the nearest one. Keys and members are paths for the compiler, so editors complete
/// them, go to their definition, and show what is deprecated. Attributes labelling a metric of the span are text that is known
/// at compile time, or members. `examples/text_analysis` is a program that does this.
///
/// # On a block or module
///
/// On an `impl` block or an inline module each public function is an operation of its own, as if the attribute stood on it; in
/// `impl Trait for Type` each function. A method goes by the name `Type::method`, a function of a module by its own. In a module that
/// holds for functions, methods of inherent `impl` blocks, and modules inside. Left alone are functions that have an attribute of ours
/// already, `const fn`, and those with `#[trace_operation(skip)]`.
///
/// ```
/// use lakehouse_otel::prelude::*;
///
/// struct Index(Vec<String>);
///
/// #[trace_operation(budget = "100ms")]
/// impl Index {
///     // The operation `Index::add`.
///     pub fn add(&mut self, word: &str) {
///         self.0.push(word.to_owned());
///     }
///
///     #[trace_operation(skip)]
///     pub fn len(&self) -> usize {
///         self.0.len()
///     }
/// }
/// ```
///
#[doc = include_str!("docs/trace_operation.md")]
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

/// The same of `operation!`. Not for users.
#[doc(hidden)]
#[proc_macro]
pub fn __operation(tokens: TokenStream) -> TokenStream {
    inline::with_table(tokens.into(), ENABLED).into()
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

/// Makes a fieldless enum the values of an attribute.
///
/// ```
/// use lakehouse_otel::prelude::*;
/// use lakehouse_otel::schema::{AttributeKey, EnumValue, kind};
///
/// #[derive(AttributeValue)]
/// #[attribute(key = "text_analysis.language")]
/// enum Language {
///     English,
///     #[attribute(rename = "de-AT")]
///     AustrianGerman,
/// }
///
/// assert_eq!(Language::MEMBERS, ["english", "de-AT"]);
/// assert_eq!(Language::English.as_str(), "english");
///
/// const LANGUAGE: AttributeKey<Language> = AttributeKey::new(Language::ATTRIBUTE);
/// const TONGUE: AttributeKey<kind::Text> = AttributeKey::new("text_analysis.tongue");
/// assert!(LANGUAGE.value(&Language::English).is_some());
/// assert!(TONGUE.value(Language::AustrianGerman).is_some());
/// ```
///
/// It is a value of every attribute of text, and of an `AttributeKey` of its own. Its values are bounded, so a key of its
/// own may label metrics. The derive implements `EnumValue`, and `IntoValue` for both kinds of keys.
///
/// | argument of `#[attribute(…)]` | on | meaning | default |
/// |---|---|---|---|
/// | `rename = "…"` | a variant | its value | its name by `rename_all` |
/// | `rename_all = "…"` | the enum | `snake_case`, `kebab-case`, `lowercase`, `UPPERCASE`, `SCREAMING_SNAKE_CASE`, `SCREAMING-KEBAB-CASE`, `camelCase`, `PascalCase` | `snake_case` |
/// | `key = "…"` | the enum | the attribute whose values these are, `EnumValue::ATTRIBUTE` | the enum's name in `snake_case` |
/// | `crate = path` | the enum | the runtime, where it goes by another name | `::lakehouse_otel` |
///
/// # Errors
///
/// A struct, a variant with fields, and two variants with one value do not compile: `docs/diagnostics.md`, from `LO0300`.
#[proc_macro_derive(AttributeValue, attributes(attribute))]
pub fn derive_attribute_value(item: TokenStream) -> TokenStream {
    derive::attribute_value(item.into(), ENABLED).into()
}

/// Says what an error is called in telemetry, how bad it is, and what helps.
///
/// ```
/// use lakehouse_otel::prelude::*;
/// use lakehouse_otel::schema::{ErrorRecovery, ErrorSeverity};
///
/// #[derive(Debug, thiserror::Error, ErrorClass)]
/// #[error_class(severity = Medium)]
/// enum FetchError {
///     #[error("asked too often")]
///     #[error_class(recovery = Retry)]
///     RateLimited,
///     #[error("no such symbol: {0}")]
///     #[error_class(type = "unknown_symbol", severity = High, recovery = Manual)]
///     Symbol(String),
///     #[error("the answer's status is {0}")]
///     #[error_class(type = Self::status)]
///     Status(u16),
///     #[error(transparent)]
///     #[error_class(transparent)]
///     Io(#[from] std::io::Error),
/// }
///
/// impl FetchError {
///     fn status(&self) -> String {
///         match self {
///             Self::Status(status) => status.to_string(),
///             _ => String::new(),
///         }
///     }
/// }
///
/// assert_eq!(FetchError::RateLimited.error_type(), "rate_limited");
/// assert_eq!(FetchError::RateLimited.severity(), Some(ErrorSeverity::Medium));
/// assert_eq!(FetchError::Symbol("BTC".into()).recovery(), Some(ErrorRecovery::Manual));
/// assert_eq!(FetchError::Status(503).error_type(), "503");
/// let timeout = std::io::Error::from(std::io::ErrorKind::TimedOut);
/// assert_eq!(FetchError::from(timeout).error_type(), "timeout");
/// ```
///
/// Recorded as `error.type`, `crypto.error.severity` and `crypto.error.recovery` of a call that fails with it; `error.type`
/// labels the metrics too. The type implements [`std::error::Error`], by thiserror or by hand, and may have parameters.
///
/// | argument of `#[error_class(…)]` | on | meaning | default |
/// |---|---|---|---|
/// | `type = "…"`, `type = function` | a variant, a struct | the value of `error.type`: a text, or what a function makes of the error (`fn(&Self) -> String`, `&'static str` or `Cow`), of few values | the name in `snake_case` |
/// | `severity = High` | an enum, a variant, a struct | `Low`, `Medium`, `High`, `Critical` | none |
/// | `recovery = Retry` | an enum, a variant, a struct | `Retry`, `Skip`, `Fallback`, `Abort`, `Manual` | none |
/// | `… = source` | a variant, a struct | that part is the source's own | |
/// | `transparent` | a variant, a struct | what is not said is the source's own, its backtrace too | |
/// | `source` | a field | the source | `#[source]`, `#[from]`, the name `source`, or a tuple's only field |
/// | `crate = path` | an enum, a struct | the runtime, where it goes by another name | `::lakehouse_otel` |
///
/// A source that is asked for its class has to have one. A field of type `Backtrace` is recorded as
/// `exception.stacktrace`.
///
/// # Errors
///
/// What it does not take does not compile: `docs/diagnostics.md`, from `LO0300`.
#[proc_macro_derive(ErrorClass, attributes(error_class))]
pub fn derive_error_class(item: TokenStream) -> TokenStream {
    derive::error_class(item.into()).into()
}

fn expansion_of(
    table: &'static tables::MacroTable,
    arguments: TokenStream,
    item: TokenStream,
) -> TokenStream {
    annotate(table, arguments.into(), item.into(), ENABLED).into()
}
