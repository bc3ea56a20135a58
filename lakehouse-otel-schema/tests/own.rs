//! The schema of a program's own: what is generated from it, and how it may mention the built-in registry.
//!
//! `BLESS=1 cargo test -p lakehouse-otel-schema --test own` writes the expected text anew; read it before you commit.

use std::fs;
use std::path::Path;

use lakehouse_otel_schema::Sources;
use lakehouse_otel_schema::generate::{RUNTIME, own};
use lakehouse_otel_schema::model::Registry;
use lakehouse_otel_schema::source::Report;

fn load(path: &str) -> Registry {
    let mut report = Report::default();
    let root = Path::new("tests/own");
    let sources = Sources::read(
        root,
        Path::new(path),
        "text-analysis",
        Vec::new(),
        &mut report,
    );
    let loaded = sources.load(RUNTIME, report);
    loaded.unwrap_or_else(|report| panic!("{report}"))
}

/// What the macros get: an example of the form that `generate/own/table.rs` describes.
#[test]
fn the_table_for_the_macros() {
    let table = own(&load("registry.yaml")).table;
    let expected = Path::new("tests/own/table.expected");
    if std::env::var_os("BLESS").is_some() {
        fs::write(expected, &table).unwrap();
    }
    assert_eq!(table, fs::read_to_string(expected).unwrap_or_default());
}
