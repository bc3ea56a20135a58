//! Metrics before, between and after the telemetry of `init`, of which there is one a process, and so is this test.

#![cfg(feature = "enabled")]

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lakehouse_otel::Telemetry;
use lakehouse_otel::config::Exporter;
use lakehouse_otel::metrics::{self, BatchRecorder};
use lakehouse_otel::schema::{Exchange, Layer, Outcome};

const LONG: Duration = Duration::from_secs(30);

#[derive(Clone, Default)]
struct Screen(Arc<Mutex<Vec<u8>>>);

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Screen {
    /// The number of a metric, as it was printed last.
    fn number(&self, metric: &str) -> Option<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let mut lines = text.lines().filter(|line| line.starts_with(metric));
        let line = lines.next_back()?;
        line.split_whitespace().nth(1).map(str::to_owned)
    }
}

fn start() -> (Telemetry, Screen) {
    let screen = Screen::default();
    let telemetry = Telemetry::builder()
        .variables(|_| None)
        .performance_monitoring(false)
        .exporter(Exporter::Console)
        .console_writer(screen.clone())
        .init()
        .unwrap();
    (telemetry, screen)
}

#[test]
fn what_was_made_before_init_works_after_it_and_after_the_next() {
    let answered = metrics::api_requests().bind(Exchange::Binance, Outcome::Ok);
    let _usage = metrics::storage_usage().observe(|usage| usage.layer(Layer::Gold).record(77));
    let untracked = metrics::active_connections().track();
    // Nowhere.
    answered.add(1_000);
    metrics::data_processed().add(1_000);

    let (first, screen) = start();
    answered.add(1);
    metrics::data_processed().add(2);
    let tracked = metrics::active_connections().track();
    // It was not counted up, so it is not counted down.
    drop(untracked);
    first.force_flush(LONG).unwrap();
    assert_eq!(screen.number("crypto.api.requests").unwrap(), "1");
    assert_eq!(screen.number("crypto.data.processed").unwrap(), "2");
    assert_eq!(screen.number("crypto.active.connections").unwrap(), "1");
    assert_eq!(screen.number("crypto.storage.usage").unwrap(), "77");
    first.shutdown(LONG).unwrap();

    // Nowhere again.
    answered.add(1_000);
    metrics::data_processed().add(1_000);
    let mut batch = BatchRecorder::new();
    metrics::data_processed().add_to(&mut batch, 5);

    let (second, screen) = start();
    answered.add(3);
    batch.flush();
    // The connection of the first telemetry is not counted down in the second.
    drop(tracked);
    second.shutdown(LONG).unwrap();
    assert_eq!(screen.number("crypto.api.requests").unwrap(), "3");
    assert_eq!(screen.number("crypto.data.processed").unwrap(), "5");
    assert_eq!(screen.number("crypto.active.connections"), None);
    assert_eq!(screen.number("crypto.storage.usage").unwrap(), "77");
}
