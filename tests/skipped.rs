//! What becomes of a test that cannot run here.

use std::io::Write;

/// Says why a test does not run. Where `REQUIRE_ALL_TESTS` is set, as in CI, that is its failure.
#[track_caller]
pub(crate) fn skipped(reason: &str) {
    let required = std::env::var_os("REQUIRE_ALL_TESTS").is_some_and(|value| !value.is_empty());
    assert!(!required, "skipped, with REQUIRE_ALL_TESTS set: {reason}");
    // Not `eprintln!`: what a passing test prints with it is not shown.
    drop(writeln!(std::io::stderr(), "skipped: {reason}"));
}
