//! `cases/<rule>/*.rs` with what the compiler says beside each, and cases that compile.
//!
//! `TRYBUILD=overwrite cargo test -p lakehouse-otel-tests-ui` renews the messages.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("cases/pass/*.rs");
    cases.compile_fail("cases/[!p]*/*.rs");
}
