//! Many threads that record in the same series, while readers collect: each call is counted once, in whatever
//! temporality, also at the end. One test, for the program has one telemetry at a time.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use lakehouse_otel::config::{Exporter, TemporalityPreference};
use lakehouse_otel::prelude::*;
use lakehouse_otel_tests_delivery::http::scrape;
use lakehouse_otel_tests_delivery::metrics::{over_otlp, sums};
use lakehouse_otel_tests_delivery::{Arrived, Receiver};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;

const LONG: Duration = Duration::from_secs(30);
const THREADS: usize = 8;
/// In which all threads call in turn, so that they meet on any machine.
const TURNS: usize = 50;
const CALLS: usize = 20_000;
/// All calls.
const ALL: i64 = 160_400;
/// Of them, those that failed.
const FAILED: i64 = 16_040;

#[track_api_request(exchange = Binance, endpoint = "/api/v3/klines")]
fn request(number: usize) -> Result<usize, &'static str> {
    if number.is_multiple_of(10) {
        Err("refused")
    } else {
        Ok(number)
    }
}

fn requests(turns: &Barrier) {
    for number in 0..TURNS {
        turns.wait();
        let _ = request(number);
    }
    for number in 0..CALLS {
        let _ = request(number);
    }
}

/// All threads call, while `meanwhile` runs again and again; they end when all of them are through.
fn crowd(meanwhile: impl Fn()) {
    let all = THREADS * (TURNS + CALLS);
    assert_eq!(i64::try_from(all), Ok(ALL));
    let turns = Barrier::new(THREADS);
    let done = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                requests(&turns);
                done.fetch_add(1, Ordering::SeqCst);
            });
        }
        while done.load(Ordering::SeqCst) < THREADS {
            meanwhile();
        }
    });
}

/// How many durations each export has, in all and by bucket, and what they add up to.
fn durations(arrived: &Arrived) -> Vec<(i64, i64, f64)> {
    let metrics = arrived.metrics.iter().flat_map(|export| &export.metrics);
    metrics
        .filter(|metric| metric.name == "crypto.api.request.duration")
        .map(|metric| match &metric.data {
            Some(Data::Histogram(histogram)) => {
                let points = histogram.data_points.iter();
                points.fold((0, 0, 0.0), |(count, buckets, sum), point| {
                    let in_buckets: u64 = point.bucket_counts.iter().sum();
                    (
                        count + i64::try_from(point.count).unwrap(),
                        buckets + i64::try_from(in_buckets).unwrap(),
                        sum + point.sum.unwrap(),
                    )
                })
            }
            other => panic!("{other:?}"),
        })
        .collect()
}

fn delta() {
    let receiver = Receiver::start();
    let (builder, said) = over_otlp(&receiver.http());
    let telemetry = builder
        .temporality(TemporalityPreference::Delta)
        .init()
        .unwrap();
    // The last calls come after the last of these.
    crowd(|| telemetry.force_flush(LONG).unwrap());
    telemetry.shutdown(LONG).unwrap();
    let arrived = receiver.arrived();
    let requests = sums(&arrived, "crypto.api.requests");
    assert_eq!(requests.iter().sum::<i64>(), ALL, "{requests:?}");
    let errors = sums(&arrived, "crypto.api.errors");
    assert_eq!(errors.iter().sum::<i64>(), FAILED, "{errors:?}");
    let durations = durations(&arrived);
    assert_eq!(durations.iter().map(|it| it.0).sum::<i64>(), ALL);
    assert_eq!(durations.iter().map(|it| it.1).sum::<i64>(), ALL);
    assert!(durations.iter().all(|it| it.2 > 0.0));
    assert!(said.lock().unwrap().is_empty(), "{said:?}");
}

fn cumulative() {
    let receiver = Receiver::start();
    let (builder, said) = over_otlp(&receiver.http());
    // Two readers, and the two metrics of a call on two lanes.
    let telemetry = builder
        .metrics_exporters([Exporter::Otlp, Exporter::Prometheus])
        .prometheus_address("127.0.0.1", 0)
        .near_real_time(["crypto.api.request.duration"], Duration::from_millis(20))
        .init()
        .unwrap();
    let address = telemetry.prometheus_address().unwrap();
    crowd(|| {
        let _ = scrape(address);
    });
    let page = scrape(address);
    let of = |name: &str| {
        let lines = page.lines().filter(|line| line.starts_with(name));
        let values = lines.map(|line| line.rsplit(' ').next().unwrap().parse::<i64>().unwrap());
        values.sum::<i64>()
    };
    assert_eq!(of("crypto_api_requests_total{"), ALL, "{page}");
    assert_eq!(
        of("crypto_api_request_duration_seconds_count{"),
        ALL,
        "{page}"
    );
    telemetry.shutdown(LONG).unwrap();
    let arrived = receiver.arrived();
    let requests = sums(&arrived, "crypto.api.requests");
    assert_eq!(requests.last(), Some(&ALL), "{requests:?}");
    let durations = durations(&arrived);
    assert!(durations.is_sorted_by(|one, next| one.0 <= next.0 && one.2 <= next.2));
    assert_eq!(durations.last().map(|it| (it.0, it.1)), Some((ALL, ALL)));
    assert!(said.lock().unwrap().is_empty(), "{said:?}");
}

#[track_api_request(exchange = Binance, endpoint = "/api/v3/depth", symbol = symbol, labels(symbol))]
fn depth(symbol: &str) {
    let _ = symbol;
}

/// More series than may put aside what they record: the others record as if nobody else did.
fn many_series() {
    const SYMBOLS: usize = 300;
    const PASSES: usize = 80;
    let receiver = Receiver::start();
    let (builder, said) = over_otlp(&receiver.http());
    let telemetry = builder.init().unwrap();
    let symbols: Vec<_> = (0..SYMBOLS)
        .map(|symbol| format!("SYMBOL{symbol}"))
        .collect();
    let passes = Barrier::new(2);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..PASSES {
                    passes.wait();
                    for symbol in &symbols {
                        depth(symbol);
                    }
                }
            });
        }
    });
    telemetry.shutdown(LONG).unwrap();
    let requests = sums(&receiver.arrived(), "crypto.api.requests");
    let all = i64::try_from(2 * SYMBOLS * PASSES).unwrap();
    assert_eq!(requests.last(), Some(&all), "{requests:?}");
    assert!(said.lock().unwrap().is_empty(), "{said:?}");
}

#[test]
fn each_call_of_many_threads_is_counted_once() {
    delta();
    cumulative();
    // The series of the first telemetry are not those of the second, nor of the third.
    delta();
    many_series();
}
