//! The command line: every flag, its default, and what it allows.

use crate::{
    exchange::{self, Source, files::Files},
    range::{self, TimeRange, parse_time},
    series::{Series, Symbol},
    timeframe::{self, Timeframe},
};
use clap::{CommandFactory, Parser, error::ErrorKind};
use reqwest::Url;
use std::{path::PathBuf, time::Duration};

/// Collects klines from an exchange that speaks Binance's REST API into a bronze, silver and gold archive.
///
/// Without flags it starts an exchange of its own on a free loopback port, archives the last days of a few
/// symbols, and shows its own traces and metrics. Running it again fetches only what is new.
#[derive(Debug, Parser)]
#[command(name = "archive_collection", max_term_width = 120)]
pub(crate) struct Cli {
    /// Symbols to archive, separated by commas [default: BTCUSDT,ETHUSDT,SOLUSDT; with --input all it holds]
    #[arg(long, value_name = "SYMBOL,…", value_delimiter = ',')]
    symbols: Vec<Symbol>,

    /// Timeframes to archive, separated by commas: 1s 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d
    /// [default: 1m,5m; with --input all it holds]
    #[arg(long, value_name = "TIMEFRAME,…", value_delimiter = ',', value_parser = timeframe::parse)]
    timeframes: Vec<Timeframe>,

    /// First time to archive, in UTC: 2025-01-31, 2025-01-31T12:00:00Z or milliseconds since 1970
    /// [default: --days before the end; with --input the first bar it holds]
    #[arg(long, value_name = "TIME", value_parser = parse_time, conflicts_with = "days")]
    start: Option<i64>,

    /// Time to archive up to, itself excluded, at most now [default: now; with --input after the last bar it holds]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    end: Option<i64>,

    /// Days to archive, back from the end [default: 7]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=3650))]
    days: Option<u16>,

    /// Where the archive lies: a folder, or `s3://bucket/prefix` (needs `--features s3`; reads the AWS_* variables)
    #[arg(long, value_name = "DIR|URL", default_value = "target/archive")]
    pub(crate) store: String,

    /// Archive these symbols and timeframes anew: delete what the store holds of them first
    #[arg(long)]
    pub(crate) fresh: bool,

    /// Base URL of a server that speaks Binance's REST API, like `http://127.0.0.1:8080` (https needs `--features tls`)
    #[arg(long, value_name = "URL", value_parser = base_url, conflicts_with_all = ["input", "seed", "fault_rate", "retry_after"])]
    exchange: Option<Url>,

    /// Let the built-in exchange serve the klines of this folder's CSV files: raw Binance klines with 12 columns,
    /// or a header `timestamp,open,high,low,close,volume`; names like SYMBOL-TIMEFRAME-DATE.csv, subfolders included
    #[arg(long, value_name = "DIR")]
    input: Option<PathBuf>,

    /// What the built-in exchange makes its klines and faults from; the same seed makes the same ones
    #[arg(long, value_name = "N", default_value_t = 42)]
    seed: u64,

    /// Share of the built-in exchange's answers that fail (429, 5xx, cut short), from 0 to 0.5; a hundredth of it
    /// is the share of rows that are wrong. Files are served as they are: there only answers fail
    #[arg(long, value_name = "SHARE", default_value_t = 0.08, value_parser = share)]
    fault_rate: f64,

    /// Seconds that the built-in exchange asks for with a 429
    #[arg(long, value_name = "SECONDS", default_value_t = 1)]
    retry_after: u32,

    /// Klines a page
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) limit: u32,

    /// Times a page is tried again before its series is given up
    #[arg(long, value_name = "N", default_value_t = 6)]
    pub(crate) retries: usize,

    /// Times the whole run tries again before it gives up
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) retry_budget: u32,

    /// Longest wait that the exchange may ask for, in seconds, before the run gives up
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(..=86_400))]
    max_wait: u64,

    /// Seconds a request may take
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=300))]
    timeout: u64,

    /// Series collected at the same time
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=16))]
    pub(crate) jobs: u8,
}

/// Where klines come from.
#[derive(Debug)]
pub(crate) enum Market {
    Remote(Url),
    BuiltIn(exchange::Config),
}

/// What is to be done, checked as a whole.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) market: Market,
    pub(crate) series: Vec<Series>,
}

impl Cli {
    pub(crate) fn max_wait(&self) -> Duration {
        Duration::from_secs(self.max_wait)
    }

    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }

    /// Puts the flags together with what the input holds; the error is clap's own, with usage and exit status 2.
    pub(crate) fn order(&self) -> Result<Order, clap::Error> {
        let source = match &self.input {
            Some(folder) => Source::Files(Files::read(folder).map_err(|error| bad_value(&error))?),
            None => Source::Generated,
        };
        let series = match &source {
            Source::Files(files) => self.series_of_files(files)?,
            Source::Generated => self.series()?,
        };
        let market = match &self.exchange {
            Some(url) => Market::Remote(url.clone()),
            None => Market::BuiltIn(exchange::Config {
                source,
                seed: self.seed,
                fault_rate: self.fault_rate,
                retry_after: self.retry_after,
            }),
        };
        Ok(Order { market, series })
    }

    fn series(&self) -> Result<Vec<Series>, clap::Error> {
        // A bar that has not closed yet would be archived as missing, for ever.
        let to = self.end.unwrap_or(i64::MAX).min(range::now());
        let range = self.range(TimeRange {
            from: to - i64::from(self.days.unwrap_or(7)) * 86_400_000,
            to,
        })?;
        let default = || {
            ["BTCUSDT", "ETHUSDT", "SOLUSDT"]
                .into_iter()
                .filter_map(|symbol| symbol.parse().ok())
                .collect()
        };
        let symbols: Vec<Symbol> = if self.symbols.is_empty() {
            default()
        } else {
            self.symbols.clone()
        };
        let timeframes = if self.timeframes.is_empty() {
            &[Timeframe::M1, Timeframe::M5]
        } else {
            &self.timeframes[..]
        };
        let mut series: Vec<Series> = Vec::new();
        for symbol in &symbols {
            for &timeframe in timeframes {
                let one = Series {
                    symbol: symbol.clone(),
                    timeframe,
                    range: range.aligned(timeframe),
                };
                if one.range.is_empty() {
                    return Err(bad_value(&format!(
                        "no whole bar of {timeframe} lies between --start and --end"
                    )));
                }
                if !series.contains(&one) {
                    series.push(one);
                }
            }
        }
        Ok(series)
    }

    fn series_of_files(&self, files: &Files) -> Result<Vec<Series>, clap::Error> {
        let held = files.series();
        let list = || {
            held.iter()
                .map(Series::to_string)
                .collect::<Vec<_>>()
                .join(", ")
        };
        for symbol in &self.symbols {
            if !held.iter().any(|series| series.symbol == *symbol) {
                return Err(bad_value(&format!(
                    "--symbols: the input holds no {symbol}; it holds {}",
                    list()
                )));
            }
        }
        let mut chosen = Vec::new();
        for series in &held {
            let by_symbol = self.symbols.is_empty() || self.symbols.contains(&series.symbol);
            let by_timeframe =
                self.timeframes.is_empty() || self.timeframes.contains(&series.timeframe);
            if by_symbol && by_timeframe {
                let range = self.range(series.range)?.aligned(series.timeframe);
                chosen.push(Series {
                    range,
                    ..series.clone()
                });
            }
        }
        chosen.retain(|series| !series.range.is_empty());
        if chosen.is_empty() {
            return Err(bad_value(&format!(
                "nothing to archive: the input holds {}",
                list()
            )));
        }
        Ok(chosen)
    }

    fn range(&self, default: TimeRange) -> Result<TimeRange, clap::Error> {
        let to = self.end.unwrap_or(default.to).min(range::now());
        let by_days = self.days.map(|days| to - i64::from(days) * 86_400_000);
        let from = self.start.or(by_days).unwrap_or(default.from);
        if from >= to {
            let (from, to) = (range::utc(from), range::utc(to));
            return Err(bad_value(&format!(
                "--start ({from}) is not before the end ({to})"
            )));
        }
        Ok(TimeRange { from, to })
    }
}

pub(crate) fn bad_value(message: &str) -> clap::Error {
    Cli::command().error(ErrorKind::ValueValidation, message)
}

fn base_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("{error}; allowed: http://host:port"))?;
    match url.scheme() {
        "http" => {}
        "https" if cfg!(feature = "tls") => {}
        "https" => {
            return Err(
                "built without TLS; build with `--features tls`, or use http://".to_owned(),
            );
        }
        other => return Err(format!("scheme `{other}`; allowed: http, https")),
    }
    Ok(url)
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if (0.0..=0.5).contains(&share) => Ok(share),
        _ => Err("no share; allowed: 0 to 0.5".to_owned()),
    }
}
