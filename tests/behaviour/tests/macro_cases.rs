//! The tests that pages name are there.

use std::fs;
use std::path::{Path, PathBuf};

/// `docs/macro-cases.md` names a test for each case that a macro must survive.
#[test]
fn every_case_has_its_test() {
    let tests = tests_named_by("docs/macro-cases.md");
    assert!(tests.len() > 50, "only {} tests were read", tests.len());
    assert_there(&tests);
}

/// `docs/comparison.md` names a test for each feature that it says is here.
#[test]
fn every_yes_has_its_test() {
    let page = read("docs/comparison.md");
    let unproven: Vec<_> = page
        .lines()
        .filter(|line| line.contains("| yes") && !line.contains("| yes: `"))
        .filter(|line| {
            line.split(" | ")
                .nth(1)
                .is_some_and(|ours| ours.starts_with("yes"))
        })
        .collect();
    assert!(unproven.is_empty(), "without a test: {unproven:#?}");
    assert_there(&tests_named_by("docs/comparison.md"));
}

fn assert_there(tests: &[String]) {
    let missing: Vec<_> = tests.iter().filter(|test| !is_there(test)).collect();
    assert!(missing.is_empty(), "not there: {missing:#?}");
}

/// What a page has in backticks that is a test: a file below `tests` or of a crate of ours, with a function or without.
fn tests_named_by(page: &str) -> Vec<String> {
    let page = read(page);
    let quoted = page.split('`').skip(1).step_by(2);
    let tests = quoted.filter(|text| {
        let file = text.split("::").next().unwrap_or_default();
        file.contains('/') && Path::new(file).extension().is_some_and(|it| it == "rs")
    });
    tests.map(str::to_owned).collect()
}

fn is_there(test: &str) -> bool {
    let (file, name) = test.split_once("::").unwrap_or((test, ""));
    let source = read(file);
    match name {
        "" => !source.is_empty(),
        name => ["(", "<"]
            .iter()
            .any(|after| source.contains(&format!("fn {name}{after}"))),
    }
}

fn read(file: &str) -> String {
    let workspace: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read_to_string(workspace.join(file)).unwrap_or_default()
}
