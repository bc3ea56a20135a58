//! A program that runs operations of every type and records in every metric of the catalogue, by them and by
//! hand, and keeps its own books of it.
//!
//! It is configured by the environment. When its work is done it prints a line of JSON: where Prometheus
//! finds its metrics, and the books. It ends when its input does.

#![forbid(unsafe_code)]

mod book;
mod by_hand;
mod operations;
mod words;

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use lakehouse_otel::Telemetry;
use lakehouse_otel::testing::ManualClock;

use book::Book;

fn main() -> Result<(), Box<dyn Error>> {
    // Operations take the time that their script says, so that sums and quantiles are known.
    let clock = Arc::new(ManualClock::new());
    let telemetry = Telemetry::builder()
        .clock(Arc::<ManualClock>::clone(&clock))
        .init()?;
    let mut book = Book::default();
    operations::run(&clock, &mut book);
    // So that what is exported comes in more than one part.
    telemetry.force_flush(Duration::from_secs(10))?;
    words::run(&clock, &mut book);
    let mut observed = by_hand::run(&mut book);
    // A total that has grown between two collections.
    let received = Arc::new(AtomicU64::new(400_000));
    observed.push(by_hand::traffic(&received, &mut book));
    telemetry.force_flush(Duration::from_secs(10))?;
    received.store(1_000_000, Ordering::Relaxed);
    book.add("crypto.connection.io", 1_000_000.0);

    let address = telemetry.prometheus_address();
    let said = serde_json::json!({
        "address": address.map(|address| address.to_string()),
        "book": book.to_json(),
    });
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{said}")?;
    stdout.flush()?;
    std::io::stdin().read_to_end(&mut Vec::new())?;

    telemetry.shutdown(Duration::from_secs(10))?;
    drop(observed);
    let ledger = telemetry.ledger();
    assert!(ledger.closes(), "{ledger}");
    Ok(())
}
