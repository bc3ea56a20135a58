//! Says what an annotated function costs without the feature `enabled`: nothing.

use lakehouse_otel::legacy::MetricsCollector;
use lakehouse_otel_tests_disabled::{annotated_time, bare_time, by_hand, metrics_by_hand};

fn main() {
    let telemetry = lakehouse_otel::init().expect("there is nothing to refuse");
    println!("handles: {} bytes", by_hand());
    println!("metrics: {} bytes", metrics_by_hand("BTCUSDT"));
    println!(
        "future: {} bytes more",
        size_of_val(&annotated_time("BTCUSDT")) - size_of_val(&bare_time("BTCUSDT"))
    );
    // Books are the program's own business, and kept all the same.
    let collector = MetricsCollector::new();
    let id = collector.start_workflow("books");
    collector.record_event("written", []);
    collector.end_workflow(&id);
    let books = collector.get_metrics();
    println!(
        "books: {} workflow, {} event",
        books.workflows.len(),
        books.events.len()
    );
    drop(telemetry);
}
