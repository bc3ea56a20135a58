//! Registries with mistakes: a folder for each rule, with the messages that are expected.
//!
//! `BLESS=1 cargo test -p lakehouse-otel-schema --test refused` writes the messages anew; read them before you commit.

use std::fs;
use std::path::{Path, PathBuf};

use lakehouse_otel_schema::load;

#[test]
fn mistakes_are_told_with_file_line_and_column() {
    let mut folders: Vec<PathBuf> = fs::read_dir("tests/refused")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    assert!(
        folders.len() > 20,
        "the registries with mistakes are missing"
    );
    let mut wrong = String::new();
    for folder in folders {
        let told = messages(&folder);
        let expected_file = folder.join("registry.expected");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&expected_file, &told).unwrap();
        }
        let expected = fs::read_to_string(&expected_file).unwrap_or_default();
        if told != expected || told.is_empty() {
            wrong.push_str(&format_difference(&folder, &expected, &told));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn messages(folder: &Path) -> String {
    match load(folder) {
        Ok(_) => String::new(),
        Err(report) => report.to_string(),
    }
}

fn format_difference(folder: &Path, expected: &str, told: &str) -> String {
    format!("\n{}\nexpected:\n{expected}told:\n{told}", folder.display())
}
