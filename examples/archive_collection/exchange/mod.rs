//! An exchange of our own: Binance's REST format, headers, limits and bad days, on a free loopback port.
//!
//! It runs on a thread with a runtime of its own, so that nothing but HTTP connects it to the program.

mod faults;
pub(crate) mod files;
mod generate;
mod server;
mod weight;

use crate::{range::TimeRange, timeframe::Timeframe};
use serde_json::Value;
use std::{
    io,
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

/// Where the exchange takes its klines from.
#[derive(Debug)]
pub(crate) enum Source {
    Generated,
    Files(files::Files),
}

#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) source: Source,
    pub(crate) seed: u64,
    /// Share of answers that fail; a hundredth of it is the share of generated rows that are wrong.
    pub(crate) fault_rate: f64,
    /// Seconds that a 429 asks for.
    pub(crate) retry_after: u32,
}

impl Config {
    /// What a manifest remembers, so that two sources never mix in one archive.
    pub(crate) fn describe(&self) -> String {
        match &self.source {
            Source::Generated => format!("built-in exchange, seed {}", self.seed),
            Source::Files(files) => format!("built-in exchange, files of {}", files.folder()),
        }
    }

    fn symbols(&self) -> Vec<String> {
        match &self.source {
            Source::Generated => generate::symbols().map(str::to_owned).collect(),
            Source::Files(files) => files.symbols(),
        }
    }

    /// The rows that open in a range, at most `limit`; `None` for a symbol the exchange does not list.
    fn rows(
        &self,
        symbol: &str,
        timeframe: Timeframe,
        range: TimeRange,
        limit: usize,
    ) -> Option<Vec<Value>> {
        match &self.source {
            Source::Generated => {
                let rows = generate::rows(self.seed, symbol, timeframe, range, limit)?;
                Some(faults::spoil(
                    self.seed,
                    self.fault_rate / 100.0,
                    symbol,
                    timeframe,
                    rows,
                ))
            }
            Source::Files(files) => files.rows(symbol, timeframe, range, limit),
        }
    }
}

/// A running exchange. It ends with the program.
#[derive(Debug)]
pub(crate) struct Exchange {
    url: String,
    requests: Arc<AtomicU64>,
}

impl Exchange {
    pub(crate) fn start(config: Config) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let url = format!("http://{}", listener.local_addr()?);
        let requests = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&requests);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        thread::Builder::new()
            .name("exchange".to_owned())
            .spawn(move || runtime.block_on(server::serve(listener, Arc::new(config), seen)))?;
        Ok(Self { url, requests })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The requests it has answered, whatever the answer.
    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }
}

/// A well-mixed number from a seed and what it is for: the exchange's only randomness.
fn mix(seed: u64, parts: &[u64]) -> u64 {
    parts
        .iter()
        .fold(seed ^ 0x9E37_79B9_7F4A_7C15, |state, part| {
            let mut z = (state ^ part).wrapping_add(0x9E37_79B9_7F4A_7C15);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        })
}

/// A text as a part of [`mix`] (FNV-1a).
fn part(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

/// The number as a share: 0 or more, less than 1.
#[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
fn share(number: u64) -> f64 {
    (number >> 11) as f64 / (1_u64 << 53) as f64
}
