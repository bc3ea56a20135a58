//! A Python with pyarrow: Parquet read back by a tool of another maker.

use super::skipped;
use std::{env, path::PathBuf, process::Command};

/// `REAL_SYSTEMS_PYTHON`, the virtual environment of the real-system tests, or the system's own; where none has
/// pyarrow, that is said.
#[track_caller]
pub(crate) fn with_pyarrow() -> Option<PathBuf> {
    let test = env::current_exe().unwrap();
    let target = test.ancestors().nth(3).unwrap();
    let workspace = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target");
    let venv = "real-systems/venv/bin/python";
    let candidates = env::var_os("REAL_SYSTEMS_PYTHON")
        .map(PathBuf::from)
        .into_iter()
        .chain([
            target.join(venv),
            workspace.join(venv),
            PathBuf::from("python3"),
        ]);
    let found = candidates.into_iter().find(|python| {
        let import = Command::new(python).args(["-c", "import pyarrow"]).output();
        import.is_ok_and(|output| output.status.success())
    });
    if found.is_none() {
        skipped(
            "no Python with pyarrow (tests/real/install brings it; or set REAL_SYSTEMS_PYTHON)",
        );
    }
    found
}

/// Runs a script and returns what it printed; an exception is the test's failure.
#[track_caller]
pub(crate) fn run(python: &PathBuf, script: &str, arguments: &[&str]) -> String {
    let output = Command::new(python)
        .arg("-c")
        .arg(script)
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}
