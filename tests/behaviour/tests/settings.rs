//! What a macro's arguments and a builder's settings say of how an operation runs.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use lakehouse_otel::clock::ManualClock;
use lakehouse_otel::operation::{ApiRequest, Stage};
use lakehouse_otel::prelude::*;
use lakehouse_otel::schema;
use lakehouse_otel::testing::{self, Capture};

/// Counts how often it is asked.
fn counted<T>(times: &Cell<u32>, value: T) -> T {
    times.set(times.get() + 1);
    value
}

#[track_processing(
    operation = "clean",
    priority = high,
    resources = true,
    symbol = counted(times, "BTCUSDT"),
    layer = counted(times, Layer::Silver),
    record_count = counted(times, 12),
    keep(symbol, layer, record_count),
    err(|error| crypto.exchange_error = counted(times, error.as_str())),
)]
fn clean(times: &Cell<u32>) -> Result<(), String> {
    Err(times.get().to_string())
}

#[test]
fn what_is_kept_is_evaluated_once() {
    let capture = testing::capture();
    let times = Cell::new(0);
    // Before the work all but what the error says.
    assert_eq!(capture.run(|| clean(&times)), Err("3".to_owned()));
    assert_eq!(times.get(), 4);
    let span = capture.span("clean");
    span.has(schema::crypto::SYMBOL, "BTCUSDT")
        .has(schema::lakehouse::LAYER, Layer::Silver)
        .has(schema::crypto::RECORD_COUNT, 12)
        .has(schema::crypto::EXCHANGE_ERROR, "3");
    capture.metric("crypto.data.processed").sum(12);
}

#[test]
fn nothing_is_evaluated_where_nothing_records() {
    let times = Cell::new(0);
    assert_eq!(clean(&times), Err("0".to_owned()));
    assert_eq!(times.get(), 0);
}

#[test]
fn a_budget_by_hand() {
    let clock = Arc::new(ManualClock::new());
    let capture = Capture::builder().clock(&clock).build();
    capture.run(|| {
        for name in ["slow", "quick"] {
            let stage = Stage::new(name).budget(Duration::from_secs(1)).start();
            if name == "slow" {
                clock.advance(Duration::from_secs(2));
            }
            stage.ok();
        }
    });
    let budget = schema::crypto::OPERATION_BUDGET;
    let exceeded = schema::crypto::OPERATION_BUDGET_EXCEEDED;
    capture.span("slow").has(budget, 1.0).has(exceeded, true);
    capture.span("quick").has(budget, 1.0).has(exceeded, false);
    capture.metric("crypto.operation.budget.exceeded").sum(1);
}

#[test]
fn settings_by_hand_make_no_series_of_their_own() {
    let capture = testing::capture();
    capture.run(|| {
        for rate in [-1.0, 0.5, 2.0, f64::NAN] {
            let request = ApiRequest::new(Exchange::Binance, "/time");
            let request = request.high_priority().resources().sample(rate);
            request.start().ok();
        }
        let request = ApiRequest::new(Exchange::Binance, "/time").high_volume();
        request.start().ok();
    });
    assert_eq!(capture.spans().len(), 5);
    capture.metric("crypto.api.requests").sum(5);
}
