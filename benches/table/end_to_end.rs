//! Through OTLP/HTTP to a real collector: rotel, which takes all and drops it.

use std::error::Error;
use std::fmt::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::contenders::Export;
use crate::sustain::{self, Sustained};

/// A collector that ends with this.
struct Rotel {
    child: Child,
    url: String,
    #[expect(dead_code, reason = "its log is in there until it ends")]
    folder: tempfile::TempDir,
}

impl Rotel {
    fn start() -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let (http, grpc) = (free_port()?, free_port()?);
        let child = Command::new(program()?)
            .args(["start", "--exporter", "blackhole"])
            .args(["--otlp-http-endpoint", &http.to_string()])
            .args(["--otlp-grpc-endpoint", &grpc.to_string()])
            .arg("--pid-file")
            .arg(folder.path().join("rotel.pid"))
            .arg("--log-file")
            .arg(folder.path().join("rotel.log"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut rotel = Self {
            child,
            url: format!("http://{http}"),
            folder,
        };
        let deadline = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(http).is_err() {
            if let Some(status) = rotel.child.try_wait()? {
                return Err(format!("rotel ended: {status}").into());
            }
            if Instant::now() > deadline {
                return Err("rotel does not listen".into());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(rotel)
    }
}

impl Drop for Rotel {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

/// Where `tests/real/install` puts it.
fn program() -> Result<PathBuf, Box<dyn Error>> {
    let venv = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/real-systems/venv");
    let versions = std::fs::read_dir(venv.join("lib")).into_iter().flatten();
    versions
        .flatten()
        .map(|version| version.path().join("site-packages/rotel/rotel-agent"))
        .find(|agent| agent.exists())
        .ok_or_else(|| "no rotel: `bash tests/real/install` brings it".into())
}

/// The table.
pub(crate) fn run(rounds: usize) -> Result<String, Box<dyn Error>> {
    let rotel = Rotel::start()?;
    let export = Export::Send(rotel.url.clone());
    let measured = sustain::measure(sustain::WHO, &export, &rotel.url, rounds)?;
    let mut text = String::from(
        "| through OTLP/HTTP to rotel, nothing dropped | spans/s | middle half | CPU s per million spans | middle half | rounds with drops |\n\
         |---|--:|--:|--:|--:|--:|\n",
    );
    for Sustained { who, cpu, rate } in &measured {
        let numbers = |cell: &crate::rounds::Cell, unit: f64, digits: usize| {
            let at = |share| cell.quantile(share).unwrap_or(f64::NAN) / unit;
            format!(
                "{:.digits$} | {:.digits$}–{:.digits$}",
                at(0.5),
                at(0.25),
                at(0.75)
            )
        };
        let (title, discarded) = (who.title(), cpu.discarded);
        // Nanoseconds a span are thousandths of a second a million spans.
        let (rate, cpu) = (numbers(rate, 1.0, 0), numbers(cpu, 1_000.0, 2));
        let _ = writeln!(text, "| {title} | {rate} | {cpu} | {discarded} |");
    }
    Ok(text)
}
