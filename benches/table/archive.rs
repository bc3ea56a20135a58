//! The main job with telemetry on against off: CPU time, peak memory, and how long a page takes.
//!
//! The exchange is here and not in the job, so that the job's CPU time is its own, and so that pages are timed from
//! outside: a page takes from its request to the next one of its series.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use crate::process::command;
use crate::rounds::Cell;
use crate::sink;
use crate::targets::{self, Target};

/// What telemetry does, and the variables that say so.
const MODES: [(&str, &[(&str, &str)]); 4] = [
    ("off", &[("OTEL_SDK_DISABLED", "true")]),
    (
        "on: sent over OTLP/HTTP to an endpoint that takes all",
        &[("OTEL_EXPORTER_OTLP_ENDPOINT", SINK)],
    ),
    (
        "sent to where nobody listens",
        &[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")],
    ),
    (
        "printed to the console, a file",
        &[
            ("OTEL_TRACES_EXPORTER", "console"),
            ("OTEL_METRICS_EXPORTER", "console"),
        ],
    ),
];

/// Stands for the endpoint of this run.
const SINK: &str = "sink";

/// What the job archives: 60 days of three symbols in two timeframes, one series after the other.
const JOB: [&str; 8] = [
    "--fresh",
    "--jobs",
    "1",
    "--start",
    "2025-01-01",
    "--end",
    "2025-03-02",
    "--store",
];

/// What it says then: each bar is there, none rejected, none missing.
const ARCHIVED: &str = "311,040 rows of 6 series";

/// What the runs of one mode took.
#[derive(Debug, Default)]
struct Runs {
    /// CPU time in seconds.
    cpu: Cell,
    /// The peak of resident memory in MiB.
    memory: Cell,
    /// The 95th percentile of a page, in milliseconds.
    page: Cell,
}

/// What a run of the job took: seconds of CPU time, and MiB.
pub(crate) fn job(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let (program, arguments) = arguments.split_first().ok_or("no job")?;
    let output = Command::new(program)
        .args(arguments)
        .stderr(Stdio::piped())
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let said = String::from_utf8(output.stdout)?;
    if !said.contains(ARCHIVED) {
        return Err(format!("not the whole archive:\n{said}").into());
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    println!("{micros} {}", usage.max_rss());
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
pub(crate) fn run(rounds: usize) -> Result<String, Box<dyn Error>> {
    let program = build()?;
    let exchange = Exchange::start()?;
    let sink = sink::start()?;
    let folder = tempfile::tempdir()?;
    let mut runs: [Runs; MODES.len()] = Default::default();
    // The first round warms up.
    for round in 0..=rounds {
        for ((_, variables), runs) in MODES.iter().zip(&mut runs) {
            let mut job = command(std::env::current_exe()?);
            job.arg("--job")
                .arg(&program)
                .args(JOB)
                .arg(folder.path().join("archive"));
            job.args(["--exchange", &exchange.url]);
            job.envs(variables.iter().map(|(name, value)| {
                (
                    *name,
                    if *value == SINK {
                        sink.as_str()
                    } else {
                        *value
                    },
                )
            }));
            let output = job.output()?;
            if !output.status.success() {
                return Err(String::from_utf8_lossy(&output.stderr).into());
            }
            let said = String::from_utf8(output.stdout)?;
            let (micros, kib) = said
                .trim()
                .split_once(' ')
                .ok_or("a job that says nothing")?;
            let (micros, kib): (u64, u64) = (micros.parse()?, kib.parse()?);
            let mut pages = exchange.pages();
            if round > 0 {
                runs.cpu.nanos.push(micros as f64 / 1e6);
                runs.memory.nanos.push(kib as f64 / 1_024.0);
                pages.nanos.sort_by(f64::total_cmp);
                runs.page.nanos.extend(pages.quantile(0.95));
            }
        }
    }
    for Runs { cpu, memory, page } in &mut runs {
        for cell in [cpu, memory, page] {
            cell.nanos.sort_by(f64::total_cmp);
        }
    }
    Ok(report(&runs))
}

fn report(runs: &[Runs; MODES.len()]) -> String {
    let mut text = String::from(
        "| telemetry | CPU s | of off | middle half | peak MiB | of off | middle half | p95 of a page, ms | of off | middle half |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for ((mode, _), one) in MODES.iter().zip(runs) {
        let cells = [
            (&one.cpu, &runs[0].cpu),
            (&one.memory, &runs[0].memory),
            (&one.page, &runs[0].page),
        ];
        let _ = write!(text, "| {mode}");
        for (cell, off) in cells {
            let at = |share| cell.quantile(share).unwrap_or(f64::NAN);
            let more = more(cell, off);
            let _ = write!(
                text,
                " | {:.2} | {more:+.1} % | {:.2}–{:.2}",
                at(0.5),
                at(0.25),
                at(0.75)
            );
        }
        text.push_str(" |\n");
    }
    let [off, on, ..] = runs;
    let target = |asks, cell: &Cell, off: &Cell, most: f64| {
        let more = more(cell, off);
        Target {
            asks,
            measured: format!("{more:+.1} %"),
            met: Some(more < most),
        }
    };
    text.push('\n');
    text + &targets::markdown(&[
        target(
            "CPU time of the main job: less than 3 % more",
            &on.cpu,
            &off.cpu,
            3.0,
        ),
        target(
            "its peak memory: less than 5 % more",
            &on.memory,
            &off.memory,
            5.0,
        ),
        target(
            "p95 of a page: less than 5 % more",
            &on.page,
            &off.page,
            5.0,
        ),
    ])
}

/// By how many per cent the median is above the other's.
fn more(cell: &Cell, off: &Cell) -> f64 {
    let medians = cell.median().zip(off.median());
    medians.map_or(f64::NAN, |(cell, off)| (cell / off - 1.0) * 100.0)
}

/// Builds the job, optimized: that shows telemetry's share best.
fn build() -> Result<PathBuf, Box<dyn Error>> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let status = cargo
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .args(["build", "--release", "--quiet", "--locked"])
        .args([
            "--package",
            "lakehouse-otel-examples",
            "--example",
            "archive_collection",
        ])
        .status()?;
    if !status.success() {
        return Err("the job does not build".into());
    }
    // This program is in `deps` of the same folder.
    let this = std::env::current_exe()?;
    let folder = this.ancestors().nth(2).ok_or("no folder")?;
    Ok(folder.join("examples/archive_collection"))
}

/// When each page of a series was asked for.
type Requests = Arc<Mutex<HashMap<String, Vec<Instant>>>>;

/// An exchange that speaks as much of Binance's REST API as the job does.
struct Exchange {
    url: String,
    requests: Requests,
}

impl Exchange {
    fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let url = format!("http://{}", listener.local_addr()?);
        let requests = Requests::default();
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let seen = Arc::clone(&seen);
                // A connection that breaks off is the client's business.
                thread::spawn(move || drop(serve(stream, &seen)));
            }
        });
        Ok(Self { url, requests })
    }

    /// How long each page took since the last call, in milliseconds.
    fn pages(&self) -> Cell {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let mut pages = Cell::default();
        for (_, times) in requests.drain() {
            let took = times
                .windows(2)
                .map(|pair| (pair[1] - pair[0]).as_secs_f64() * 1e3);
            pages.nanos.extend(took);
        }
        pages
    }
}

fn serve(stream: TcpStream, seen: &Requests) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut answers = stream.try_clone()?;
    let mut lines = BufReader::new(stream).lines();
    while let Some(request) = lines.next().transpose()? {
        let now = Instant::now();
        while lines
            .next()
            .transpose()?
            .is_some_and(|header| !header.is_empty())
        {}
        let target = request.split(' ').nth(1).unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let query: HashMap<&str, &str> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .collect();
        let body = if path.ends_with("/klines") {
            let text = |name| query.get(name).copied().unwrap_or_default();
            let series = format!("{} {}", text("symbol"), text("interval"));
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.entry(series).or_default().push(now);
            drop(seen);
            klines(&query)
        } else {
            "{\"rateLimits\":[]}".to_owned()
        };
        write!(
            answers,
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )?;
    }
    Ok(())
}

/// Bars that are plausible, and the same in every run.
fn klines(query: &HashMap<&str, &str>) -> String {
    let number = |name| {
        query
            .get(name)
            .and_then(|text| text.parse::<i64>().ok())
            .unwrap_or(0)
    };
    let (from, last, limit) = (number("startTime"), number("endTime"), number("limit"));
    let minutes = query
        .get("interval")
        .and_then(|name| name.trim_end_matches('m').parse().ok());
    let step = minutes.unwrap_or(1) * 60_000;
    let mut rows = Vec::new();
    let mut open = from;
    while open <= last && i64::try_from(rows.len()).is_ok_and(|rows| rows < limit) {
        let price = 50_000 + open / 60_000 % 1_000;
        let (high, low, close) = (price + 3, price - 2, open + step - 1);
        let quote = price * 12;
        rows.push(format!(
            "[{open},\"{price}.00\",\"{high}.50\",\"{low}.25\",\"{price}.75\",\"12.00\",{close},\"{quote}.00\",308,\"5.00\",\"{}.00\",\"0\"]",
            price * 5
        ));
        open += step;
    }
    format!("[{}]", rows.join(","))
}
