//! Runs a built example as its user would.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use std::{env, thread};

/// Far more than any of them takes.
const BOUND: Duration = Duration::from_secs(30);

/// Its standard output and its standard error, with telemetry as it is by default.
pub(crate) fn run(example: &str, arguments: &[&str]) -> (String, String) {
    let mut command = Command::new(path(example));
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        let prefixes = [
            "OTEL_",
            "ENABLE_OPENTELEMETRY",
            "DEPLOYMENT_",
            "ENVIRONMENT",
            "AWS_LAMBDA_",
        ];
        if prefixes.into_iter().any(|prefix| name.starts_with(prefix)) {
            command.env_remove(&*name);
        }
    }
    command.args(arguments).stdin(Stdio::null());
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let found = read(child.stdout.take().unwrap());
    let told = read(child.stderr.take().unwrap());
    // Both end where the program does, and whatever it has started.
    let (Ok(found), Ok(told)) = (found.recv_timeout(BOUND), told.recv_timeout(BOUND)) else {
        child.kill().unwrap();
        panic!("`{example}` did not end within {BOUND:?}");
    };
    let status = child.wait().unwrap();
    assert!(status.success(), "{status}: {told}");
    (found, told)
}

fn read(mut from: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, text) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        from.read_to_string(&mut text).unwrap();
        // Nobody waits for it any more once the bound is over.
        drop(sender.send(text));
    });
    text
}

/// `cargo test` builds examples beside the tests.
fn path(example: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let path = profile
        .join("examples")
        .join(format!("{example}{}", env::consts::EXE_SUFFIX));
    assert!(
        path.exists(),
        "not built: run `cargo build --example {example}` first"
    );
    path
}

#[track_caller]
pub(crate) fn has_line(text: &str, parts: &[&str]) {
    let found = text
        .lines()
        .any(|line| parts.iter().all(|part| line.contains(part)));
    assert!(found, "no line with {parts:?} in\n{text}");
}
