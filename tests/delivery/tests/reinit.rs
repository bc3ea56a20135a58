//! Starting and ending telemetry while eight threads work and eight more capture: nothing is lost, and
//! no gauge is left off zero. One test, for it is about what the whole process shares.

use std::task::{Context, Waker};
use std::thread;
use std::time::Duration;

use lakehouse_otel::config::Exporter;
use lakehouse_otel::{Telemetry, testing, trace_crypto_workflow, track_processing};
use lakehouse_otel_tests_delivery::Receiver;

const LONG: Duration = Duration::from_secs(30);
const THREADS: u64 = 8;
const RUNS: u64 = 50;

#[trace_crypto_workflow(name = "counted")]
fn counted() {
    step(3);
}

#[track_processing(operation = "step", record_count = rows)]
fn step(rows: u64) -> u64 {
    rows
}

#[trace_crypto_workflow(name = "long")]
async fn long() {
    std::future::pending::<()>().await;
}

fn start(receiver: &Receiver) -> Telemetry {
    Telemetry::builder()
        .variables(|_| None)
        .exporter(Exporter::Otlp)
        .endpoint(receiver.http())
        .max_queue_size(10_000)
        .init()
        .unwrap()
}

fn captured() {
    for _ in 0..RUNS {
        let capture = testing::capture();
        capture.run(counted);
        capture.span("step").child_of(&capture.span("counted"));
        capture.metric("crypto.data.processed").sum(3);
        capture.metric("crypto.workflows.active").sum(0);
        assert_eq!(capture.spans().len(), 2);
    }
}

#[test]
fn starting_anew_under_load_loses_nothing() {
    let mut task = Context::from_waker(Waker::noop());
    let mut left_over = None;
    for generation in 0..5_u64 {
        let receiver = Receiver::start();
        let telemetry = start(&receiver);
        // It began under the telemetry before, and ends there.
        drop(left_over.take());
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| (0..RUNS).for_each(|_| counted()));
                scope.spawn(captured);
            }
        });
        let mut running = Box::pin(long());
        assert!(running.as_mut().poll(&mut task).is_pending());
        left_over = Some(running);

        telemetry.shutdown(LONG).unwrap();
        let ledger = telemetry.ledger();
        assert!(ledger.spans.closes(), "{ledger}");
        assert_eq!(ledger.spans.dropped.unended_at_shutdown, 1, "{ledger}");
        assert_eq!(
            ledger.spans.exported,
            2 * THREADS * RUNS,
            "generation {generation}"
        );
        let arrived = receiver.arrived();
        assert_eq!(arrived.spans(), 2 * THREADS * RUNS);
        let last = &arrived.metrics.last().unwrap().sums;
        let runs = i64::try_from(THREADS * RUNS).unwrap();
        assert_eq!(last["crypto.workflow.executions"], runs);
        assert_eq!(last["crypto.data.processed"], 3 * runs);
        assert_eq!(
            last["crypto.workflows.active"], 1,
            "the one that still runs"
        );
    }
}
