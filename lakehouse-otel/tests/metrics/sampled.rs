//! Shares of the measurements: unbiased, and told.

#![expect(clippy::cast_precision_loss, reason = "tests count small numbers")]

use lakehouse_otel::metrics;
use lakehouse_otel::testing::Capture;

/// The sum lies within five standard deviations of what was added, so that a wrong share is seen and chance is not.
#[track_caller]
fn assert_near(found: f64, expected: f64, deviation: f64) {
    let off = (found - expected).abs();
    assert!(off < 5.0 * deviation, "{found} is {off} off {expected}");
}

#[test]
fn a_sampled_counter_is_right_on_average_whatever_the_share() {
    for (share, count) in [(0.01, 1), (0.3, 1), (0.3, 7), (0.7, 2), (1.0, 1)] {
        let capture = Capture::builder().seed(7).build();
        let calls = 100_000_u32;
        capture.run(|| {
            let rows = metrics::data_processed()
                .operation("parse")
                .bind()
                .sampled(share);
            for _ in 0..calls {
                rows.add(count);
            }
        });
        let expected = f64::from(calls) * count as f64;
        // Of one draw: `count / share` with this probability, and a rounding below 1 / 2.
        let one = count as f64 / share * (share * (1.0 - share)).sqrt() + 0.5 * share;
        let deviation = one * f64::from(calls).sqrt() + 1e-9;
        let deviation = if share < 1.0 { deviation } else { 1e-9 };
        assert_near(
            capture.metric("crypto.data.processed").total(),
            expected,
            deviation,
        );
    }
}

#[test]
fn a_sampled_counter_of_fractions_is_right_on_average() {
    let capture = Capture::builder().seed(11).build();
    capture.run(|| {
        let volume = metrics::trades_volume()
            .symbol("BTCUSDT")
            .bind()
            .sampled(0.05);
        for _ in 0..100_000 {
            volume.add(0.25);
        }
    });
    let deviation = 0.25 / 0.05 * (0.05_f64 * 0.95 * 100_000.0).sqrt();
    assert_near(
        capture.metric("crypto.trades.volume").total(),
        25_000.0,
        deviation,
    );
}

#[test]
fn a_sampled_histogram_records_a_share_of_the_values_as_they_are_and_says_so() {
    let capture = Capture::builder().seed(3).build();
    capture.run(|| {
        let latency = metrics::data_latency().operation("parse").bind();
        let sampled = latency.sampled(0.1);
        for _ in 0..50_000 {
            sampled.record(2.0);
        }
        latency.record(3.0);
    });
    let latency = capture.metric("crypto.data.latency");
    assert_eq!(latency.points().len(), 2, "{latency:?}");
    let share = latency.clone().with("lakehouse.sampling.share", "0.1");
    assert_eq!(
        share.points()[0]
            .attribute("crypto.processing.operation")
            .as_deref(),
        Some("parse")
    );
    let count = share.recordings() as f64;
    assert_near(count, 5_000.0, (50_000.0_f64 * 0.1 * 0.9).sqrt());
    assert_near(share.total(), 2.0 * count, 1e-6);
    // What was not sampled says nothing of a share.
    assert_near(latency.total(), 2.0 * count + 3.0, 1e-6);
}

#[test]
fn a_histogram_of_which_all_is_recorded_is_the_histogram() {
    let capture = Capture::builder().seed(3).build();
    capture.run(|| {
        let volume = metrics::data_volume().bind();
        volume.record(1);
        volume.sampled(1.0).record(2);
        volume.sampled(f64::NAN).record(3);
    });
    let volume = capture.metric("crypto.data.volume");
    volume.count(3).sum(6);
    assert_eq!(volume.points().len(), 1);
    assert!(volume.points()[0].attributes().is_empty());
}
