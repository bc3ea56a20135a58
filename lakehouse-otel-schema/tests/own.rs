//! The schema of a program's own: what is generated from it, and how it may mention the built-in registry.
//!
//! `BLESS=1 cargo test -p lakehouse-otel-schema --test own` writes the expected text anew; read it before you commit.

use std::fs;
use std::path::{Path, PathBuf};

use lakehouse_otel_schema::generate::{RUNTIME, own};
use lakehouse_otel_schema::model::Registry;
use lakehouse_otel_schema::source::Report;
use lakehouse_otel_schema::{SourceFile, Sources};

fn load(path: &Path) -> Result<Registry, Report> {
    let mut report = Report::default();
    let root = Path::new("tests/own");
    let sources = Sources::read(root, path, "text-analysis", Vec::new(), &mut report);
    sources.load(RUNTIME, report)
}

/// Compares with what the file says, or writes it.
fn compare(file: &Path, text: &str) {
    if std::env::var_os("BLESS").is_some() {
        fs::write(file, text).unwrap();
    }
    let expected = fs::read_to_string(file).unwrap_or_default();
    assert_eq!(text, expected, "{}", file.display());
}

/// What the macros get: an example of the form that `generate/own/table.rs` describes.
#[test]
fn the_table_for_the_macros() {
    let registry = load(Path::new("registry.yaml")).unwrap_or_else(|report| panic!("{report}"));
    compare(Path::new("tests/own/table.expected"), &own(&registry).table);
}

/// What we take is what OpenTelemetry's format has.
#[test]
fn every_field_that_is_taken_is_the_formats() {
    let registry = load(Path::new("everything.yaml")).unwrap_or_else(|report| panic!("{report}"));
    assert_eq!((registry.spans.len(), registry.metrics.len()), (5, 4));
    assert_eq!((registry.entities.len(), registry.events.len()), (1, 1));
}

/// A folder for each rule that the built-in registry has not, with the messages that are expected.
#[test]
fn mistakes_are_told_with_file_line_and_column() {
    let folders = fs::read_dir("tests/own/refused").unwrap();
    let folders: Vec<PathBuf> = folders.map(|entry| entry.unwrap().path()).collect();
    assert!(
        folders.len() > 3,
        "the registries with mistakes are missing"
    );
    for folder in folders {
        let path = folder.strip_prefix("tests/own").unwrap();
        let told = match load(&path.join("registry.yaml")) {
            Ok(_) => panic!("{} is not refused", folder.display()),
            Err(report) => report.to_string(),
        };
        compare(&folder.join("registry.expected"), &told);
    }
}

/// Two packages declare an enum of the same name; a third one cannot export both.
#[test]
fn what_two_used_schemas_declare_is_told() {
    let text = |key: &str| {
        format!(
            "file_format: definition/2\nattributes:\n- key: {key}\n  brief: A colour.\n  stability: development\n  \
             type: {{members: [{{id: red, value: red}}]}}\n"
        )
    };
    let package = |name: &str, key: &str| {
        let file = SourceFile {
            path: PathBuf::from(name).join("registry.yaml"),
            text: text(key),
        };
        let sources = Sources {
            package: name.to_owned(),
            files: vec![file],
            uses: Vec::new(),
            complete: true,
        };
        (format!("{name}::schema"), sources)
    };
    let mut third = package("third", "third.shape").1;
    third.uses = vec![
        package("one", "shelf.colour"),
        package("two", "book.colour"),
    ];
    let report = third.load(RUNTIME, Report::default()).unwrap_err();
    assert_eq!(
        report.to_string(),
        "third/registry.yaml:1:1: `one` and `two` both declare the enum `Colour`, so one schema cannot use both\n"
    );
    // The same one by two ways is there once.
    third.uses = vec![
        package("one", "shelf.colour"),
        package("one", "shelf.colour"),
    ];
    assert!(third.load(RUNTIME, Report::default()).is_ok());
}
