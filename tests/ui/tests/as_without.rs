//! The lints of rustc and clippy say of annotated functions what they say of the same functions without attributes: the same
//! warnings at the same places, and no others.

#[path = "../../skipped.rs"]
mod skipped;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use skipped::skipped;

/// Functions with something to say of each.
const FAULTY: &str = include_str!("as_without/faulty.rs");
/// Functions with nothing to say of.
const CLEAN: &str = include_str!("as_without/clean.rs");

#[test]
fn lints_see_what_they_see_without_attributes() {
    let Some(tool) = clippy() else {
        return skipped("clippy is not installed");
    };
    let package = package();
    let warnings = warnings(&package, &tool);
    let of = |target: &str| -> BTreeSet<&str> {
        let of = warnings.iter().filter(|(name, _)| name == target);
        of.map(|(_, warning)| warning.as_str()).collect()
    };
    let none: BTreeSet<&str> = BTreeSet::new();
    assert_eq!(of("clean"), none, "a clean crate has warnings");
    let (annotated, bare) = (of("annotated"), of("bare"));
    let lost: Vec<_> = bare.difference(&annotated).collect();
    let gained: Vec<_> = annotated.difference(&bare).collect();
    assert!(
        lost.is_empty() && gained.is_empty(),
        "lost: {lost:#?}\ngained: {gained:#?}"
    );
    for lint in [
        "unused_variables",
        "unused_mut",
        "dead_code",
        "unreachable_code",
        "unused_must_use",
        "unused_assignments",
        "unused_braces",
        "unused_parens",
        "clippy::implicit_return",
        "clippy::print_stdout",
    ] {
        let said = bare
            .iter()
            .any(|warning| warning.starts_with(&format!("{lint}:")));
        assert!(said, "nothing to compare of {lint}: {bare:#?}");
    }
}

/// `cargo clippy`, where it is there.
fn clippy() -> Option<PathBuf> {
    let cargo = PathBuf::from(env!("CARGO"));
    let version = Command::new(&cargo)
        .args(["clippy", "--version"])
        .output()
        .ok()?;
    version.status.success().then_some(cargo)
}

/// A package with three programs: the faulty functions with and without attributes, and the clean ones.
fn package() -> PathBuf {
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("as_without");
    fs::create_dir_all(package.join("src/bin")).unwrap();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let runtime = workspace.join("lakehouse-otel");
    let manifest = format!(
        "[workspace]\n[package]\nname = \"as_without\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
         [dependencies]\nlakehouse-otel = {{ path = {runtime:?}, default-features = false, features = [\"enabled\"] }}\n"
    );
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    fs::copy(workspace.join("Cargo.lock"), package.join("Cargo.lock")).unwrap();
    for (name, source) in [
        ("annotated", FAULTY.to_owned()),
        ("bare", without_attributes(FAULTY)),
        ("clean", CLEAN.to_owned()),
    ] {
        fs::write(package.join(format!("src/bin/{name}.rs")), source).unwrap();
    }
    package
}

/// The same lines, those with an attribute of ours empty.
fn without_attributes(source: &str) -> String {
    let lines = source.lines().map(|line| {
        let ours =
            line.trim_start().starts_with("#[trace_") || line.trim_start().starts_with("#[track_");
        if ours { "" } else { line }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What clippy and the compiler say: of which program, and the lint, the place and the message.
fn warnings(package: &Path, cargo: &Path) -> Vec<(String, String)> {
    let mut command = Command::new(cargo);
    command.args([
        "clippy",
        "--offline",
        "--quiet",
        "--message-format=json",
        "--manifest-path",
    ]);
    command
        .arg(package.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(package.join("target"));
    // The test's own flags are no part of the comparison.
    command
        .env_remove("RUSTFLAGS")
        .env_remove("CLIPPY_CONF_DIR");
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let lines = String::from_utf8(output.stdout).unwrap();
    let messages = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let messages = messages.filter(|message| message["reason"] == "compiler-message");
    messages
        .filter_map(|message| {
            let target = message["target"]["name"].as_str()?.to_owned();
            let said = &message["message"];
            let lint = said["code"]["code"].as_str()?;
            let places = said["spans"]
                .as_array()?
                .iter()
                .filter(|span| span["is_primary"] == true);
            let places: Vec<_> = places
                .map(|span| {
                    let at = |name: &str| span[name].to_string();
                    format!(
                        "{}:{}-{}:{}",
                        at("line_start"),
                        at("column_start"),
                        at("line_end"),
                        at("column_end")
                    )
                })
                .collect();
            let warning = format!("{lint}: {} at {}", said["message"], places.join(" and "));
            Some((target, warning))
        })
        .collect()
}
