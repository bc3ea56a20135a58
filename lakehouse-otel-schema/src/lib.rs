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
#![forbid(unsafe_code)]

mod check;
mod fields;
pub mod generate;
pub mod model;
mod names;
mod parse;
pub mod source;
mod suggest;
mod unit;
mod yaml;

use std::path::Path;

use model::Registry;
use source::Report;

/// Reads and checks the registry in a folder.
///
/// # Errors
///
/// With every mistake found, each with its file, line and column.
pub fn load(folder: &Path) -> Result<Registry, Report> {
    let mut report = Report::default();
    let registry = parse::folder(folder, &mut report);
    check::registry(&registry, &mut report);
    report.into_result(registry)
}
