//! The main job's archive in a bucket, on an S3 server that verifies signatures.
//!
//! ```text
//! cargo build -p lakehouse-otel-examples --example archive_collection --features s3
//! cargo test -p lakehouse-otel-tests-real --test s3 --features s3
//! ```

#[expect(dead_code, reason = "the collector's tests use the rest")]
mod support;

use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use support::{Server, archive_collection, files, free_port, root, skipped, wait_for};

const ACCESS_KEY: &str = "AKIATEST";
const SECRET_KEY: &str = "of-this-test-alone";

/// s3s-fs, whose buckets are the folders of a folder.
struct S3 {
    folder: tempfile::TempDir,
    port: u16,
    _server: Server,
}

impl S3 {
    fn start(bucket: &str) -> Option<Self> {
        let program = root().join("target/real-systems/s3s/bin/s3s-fs");
        if !program.exists() {
            skipped(&format!(
                "no {} (tests/real/install brings it)",
                program.display()
            ));
            return None;
        }
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        std::fs::create_dir_all(folder.path().join("buckets").join(bucket)).unwrap();
        let log = File::create(folder.path().join("s3s-fs.log")).unwrap();
        let mut server = Command::new(program)
            .args(["--host", "127.0.0.1", "--port", &port.to_string()])
            .args(["--access-key", ACCESS_KEY, "--secret-key", SECRET_KEY])
            .arg(folder.path().join("buckets"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        wait_for(port, &mut server);
        Some(Self {
            folder,
            port,
            _server: Server(server),
        })
    }

    fn bucket(&self, name: &str) -> PathBuf {
        self.folder.path().join("buckets").join(name)
    }

    /// The main job, into this server.
    fn archive_collection(&self, store: &str) -> Command {
        let mut job = archive_collection(store);
        job.env("AWS_ENDPOINT", format!("http://127.0.0.1:{}", self.port))
            .env("AWS_ALLOW_HTTP", "true")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", ACCESS_KEY)
            .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY);
        job
    }
}

/// Runs two days of the job; gives what it printed on standard output and standard error.
#[track_caller]
fn run(mut job: Command) -> (String, String) {
    let output = job
        .args(["--seed", "7", "--retry-after", "0"])
        .args(["--start", "2025-01-01", "--end", "2025-01-03"])
        .output()
        .unwrap();
    let printed = |bytes| String::from_utf8(bytes).unwrap();
    let (stdout, stderr) = (printed(output.stdout), printed(output.stderr));
    assert!(output.status.success(), "{stdout}{stderr}");
    (stdout, stderr)
}

#[test]
fn a_bucket_holds_what_a_folder_would() {
    let Some(s3) = S3::start("lakehouse") else {
        return;
    };
    let store = "s3://lakehouse/some/archive";
    let (_, spans) = run(s3.archive_collection(store));
    assert!(spans.contains("system=s3 bucket=lakehouse"), "{spans}");

    let folder = tempfile::tempdir().unwrap();
    run(archive_collection(folder.path()));
    let in_bucket = s3.bucket("lakehouse").join("some/archive");
    assert_eq!(files(&in_bucket), files(folder.path()));

    // The manifests are found again: nothing is fetched twice.
    let (summary, _) = run(s3.archive_collection(store));
    assert!(
        summary.contains("Everything was there already"),
        "{summary}"
    );
}
