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
//! | `schema = path` | your own [`schema!`], where it is another module | `crate::schema` |
//! | `server.address = …` | any attribute of the registry by its key | none |
//! | `my_domain.row_count = …` | an attribute of your own schema by its key | none |
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
mod derive;
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
