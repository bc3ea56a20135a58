//! Everything that leaves arrives, and what does not is accounted for, in bounded time.
//!
//! Each test has telemetry of its own (`build_local`), so they run side by side.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use lakehouse_otel::config::{Compression, Exporter, Protocol};
use lakehouse_otel::telemetry::Builder;
use lakehouse_otel::{Telemetry, export::Ledger};
use lakehouse_otel_tests_delivery::{Answer, Nobody, Receiver, hung};
use opentelemetry::trace::{Span as _, Tracer as _};

const LONG: Duration = Duration::from_secs(30);

type Said = Arc<Mutex<Vec<String>>>;

/// Telemetry that sends to `url` when it is told to, and what it says.
fn sending_to(url: &str) -> (Builder, Said) {
    let said = Said::default();
    let builder = Telemetry::builder()
        .variables(|_| None)
        .exporter(Exporter::Otlp)
        .endpoint(url)
        .metric_interval(Duration::from_hours(1))
        .schedule_delay(Duration::from_hours(1))
        .diagnostics({
            let said = Arc::clone(&said);
            move |line| said.lock().unwrap().push(line.to_owned())
        });
    (builder, said)
}

fn work(telemetry: &Telemetry, spans: u64) {
    let tracer = telemetry.tracer("test");
    let counter = telemetry.meter("test").u64_counter("test.calls").build();
    for _ in 0..spans {
        tracer.start("work").end();
        counter.add(1, &[]);
    }
}

fn ledger(telemetry: &Telemetry) -> Ledger {
    let ledger = telemetry.ledger();
    assert!(ledger.closes(), "{ledger}");
    ledger
}

fn both_arrive(receiver: &Receiver, builder: Builder) {
    let telemetry = builder
        .service_name("archive")
        .layers(["bronze", "silver"])
        .header("x-key", "a,b=c%")
        .build_local()
        .unwrap();
    work(&telemetry, 1_200);
    telemetry.shutdown(LONG).unwrap();

    let arrived = receiver.arrived();
    let ledger = ledger(&telemetry);
    assert_eq!(arrived.spans(), 1_200);
    assert_eq!(
        (ledger.spans.created, ledger.spans.exported),
        (1_200, 1_200)
    );
    assert_eq!(arrived.data_points(), ledger.data_points.exported);
    assert!(
        arrived.metrics[0].names.contains(&"test.calls".to_owned()),
        "{arrived:?}"
    );
    for export in arrived.traces.iter().chain(&arrived.metrics) {
        assert_eq!(export.resource["service.name"], "archive");
        assert_eq!(export.resource["lakehouse.layers"], "bronze,silver");
        assert_eq!(export.resource["telemetry.distro.name"], "lakehouse-otel");
        assert_eq!(export.headers["x-key"], "a,b=c%");
    }
}

#[test]
fn over_http() {
    let receiver = Receiver::start();
    both_arrive(&receiver, sending_to(&receiver.http()).0);
    let arrived = receiver.arrived();
    assert_eq!(arrived.traces[0].path, "/v1/traces");
    assert_eq!(arrived.metrics[0].path, "/v1/metrics");
    assert!(!arrived.traces[0].headers.contains_key("content-encoding"));
    assert!(arrived.traces.iter().all(|export| export.items <= 512));
}

#[test]
fn over_http_with_gzip() {
    let receiver = Receiver::start();
    both_arrive(
        &receiver,
        sending_to(&receiver.http())
            .0
            .compression(Compression::Gzip),
    );
    for export in receiver.arrived().traces {
        assert_eq!(export.headers["content-encoding"], "gzip");
    }
}

#[test]
fn over_grpc() {
    let receiver = Receiver::start();
    both_arrive(
        &receiver,
        sending_to(&receiver.grpc()).0.protocol(Protocol::Grpc),
    );
}

#[test]
fn over_grpc_with_gzip() {
    let receiver = Receiver::start();
    let (builder, _) = sending_to(&receiver.grpc());
    both_arrive(
        &receiver,
        builder
            .protocol(Protocol::Grpc)
            .compression(Compression::Gzip),
    );
    for export in receiver.arrived().traces {
        assert_eq!(export.headers["grpc-encoding"], "gzip");
    }
}

#[test]
fn each_signal_where_its_variables_say() {
    let (spans, metrics) = (Receiver::start(), Receiver::start());
    let (traces_url, metrics_url) = (format!("{}/here/v1/traces", spans.http()), metrics.grpc());
    let telemetry = Telemetry::builder()
        .variables(move |name| match name {
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" => Some(traces_url.clone()),
            "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT" => Some(metrics_url.clone()),
            "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL" => Some("grpc".to_owned()),
            "OTEL_EXPORTER_OTLP_HEADERS" => Some("x-key=general".to_owned()),
            "OTEL_EXPORTER_OTLP_TRACES_HEADERS" => Some("x-key=traces".to_owned()),
            _ => None,
        })
        .build_local()
        .unwrap();
    work(&telemetry, 3);
    telemetry.force_flush(LONG).unwrap();
    let (spans, metrics) = (spans.arrived(), metrics.arrived());
    assert_eq!(spans.traces[0].path, "/here/v1/traces");
    assert_eq!(spans.traces[0].headers["x-key"], "traces");
    assert_eq!(metrics.metrics[0].headers["x-key"], "general");
    assert!(spans.metrics.is_empty() && metrics.traces.is_empty());
}

#[test]
fn what_the_backend_rejects_is_not_called_exported() {
    for protocol in [Protocol::HttpProtobuf, Protocol::Grpc] {
        let receiver = Receiver::start();
        receiver.answer(Answer::Reject(1));
        let url = match protocol {
            Protocol::Grpc => receiver.grpc(),
            _ => receiver.http(),
        };
        let (builder, _) = sending_to(&url);
        let telemetry = builder.protocol(protocol).build_local().unwrap();
        work(&telemetry, 5);
        let error = telemetry.shutdown(LONG).unwrap_err();
        assert_eq!((error.0.spans, error.0.data_points), (1, 1));
        let ledger = ledger(&telemetry);
        assert_eq!((ledger.spans.exported, ledger.spans.rejected), (4, 1));
        assert_eq!(ledger.data_points.rejected, 1);
    }
}

#[test]
fn an_error_as_the_answer_is_a_failure_with_its_status() {
    for (protocol, reason) in [
        (Protocol::HttpProtobuf, "400"),
        (Protocol::Grpc, "InvalidArgument"),
    ] {
        let receiver = Receiver::start();
        receiver.answer(Answer::Refuse(400));
        let url = match protocol {
            Protocol::Grpc => receiver.grpc(),
            _ => receiver.http(),
        };
        let (builder, said) = sending_to(&url);
        let telemetry = builder.protocol(protocol).build_local().unwrap();
        work(&telemetry, 5);
        assert!(telemetry.force_flush(LONG).is_err());
        // It recovers: the sums are cumulative, only the spans are gone.
        receiver.answer(Answer::Accept);
        work(&telemetry, 5);
        let error = telemetry.shutdown(LONG).unwrap_err();
        assert_eq!((error.0.spans, error.0.data_points), (5, 0), "{error}");
        assert!(error.to_string().contains(reason), "{error}");
        let ledger = ledger(&telemetry);
        assert_eq!((ledger.spans.exported, ledger.spans.failed), (5, 5));
        let said = said.lock().unwrap();
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains(reason), "{said:?}");
    }
}

/// Telemetry of spans alone, so that the answers are theirs, and what it says.
fn only_spans(receiver: &Receiver, protocol: Protocol) -> (Telemetry, Said) {
    let url = match protocol {
        Protocol::Grpc => receiver.grpc(),
        _ => receiver.http(),
    };
    let (builder, said) = sending_to(&url);
    let builder = builder.metrics_exporter(Exporter::None);
    (builder.protocol(protocol).build_local().unwrap(), said)
}

#[test]
fn a_backend_that_is_not_ready_is_tried_again_and_counted_once() {
    for protocol in [Protocol::HttpProtobuf, Protocol::Grpc] {
        let receiver = Receiver::start();
        receiver.answer_first([Answer::Unavailable(None)]);
        let (telemetry, said) = only_spans(&receiver, protocol);
        work(&telemetry, 5);
        telemetry.shutdown(LONG).unwrap();
        let arrived = receiver.arrived();
        assert_eq!((arrived.turned_away, arrived.traces.len()), (1, 1));
        let ledger = ledger(&telemetry);
        assert_eq!(arrived.spans(), 5);
        assert_eq!((ledger.spans.created, ledger.spans.exported), (5, 5));
        assert!(said.lock().unwrap().is_empty(), "{said:?}");
    }
}

#[test]
fn a_backend_that_says_when_is_asked_then() {
    let receiver = Receiver::start();
    receiver.answer_first([Answer::Unavailable(Some(0)); 3]);
    let (telemetry, _) = only_spans(&receiver, Protocol::HttpProtobuf);
    work(&telemetry, 5);
    telemetry.force_flush(LONG).unwrap();
    assert_eq!(receiver.arrived().turned_away, 3);
    // In an hour: the export's time is over by then, and nobody waits for it.
    receiver.answer(Answer::Unavailable(Some(3_600)));
    work(&telemetry, 5);
    let error = telemetry.shutdown(LONG).unwrap_err();
    assert!(error.to_string().contains("503"), "{error}");
    assert_eq!(receiver.arrived().turned_away, 4);
    let ledger = ledger(&telemetry);
    assert_eq!((ledger.spans.exported, ledger.spans.failed), (5, 5));
}

#[test]
fn nobody_there_is_said_once_and_counted() {
    for protocol in [Protocol::HttpProtobuf, Protocol::Grpc] {
        let nobody = Nobody::there();
        let (builder, said) = sending_to(nobody.url());
        let telemetry = builder.protocol(protocol).build_local().unwrap();
        work(&telemetry, 10);
        let _ = telemetry.force_flush(LONG);
        work(&telemetry, 10);
        let error = telemetry.shutdown(LONG).unwrap_err();
        assert_eq!(error.0.spans, 20);
        assert!(
            error.to_string().to_lowercase().contains("refused"),
            "{error}"
        );
        assert_eq!(ledger(&telemetry).spans.failed, 20);
        let said = said.lock().unwrap();
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(
            said[0].contains(nobody.url()) && said[0].to_lowercase().contains("refused"),
            "{said:?}"
        );
    }
}

#[test]
fn a_hung_server_holds_the_shutdown_no_longer_than_its_bound() {
    for protocol in [Protocol::HttpProtobuf, Protocol::Grpc] {
        let (builder, said) = sending_to(&hung());
        let telemetry = builder.protocol(protocol).build_local().unwrap();
        work(&telemetry, 1_000);
        let bound = Duration::from_millis(300);
        assert!(telemetry.force_flush(bound).unwrap_err().0.timed_out);
        let error = telemetry.shutdown(bound).unwrap_err();
        assert!(error.0.timed_out);
        assert_eq!(error.0.spans, 1_000);
        let ledger = ledger(&telemetry);
        assert_eq!(ledger.spans.dropped.unsent_at_shutdown, 1_000, "{ledger}");
        assert_eq!(said.lock().unwrap().len(), 1);
    }
}

#[test]
fn the_export_timeout_ends_an_export_that_hangs() {
    for protocol in [Protocol::HttpProtobuf, Protocol::Grpc] {
        let (builder, _) = sending_to(&hung());
        let telemetry = builder
            .protocol(protocol)
            .export_timeout(Duration::from_millis(100))
            .build_local()
            .unwrap();
        work(&telemetry, 5);
        let error = telemetry.shutdown(LONG).unwrap_err();
        assert!(!error.0.timed_out);
        assert_eq!(ledger(&telemetry).spans.failed, 5);
    }
}

#[test]
fn an_answer_that_never_comes_is_the_same() {
    let receiver = Receiver::start();
    receiver.answer(Answer::Hang);
    for (protocol, url) in [
        (Protocol::HttpProtobuf, receiver.http()),
        (Protocol::Grpc, receiver.grpc()),
    ] {
        let (builder, _) = sending_to(&url);
        let telemetry = builder
            .protocol(protocol)
            .export_timeout(Duration::from_millis(100))
            .build_local()
            .unwrap();
        work(&telemetry, 5);
        assert!(telemetry.shutdown(LONG).is_err());
        assert_eq!(ledger(&telemetry).spans.failed, 5);
    }
}

#[test]
fn a_full_queue_drops_and_never_blocks() {
    let (builder, said) = sending_to(&hung());
    let telemetry = builder
        .max_queue_size(100)
        .max_export_batch_size(10)
        .build_local()
        .unwrap();
    work(&telemetry, 1_000);
    let ledger_before = ledger(&telemetry);
    assert_eq!(ledger_before.spans.created, 1_000);
    assert!(ledger_before.spans.dropped.queue_full >= 1_000 - 110);
    assert!(telemetry.shutdown(Duration::from_millis(50)).is_err());
    ledger(&telemetry);
    assert!(
        said.lock()
            .unwrap()
            .iter()
            .any(|line| line.contains("OTEL_BSP_MAX_QUEUE_SIZE"))
    );
}

#[test]
fn from_every_kind_of_runtime() {
    for protocol in [Protocol::HttpProtobuf, Protocol::Grpc] {
        let receiver = Receiver::start();
        let url = match protocol {
            Protocol::Grpc => receiver.grpc(),
            _ => receiver.http(),
        };
        let run = async |spans| {
            // Started, flushed and dropped inside the runtime, whose only thread this may be.
            let (builder, _) = sending_to(&url);
            let telemetry = builder.protocol(protocol).build_local().unwrap();
            work(&telemetry, spans);
            telemetry.force_flush(LONG).unwrap();
            tokio::task::yield_now().await;
            work(&telemetry, spans);
            drop(telemetry);
        };
        let mut current_thread = tokio::runtime::Builder::new_current_thread();
        current_thread
            .enable_all()
            .build()
            .unwrap()
            .block_on(run(10));
        assert_eq!(receiver.arrived().spans(), 20);
        let mut multi_thread = tokio::runtime::Builder::new_multi_thread();
        multi_thread
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap()
            .block_on(run(10));
        assert_eq!(receiver.arrived().spans(), 40);
    }
}

#[test]
fn spans_after_the_shutdown_do_no_harm_and_are_in_the_account() {
    let receiver = Receiver::start();
    let (builder, said) = sending_to(&receiver.http());
    let telemetry = builder.build_local().unwrap();
    let tracer = telemetry.tracer("test");
    let mut late = tracer.start("late");
    tracer.start("in time").end();
    telemetry.shutdown(LONG).unwrap();
    for _ in 0..2 {
        let spans = ledger(&telemetry).spans;
        assert_eq!((spans.created, spans.exported), (2, 1), "{spans}");
        assert_eq!(spans.dropped.unended_at_shutdown, 1, "{spans}");
        late.end();
    }
    tracer.start("later").end();
    telemetry.force_flush(LONG).unwrap();
    telemetry.shutdown(LONG).unwrap();
    assert_eq!(ledger(&telemetry).spans.created, 2);
    assert_eq!(receiver.arrived().spans(), 1);
    let said = said.lock().unwrap();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("1 spans had not ended"), "{said:?}");
}

#[test]
fn a_callback_that_panics_is_said_once_and_breaks_nothing() {
    let receiver = Receiver::start();
    let (builder, said) = sending_to(&receiver.http());
    let telemetry = builder.build_local().unwrap();
    let _gauge = telemetry
        .meter("test")
        .u64_observable_gauge("test.broken")
        .with_callback(|_| panic!("a callback's bug"))
        .build();
    for round in 1..=3 {
        work(&telemetry, 3);
        telemetry.force_flush(LONG).unwrap();
        let exports = receiver.arrived().metrics;
        assert_eq!(exports.last().unwrap().sums["test.calls"], 3 * round);
    }
    telemetry.shutdown(LONG).unwrap();
    let said = said.lock().unwrap();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("`test.broken` panicked"), "{said:?}");
}

#[test]
fn dropping_while_a_panic_unwinds_does_not_abort() {
    let receiver = Receiver::start();
    let (builder, _) = sending_to(&receiver.http());
    let telemetry = builder.build_local().unwrap();
    let _gauge = telemetry
        .meter("test")
        .u64_observable_gauge("test.broken")
        .with_callback(|_| panic!("a callback's bug"))
        .build();
    let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
        work(&telemetry, 3);
        panic!("the program's bug");
    }));
    assert!(unwound.is_err());
    assert_eq!(receiver.arrived().spans(), 3);
}
