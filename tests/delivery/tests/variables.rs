//! The builder's word against the process's own variables, which the exporters are not to read.
//!
//! A test changes no environment of its own process: it starts itself again with another one.

use std::process::Command;
use std::time::Duration;

use lakehouse_otel::Telemetry;
use lakehouse_otel::config::{Exporter, Protocol};
use lakehouse_otel_tests_delivery::Receiver;
use opentelemetry::trace::{Span as _, Tracer as _};

/// What the child sends to; nothing in a plain run of the tests.
const URL: &str = "DELIVERY_VARIABLES_URL";
const PROTOCOL: &str = "DELIVERY_VARIABLES_PROTOCOL";

#[test]
fn what_is_meant_for_another_backend_goes_nowhere() {
    let foreign = "authorization=Bearer%20other,content-type=text/plain,x-env=1,user-agent=env";
    for compression in ["gzip", "zstd"] {
        for protocol in [Protocol::HttpProtobuf, Protocol::Grpc] {
            let receiver = Receiver::start();
            let url = match protocol {
                Protocol::Grpc => receiver.grpc(),
                _ => receiver.http(),
            };
            let mut child = Command::new(std::env::current_exe().unwrap());
            child
                .args(["--exact", "the_child_sends", "--nocapture"])
                .env(URL, url)
                .env(PROTOCOL, protocol.as_str());
            for signal in ["", "TRACES_", "METRICS_"] {
                let variable = |name| format!("OTEL_EXPORTER_OTLP_{signal}{name}");
                child
                    .env(variable("HEADERS"), foreign)
                    .env(variable("COMPRESSION"), compression)
                    .env(variable("ENDPOINT"), "http://127.0.0.1:9")
                    .env(variable("TIMEOUT"), "1");
            }
            let output = child.output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{protocol}: {said}");
            let arrived = receiver.arrived();
            assert_eq!(arrived.spans(), 1, "{protocol}: {said}");
            for export in arrived.traces.iter().chain(&arrived.metrics) {
                let headers = &export.headers;
                assert_eq!(headers["x-key"], "mine", "{protocol}: {headers:?}");
                for foreign in [
                    "authorization",
                    "x-env",
                    "content-encoding",
                    "grpc-encoding",
                ] {
                    assert!(!headers.contains_key(foreign), "{protocol}: {headers:?}");
                }
                let content = headers["content-type"].as_str();
                assert!(
                    ["application/x-protobuf", "application/grpc"].contains(&content),
                    "{protocol}: {headers:?}"
                );
                assert_ne!(headers["user-agent"], "env", "{protocol}");
            }
            assert!(!arrived.metrics.is_empty(), "{protocol}: {said}");
        }
    }
}

/// Not a test of its own: what the test above starts.
#[test]
fn the_child_sends() {
    let (Ok(url), Ok(protocol)) = (std::env::var(URL), std::env::var(PROTOCOL)) else {
        return;
    };
    let telemetry = Telemetry::builder()
        .variables(|_| None)
        .exporter(Exporter::Otlp)
        .endpoint(url)
        .protocol(protocol.parse().unwrap())
        .header("x-key", "mine")
        .build_local()
        .unwrap();
    telemetry.tracer("test").start("sent").end();
    let counter = telemetry.meter("test").u64_counter("test.calls").build();
    counter.add(1, &[]);
    telemetry.shutdown(Duration::from_secs(20)).unwrap();
    assert!(telemetry.ledger().closes());
}

/// Tells the child below to look at its variables.
const NOT_UTF8: &str = "DELIVERY_VARIABLES_NOT_UTF8";

#[cfg(unix)]
#[test]
fn a_value_that_is_not_utf_8_is_not_an_unset_one() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_child_starts", "--nocapture"])
        .env(NOT_UTF8, "1")
        .env("OTEL_SERVICE_NAME", OsStr::from_bytes(b"archive\xff"))
        .env(
            "OTEL_EXPORTER_OTLP_HEADERS",
            OsStr::from_bytes(b"key=secret\xff"),
        )
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    for part in [
        "OTEL_SERVICE_NAME=\"archive\u{fffd}\": not UTF-8",
        "OTEL_EXPORTER_OTLP_HEADERS=\"REDACTED\": not UTF-8",
    ] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
    assert!(!said.contains("secret"), "{said}");
}

/// Not a test of its own: what the test above starts.
#[test]
fn the_child_starts() {
    if std::env::var_os(NOT_UTF8).is_some() {
        eprintln!("{}", Telemetry::builder().build_local().unwrap_err());
    }
}
