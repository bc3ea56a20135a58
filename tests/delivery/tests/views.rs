//! Views: what is done with single metrics, seen where they arrive.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lakehouse_otel::Telemetry;
use lakehouse_otel::config::{Exporter, HistogramAggregation};
use lakehouse_otel::metrics;
use lakehouse_otel::metrics::views::View;
use lakehouse_otel::schema::{Exchange, Outcome, metrics as definitions};
use lakehouse_otel::telemetry::Builder;
use lakehouse_otel_tests_delivery::{Export, Receiver};
use opentelemetry::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{HistogramDataPoint, Metric};

const LONG: Duration = Duration::from_secs(30);

/// Runs `record` under telemetry with these variables, changed by `change`; what arrived of it.
fn exported(
    variables: &'static [(&'static str, &'static str)],
    change: impl Fn(Builder) -> Builder,
    record: impl Fn(&Telemetry),
) -> Export {
    let start = |builder: Builder| builder.build_local().unwrap();
    arrived(start, variables, change, record)
}

/// The same for what the catalogue records, which goes to the telemetry of the whole program.
fn of_catalogue(change: impl Fn(Builder) -> Builder, record: impl Fn()) -> Export {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let start = |builder: Builder| builder.init().unwrap();
    let change = |builder| change(builder).system_metrics(false);
    arrived(start, &[], change, |_| record())
}

fn arrived(
    start: impl Fn(Builder) -> Telemetry,
    variables: &'static [(&'static str, &'static str)],
    change: impl Fn(Builder) -> Builder,
    record: impl Fn(&Telemetry),
) -> Export {
    let receiver = Receiver::start();
    let builder = Telemetry::builder()
        .variables(|name| {
            let mut variables = variables.iter();
            let (_, value) = variables.find(|(variable, _)| *variable == name)?;
            Some((*value).to_owned())
        })
        .traces_exporter(Exporter::None)
        .metrics_exporter(Exporter::Otlp)
        .endpoint(receiver.http())
        .metric_interval(Duration::from_hours(1));
    let telemetry = start(change(builder));
    record(&telemetry);
    telemetry.shutdown(LONG).unwrap();
    let arrived = receiver.arrived();
    arrived.metrics.into_iter().next().unwrap_or_default()
}

fn metric<'a>(export: &'a Export, name: &str) -> &'a Metric {
    let mut metrics = export.metrics.iter();
    metrics
        .find(|metric| metric.name == name)
        .unwrap_or_else(|| panic!("no {name} in {:?}", export.names))
}

fn histogram<'a>(export: &'a Export, name: &str) -> &'a HistogramDataPoint {
    match &metric(export, name).data {
        Some(Data::Histogram(histogram)) => &histogram.data_points[0],
        other => panic!("{other:?}"),
    }
}

/// Requests by route and user, how long they took, and a look into the works.
fn requests(telemetry: &Telemetry) {
    let meter = telemetry.meter("test");
    let requests = meter.u64_counter("test.requests").build();
    let took = meter.f64_histogram("test.duration").with_unit("s").build();
    let debug = meter.u64_counter("crypto.debug.steps").build();
    for user in 0..10 {
        let attributes = [KeyValue::new("route", "/"), KeyValue::new("user", user)];
        requests.add(2, &attributes);
        took.record(0.3, &attributes);
        debug.add(1, &[]);
    }
}

fn check(export: &Export) {
    assert_eq!(export.sums.get("calls"), Some(&20), "{:?}", export.names);
    let point = &export
        .points
        .iter()
        .find(|it| it.metric == "calls")
        .unwrap();
    assert_eq!(point.attributes.keys().collect::<Vec<_>>(), ["route"]);
    assert_eq!(point.value, 20, "what differed is summed");
    let took = histogram(export, "test.duration");
    assert_eq!(took.explicit_bounds, [0.1, 0.5]);
    assert!(!export.names.contains(&"crypto.debug.steps".to_owned()));
}

#[test]
fn the_builder_decides() {
    let export = exported(
        &[],
        |builder| {
            builder
                .view(View::of("test.requests").renamed("calls"))
                .view(View::of("test.*").attributes(["route"]))
                .view(View::of("*.duration").boundaries([0.1, 0.5]))
                .view(View::of("crypto.debug.*").dropped())
        },
        requests,
    );
    check(&export);
}

#[test]
fn the_variable_decides_the_same() {
    let export = exported(
        &[(
            "OTEL_METRICS_VIEWS",
            "test.requests name=calls keep=route; test.duration boundaries=0.1,0.5; crypto.debug.* drop",
        )],
        |builder| builder,
        requests,
    );
    check(&export);
}

#[test]
fn the_builder_comes_over_the_variable_and_the_later_view_over_the_earlier() {
    let export = exported(
        &[(
            "OTEL_METRICS_VIEWS",
            "* limit=3; test.requests name=variable; test.duration drop",
        )],
        |builder| {
            builder
                .view(View::of("test.requests").renamed("first"))
                .view(View::of("test.requests").renamed("second"))
                .view(View::of("test.duration").collected().exponential())
        },
        requests,
    );
    assert_eq!(export.sums.get("second"), Some(&20), "{:?}", export.names);
    let overflow = export.points.iter().find(|point| {
        let mut keys = point.attributes.keys();
        keys.any(|key| key == "otel.metric.overflow")
    });
    // One view says the name, another the limit: there is one stream, of 3 users and the rest.
    assert_eq!(overflow.unwrap().value, 14, "{:?}", export.points);
    assert_eq!(export.names.len(), 3, "{:?}", export.names);
    match &metric(&export, "test.duration").data {
        Some(Data::ExponentialHistogram(histogram)) => {
            let count: u64 = histogram.data_points.iter().map(|point| point.count).sum();
            assert_eq!(count, 10);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn production_drops_what_is_for_debugging() {
    const PRODUCTION: &[(&str, &str)] = &[("DEPLOYMENT_ENV", "production")];
    const COLLECTED: &[(&str, &str)] = &[
        ("DEPLOYMENT_ENV", "production"),
        ("OTEL_METRICS_VIEWS", "crypto.debug.steps collect"),
    ];
    for (variables, there) in [(PRODUCTION, false), (COLLECTED, true), (&[], true)] {
        let export = exported(variables, |builder| builder, requests);
        let debug = export.names.contains(&"crypto.debug.steps".to_owned());
        assert_eq!(debug, there, "{variables:?}");
        assert!(export.names.contains(&"test.requests".to_owned()));
    }
}

#[test]
fn histograms_are_exponential_by_one_word() {
    let export = exported(
        &[],
        |builder| {
            builder
                .histograms(HistogramAggregation::Base2Exponential)
                .view(View::of("test.other").boundaries([1.0]))
        },
        |telemetry| {
            requests(telemetry);
            let other = telemetry.meter("test").f64_histogram("test.other").build();
            other.record(0.5, &[]);
        },
    );
    let exponential = matches!(
        metric(&export, "test.duration").data,
        Some(Data::ExponentialHistogram(_))
    );
    assert!(exponential);
    assert_eq!(histogram(&export, "test.other").explicit_bounds, [1.0]);
    assert_eq!(export.sums["test.requests"], 20, "counters are counters");
}

#[test]
fn what_is_dropped_is_not_even_observed() {
    let called = Arc::new(AtomicUsize::new(0));
    exported(
        &[],
        |builder| builder.view(View::of("test.dropped").dropped()),
        |telemetry| {
            for name in ["test.dropped", "test.kept"] {
                let called = Arc::clone(&called);
                let _gauge = telemetry
                    .meter("test")
                    .u64_observable_gauge(name)
                    .with_callback(move |observer| {
                        called.fetch_add(1, Ordering::Relaxed);
                        observer.observe(1, &[]);
                    })
                    .build();
            }
        },
    );
    assert_eq!(called.load(Ordering::Relaxed), 1);
}

#[test]
fn a_dropped_instrument_can_be_bound_and_recorded_in() {
    let export = exported(
        &[],
        |builder| builder.view(View::of("test.*").dropped()),
        requests,
    );
    assert_eq!(export.names, ["crypto.debug.steps"]);
}

#[test]
fn views_that_cannot_be_are_errors() {
    let refused = |view: View| {
        let builder = Telemetry::builder().variables(|_| None);
        let error = builder.exporter(Exporter::None).view(view).build_local();
        error.unwrap_err().to_string()
    };
    for (view, part) in [
        (View::of("a").boundaries([2.0, 1.0]), "do not rise"),
        (View::of("a").limit(0), "limit of a"),
        (View::of("a.*").renamed("b"), "one name"),
        (View::of(""), "no metric"),
        (View::of("a,b").dropped(), "allowed are"),
        (View::of("a").renamed("b c"), "allowed are"),
        (View::of("a").dropped().limit(7), "beside `drop`"),
    ] {
        let error = refused(view);
        assert!(
            error.contains(part) && error.contains("set by the builder"),
            "{error}"
        );
    }
    // Off means off: then a mistake stops nothing.
    let off = Telemetry::builder().variables(|_| None).enabled(false);
    assert!(off.view(View::of("")).build_local().is_ok());
    let error = Telemetry::builder()
        .variables(|name| (name == "OTEL_METRICS_VIEWS").then(|| "a explode".to_owned()))
        .build_local()
        .unwrap_err();
    assert!(error.to_string().contains("\"explode\""), "{error}");
}

#[test]
fn small_memory_leaves_out_what_needs_the_most() {
    let record = |telemetry: &Telemetry| {
        let meter = telemetry.meter("test");
        let latency = meter.f64_histogram("crypto.data.latency").build();
        latency.record(1.0, &[]);
        let took = meter.f64_histogram("crypto.api.request.duration").build();
        let requests = meter.u64_counter("crypto.api.requests").build();
        for n in 0..300 {
            let page = KeyValue::new("crypto.endpoint", format!("/{n}"));
            requests.add(1, &[page]);
            took.record(1.0, &[KeyValue::new("crypto.timeframe", n)]);
        }
    };
    let small = exported(&[], |builder| builder.small_memory(true), record);
    assert!(!small.names.contains(&"crypto.data.latency".to_owned()));
    let of_requests: Vec<_> = small
        .points
        .iter()
        .filter(|point| point.metric == "crypto.api.requests")
        .collect();
    // 100, and one for the rest; the total is exact.
    assert_eq!(of_requests.len(), 101);
    assert_eq!(small.sums["crypto.api.requests"], 300);
    assert_eq!(histogram(&small, "crypto.api.request.duration").count, 300);

    let whole = exported(&[], |builder| builder, record);
    assert!(whole.names.contains(&"crypto.data.latency".to_owned()));
    let of_requests = whole.points.iter();
    let of_requests = of_requests.filter(|point| point.metric == "crypto.api.requests");
    assert_eq!(of_requests.count(), 300);
}

/// Requests to so many endpoints.
fn to_endpoints(count: usize) {
    for n in 0..count {
        let endpoint = format!("/{n}").leak();
        metrics::api_requests()
            .endpoint(endpoint)
            .add(1, Exchange::Binance, Outcome::Ok);
    }
}

/// How many series of a metric arrived, and the value of the one that folded ones share.
fn series(export: &Export, metric: &str) -> (usize, Option<i64>) {
    let points = export.points.iter().filter(|point| point.metric == metric);
    let overflow = points
        .clone()
        .find(|point| point.attributes.contains_key("otel.metric.overflow"));
    (points.count(), overflow.map(|point| point.value))
}

#[test]
fn what_is_folded_past_a_lower_limit_is_counted() {
    let ways: [fn(Builder) -> Builder; 2] = [
        |builder| builder.view(View::of("crypto.api.requests").limit(100)),
        |builder| builder.small_memory(true),
    ];
    for way in ways {
        let export = of_catalogue(way, || to_endpoints(1_000));
        assert_eq!(series(&export, "crypto.api.requests"), (101, Some(900)));
        assert_eq!(export.sums["crypto.api.requests"], 1_000);
        assert_eq!(export.sums["lakehouse.metric.folded"], 900);
    }
}

#[test]
fn a_higher_limit_raises_the_registrys() {
    let ours = definitions::CRYPTO_API_REQUESTS.cardinality_limit;
    let export = of_catalogue(|builder| builder, || to_endpoints(ours + 50));
    assert_eq!(series(&export, "crypto.api.requests"), (ours + 1, Some(50)));
    let export = of_catalogue(
        |builder| builder.view(View::of("crypto.api.*").limit(ours + 50)),
        || to_endpoints(ours + 50),
    );
    assert_eq!(series(&export, "crypto.api.requests"), (ours + 50, None));
    assert!(!export.sums.contains_key("lakehouse.metric.folded"));
}

#[test]
fn what_was_folded_says_so_whatever_a_view_keeps() {
    let export = of_catalogue(
        |builder| builder.view(View::of("crypto.api.requests").attributes(["crypto.exchange"])),
        || {
            for n in 0..2_010 {
                let symbol = format!("SYMBOL{n}");
                metrics::api_requests()
                    .symbol(&symbol)
                    .add(1, Exchange::Binance, Outcome::Ok);
            }
        },
    );
    let (_, overflow) = series(&export, "crypto.api.requests");
    assert_eq!(overflow, Some(10), "{:?}", export.points);
    assert_eq!(export.sums["crypto.api.requests"], 2_010);
    for point in &export.points {
        assert!(!point.attributes.contains_key("crypto.symbol"), "{point:?}");
    }
}

#[test]
fn a_metric_of_the_catalogue_carries_what_it_declares() {
    let export = exported(
        &[],
        |builder| builder,
        |telemetry| {
            let meter = telemetry.meter("test");
            let attributes = [
                KeyValue::new("crypto.exchange", "binance"),
                KeyValue::new("user.email", "somebody@example.com"),
            ];
            let requests = meter.u64_counter("crypto.api.requests").build();
            requests.add(1, &attributes);
            requests.bind(&attributes).add(1);
            meter.u64_counter("test.own").build().add(1, &attributes);
        },
    );
    for point in &export.points {
        let declared = ["crypto.exchange", "user.email"];
        let own = usize::from(point.metric == "test.own");
        let keys: Vec<_> = point.attributes.keys().collect();
        assert_eq!(keys, declared[..=own], "{}", point.metric);
    }
    assert_eq!(export.sums["crypto.api.requests"], 2);
    assert_eq!(export.points.len(), 2);
}

#[test]
fn two_metrics_of_one_name_are_an_error() {
    let refused = |variable: &'static str, views: &[View]| {
        let builder = Telemetry::builder()
            .variables(move |name| (name == "OTEL_METRICS_VIEWS").then(|| variable.to_owned()))
            .exporter(Exporter::None);
        let builder = views.iter().cloned().fold(builder, Builder::view);
        builder.build_local().map_err(|error| error.to_string())
    };
    let second = View::of("b").renamed("C");
    for error in [
        refused("a name=c; b name=C", &[]).unwrap_err(),
        refused("a name=c", std::slice::from_ref(&second)).unwrap_err(),
        refused("", &[View::of("a").renamed("c"), second.clone()]).unwrap_err(),
    ] {
        for part in ["OTEL_METRICS_VIEWS", "a and b are both given the name C"] {
            assert!(error.contains(part), "{error}");
        }
    }
    let taken = refused("crypto.api.errors name=crypto.api.requests", &[]).unwrap_err();
    let said = "crypto.api.errors is given the name crypto.api.requests, which another metric has";
    assert!(taken.contains(said), "{taken}");
    // A name that its own metric does without is free.
    for free in [
        "crypto.api.requests drop; crypto.api.errors name=crypto.api.requests",
        "crypto.api.requests name=calls; crypto.api.errors name=crypto.api.requests",
        "crypto.api.requests name=crypto.api.requests",
    ] {
        assert!(refused(free, &[]).is_ok(), "{free}");
    }
    // Of two names of one metric the later holds.
    assert!(refused("a name=c; a name=d; b name=c", &[]).is_ok());
}

#[test]
fn a_view_of_no_metric_of_the_registry_is_said_once() {
    let said = Arc::new(Mutex::new(Vec::new()));
    let _telemetry = Telemetry::builder()
        .variables(|name| {
            let views = "crypto.api.request keep=a; crypto.api.* limit=7; other drop; crypto.debug.a collect";
            (name == "OTEL_METRICS_VIEWS").then(|| views.to_owned())
        })
        .exporter(Exporter::None)
        .view(View::of("Crypto.apis.*").dropped())
        .diagnostics({
            let said = Arc::clone(&said);
            move |line| said.lock().unwrap().push(line.to_owned())
        })
        .build_local()
        .unwrap();
    let said = said.lock().unwrap();
    assert_eq!(said.len(), 2, "{said:?}");
    for (line, view) in said.iter().zip(["crypto.api.request ", "Crypto.apis.* "]) {
        assert!(
            line.contains(&format!(
                "the view of {view}is of no metric of the registry"
            )),
            "{line}"
        );
    }
}
