//! `cases/<rule>/*.rs` with what the compiler says beside each, and cases that compile.
//!
//! `TRYBUILD=overwrite cargo test -p lakehouse-otel-tests-ui` renews the messages.

#[path = "../../skipped.rs"]
mod skipped;

use std::fs;
use std::path::Path;
use std::process::Command;

use skipped::skipped;

/// The rustc whose messages are expected: another one words some of them otherwise. To expect another one's, change this
/// and renew the messages with it.
const MESSAGES_OF: &str = "1.95";

#[test]
fn ui() {
    registries();
    let cases = trybuild::TestCases::new();
    cases.pass("cases/pass/*.rs");
    let version = rustc_version();
    if version.starts_with(&format!("{MESSAGES_OF}.")) {
        cases.compile_fail("cases/[!p]*/*.rs");
    } else {
        skipped(&format!(
            "the expected messages are those of rustc {MESSAGES_OF}, and this is {version}"
        ));
    }
}

/// Puts the registries of the cases where the crate is that they are compiled in: paths in `schema!` are seen from there.
fn registries() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let project = target.join("tests/trybuild").join(env!("CARGO_PKG_NAME"));
    let folder = project.join("telemetry");
    fs::create_dir_all(&folder).unwrap();
    for file in fs::read_dir("telemetry").unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), folder.join(file.file_name())).unwrap();
    }
}

/// The number alone, like `1.95.0`.
fn rustc_version() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().unwrap();
    let version = String::from_utf8(output.stdout).unwrap();
    let number = version.split_whitespace().nth(1);
    number.expect("`rustc 1.95.0 (…)`").to_owned()
}
