//! The monitor that `init` starts. It is one for the process, and so is this test.

#![cfg(all(feature = "enabled", target_os = "linux"))]

use std::fs;
use std::sync::mpsc;
use std::time::Duration;

use lakehouse_otel::Telemetry;
use lakehouse_otel::config::Exporter;
use lakehouse_otel::operation::Processing;
use lakehouse_otel::performance::{
    HealthSource, check_system_health, latest, operation_history, operation_names,
};
use lakehouse_otel::telemetry::Builder;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

const LONG: Duration = Duration::from_secs(30);

/// Takes spans and drops them; the ledger has counted them by then.
#[derive(Debug)]
struct Taken;

impl SpanExporter for Taken {
    async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
        Ok(())
    }
}

fn with(variables: &'static [(&str, &str)]) -> Builder {
    Telemetry::builder()
        .exporter(Exporter::None)
        .environment("production")
        .variables(move |name| {
            let (_, value) = variables.iter().find(|(variable, _)| *variable == name)?;
            Some((*value).to_owned())
        })
}

fn threads() -> usize {
    fs::read_dir("/proc/self/task").unwrap().count()
}

/// How many of 1,000 operations without a parent are traced.
fn traced(telemetry: &Telemetry) -> u64 {
    let before = telemetry.ledger().spans.created;
    for _ in 0..1_000 {
        Processing::new("clean").start().ok();
    }
    telemetry.ledger().spans.created - before
}

#[test]
fn init_watches_the_load_unless_it_is_told_not_to() {
    // Switched off there is no thread, nothing published, and health reads the system itself.
    let before = threads();
    let off = with(&[("OTEL_PERFORMANCE_MONITORING", "false")])
        .init()
        .unwrap();
    assert_eq!(threads(), before);
    assert_eq!(latest(), None);
    assert_eq!(check_system_health().source, HealthSource::Probe);
    drop(off);

    // Telemetry that is not the program's has none either.
    let local = with(&[]).build_local().unwrap();
    assert_eq!((threads(), latest()), (before, None));
    drop(local);

    // Under a sampler without rates it is read, for health and for operations, and no more.
    let plain = with(&[("OTEL_TRACES_SAMPLER", "always_on")])
        .init()
        .unwrap();
    assert_eq!(threads(), before + 1);
    let snapshot = latest().unwrap();
    assert!(snapshot.process_memory.unwrap() > 0);
    assert!(!snapshot.scaling);
    let health = check_system_health();
    assert_eq!(health.source, HealthSource::Monitor);
    drop(plain);
    assert_eq!(latest(), None, "it ends with the telemetry");

    // Any program uses more memory than that, so the level rises: the rates of the sampler follow, and
    // it is said.
    let (say, said) = mpsc::channel();
    let telemetry = with(&[
        ("OTEL_MEMORY_THRESHOLD", "0.0001"),
        ("OTEL_ROOT_SAMPLE_RATE", "1"),
        ("OTEL_MIN_SAMPLE_RATE", "0"),
    ])
    .span_exporter(Taken)
    .max_queue_size(10_000)
    .diagnostics(move |line| drop(say.send(line.to_owned())))
    .init()
    .unwrap();
    let line = said.recv_timeout(LONG).unwrap();
    assert!(line.contains("the program is under load"), "{line}");
    let snapshot = latest().unwrap();
    assert!(snapshot.scaling && snapshot.level > 0, "{snapshot:?}");
    assert!(check_system_health().degraded);
    // Half of them, or less where the level has risen since; far from that bound by chance.
    let kept = traced(&telemetry);
    assert!(kept < 650, "{kept}");

    // The history is of every call, traced or not, and goes with the telemetry.
    for _ in 0..100 {
        Processing::new("watched").resources().start().ok();
    }
    assert_eq!(operation_history("watched").unwrap().count, 100);
    assert_eq!(operation_names(), ["watched"]);

    telemetry.shutdown(LONG).unwrap();
    assert_eq!(operation_history("watched"), None);
    assert_eq!(latest(), None);
    assert_eq!(check_system_health().source, HealthSource::Probe);
}
