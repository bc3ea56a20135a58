//! What the functions record, by kind of instrument.

use std::thread;
use std::time::Duration;

use lakehouse_otel::metrics;
use lakehouse_otel::schema::{Exchange, HttpRequestMethod, Outcome, Timeframe};
use lakehouse_otel::testing;

use super::attributes;

#[test]
fn a_counter_takes_its_required_labels_as_arguments_and_the_others_before() {
    let capture = testing::capture();
    capture.run(|| {
        let exchange = Exchange::Binance;
        let outcome = Outcome::Ok;
        let mexc = Exchange::from("mexc");
        metrics::api_requests().add(1, exchange, outcome);
        metrics::api_requests()
            .timeframe(Timeframe::H1)
            .method(HttpRequestMethod::Get)
            .endpoint("/api/v3/klines")
            .error_type("429")
            .add(2, &mexc, Outcome::Error);
    });
    let requests = capture.metric("crypto.api.requests");
    requests.sum(3);
    assert_eq!(requests.unit(), "{request}");
    let mut points: Vec<_> = requests.points().iter().map(attributes).collect();
    points.sort();
    assert_eq!(
        points,
        [
            vec![
                "crypto.endpoint=/api/v3/klines",
                "crypto.exchange=mexc",
                "crypto.outcome=error",
                "crypto.timeframe=1h",
                "error.type=429",
                "http.request.method=GET",
            ],
            vec!["crypto.exchange=binance", "crypto.outcome=ok"],
        ]
    );
}

#[test]
fn a_histogram_in_seconds_takes_durations_and_numbers() {
    let capture = testing::capture();
    capture.run(|| {
        metrics::api_request_duration().record(0.25, Exchange::Kraken, Outcome::Ok);
        metrics::api_request_duration().record(
            Duration::from_millis(500),
            Exchange::Kraken,
            Outcome::Ok,
        );
        metrics::data_volume().record(4_096);
    });
    capture
        .metric("crypto.api.request.duration")
        .count(2)
        .sum(0.75);
    capture.metric("crypto.data.volume").count(1).sum(4_096);
}

#[test]
fn a_gauge_keeps_the_last_value_of_each_series() {
    let capture = testing::capture();
    capture.run(|| {
        for used in [10, 240] {
            metrics::api_rate_limit_used().record(used, Exchange::Binance);
        }
        metrics::api_rate_limit_used().record(1, Exchange::Okx);
    });
    let used = capture.metric("crypto.api.rate_limit.used");
    used.clone().with("crypto.exchange", "binance").sum(240);
    used.with("crypto.exchange", "okx").sum(1);
}

#[test]
fn an_updowncounter_goes_both_ways_and_a_guard_counts_what_is_there() {
    let capture = testing::capture();
    capture.run(|| {
        let waiting = metrics::processing_queue_size().bind("trades");
        waiting.add(100);
        waiting.add(-40);
        let first = metrics::active_connections()
            .exchange(Exchange::Okx)
            .track();
        let second = metrics::active_connections()
            .exchange(Exchange::Okx)
            .track();
        capture.metric("crypto.active.connections").sum(2);
        drop(first);
        capture.metric("crypto.active.connections").sum(1);
        // Elsewhere it is counted down where it was counted up.
        thread::spawn(move || drop(second)).join().unwrap();
    });
    capture.metric("crypto.active.connections").sum(0);
    capture.metric("crypto.processing.queue.size").sum(60);
}

#[test]
fn numbers_that_an_instrument_cannot_take_are_left_out() {
    let capture = testing::capture();
    capture.run(|| {
        for volume in [1.5, -1.0, f64::NAN, f64::INFINITY] {
            metrics::trades_volume().add(volume);
        }
        for age in [f64::NAN, 2.0] {
            metrics::data_latency().record(age);
        }
        metrics::data_freshness().record(3.0);
        metrics::data_freshness().record(f64::NAN);
        metrics::data_processed().add(u64::MAX);
    });
    capture.metric("crypto.trades.volume").sum(1.5);
    capture.metric("crypto.data.latency").count(1).sum(2.0);
    capture.metric("crypto.data.freshness").sum(3.0);
    let most = capture.metric("crypto.data.processed").total();
    assert!(most > 9.2e18, "{most}");
}

#[test]
fn a_histogram_takes_no_negative_value() {
    let capture = testing::capture();
    capture.run(|| {
        let latency = metrics::data_latency().bind();
        for seconds in [0.0, 2.0, -1.0] {
            metrics::data_latency().record(seconds);
            latency.record(seconds);
        }
        // Nor does one begin a series.
        metrics::data_latency().operation("clean").record(-1.0);
        metrics::data_freshness().record(-1.0);
    });
    let latency = capture.metric("crypto.data.latency");
    latency.count(4).sum(4.0);
    assert_eq!(latency.points().len(), 1, "{latency:?}");
    capture.metric("crypto.data.freshness").sum(-1.0);
}

#[test]
fn a_bound_series_goes_to_the_capture_under_which_it_is_recorded() {
    let answered = metrics::api_requests()
        .endpoint("/api/v3/time")
        .bind(Exchange::Binance, Outcome::Ok);
    let other = answered.clone();
    // Outside of any telemetry.
    answered.add(100);
    let (one, two) = (testing::capture(), testing::capture());
    one.run(|| answered.add(1));
    two.run(|| other.add(2));
    one.metric("crypto.api.requests")
        .with("crypto.endpoint", "/api/v3/time")
        .sum(1);
    two.metric("crypto.api.requests").sum(2);
}

#[test]
fn a_series_that_was_bound_and_had_no_number_is_not_there() {
    let capture = testing::capture();
    let _answered = capture.run(|| metrics::api_requests().bind(Exchange::Binance, Outcome::Ok));
    assert!(capture.metrics().is_empty(), "{:?}", capture.metrics());
}

#[test]
fn functions_and_annotated_functions_share_series() {
    use lakehouse_otel::operation::ApiRequest;

    let capture = testing::capture();
    capture.run(|| {
        ApiRequest::new(Exchange::Binance, "/api/v3/time")
            .start()
            .ok();
        metrics::api_requests()
            .endpoint("/api/v3/time")
            .add(1, Exchange::Binance, Outcome::Ok);
    });
    let requests = capture.metric("crypto.api.requests");
    requests.sum(2);
    assert_eq!(requests.points().len(), 1, "{requests:?}");
}

#[test]
fn eight_threads_lose_nothing() {
    let capture = testing::capture();
    thread::scope(|threads| {
        for thread in 0..8 {
            let context = capture.context();
            threads.spawn(move || {
                let _attached = context.attach();
                let symbols = ["BTCUSDT", "ETHUSDT", "SOLUSDT"];
                for round in 0..3_000 {
                    metrics::data_processed()
                        .symbol(symbols[(round + thread) % 3])
                        .add(1);
                }
            });
        }
    });
    let processed = capture.metric("crypto.data.processed");
    processed.sum(24_000);
    for symbol in ["BTCUSDT", "ETHUSDT", "SOLUSDT"] {
        processed.clone().with("crypto.symbol", symbol).sum(8_000);
    }
}
