//! The books about workflows, and what telemetry is told of them.

#![cfg(feature = "enabled")]

use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, UNIX_EPOCH};

use lakehouse_otel::legacy::{KEPT, MOST_RUNNING, MetricsCollector, WorkflowState};
use lakehouse_otel::schema::Outcome;
use lakehouse_otel::testing::{self, Capture, ManualClock};
use opentelemetry::KeyValue;

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new())
}

fn collector(clock: &Arc<ManualClock>) -> MetricsCollector {
    MetricsCollector::new().clock(Arc::<ManualClock>::clone(clock))
}

/// The keys of a metric's attributes, and what they are.
fn attributes(capture: &Capture) -> Vec<(String, String)> {
    let metrics = capture.metrics();
    let points = metrics.iter().flat_map(testing::CapturedMetric::points);
    let attributes = points.flat_map(testing::CapturedPoint::attributes);
    attributes
        .map(|it| (it.key.to_string(), it.value.to_string()))
        .collect()
}

#[test]
fn a_workflow_that_ends_well() {
    let (capture, clock) = (testing::capture(), clock());
    let collector = collector(&clock);
    let id = capture.run(|| collector.start_workflow("archive"));
    capture.metric("crypto.workflows.active").sum(1);
    let now = collector.get_metrics();
    assert_eq!(now.workflows[0].state, WorkflowState::Running);
    assert_eq!(now.workflows[0].end_time, None);

    clock.advance(Duration::from_millis(2_500));
    let workflow = capture.run(|| collector.end_workflow(&id)).unwrap();
    assert_eq!((&workflow.id, &*workflow.name), (&id, "archive"));
    assert_eq!(workflow.state, WorkflowState::Completed);
    assert_eq!(workflow.duration, Duration::from_millis(2_500));
    let took = workflow
        .end_time
        .unwrap()
        .duration_since(workflow.start_time);
    assert_eq!(took.unwrap(), workflow.duration);
    assert_eq!(collector.get_metrics().workflows, [workflow]);

    let of_archive = |name| capture.metric(name).with("crypto.workflow_name", "archive");
    of_archive("crypto.workflows.active").sum(0);
    of_archive("crypto.workflow.executions")
        .with("crypto.outcome", "ok")
        .sum(1);
    of_archive("crypto.workflow.duration").count(1);
    let span = capture.span("archive");
    span.outcome(Outcome::Ok);
    span.has(lakehouse_otel::schema::crypto::WORKFLOW_ID, id.as_ref());
}

#[test]
fn a_workflow_that_fails_says_why_in_the_books_and_on_its_span_and_in_no_metric() {
    const SECRET: &str = "no answer from https://key:hunter2@api.binance.com";
    let capture = testing::capture();
    let collector = MetricsCollector::new();
    capture.run(|| {
        let id = collector.start_workflow("archive");
        let of_it = || KeyValue::new("workflow_id", id.to_string());
        collector.record_error(SECRET, [of_it(), KeyValue::new("symbol", "BTCUSDT")]);
        collector.record_error(SECRET, [of_it(), KeyValue::new("error.type", SECRET)]);
        let timeout = [KeyValue::new("error.type", "timeout")];
        let workflow = collector.fail_workflow(&id, SECRET, timeout).unwrap();
        assert_eq!(workflow.state, WorkflowState::Failed);
        assert_eq!(workflow.error.as_deref(), Some(SECRET));
        assert_eq!(workflow.errors, 3);
        // It is over: this one is nobody's.
        collector.record_error(SECRET, [of_it()]);
    });
    let books = collector.get_metrics();
    assert_eq!(books.errors.len(), 4);
    assert!(books.errors.iter().all(|error| error.error == SECRET));
    let classes: Vec<_> = books.errors.iter().map(|it| &*it.error_type).collect();
    assert_eq!(classes, ["_OTHER", "_OTHER", "timeout", "_OTHER"]);

    let errors = capture.metric("crypto.workflow.errors");
    errors.sum(4);
    errors.clone().with("error.type", "timeout").sum(1);
    errors.with("crypto.workflow_name", "archive").sum(3);
    capture
        .metric("crypto.workflow.executions")
        .with("crypto.outcome", "error")
        .with("error.type", "timeout")
        .sum(1);
    capture.span("archive").outcome(Outcome::Error);
    let spans = format!("{:?}", capture.spans());
    assert!(spans.contains("no answer from https://"), "{spans}");
    assert!(!spans.contains("hunter2"), "{spans}");
    for (key, value) in attributes(&capture) {
        assert!(!value.contains("answer"), "{key} is {value}");
    }
}

#[test]
fn an_event_is_counted_by_its_name_and_the_workflow_s_alone() {
    let capture = testing::capture();
    let collector = MetricsCollector::new();
    capture.run(|| {
        let id = collector.start_workflow("archive");
        for symbol in 0..50 {
            let of_it = KeyValue::new("crypto.workflow_id", id.to_string());
            let symbol = KeyValue::new("symbol", format!("COIN{symbol}"));
            collector.record_event("page_fetched", [of_it, symbol]);
        }
        collector.record_event("started", []);
        collector.record_event("this is not a name, it is a sentence", []);
        assert_eq!(collector.end_workflow(id).unwrap().events, 50);
    });
    let events = capture.metric("crypto.workflow.events");
    assert_eq!(events.points().len(), 3);
    events
        .clone()
        .with("crypto.event_name", "page_fetched")
        .with("crypto.workflow_name", "archive")
        .sum(50);
    events.clone().with("crypto.event_name", "started").sum(1);
    events.with("crypto.event_name", "_OTHER").sum(1);
    let books = collector.get_metrics();
    assert_eq!(books.events.len(), 52);
    assert_eq!(
        books.events[51].event,
        "this is not a name, it is a sentence"
    );
    let spans = format!("{:?}", capture.span("archive"));
    assert!(spans.contains("page_fetched") && spans.contains("COIN49"));
}

#[test]
fn the_books_hold_the_last_of_each_kind() {
    let collector = MetricsCollector::new();
    let more = KEPT + 5;
    for number in 0..more {
        let id = collector.start_workflow("small");
        collector.record_event(format!("event {number}"), []);
        collector.record_error(format!("error {number}"), []);
        collector.end_workflow(&id).unwrap();
    }
    let books = collector.get_metrics();
    let lengths = [
        books.workflows.len(),
        books.events.len(),
        books.errors.len(),
    ];
    assert_eq!(lengths, [KEPT; 3]);
    let counts = [
        books.workflows_ended,
        books.events_recorded,
        books.errors_recorded,
    ];
    assert_eq!(counts, [more as u64; 3]);
    assert_eq!(books.events[0].event, "event 5");
    assert_eq!(books.errors[KEPT - 1].error, format!("error {}", more - 1));
}

#[test]
fn what_is_not_running_cannot_end() {
    let capture = testing::capture();
    let collector = MetricsCollector::new();
    capture.run(|| {
        let id = collector.start_workflow("once");
        assert!(collector.end_workflow(&id).is_some());
        assert!(collector.end_workflow(&id).is_none());
        assert!(collector.fail_workflow(&id, "late", []).is_none());
        assert!(collector.end_workflow("nobody").is_none());
    });
    capture.metric("crypto.workflow.executions").sum(1);
    assert_eq!(collector.get_metrics().workflows_ended, 1);
}

#[test]
fn a_collector_that_goes_cancels_what_runs() {
    let capture = testing::capture();
    let collector = MetricsCollector::new();
    capture.run(|| collector.start_workflow("left"));
    drop(collector);
    capture.metric("crypto.workflows.active").sum(0);
    capture.span("left").outcome(Outcome::Cancelled);
}

#[test]
fn of_those_that_nobody_ends_the_oldest_are_cancelled() {
    let (capture, clock) = (testing::capture(), clock());
    let collector = collector(&clock);
    let ids = capture.run(|| {
        let mut start = || collector.start_workflow("forgotten");
        let ids: Vec<_> = std::iter::repeat_with(&mut start)
            .take(MOST_RUNNING)
            .collect();
        assert_eq!(collector.get_metrics().workflows_ended, 0);
        clock.advance(Duration::from_secs(3));
        start();
        start();
        ids
    });
    let books = collector.get_metrics();
    assert_eq!((books.workflows_ended, books.workflows_cancelled), (2, 2));
    assert_eq!(books.workflows.len(), MOST_RUNNING + 2);
    for (cancelled, id) in books.workflows.iter().zip(&ids[..2]) {
        assert_eq!(
            (&cancelled.id, cancelled.state),
            (id, WorkflowState::Cancelled)
        );
        assert_eq!(cancelled.duration, Duration::from_secs(3));
        assert!(cancelled.end_time.is_some());
        assert!(collector.end_workflow(id).is_none());
    }
    assert_eq!(books.workflows[2].id, ids[2]);
    assert!(capture.run(|| collector.end_workflow(&ids[2])).is_some());

    let executions = capture.metric("crypto.workflow.executions");
    executions
        .clone()
        .with("crypto.outcome", "cancelled")
        .sum(2);
    executions.with("crypto.outcome", "ok").sum(1);
    let running = u32::try_from(MOST_RUNNING).unwrap() - 1;
    capture.metric("crypto.workflows.active").sum(running);
}

#[test]
fn an_id_is_taken_by_the_letter() {
    let collector = MetricsCollector::new();
    let id = collector.start_workflow("archive");
    for other in [
        format!("+{id}"),
        format!("0{id}"),
        "0".to_owned(),
        String::new(),
    ] {
        assert!(collector.end_workflow(&other).is_none(), "{other}");
    }
    assert!(collector.end_workflow(&id).is_some());
}

#[test]
fn many_threads_share_it() {
    const THREADS: u64 = 8;
    const EACH: u64 = 200;
    let capture = testing::capture();
    let collector = MetricsCollector::new();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                capture.run(|| {
                    for number in 0..EACH {
                        let id = collector.start_workflow("shared");
                        let of_it = [KeyValue::new("workflow_id", id.to_string())];
                        collector.record_event("step", of_it);
                        let ended = if number % 4 == 0 {
                            collector.fail_workflow(&id, "failed", [])
                        } else {
                            collector.end_workflow(&id)
                        };
                        assert_eq!(ended.unwrap().events, 1);
                    }
                });
            });
        }
    });
    let books = collector.get_metrics();
    assert_eq!(books.workflows_ended, THREADS * EACH);
    let mut ids: Vec<_> = books.workflows.iter().map(|it| &it.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), KEPT);
    let executions = capture.metric("crypto.workflow.executions");
    executions.sum(1_600);
    executions.with("crypto.outcome", "error").sum(400);
    capture.metric("crypto.workflow.events").sum(1_600);
    capture.metric("crypto.workflow.errors").sum(400);
    capture.metric("crypto.workflows.active").sum(0);
}

#[test]
fn an_error_whose_text_panics_is_recorded_all_the_same() {
    struct Broken;
    impl fmt::Display for Broken {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("no text")
        }
    }
    let collector = MetricsCollector::new();
    let id = collector.start_workflow("broken");
    let workflow = collector.fail_workflow(&id, Broken, []).unwrap();
    assert_eq!(workflow.state, WorkflowState::Failed);
    assert_eq!(collector.get_metrics().errors.len(), 1);
}

#[test]
fn the_books_are_json() {
    let clock = clock();
    // From the start of 2020.
    clock.advance(Duration::from_millis(31_250));
    let collector = collector(&clock)
        .configuration([
            ("exchange", "binance"),
            ("binance_api_key", "abc"),
            ("listenKey", "def"),
        ])
        .configuration([("threads", "4")]);
    let id = collector.start_workflow("archive");
    let of_it = || KeyValue::new("workflow_id", id.to_string());
    collector.record_event("page_fetched", [of_it(), KeyValue::new("records", 1_000)]);
    clock.advance(Duration::from_millis(1_500));
    collector.fail_workflow(&id, "disk full", [KeyValue::new("error.type", "io")]);
    let running = collector.start_workflow("next");
    let books = collector.get_metrics();
    assert_eq!(
        books.workflows[0].start_time,
        UNIX_EPOCH + Duration::from_millis(1_577_836_831_250)
    );
    let json = serde_json::to_value(&books).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "configuration": {"binance_api_key": "REDACTED", "exchange": "binance", "listenKey": "REDACTED", "threads": "4"},
            "workflows": [
                {
                    "id": id.as_ref(), "name": "archive", "state": "failed",
                    "start_time": "2020-01-01T00:00:31.250Z", "end_time": "2020-01-01T00:00:32.750Z",
                    "duration_seconds": 1.5, "events": 1, "errors": 1, "error": "disk full",
                },
                {
                    "id": running.as_ref(), "name": "next", "state": "running",
                    "start_time": "2020-01-01T00:00:32.750Z", "end_time": null,
                    "duration_seconds": 0.0, "events": 0, "errors": 0, "error": null,
                },
            ],
            "events": [{
                "event": "page_fetched", "time": "2020-01-01T00:00:31.250Z", "workflow_id": id.as_ref(),
                "attributes": {"workflow_id": id.as_ref(), "records": 1_000},
            }],
            "errors": [{
                "error": "disk full", "error_type": "io", "time": "2020-01-01T00:00:32.750Z", "workflow_id": id.as_ref(),
                "attributes": {"error.type": "io"},
            }],
            "workflows_ended": 1,
            "workflows_cancelled": 0,
            "events_recorded": 1,
            "errors_recorded": 1,
        })
    );
}
