//! An OTLP collector, and an independent receiver behind it.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{Server, free_port, root, skipped, wait_for};

/// The programs that these tests run.
pub(crate) struct Systems {
    python: PathBuf,
    rotel: PathBuf,
    receiver: PathBuf,
}

impl Systems {
    /// The installed systems, or `None` with a line that says what is absent.
    pub(crate) fn find() -> Option<Self> {
        let venv = root().join("target/real-systems/venv");
        let python = venv.join("bin/python");
        let versions = std::fs::read_dir(venv.join("lib")).into_iter().flatten();
        let rotel = versions.flatten().find_map(|version| {
            let agent = version.path().join("site-packages/rotel/rotel-agent");
            agent.exists().then_some(agent)
        });
        let receiver = root().join("../shared/tools/otlp_receiver.py");
        let Some(rotel) = rotel.filter(|_| python.exists()) else {
            skipped(&format!(
                "no rotel in {} (tests/real/install brings it)",
                venv.display()
            ));
            return None;
        };
        if !receiver.exists() {
            skipped(&format!("no receiver at {}", receiver.display()));
            return None;
        }
        Some(Self {
            python,
            rotel,
            receiver,
        })
    }
}

/// rotel, forwarding to the receiver that shares no code with ours.
pub(crate) struct Collector {
    rotel: Server,
    receiver: Server,
    folder: tempfile::TempDir,
    pub(crate) http: u16,
    pub(crate) grpc: u16,
}

impl Collector {
    pub(crate) fn start(systems: &Systems) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (receiver_grpc, receiver_http) = (free_port(), free_port());
        let mut receiver = Command::new(&systems.python)
            .arg(&systems.receiver)
            .args([
                "--grpc",
                &receiver_grpc.to_string(),
                "--http",
                &receiver_http.to_string(),
            ])
            .arg("--out")
            .arg(folder.path().join("otlp.jsonl"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        let stdout = receiver.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut ready).unwrap();
        assert_eq!(ready.trim(), "ready");

        let (http, grpc) = (free_port(), free_port());
        let file = |name: &str| folder.path().join(name).display().to_string();
        let mut rotel = Command::new(&systems.rotel)
            .arg("start")
            .args(["--otlp-grpc-endpoint", &format!("127.0.0.1:{grpc}")])
            .args(["--otlp-http-endpoint", &format!("127.0.0.1:{http}")])
            .args(["--exporter", "otlp", "--otlp-exporter-protocol", "grpc"])
            .args([
                "--otlp-exporter-endpoint",
                &format!("http://127.0.0.1:{receiver_grpc}"),
            ])
            .args([
                "--pid-file",
                &file("rotel.pid"),
                "--log-file",
                &file("rotel.log"),
            ])
            .stdout(Stdio::null())
            .stderr(File::create(folder.path().join("rotel.err")).unwrap())
            .spawn()
            .unwrap();
        wait_for(http, &mut rotel);
        wait_for(grpc, &mut rotel);
        Self {
            rotel: Server(rotel),
            receiver: Server(receiver),
            folder,
            http,
            grpc,
        }
    }

    /// Ends the collector, which forwards what it holds, and gives what arrived.
    pub(crate) fn stop(mut self) -> Vec<Value> {
        let rotel = self.rotel.0.id().to_string();
        let interrupted = Command::new("kill")
            .args(["-INT", &rotel])
            .status()
            .unwrap();
        assert!(interrupted.success());
        self.rotel.0.wait().unwrap();
        drop(self.receiver);
        let received = std::fs::read_to_string(self.folder.path().join("otlp.jsonl")).unwrap();
        let lines = received.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}
