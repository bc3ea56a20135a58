//! Builds this package alone, so that nothing switches telemetry on, and looks at what is left.

use std::path::{Path, PathBuf};
use std::process::Command;

fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo.args(arguments).arg("--locked");
    cargo.args(["--package", "lakehouse-otel-tests-disabled", "--quiet"]);
    cargo
}

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn handles_and_operations_have_no_size() {
    let said = output(&mut cargo(&["run", "--bin", "bare"]));
    assert_eq!(
        said,
        "handles: 0 bytes\nmetrics: 0 bytes\nfuture: 0 bytes more\nbooks: 1 workflow, 1 event\n"
    );
}

/// The instructions of a function, without the labels that differ from build to build.
fn instructions<'a>(assembly: &'a str, function: &str) -> Vec<&'a str> {
    let mut lines = assembly.lines();
    let found = lines.find(|line| line.contains(function) && line.ends_with(':'));
    assert!(found.is_some(), "no {function} in the assembly");
    lines
        .map(str::trim)
        .take_while(|line| !line.starts_with(".Lfunc_end"))
        .filter(|line| !line.starts_with('.') && !line.starts_with('#'))
        .filter(|line| !line.contains(".L"))
        .collect()
}

#[test]
fn the_machine_code_is_that_of_the_bare_function() {
    let assembly: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("disabled.s");
    let emit = format!("--emit=asm={}", assembly.display());
    let mut build = cargo(&["rustc", "--lib"]);
    build.args([
        "--",
        &emit,
        "-Copt-level=2",
        "-Ccodegen-units=1",
        "-Cdebuginfo=0",
    ]);
    output(&mut build);
    let assembly = std::fs::read_to_string(assembly).unwrap();
    // Where the compiler finds the two to be the same it makes one of them the other's name.
    let same = assembly.lines().any(|line| {
        let alias = line.contains(" = ") || line.trim_start().starts_with(".set");
        alias && line.contains("annotated_sum") && line.contains("bare_sum")
    });
    if !same {
        let annotated = instructions(&assembly, "annotated_sum");
        assert!(annotated.len() > 3, "{annotated:?}");
        assert_eq!(annotated, instructions(&assembly, "bare_sum"));
    }
}

#[test]
fn attributes_are_checked_all_the_same() {
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("refused");
    std::fs::create_dir_all(package.join("src")).unwrap();
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lakehouse-otel");
    let manifest = format!(
        "[workspace]\n[package]\nname = \"refused\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
         [dependencies]\nlakehouse-otel = {{ path = {runtime:?}, default-features = false }}\n"
    );
    std::fs::write(package.join("Cargo.toml"), manifest).unwrap();
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
    std::fs::copy(lock, package.join("Cargo.lock")).unwrap();
    let source = "#[lakehouse_otel::track_processing(operation = \"sum\", record_cout = 1)]\npub fn unknown() {}\n\
                  #[lakehouse_otel::track_processing(operation = \"sum\", record_count = name)]\npub fn mistyped(name: &str) {}\n\
                  const PERCENT: f64 = 10.0;\n\
                  #[lakehouse_otel::track_processing(operation = \"sum\", sample = PERCENT)]\npub fn too_many() {}\n";
    std::fs::write(package.join("src/lib.rs"), source).unwrap();
    let mut check = Command::new(env!("CARGO"));
    check
        .args(["check", "--offline", "--quiet", "--manifest-path"])
        .arg(package.join("Cargo.toml"));
    check.arg("--target-dir").arg(package.join("target"));
    let stderr = String::from_utf8(check.output().unwrap().stderr).unwrap();
    assert!(stderr.contains("record_cout"), "{stderr}");
    assert!(
        stderr.contains("`sample` is the share of calls to keep, from 0 to 1"),
        "{stderr}"
    );
    assert!(
        stderr.contains("`str` is not a value of a `lakehouse_otel::schema::kind::Int`"),
        "{stderr}"
    );
}
