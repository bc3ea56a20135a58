//! The machine and the process are observed by the telemetry of the program, unless it says no.

#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::fs::File;
use std::time::{Duration, Instant};

use lakehouse_otel::Telemetry;
use lakehouse_otel::config::{Exporter, Protocol};
use lakehouse_otel::telemetry::Builder;
use lakehouse_otel_tests_delivery::{Export, Receiver};

const LONG: Duration = Duration::from_secs(30);

fn with(variables: &'static [(&str, &str)]) -> Builder {
    Telemetry::builder()
        .variables(move |name| {
            let (_, value) = variables.iter().find(|(variable, _)| *variable == name)?;
            Some((*value).to_owned())
        })
        .exporter(Exporter::Otlp)
        .metric_interval(Duration::from_hours(1))
        .diagnostics(|_| ())
}

fn of_the_system(export: &Export) -> BTreeSet<&str> {
    let names = export.names.iter().map(String::as_str);
    names
        .filter(|name| name.starts_with("process.") || name.starts_with("system."))
        .collect()
}

/// One telemetry a program, so one test.
#[test]
fn the_machine_and_the_process_are_observed() {
    they_arrive_unless_they_are_switched_off();
    what_arrives_last_is_of_the_end();
}

/// A job may be over before the timer reads a second time.
fn what_arrives_last_is_of_the_end() {
    let receiver = Receiver::start();
    let telemetry = with(&[])
        .system_metrics_interval(Duration::from_hours(1))
        .endpoint(receiver.http())
        .init()
        .unwrap();
    telemetry.force_flush(LONG).unwrap();
    let open: Vec<_> = (0..50)
        .map(|_| File::open("/proc/self/stat").unwrap())
        .collect();
    // A reading is good for a second.
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(1) {
        std::thread::yield_now();
    }
    telemetry.shutdown(LONG).unwrap();
    drop(open);
    let arrived = receiver.arrived();
    let files = |export: &Export| export.sums["process.unix.file_descriptor.count"];
    let (first, last) = (&arrived.metrics[0], arrived.metrics.last().unwrap());
    assert!(
        files(last) >= files(first) + 40,
        "{} then {}",
        files(first),
        files(last)
    );
}

fn they_arrive_unless_they_are_switched_off() {
    for protocol in [Protocol::HttpProtobuf, Protocol::Grpc] {
        let receiver = Receiver::start();
        let url = match protocol {
            Protocol::Grpc => receiver.grpc(),
            _ => receiver.http(),
        };
        let telemetry = with(&[]).protocol(protocol).endpoint(url).init().unwrap();
        telemetry.force_flush(LONG).unwrap();
        telemetry.shutdown(LONG).unwrap();
        let arrived = receiver.arrived();
        let export = &arrived.metrics[0];
        let names = of_the_system(export);
        for name in [
            "process.cpu.time",
            "process.memory.usage",
            "process.memory.virtual",
            "process.thread.count",
            "process.unix.file_descriptor.count",
            "process.uptime",
            "system.cpu.time",
            "system.memory.usage",
            "system.memory.limit",
            "system.network.io",
        ] {
            assert!(names.contains(name), "{name} is not in {names:?}");
        }
        assert!(
            export
                .names
                .iter()
                .any(|it| it == "crypto.system.memory.usage")
        );
        for (name, least, most) in [
            ("process.memory.usage", 100_000, 1 << 40),
            ("process.thread.count", 2, 10_000),
            ("process.unix.file_descriptor.count", 3, 100_000),
            ("system.memory.limit", 1 << 20, 1 << 50),
        ] {
            let found = export.sums[name];
            assert!((least..=most).contains(&found), "{name} is {found}");
        }
        assert_eq!(
            arrived.data_points(),
            telemetry.ledger().data_points.exported
        );
    }

    // By the builder, by the variable, and for telemetry that is not the program's.
    let receiver = Receiver::start();
    for builder in [
        with(&[]).system_metrics(false),
        with(&[("OTEL_SYSTEM_METRICS", "false")]),
    ] {
        let telemetry = builder.endpoint(receiver.http()).init().unwrap();
        telemetry
            .meter("test")
            .u64_counter("test")
            .build()
            .add(1, &[]);
        telemetry.shutdown(LONG).unwrap();
    }
    let local = with(&[]).endpoint(receiver.http()).build_local().unwrap();
    local.meter("test").u64_counter("test").build().add(1, &[]);
    local.shutdown(LONG).unwrap();
    let arrived = receiver.arrived();
    assert_eq!(arrived.metrics.len(), 3);
    for export in &arrived.metrics {
        assert_eq!(of_the_system(export), BTreeSet::new());
    }
    // The builder wins over the variable.
    let telemetry = with(&[("OTEL_SYSTEM_METRICS", "false")])
        .system_metrics(true)
        .endpoint(receiver.http())
        .init()
        .unwrap();
    telemetry.shutdown(LONG).unwrap();
    let arrived = receiver.arrived();
    assert!(of_the_system(arrived.metrics.last().unwrap()).contains("process.uptime"));
}
