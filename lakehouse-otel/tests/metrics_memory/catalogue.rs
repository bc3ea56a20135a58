//! The memory of the whole catalogue: each metric used once, as a program uses it.

use lakehouse_otel::config::Exporter;
use lakehouse_otel::metrics::{self, Observation};
use lakehouse_otel::schema::metrics::ALL;
use lakehouse_otel::schema::{
    DbSystem, Exchange, MemoryState, NetworkIoDirection, OperationType, Outcome, StorageOperation,
    StorageSystem,
};
use lakehouse_otel::telemetry::Builder;
use lakehouse_otel::testing;
use lakehouse_otel::trace_stage;

use super::allocator::grown;
use super::{LONG, builder, clean};

/// What a reader may take.
const MOST: i64 = 2_000_000;

pub(crate) fn takes_less_than_2_mb() {
    all_are_used();
    let all = memory(|builder| builder);
    let small = memory(|builder| builder.small_memory(true));
    println!(
        "{} metrics, each used once: {} KB; with small_memory: {} KB",
        ALL.len(),
        all / 1_024,
        small / 1_024
    );
    assert!(all < MOST, "{all}");
    assert!(small < all / 2, "{small} of {all}");
}

/// What a program takes more that uses the whole catalogue, and reads it once, than the same program with metrics off.
fn memory(change: fn(Builder) -> Builder) -> i64 {
    let run = |exporter| {
        let builder = change(builder())
            .traces_exporter(Exporter::Console)
            .metrics_exporter(exporter)
            .system_metrics(true);
        let mut running = None;
        let grown = grown(|| {
            let telemetry = builder.init().unwrap();
            let observed = use_each();
            telemetry.force_flush(LONG).unwrap();
            running = Some((telemetry, observed));
        });
        let (telemetry, observed) = running.unwrap();
        telemetry.shutdown(LONG).unwrap();
        drop(observed);
        grown
    };
    let without = run(Exporter::None);
    run(Exporter::Console) - without
}

/// It has nothing to be linked to.
#[trace_stage(stage = "clean", depends_on = "fetch")]
fn unlinked() {}

/// None is forgotten here. Those that the library observes by itself are there in any case.
fn all_are_used() {
    let capture = testing::capture();
    let _observed = capture.run(use_each);
    let used = capture.metrics();
    let observed = ["process.", "system.", "container.", "otel."];
    for metric in ALL {
        assert!(
            observed
                .iter()
                .any(|prefix| metric.name.starts_with(prefix))
                || used.iter().any(|used| used.name() == metric.name),
            "{} is not used",
            metric.name
        );
    }
}

/// Uses each metric that a program records, and lets the library record the others.
fn use_each() -> [Observation; 3] {
    unlinked();
    requests();
    work();
    storage();
    workflows();
    // Telemetry's own tell of its spans, and of what was folded: one exchange more than there is room for.
    clean(1);
    for number in 0..=100 {
        let exchange = Exchange::from(format!("exchange_{number}"));
        metrics::api_rate_limit_limit().record(1, exchange);
    }
    [
        metrics::storage_usage().observe(|usage| usage.record(1)),
        metrics::connection_io().observe(|io| io.record(1, NetworkIoDirection::Receive)),
        metrics::system_memory_usage().observe(|memory| memory.record(1, MemoryState::Used)),
    ]
}

fn requests() {
    let (binance, ok) = (Exchange::Binance, Outcome::Ok);
    metrics::api_requests().add(1, &binance, ok);
    metrics::api_request_duration().record(1.0, &binance, ok);
    metrics::api_errors().add(1, &binance, ok);
    metrics::api_rate_limits().add(1, &binance);
    metrics::api_rate_limit_used().record(1, &binance);
    metrics::active_connections().add(1);
    metrics::operation_budget_exceeded().add(1, OperationType::WorkflowExecution, ok);
    metrics::db_client_operation_duration().record(1.0, DbSystem::Postgresql);
    metrics::faas_invocations().add(1);
    metrics::faas_errors().add(1);
    metrics::faas_coldstarts().add(1);
    metrics::faas_invoke_duration().record(1.0);
}

fn work() {
    let ok = Outcome::Ok;
    metrics::processing_operations().add(1, "clean", ok);
    metrics::processing_duration().record(1.0, "clean", ok);
    metrics::processing_throughput_records().record(1.0, "clean");
    metrics::processing_queue_size().add(1, "trades");
    metrics::transformation_errors().add(1, "clean", ok);
    metrics::stage_executions().add(1, "silver", ok);
    metrics::stage_duration().record(1.0, "silver", ok);
    metrics::data_processed().add(1);
    metrics::data_ingested().add(1);
    metrics::data_volume().record(1);
    metrics::data_freshness().record(1.0);
    metrics::data_latency().record(1.0);
    metrics::symbols_processed().add(1);
    metrics::symbols_active().add(1);
    metrics::trades_volume().add(1.0);
}

fn storage() {
    let (put, local, ok) = (StorageOperation::Put, StorageSystem::Local, Outcome::Ok);
    metrics::storage_operations().add(1, &put, &local, ok);
    metrics::storage_operation_duration().record(1.0, &put, &local, ok);
    metrics::storage_object_size().record(1, &put, &local, ok);
    metrics::storage_errors().add(1, &put, &local, ok);
}

fn workflows() {
    metrics::workflow_executions().add(1, "archive", Outcome::Ok);
    metrics::workflow_duration().record(1.0, "archive", Outcome::Ok);
    metrics::workflows_active().add(1, "archive");
    metrics::workflow_events().add(1, "page_fetched");
    metrics::workflow_errors().add(1, "timeout");
}
