//! Telemetry for the whole program: one at a time, one after another. One test, for it is about what
//! the whole process shares.

use std::time::Duration;

use lakehouse_otel::config::Exporter;
use lakehouse_otel::telemetry::{Builder, InitError};
use lakehouse_otel::{Telemetry, track_processing};
use lakehouse_otel_tests_delivery::Receiver;
use opentelemetry::propagation::Extractor;
use opentelemetry::trace::{Span as _, TraceContextExt as _, Tracer as _};
use opentelemetry::{Context, global};

const LONG: Duration = Duration::from_secs(30);

fn sending_to(receiver: &Receiver) -> Builder {
    Telemetry::builder()
        .variables(|_| None)
        .exporter(Exporter::Otlp)
        .endpoint(receiver.http())
}

#[track_processing(operation = "clean", record_count = rows)]
fn clean(rows: usize) {
    let _ = rows;
}

struct Carrier;

impl Extractor for Carrier {
    fn get(&self, key: &str) -> Option<&str> {
        (key == "traceparent").then_some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent"]
    }
}

#[test]
fn one_at_a_time_and_one_after_another() {
    let receiver = Receiver::start();
    clean(1);
    let first = sending_to(&receiver).init().unwrap();
    let second = sending_to(&receiver).init().unwrap_err();
    assert!(matches!(second, InitError::AlreadyRunning), "{second}");
    assert!(second.to_string().contains("already"), "{second}");

    clean(2);
    global::tracer("test").start("by the global").end();
    global::meter("test")
        .u64_counter("test.global")
        .build()
        .add(1, &[]);
    first.shutdown(LONG).unwrap();
    let arrived = receiver.arrived();
    assert_eq!(arrived.traces[0].names, ["clean", "by the global"]);
    assert!(
        arrived.metrics[0]
            .names
            .contains(&"crypto.data.processed".to_owned()),
        "{arrived:?}"
    );
    assert!(
        arrived.metrics[0].names.contains(&"test.global".to_owned()),
        "{arrived:?}"
    );

    // The W3C propagators are set.
    let context =
        global::get_text_map_propagator(|it| it.extract_with_context(&Context::new(), &Carrier));
    assert!(context.span().span_context().is_remote());

    // Down, but not dropped: another may start, and what ran before and between works there too.
    clean(3);
    let again = sending_to(&receiver).init().unwrap();
    clean(4);
    global::tracer("test").start("by the global").end();
    drop(first);
    drop(again);
    let arrived = receiver.arrived();
    assert_eq!(arrived.traces[1].names, ["clean", "by the global"]);
    assert!(
        arrived.metrics[1]
            .names
            .contains(&"crypto.data.processed".to_owned()),
        "{arrived:?}"
    );

    // Off means off: nothing is claimed, nothing is sent, no other variable is looked at.
    let off = || {
        Telemetry::builder().variables(|name| match name {
            "OTEL_SDK_DISABLED" => Some("true".to_owned()),
            "OTEL_TRACES_EXPORTER" => Some("nonsense".to_owned()),
            _ => None,
        })
    };
    let (one, other) = (off().init().unwrap(), off().init().unwrap());
    assert!(!one.is_enabled() && !other.is_enabled());
    one.shutdown(LONG).unwrap();

    // A failed start leaves nothing behind.
    let failed = sending_to(&receiver).endpoint("collector:4318").init();
    assert!(matches!(failed, Err(InitError::Config(_))));
    drop(sending_to(&receiver).init().unwrap());

    // One that fails when the exporter of spans is made, after that of metrics, sets no global either.
    let meters = global::meter_provider();
    let failed = Telemetry::builder()
        .variables(|name| match name {
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL" => Some("grpc".to_owned()),
            "OTEL_EXPORTER_OTLP_TRACES_HEADERS" => Some("key-bin=1".to_owned()),
            _ => None,
        })
        .exporter(Exporter::Otlp)
        .init();
    assert!(
        matches!(
            failed,
            Err(InitError::Exporter {
                signal: "traces",
                ..
            })
        ),
        "{failed:?}"
    );
    assert!(std::sync::Arc::ptr_eq(&meters, &global::meter_provider()));
    drop(sending_to(&receiver).init().unwrap());
}
