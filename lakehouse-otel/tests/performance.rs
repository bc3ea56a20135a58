//! The program's own monitor: the one that health checks tell of. It is one for the process, and so is
//! this test.

#![cfg(feature = "enabled")]

use std::sync::Arc;
use std::time::Duration;

use lakehouse_otel::clock::ManualClock;
use lakehouse_otel::operation::Processing;
use lakehouse_otel::performance::{
    HealthSource, Load, LoadChange, MonitorConfig, Probe, Reading, ResourceMonitor, Usage, Work,
    check_system_health, latest,
};
use lakehouse_otel::schema::crypto;
use lakehouse_otel::testing;

/// 90 of 100 bytes are in use.
#[derive(Debug)]
struct Full;

impl Probe for Full {
    fn read(&mut self) -> Reading {
        let mut reading = Reading::default();
        reading.process_memory = Some(90);
        reading.available_memory = Some(10);
        reading
    }
}

fn monitor(clock: &Arc<ManualClock>, load: &Arc<Load>) -> ResourceMonitor {
    let config = MonitorConfig::default().interval(Duration::MAX);
    let (clock, load) = (Arc::clone(clock), Arc::clone(load));
    ResourceMonitor::with(config, load, Full, clock, |_: &LoadChange| {}).unwrap()
}

#[test]
fn the_published_monitor_is_what_health_and_operations_tell_of() {
    assert_eq!(latest(), None);
    assert_eq!(check_system_health().source, HealthSource::Probe);

    let (clock, load) = (Arc::new(ManualClock::new()), Arc::new(Load::default()));
    let first = monitor(&clock, &load);
    assert_eq!(latest(), None, "it is not the program's yet");
    first.publish();
    for _ in 0..2 {
        clock.advance(Duration::from_secs(1));
        first.tick();
    }
    assert_eq!(latest(), first.latest().snapshot());
    let health = check_system_health();
    assert_eq!(health.source, HealthSource::Monitor);
    assert_eq!(health.memory, Some(0.9));
    assert!(health.degraded);
    assert_eq!((health.load_level, load.level()), (1, 1));

    let used = Usage::begin().end();
    assert_eq!((used.memory_start, used.memory_end), (Some(90), Some(90)));
    assert_eq!((used.load_start, used.load_end), (Some(0.9), Some(0.9)));
    let keys: Vec<_> = used
        .attributes(Work::default(), None)
        .map(|it| it.key)
        .collect();
    assert!(
        keys.iter()
            .any(|key| key.as_str() == "crypto.operation.load.end")
    );

    // An operation that asks for it has it on its span.
    let capture = testing::capture();
    capture.run(|| Processing::new("clean").resources().start().ok());
    capture
        .span("clean")
        .has(crypto::OPERATION_MEMORY_START, 90)
        .has(crypto::OPERATION_MEMORY_END, 90)
        .has(crypto::OPERATION_LOAD_START, 0.9)
        .has(crypto::OPERATION_LOAD_END, 0.9);

    // Another one comes before this one goes, as when telemetry starts again.
    let second = monitor(&clock, &Arc::default());
    second.publish();
    drop(first);
    assert_eq!(load.level(), 0);
    assert_eq!(latest(), second.latest().snapshot());
    drop(second);
    assert_eq!(latest(), None);
    assert_eq!(check_system_health().source, HealthSource::Probe);
}
