//! Finding, starting and stopping the real systems.

pub(crate) mod collector;
#[path = "../../../skipped.rs"]
mod skipped;

use std::ffi::OsStr;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

pub(crate) use skipped::skipped;

/// How long a system may take to start.
const START: Duration = Duration::from_secs(30);

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.ancestors().nth(2).unwrap().to_owned()
}

/// A port of the loopback interface that nothing listens on.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// Waits until something accepts connections there.
pub(crate) fn wait_for(port: u16, child: &mut Child) {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let deadline = Instant::now() + START;
    while TcpStream::connect_timeout(&address, START).is_err() {
        assert!(
            child.try_wait().unwrap().is_none(),
            "the server ended before it listened"
        );
        assert!(Instant::now() < deadline, "nothing listens on {address}");
        std::thread::yield_now();
    }
}

/// A process that ends with the test.
pub(crate) struct Server(pub(crate) Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The main job, as `cargo test` built it.
pub(crate) fn archive_collection(store: impl AsRef<OsStr>) -> Command {
    let test = std::env::current_exe().unwrap();
    let program = test
        .ancestors()
        .nth(2)
        .unwrap()
        .join("examples/archive_collection");
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let prefixes = ["OTEL_", "ENABLE_", "AWS_"];
        let read_by_the_job = |prefix| name.to_string_lossy().starts_with(prefix);
        if prefixes.into_iter().any(read_by_the_job) {
            command.env_remove(&name);
        }
    }
    command.arg("--store").arg(store);
    command
}

/// The silver and gold files: their names and sizes. They depend on the data alone.
pub(crate) fn files(folder: &Path) -> Vec<(String, u64)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else if entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "parquet")
            {
                let name = entry
                    .path()
                    .strip_prefix(folder)
                    .unwrap()
                    .display()
                    .to_string();
                found.push((name, entry.metadata().unwrap().len()));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty());
    found
}
