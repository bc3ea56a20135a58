//! Callbacks of observable instruments: none holds up, or breaks, what it is none of.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver as Inbox};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use lakehouse_otel::Telemetry;
use lakehouse_otel::config::{Exporter, TemporalityPreference};
use lakehouse_otel::metrics::views::View;
use lakehouse_otel_tests_delivery::Receiver;
use lakehouse_otel_tests_delivery::http::scrape;
use lakehouse_otel_tests_delivery::metrics::{over_otlp, sums};
use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point;

const LONG: Duration = Duration::from_secs(30);

/// A gauge whose callback says that it is called, and stays until it is let go.
fn held(meter: &Meter) -> (Inbox<()>, mpsc::Sender<()>) {
    let ((entered, inside), (release, hold)) = (mpsc::channel(), mpsc::channel::<()>());
    let hold = Mutex::new(hold);
    let _gauge = meter
        .u64_observable_gauge("test.held")
        .with_callback(move |_| {
            let _ = entered.send(());
            let _ = hold.lock().unwrap().recv();
        })
        .build();
    (inside, release)
}

/// Exports to the receiver, and is scraped.
fn two_readers(receiver: &Receiver) -> Telemetry {
    over_otlp(&receiver.http())
        .0
        .metrics_exporters([Exporter::Otlp, Exporter::Prometheus])
        .prometheus_address("127.0.0.1", 0)
        .build_local()
        .unwrap()
}

#[test]
fn no_lock_is_held_while_a_callback_runs() {
    let receiver = Receiver::start();
    let (builder, _) = over_otlp(&receiver.http());
    let telemetry = builder.build_local().unwrap();
    let meter = telemetry.meter("test");
    let (inside, release) = held(&meter);
    // This one makes an instrument, and records in it.
    let of_callback = meter.clone();
    let _making = meter
        .u64_observable_gauge("test.making")
        .with_callback(move |observer| {
            of_callback.u64_counter("test.made").build().add(1, &[]);
            observer.observe(1, &[]);
        })
        .build();
    thread::scope(|scope| {
        let flush = scope.spawn(|| telemetry.force_flush(LONG));
        inside.recv().unwrap();
        // The collection is under way, and nobody waits for it.
        meter.u64_counter("test.calls").build().add(1, &[]);
        release.send(()).unwrap();
        flush.join().unwrap().unwrap();
    });
    drop(release);
    telemetry.force_flush(LONG).unwrap();
    let arrived = receiver.arrived();
    assert_eq!(sums(&arrived, "test.calls").last(), Some(&1));
    assert!(!sums(&arrived, "test.made").is_empty());
}

#[test]
fn a_callback_that_hangs_in_one_reader_holds_up_no_other() {
    let receiver = Receiver::start();
    let telemetry = two_readers(&receiver);
    let address = telemetry.prometheus_address().unwrap();
    let meter = telemetry.meter("test");
    let (inside, release) = held(&meter);
    meter.u64_counter("test.calls").build().add(1, &[]);
    thread::scope(|scope| {
        // The scrape is in the callback; neither the export nor the next scrape waits for it.
        let held_up = scope.spawn(|| scrape(address));
        inside.recv().unwrap();
        telemetry.force_flush(LONG).unwrap();
        assert_eq!(sums(&receiver.arrived(), "test.calls").last(), Some(&1));
        assert!(scrape(address).contains("test_calls_total"));
        drop(release);
        assert!(held_up.join().unwrap().contains("test_calls_total"));
    });
}

#[test]
fn a_callback_may_collect() {
    let receiver = Receiver::start();
    let telemetry = two_readers(&receiver);
    let address = telemetry.prometheus_address().unwrap();
    let _gauge = telemetry
        .meter("test")
        .u64_observable_gauge("test.page")
        .with_callback(move |observer| observer.observe(scrape(address).len() as u64, &[]))
        .build();
    telemetry.force_flush(LONG).unwrap();
    assert!(scrape(address).contains("test_page"));
}

#[test]
fn a_callback_that_never_returns_is_waited_for_no_longer_than_the_bound() {
    let receiver = Receiver::start();
    let (builder, said) = over_otlp(&receiver.http());
    let telemetry = builder.build_local().unwrap();
    let (_inside, _release) = held(&telemetry.meter("test"));
    let begin = Instant::now();
    let error = telemetry
        .force_flush(Duration::from_millis(200))
        .unwrap_err();
    assert!(error.0.timed_out, "{error}");
    let error = telemetry.shutdown(Duration::from_millis(200)).unwrap_err();
    assert!(error.0.timed_out, "{error}");
    drop(telemetry);
    assert!(begin.elapsed() < Duration::from_secs(10));
    assert!(!said.lock().unwrap().is_empty());
}

#[test]
fn of_an_instrument_with_two_callbacks_the_good_one_is_heard() {
    let receiver = Receiver::start();
    let (builder, said) = over_otlp(&receiver.http());
    let telemetry = builder.build_local().unwrap();
    let _gauge = telemetry
        .meter("test")
        .i64_observable_gauge("test.level")
        .with_callback(|observer| {
            observer.observe(1, &[KeyValue::new("of", "bad")]);
            panic!("a callback's bug");
        })
        .with_callback(|observer| observer.observe(2, &[KeyValue::new("of", "good")]))
        .build();
    for _ in 0..2 {
        telemetry.force_flush(LONG).unwrap();
    }
    let arrived = receiver.arrived();
    let mut metrics = arrived.metrics[1].metrics.iter();
    let level = metrics.find(|metric| metric.name == "test.level").unwrap();
    let Some(Data::Gauge(gauge)) = &level.data else {
        panic!("{arrived:?}");
    };
    assert_eq!(gauge.data_points.len(), 1);
    let value = gauge.data_points[0].value;
    assert_eq!(value, Some(number_data_point::Value::AsInt(2)));
    assert_eq!(said.lock().unwrap().len(), 1);
}

/// What is thrown, and panics again when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("thrown away");
    }
}

#[test]
fn what_is_thrown_may_panic_when_it_is_dropped() {
    let receiver = Receiver::start();
    let (builder, said) = over_otlp(&receiver.http());
    let telemetry = builder.build_local().unwrap();
    let meter = telemetry.meter("test");
    let _gauge = meter
        .u64_observable_gauge("test.bomb")
        .with_callback(|_| std::panic::panic_any(Bomb))
        .build();
    let calls = meter.u64_counter("test.calls").build();
    for total in 1..=3 {
        calls.add(1, &[]);
        telemetry.force_flush(LONG).unwrap();
        assert_eq!(sums(&receiver.arrived(), "test.calls").last(), Some(&total));
    }
    assert_eq!(said.lock().unwrap().len(), 1);
}

/// What a callback does when it is asked for the first time, the second, and so on.
#[derive(Clone, Copy)]
enum Does {
    Observe(u64),
    Nothing,
    Panic,
}

/// What arrives of an observable counter, export by export, where its callback does this; of one of whole numbers and
/// of one of fractions, which agree.
fn counted(temporality: TemporalityPreference, does: &'static [Does]) -> Vec<Option<i64>> {
    let receiver = Receiver::start();
    let (builder, _) = over_otlp(&receiver.http());
    let telemetry = builder.temporality(temporality).build_local().unwrap();
    let meter = telemetry.meter("test");
    // An export that has nothing else is not made.
    let _asked = meter
        .u64_observable_gauge("test.asked")
        .with_callback(|observer| observer.observe(1, &[]))
        .build();
    let next = || {
        let asked = AtomicUsize::new(0);
        move || match does[asked.fetch_add(1, Ordering::Relaxed)] {
            Does::Observe(value) => Some(value),
            Does::Nothing => None,
            Does::Panic => panic!("a callback's bug"),
        }
    };
    let whole = next();
    let _whole = meter
        .u64_observable_counter("test.whole")
        .with_callback(move |observer| {
            if let Some(value) = whole() {
                observer.observe(value, &[KeyValue::new("of", "it")]);
            }
        })
        .build();
    let fraction = next();
    let _fraction = meter
        .f64_observable_counter("test.fraction")
        .with_callback(move |observer| {
            if let Some(value) = fraction() {
                observer.observe(f64::from(u32::try_from(value).unwrap()), &[]);
            }
        })
        .build();
    for _ in does {
        telemetry.force_flush(LONG).unwrap();
    }
    let arrived = receiver.arrived();
    let counted = arrived.metrics.iter().map(|export| {
        let [whole, fraction] = ["test.whole", "test.fraction"].map(|name| {
            let metric = export.metrics.iter().find(|metric| metric.name == name)?;
            let Some(Data::Sum(sum)) = &metric.data else {
                panic!("{metric:?}");
            };
            match sum.data_points.first()?.value? {
                number_data_point::Value::AsInt(value) => Some(value),
                #[expect(clippy::cast_possible_truncation, reason = "they are whole")]
                number_data_point::Value::AsDouble(value) => Some(value as i64),
            }
        });
        assert_eq!(whole, fraction);
        whole
    });
    counted.collect()
}

#[test]
fn a_counter_that_restarts_goes_on() {
    let does = &[
        Does::Observe(10),
        Does::Observe(4),
        Does::Observe(6),
        Does::Observe(6),
    ];
    assert_eq!(
        counted(TemporalityPreference::Delta, does),
        [Some(10), Some(4), Some(2), Some(0)]
    );
    assert_eq!(
        counted(TemporalityPreference::Cumulative, does),
        [Some(10), Some(14), Some(16), Some(16)]
    );
}

#[test]
fn what_a_callback_counted_is_not_counted_again_after_a_panic() {
    let does = &[
        Does::Observe(10),
        Does::Panic,
        Does::Observe(12),
        Does::Observe(13),
    ];
    assert_eq!(
        counted(TemporalityPreference::Delta, does),
        [Some(10), Some(0), Some(2), Some(1)]
    );
    assert_eq!(
        counted(TemporalityPreference::Cumulative, does),
        [Some(10), Some(10), Some(12), Some(13)]
    );
}

#[test]
fn a_series_that_comes_back_is_not_counted_again() {
    let does = &[
        Does::Observe(10),
        Does::Nothing,
        Does::Observe(12),
        Does::Nothing,
        Does::Observe(1),
        Does::Observe(4),
    ];
    assert_eq!(
        counted(TemporalityPreference::Delta, does),
        [Some(10), None, Some(2), None, Some(1), Some(3)]
    );
    assert_eq!(
        counted(TemporalityPreference::Cumulative, does),
        [Some(10), None, Some(12), None, Some(13), Some(16)]
    );
}

#[test]
fn readers_of_one_lane_collect_one_at_a_time() {
    let receiver = Receiver::start();
    let (builder, said) = over_otlp(&receiver.http());
    let telemetry = builder
        .metrics_exporters([Exporter::Otlp, Exporter::Prometheus])
        .prometheus_address("127.0.0.1", 0)
        .temporality(TemporalityPreference::Delta)
        .build_local()
        .unwrap();
    let (counted, inside) = (AtomicU64::new(0), AtomicU64::new(0));
    let most = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&most);
    let _counter = telemetry
        .meter("test")
        .u64_observable_counter("test.calls")
        .with_callback(move |observer| {
            seen.fetch_max(1 + inside.fetch_add(1, Ordering::SeqCst), Ordering::SeqCst);
            let value = 1 + counted.fetch_add(1, Ordering::SeqCst);
            // Another that collects meanwhile would observe a greater value, and tell it before this one.
            thread::yield_now();
            observer.observe(value, &[]);
            inside.fetch_sub(1, Ordering::SeqCst);
        })
        .build();
    let address = telemetry.prometheus_address().unwrap();
    let scraped = thread::scope(|scope| {
        let scraper = scope.spawn(move || {
            let totals = (0..40).map(|_| {
                let text = scrape(address);
                let mut lines = text.lines();
                let line = lines.find(|line| line.starts_with("test_calls_total{"));
                let total = line.unwrap().rsplit(' ').next().unwrap();
                total.parse::<i64>().unwrap()
            });
            totals.collect::<Vec<_>>()
        });
        for _ in 0..40 {
            telemetry.force_flush(LONG).unwrap();
        }
        scraper.join().unwrap()
    });
    assert_eq!(most.load(Ordering::SeqCst), 1);
    assert!(scraped.is_sorted(), "{scraped:?}");
    let deltas = sums(&receiver.arrived(), "test.calls");
    assert_eq!(deltas.len(), 40);
    assert!(deltas.iter().all(|delta| *delta > 0), "{deltas:?}");
    assert!(deltas.iter().sum::<i64>() <= 80, "{deltas:?}");
    assert!(said.lock().unwrap().is_empty());
}

/// Under delta the SDK would subtract what two series were from what is left of them, and collect nothing ever again.
#[test]
fn series_that_a_view_makes_one_are_added_up() {
    let receiver = Receiver::start();
    let (builder, said) = over_otlp(&receiver.http());
    let telemetry = builder
        .temporality(TemporalityPreference::Delta)
        .view(View::of("test.sent").attributes(["kind"]))
        .view(View::of("test.many").limit(3))
        .build_local()
        .unwrap();
    let meter = telemetry.meter("test");
    let round = Arc::new(AtomicUsize::new(0));
    let rounds: [&[(&str, u64)]; 4] = [
        &[("eth0", 10)],
        &[("eth0", 10), ("eth1", 5)],
        &[("eth1", 6)],
        &[("eth0", 11), ("eth1", 6)],
    ];
    for name in ["test.sent", "test.many"] {
        let round = Arc::clone(&round);
        let _counter = meter
            .u64_observable_counter(name)
            .with_callback(move |observer| {
                let all = rounds[round.load(Ordering::Relaxed)];
                let other = [("lo", 1), ("lo1", 1), ("lo2", 1)];
                for (device, value) in all.iter().chain(&other) {
                    let kind = KeyValue::new("kind", "network");
                    observer.observe(*value, &[kind, KeyValue::new("device", *device)]);
                }
            })
            .build();
    }
    for now in 0..rounds.len() {
        round.store(now, Ordering::Relaxed);
        telemetry.force_flush(LONG).unwrap();
    }
    telemetry.shutdown(LONG).unwrap();
    let arrived = receiver.arrived();
    for name in ["test.sent", "test.many"] {
        let told = sums(&arrived, name);
        assert_eq!(told[..4], [13, 5, 1, 1], "{name}: {told:?}");
    }
    assert!(said.lock().unwrap().is_empty(), "{said:?}");
}
