//! Prometheus, which scrapes a program, and promtool, which has an opinion of what it scrapes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::support::{Server, free_port, root, skipped, wait_for};

/// How long a scrape may take to be there.
const SCRAPED: Duration = Duration::from_secs(30);

/// The installed programs.
pub(crate) struct Installed(PathBuf);

impl Installed {
    /// Where they are, or `None` with a line that says that they are absent.
    pub(crate) fn find() -> Option<Self> {
        let here = root().join("target/real-systems/prometheus/usr/bin");
        if !here.join("promtool").exists() {
            skipped(&format!(
                "no prometheus in {} (tests/real/install brings it)",
                here.display()
            ));
            return None;
        }
        Some(Self(here))
    }

    /// What `promtool check metrics` says of a page; nothing where it is content.
    pub(crate) fn check(&self, page: &str) -> Result<(), String> {
        let mut promtool = Command::new(self.0.join("promtool"))
            .args(["check", "metrics"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = promtool.stdin.take().unwrap();
        stdin.write_all(page.as_bytes()).unwrap();
        drop(stdin);
        let output = promtool.wait_with_output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        if output.status.success() && said.trim().is_empty() {
            Ok(())
        } else {
            Err(said)
        }
    }
}

/// A Prometheus that scrapes one address each second.
pub(crate) struct Prometheus {
    _server: Server,
    _folder: tempfile::TempDir,
    address: SocketAddr,
}

/// What Prometheus knows of a family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Metadata {
    pub(crate) kind: String,
    pub(crate) help: String,
    pub(crate) unit: String,
}

impl Prometheus {
    /// Starts one, and waits until it has scraped.
    pub(crate) fn scraping(installed: &Installed, target: SocketAddr) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("prometheus.yml");
        std::fs::write(&config, configuration(target)).unwrap();
        let port = free_port();
        let mut process = start(&installed.0, &config, folder.path(), port);
        wait_for(port, &mut process);
        let prometheus = Self {
            _server: Server(process),
            _folder: folder,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        };
        prometheus.wait_for("up{job=\"program\"} == 1");
        prometheus
    }

    /// Waits until a query has a result.
    pub(crate) fn wait_for(&self, query: &str) {
        let deadline = Instant::now() + SCRAPED;
        while self.query(query).is_empty() {
            assert!(Instant::now() < deadline, "nothing was scraped for {query}");
            std::thread::yield_now();
        }
    }

    /// The result of an instant query: labels and value of each series.
    pub(crate) fn query(&self, query: &str) -> Vec<(BTreeMap<String, String>, f64)> {
        let answer = self.get(&format!("/api/v1/query?query={}", encoded(query)));
        let Some(results) = answer["data"]["result"].as_array() else {
            // It listens before it is ready.
            return Vec::new();
        };
        let of = |result: &Value| {
            let labels = result["metric"].as_object().unwrap().iter();
            let labels =
                labels.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()));
            let value = result["value"][1].as_str().unwrap().parse().unwrap();
            (labels.collect(), value)
        };
        results.iter().map(of).collect()
    }

    /// The one number that a query comes to.
    pub(crate) fn number(&self, query: &str) -> f64 {
        let results = self.query(query);
        assert_eq!(results.len(), 1, "{query}: {results:?}");
        results[0].1
    }

    /// What it knows of each family.
    pub(crate) fn metadata(&self) -> BTreeMap<String, Metadata> {
        let answer = self.get("/api/v1/metadata");
        let families = answer["data"].as_object().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        families
            .map(|(name, known)| {
                let known = &known[0];
                let metadata = Metadata {
                    kind: text(&known["type"]),
                    help: text(&known["help"]),
                    unit: text(&known["unit"]),
                };
                (name.clone(), metadata)
            })
            .collect()
    }

    fn get(&self, path: &str) -> Value {
        let (_, body) = get(self.address, path);
        serde_json::from_str(&body).unwrap_or_default()
    }
}

fn configuration(target: SocketAddr) -> String {
    format!(
        "global: {{scrape_interval: 1s, scrape_timeout: 1s}}\nscrape_configs:\n- job_name: program\n  static_configs:\n  - targets: ['{target}']\n"
    )
}

fn start(programs: &Path, config: &Path, folder: &Path, port: u16) -> std::process::Child {
    Command::new(programs.join("prometheus"))
        .arg(format!("--config.file={}", config.display()))
        .arg(format!(
            "--storage.tsdb.path={}",
            folder.join("data").display()
        ))
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        .stdout(Stdio::null())
        .stderr(File::create(folder.join("log")).unwrap())
        .spawn()
        .unwrap()
}

/// The head and the body of an answer.
pub(crate) fn get(address: SocketAddr, path: &str) -> (String, String) {
    let mut connection = TcpStream::connect(address).unwrap();
    connection.set_read_timeout(Some(SCRAPED)).unwrap();
    // HTTP/1.0 has no chunks.
    write!(connection, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

fn encoded(query: &str) -> String {
    let mut encoded = String::new();
    for byte in query.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
