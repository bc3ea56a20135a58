//! The semantic-convention registry of lakehouse-otel: its format, its checks, and what is generated from it.
//!
//! A registry is a folder of YAML files in OpenTelemetry's own format (`file_format: definition/2`), with a
//! `manifest.yaml` that names it. [`load`] reads, resolves and checks one, and tells every mistake at once:
//!
//! ```text
//! registry/crypto.yaml:12:9: unknown field of an attribute `breif`; did you mean `brief`? Allowed: `key`, `type`, …
//! ```
//!
//! [`generate::files`] turns a registry into the typed keys, enums, metric and operation definitions, the argument tables
//! of the macros and `docs/schema.md`. `cargo run -p lakehouse-otel-schema --bin generate` renews the committed ones.
//!
//! # What we add to the format
//!
//! Under `annotations: {lakehouse: {…}}`, the only annotations of ours:
//!
//! | on | annotation | means | without it |
//! |---|---|---|---|
//! | attribute | `cardinality: low` or `high` | whether its values are few enough to label a metric | low for members and booleans, else high |
//! | | `open: true` or `false` | whether other values than the members are allowed | open |
//! | | `values` | how many values it has as a label of one metric, from 1 to 2,000: texts, or what an open enum has beside its members; further ones share a series | 2,000 where it is opted in, else 100 |
//! | | `rust_name` | the name of its enum | the key without its first part |
//! | | `time: true` | its integers are milliseconds since the Unix epoch | they are numbers |
//! | metric | `boundaries: […]` | the buckets of a histogram, in its unit; a histogram needs them | |
//! | | `cardinality_limit` | how many sets of labels are kept apart, beside those with an opted-in label | 850 |
//! | | `functions: […]` | the functions of the runtime that record it, beside its own | none |
//! | | `observable: true` | the program gives a callback that is asked when metrics are collected | the program records |
//! | mention in a span | `argument` | the macro's argument that sets the attribute | none |
//! | | `role: label`, `measurement` or `span` | whether it labels the metrics, feeds one, or is on the span only | span |
//! | | `aliases: […]` | former names of the argument | none |
//! | | `also: […]` | further attributes that get the same value | none |
//! | span | `macro`, `constructor`, `operation_type` | the operation that records it | no operation |
//! | | `planned: macro` or `all` | declared, and its macro, or all of it, not generated yet | generated |
//! | | `metrics: [{ref, source}]` | the metrics that it feeds; a source is `count`, `successes`, `duration`, `active`, `errors`, `rate_limited`, `over_budget`, `{attribute: key}`, `{rate: key}` or `{age: key}` | none |
//!
//! Of OpenTelemetry's own, `code_generation: {metric_value_type: int or double}` is read; times and rates are doubles without it,
//! everything else is an integer. A mention without a `requirement_level` is `recommended`. Attribute groups, imports and template
//! types are refused.
#![forbid(unsafe_code)]

mod built_in;
mod check;
mod fields;
mod files;
pub mod generate;
pub mod model;
mod names;
mod own;
mod parse;
pub mod source;
mod suggest;
mod unit;
mod yaml;

use std::path::Path;

pub use built_in::built_in;
pub use files::SourceFile;
pub use own::Sources;

use files::Files;
use model::{Dialect, Registry};
use source::Report;

/// Reads and checks the registry in a folder, in the dialect of the built-in one.
///
/// # Errors
///
/// With every mistake found, each with its file, line and column.
pub fn load(folder: &Path) -> Result<Registry, Report> {
    let mut report = Report::default();
    let read = Files::in_folder(Path::new(""), folder, &mut report);
    let (registry, complete) = parse::files(&read.files, Dialect::BuiltIn, &mut report);
    check::registry(&registry, complete && read.complete, &mut report);
    report.into_result(registry)
}
