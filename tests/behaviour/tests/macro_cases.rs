//! `docs/macro-cases.md` names a test for each case that a macro must survive: they are there.

use std::fs;
use std::path::Path;

#[test]
fn every_case_has_its_test() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = fs::read_to_string(workspace.join("docs/macro-cases.md")).unwrap();
    let rows = page
        .lines()
        .filter(|line| line.starts_with("| ") && *line != "| case | test |");
    let mut missing = Vec::new();
    let mut cases = 0;
    for row in rows {
        cases += 1;
        let tests = row
            .rsplit(" | ")
            .next()
            .unwrap_or_default()
            .trim_end_matches(" |");
        for test in tests.split(", ") {
            let test = test.trim_matches('`');
            let (file, name) = test.split_once("::").unwrap_or((test, ""));
            let source = fs::read_to_string(workspace.join(file)).unwrap_or_default();
            let is_there = match name {
                "" => !source.is_empty(),
                name => ["(", "<"]
                    .iter()
                    .any(|after| source.contains(&format!("fn {name}{after}"))),
            };
            if !is_there {
                missing.push(test.to_owned());
            }
        }
    }
    assert!(cases > 50, "only {cases} cases were read");
    assert!(missing.is_empty(), "not there: {missing:#?}");
}
