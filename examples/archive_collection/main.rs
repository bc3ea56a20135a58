//! Collects klines from an exchange that speaks Binance's REST API into a bronze, silver and gold archive,
//! and shows what its annotations see.
//!
//! ```text
//! cargo run --example archive_collection
//! cargo run --example archive_collection -- --help
//! ```
//!
//! The annotated functions are in `pipeline`, `client`, `clean`, `gold` and `store`. Without an endpoint telemetry
//! goes to the console; with `OTEL_EXPORTER_OTLP_ENDPOINT` set it goes there.

#![forbid(unsafe_code)]

mod bronze;
mod clean;
mod cli;
mod client;
mod error;
mod exchange;
mod gold;
mod interrupt;
mod kline;
mod layout;
mod manifest;
mod parquet_file;
mod pipeline;
mod progress;
mod range;
mod series;
mod silver;
mod store;
mod summary;
mod timeframe;

use clap::Parser;
use cli::{Cli, Market, Order};
use client::{Client, Patience};
use exchange::Exchange;
use interrupt::Stop;
use lakehouse_otel::export::Ledger;
use pipeline::{Archive, Failure};
use progress::Progress;
use reqwest::Url;
use std::{
    error::Error,
    io::{self, Write},
    process::ExitCode,
    time::{Duration, Instant},
};
use store::Store;
use summary::Summary;

/// How long the end may wait for telemetry to be delivered.
const FLUSH: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    // Before any client is built: reqwest leaves the choice to the program.
    #[cfg(feature = "tls")]
    drop(rustls::crypto::ring::default_provider().install_default());

    let cli = Cli::parse();
    let order = cli.order().unwrap_or_else(|error| error.exit());
    let store = Store::open(&cli.store).unwrap_or_else(|message| cli::bad_value(&message).exit());
    let telemetry = match lakehouse_otel::init() {
        Ok(telemetry) => telemetry,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
    };

    let code = run(&cli, order, store).await.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    });

    // What could not be delivered has been said, and is in the ledger.
    drop(telemetry.shutdown(FLUSH));
    if telemetry.is_enabled() {
        let Ledger {
            spans, data_points, ..
        } = telemetry.ledger();
        drop(writeln!(
            io::stdout(),
            "Telemetry: spans {spans}; data points {data_points}"
        ));
    }
    code
}

async fn run(cli: &Cli, order: Order, store: Store) -> Result<ExitCode, Box<dyn Error>> {
    let started = Instant::now();
    let stop = Stop::listen();
    let (exchange, url, source, from) = match order.market {
        Market::Remote(url) => (None, url.clone(), url.to_string(), url.to_string()),
        Market::BuiltIn(config) => {
            let source = config.describe();
            let exchange = Exchange::start(config)?;
            let url: Url = exchange.url().parse()?;
            let from = format!("{url} ({source})");
            (Some(exchange), url, source, from)
        }
    };
    eprintln!(
        "collecting {} series from {from} into {}",
        order.series.len(),
        store.location()
    );
    let patience = Patience {
        timeout: cli.timeout(),
        retries: cli.retries,
        retry_budget: cli.retry_budget,
        max_wait: cli.max_wait(),
    };
    let archive = Archive {
        client: Client::new(url, patience)?,
        store,
        source,
        limit: cli.limit,
        jobs: cli.jobs.into(),
        fresh: cli.fresh,
        stop: stop.clone(),
        progress: Progress::new(),
    };

    let (reports, complete) = match archive.archive_collection(&order.series).await {
        Ok(reports) => (reports, true),
        Err(Failure::Incomplete(reports)) => (reports, false),
        Err(failure @ Failure::Start(_)) => return Err(failure.into()),
    };
    let summary = Summary {
        reports: &reports,
        store: archive.store.location(),
        account: archive.client.account(),
        served: exchange.as_ref().map(Exchange::requests),
        interrupted: stop.requested(),
        took: started.elapsed(),
    };
    // A reader that is gone, as in `… | head`, is no reason to fail.
    drop(write!(io::stdout(), "{summary}"));
    Ok(match (stop.requested(), complete) {
        (true, _) => ExitCode::from(130),
        (false, true) => ExitCode::SUCCESS,
        (false, false) => ExitCode::FAILURE,
    })
}
