//! The endpoint that Prometheus scrapes, over real sockets.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use lakehouse_otel::Telemetry;
use lakehouse_otel::config::{Exporter, HistogramAggregation};
use lakehouse_otel::telemetry::{Builder, InitError};
use lakehouse_otel_tests_delivery::http::{ask, scrape};
use opentelemetry::KeyValue;

const LONG: Duration = Duration::from_secs(30);

const OPEN_METRICS: (&str, &str) = (
    "Accept",
    "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5",
);

fn scraped() -> Builder {
    Telemetry::builder()
        .variables(|_| None)
        .traces_exporter(Exporter::None)
        .metrics_exporter(Exporter::Prometheus)
        .prometheus_address("127.0.0.1", 0)
        .service_name("archive")
}

/// The samples of a page without those of the resource and of the scope's labels.
fn samples(page: &str) -> Vec<String> {
    let lines = page.lines().filter(|line| !line.starts_with("target_info"));
    lines
        .map(|line| line.replace("otel_scope_name=\"test\"", "…"))
        .collect()
}

#[test]
fn each_kind_of_metric_is_there_in_both_formats() {
    let telemetry = scraped().build_local().unwrap();
    let address = telemetry.prometheus_address().unwrap();
    let meter = telemetry.meter("test");
    let requests = meter
        .u64_counter("test.requests")
        .with_unit("{request}")
        .with_description("Requests \"sent\"\\\nand counted.")
        .build();
    requests.add(3, &[KeyValue::new("http.route", "/a\"b\\c\nd")]);
    let took = meter
        .f64_histogram("test.duration")
        .with_unit("s")
        .with_description("How long.")
        .with_boundaries(vec![0.5, 1.0, 10.0])
        .build();
    for value in [0.25, 0.5, 2.0, 100.0] {
        took.record(value, &[]);
    }
    let open = meter
        .i64_up_down_counter("test.open")
        .with_description("Open.")
        .build();
    open.add(-2, &[KeyValue::new("le", 1), KeyValue::new("otel.b", true)]);
    let _share = meter
        .f64_observable_gauge("test.share")
        .with_unit("1")
        .with_description("Share.")
        .with_callback(|observer| observer.observe(0.5, &[]))
        .build();

    assert_eq!(
        samples(&scrape(address)),
        r#"# TYPE target_info gauge
# HELP target_info What the metrics are of.
# TYPE test_duration_seconds histogram
# HELP test_duration_seconds How long.
test_duration_seconds_bucket{…,le="0.5"} 2
test_duration_seconds_bucket{…,le="1"} 2
test_duration_seconds_bucket{…,le="10"} 3
test_duration_seconds_bucket{…,le="+Inf"} 4
test_duration_seconds_sum{…} 102.75
test_duration_seconds_count{…} 4
# TYPE test_open gauge
# HELP test_open Open.
test_open{key_le="1",otel_b="true",…} -2
# TYPE test_requests_total counter
# HELP test_requests_total Requests "sent"\\\nand counted.
test_requests_total{http_route="/a\"b\\c\nd",…} 3
# TYPE test_share_ratio gauge
# HELP test_share_ratio Share.
test_share_ratio{…} 0.5"#
            .lines()
            .collect::<Vec<_>>()
    );

    let answered = ask(address, "GET", "/metrics?x=1", &[OPEN_METRICS]);
    assert_eq!(
        answered.headers["content-type"],
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    assert_eq!(
        samples(&answered.body),
        r#"# TYPE target info
# HELP target What the metrics are of.
# TYPE test_duration_seconds histogram
# UNIT test_duration_seconds seconds
# HELP test_duration_seconds How long.
test_duration_seconds_bucket{…,le="0.5"} 2
test_duration_seconds_bucket{…,le="1.0"} 2
test_duration_seconds_bucket{…,le="10.0"} 3
test_duration_seconds_bucket{…,le="+Inf"} 4
test_duration_seconds_sum{…} 102.75
test_duration_seconds_count{…} 4
# TYPE test_open gauge
# HELP test_open Open.
test_open{key_le="1",otel_b="true",…} -2
# TYPE test_requests counter
# HELP test_requests Requests \"sent\"\\\nand counted.
test_requests_total{http_route="/a\"b\\c\nd",…} 3
# TYPE test_share_ratio gauge
# UNIT test_share_ratio ratio
# HELP test_share_ratio Share.
test_share_ratio{…} 0.5
# EOF"#
            .lines()
            .collect::<Vec<_>>()
    );
    assert!(
        answered.body.contains("service_name=\"archive\""),
        "{}",
        answered.body
    );

    // A scrape is an export: 4 series, twice.
    let points = telemetry.ledger().data_points;
    assert!(points.closes(), "{points}");
    assert_eq!((points.created, points.exported), (8, 8), "{points}");
    telemetry.shutdown(LONG).unwrap();
}

#[test]
fn requests_are_answered_as_http_has_it() {
    let telemetry = scraped().build_local().unwrap();
    let address = telemetry.prometheus_address().unwrap();
    telemetry
        .meter("test")
        .u64_counter("test.n")
        .build()
        .add(1, &[]);

    let got = ask(address, "GET", "/metrics", &[]);
    let head = ask(address, "HEAD", "/metrics", &[]);
    assert_eq!((head.status, &*head.body), (200, ""));
    for header in ["content-type", "content-length"] {
        assert_eq!(head.headers[header], got.headers[header], "{header}");
    }
    assert_eq!(got.headers["content-length"], got.body.len().to_string());

    assert_eq!(ask(address, "GET", "/", &[]).status, 404);
    assert_eq!(ask(address, "POST", "/metric", &[]).status, 404);
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        let refused = ask(address, method, "/metrics", &[("Content-Length", "0")]);
        assert_eq!(refused.status, 405, "{method}");
        assert_eq!(refused.headers["allow"], "GET, HEAD");
    }
    telemetry.shutdown(LONG).unwrap();
}

#[test]
fn clients_that_misbehave_hold_nobody_up() {
    let telemetry = scraped().build_local().unwrap();
    let address = telemetry.prometheus_address().unwrap();
    // They connect, and say nothing, half of something, or something else.
    let silent: Vec<_> = (0..10)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    let mut half = TcpStream::connect(address).unwrap();
    half.write_all(b"GET /metr").unwrap();
    let mut other = TcpStream::connect(address).unwrap();
    other
        .write_all(b"\x16\x03\x01 this is TLS\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    let _ = other.read_to_end(&mut answer);

    let scrapes: Vec<_> = (0..8)
        .map(|_| thread::spawn(move || scrape(address)))
        .collect();
    for page in scrapes {
        assert!(page.join().unwrap().contains("target_info{"));
    }
    drop((silent, half));
    telemetry.shutdown(LONG).unwrap();
}

/// Connections that say nothing, so many that there is no room for all.
fn silent(address: SocketAddr) -> Vec<TcpStream> {
    let silent = (0..50).map(|_| {
        let connection = TcpStream::connect(address).unwrap();
        connection.set_read_timeout(Some(LONG / 2)).unwrap();
        connection
    });
    silent.collect()
}

#[test]
fn the_oldest_idle_connection_gives_way() {
    let telemetry = scraped().build_local().unwrap();
    let address = telemetry.prometheus_address().unwrap();
    let mut silent = silent(address);
    let begin = Instant::now();
    assert!(scrape(address).contains("target_info{"));
    assert!(begin.elapsed() < Duration::from_secs(4));
    for gave_way in &mut silent[..18] {
        assert_eq!(gave_way.read(&mut [0]).unwrap(), 0);
    }
    assert!(begin.elapsed() < Duration::from_secs(4));
    // Those that are left are closed in their time.
    for left in &mut silent[18..] {
        assert_eq!(left.read(&mut [0]).unwrap(), 0);
    }
}

#[test]
fn two_scrapes_on_one_connection() {
    let telemetry = scraped().build_local().unwrap();
    let address = telemetry.prometheus_address().unwrap();
    let mut connection = TcpStream::connect(address).unwrap();
    connection.set_read_timeout(Some(LONG)).unwrap();
    for _ in 0..2 {
        let request = b"HEAD /metrics HTTP/1.1\r\nHost: test\r\n\r\n";
        connection.write_all(request).unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            connection.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        assert!(head.starts_with(b"HTTP/1.1 200"));
    }
}

#[test]
fn an_address_that_is_taken_is_an_error_that_says_what_to_do() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = scraped()
        .prometheus_address("127.0.0.1", port)
        .build_local()
        .unwrap_err();
    assert!(matches!(error, InitError::Prometheus { .. }), "{error:?}");
    let said = error.to_string();
    for part in [
        &*format!("127.0.0.1:{port}"),
        "in use",
        "OTEL_EXPORTER_PROMETHEUS_PORT",
    ] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn the_address_is_free_after_the_shutdown() {
    let telemetry = scraped().build_local().unwrap();
    let address = telemetry.prometheus_address().unwrap();
    telemetry
        .meter("test")
        .u64_counter("test.n")
        .build()
        .add(1, &[]);
    assert!(scrape(address).contains("test_n_total"));
    telemetry.shutdown(LONG).unwrap();
    drop(telemetry);

    let again = scraped().prometheus_address("127.0.0.1", address.port());
    let telemetry = again.build_local().unwrap();
    assert_eq!(telemetry.prometheus_address(), Some(address));
    assert!(!scrape(address).contains("test_n_total"));
}

#[test]
fn exponential_histograms_have_the_bounds_that_all_have() {
    let telemetry = scraped()
        .histograms(HistogramAggregation::Base2Exponential)
        .build_local()
        .unwrap();
    let address = telemetry.prometheus_address().unwrap();
    let sizes = telemetry
        .meter("test")
        .f64_histogram("test.size")
        .with_unit("By")
        .build();
    // Zero, powers of two, what lies between, and what lies beyond the last bound.
    for value in [0.0, 1.0, 2.0, 3.0, 4.0, 4.5, 1_000_000.0, 1e15] {
        sizes.record(value, &[]);
    }
    let page = scrape(address);
    let bucket = |bound: &str| -> u64 {
        let end = format!("le=\"{bound}\"}} ");
        let line = page
            .lines()
            .find_map(|line| line.split_once(&end).map(|(_, count)| count));
        line.unwrap_or_else(|| panic!("no bucket {bound} in {page}"))
            .parse()
            .unwrap()
    };
    for (bound, below) in [
        ("1", 2),
        ("2", 3),
        ("4", 5),
        ("8", 6),
        ("524288", 6),
        ("1048576", 7),
        ("1099511627776", 7),
        ("+Inf", 8),
    ] {
        assert_eq!(bucket(bound), below, "{bound}");
    }
    assert_eq!(page.matches("test_size_bytes_bucket").count(), 42);
}

#[test]
fn what_cannot_be_told_apart_is_left_out_and_said() {
    let said = Arc::new(Mutex::new(Vec::new()));
    let telemetry = scraped()
        .diagnostics({
            let said = Arc::clone(&said);
            move |line| said.lock().unwrap().push(line.to_owned())
        })
        .build_local()
        .unwrap();
    let meter = telemetry.meter("test");
    meter.u64_counter("test.n").build().add(1, &[]);
    // The same name on the page, another kind.
    meter.u64_gauge("test_n").build().record(7, &[]);
    // The same name and labels.
    meter.u64_counter("test-m").build().add(1, &[]);
    meter.u64_counter("test/m").build().add(2, &[]);
    // Two keys that become one label.
    let twice = [KeyValue::new("a.b", 1), KeyValue::new("a_b", 2)];
    meter.u64_counter("test.k").build().add(3, &twice);
    let address = telemetry.prometheus_address().unwrap();
    for _ in 0..2 {
        let page = scrape(address);
        assert_eq!(page.matches("\ntest_n_total{").count(), 1, "{page}");
        assert_eq!(page.matches("\ntest_n{").count(), 0, "{page}");
        assert_eq!(page.matches("\ntest_m_total{").count(), 1, "{page}");
        assert!(page.contains("test_k_total{a_b=\"1;2\""), "{page}");
    }
    let said = said.lock().unwrap();
    assert_eq!(said.len(), 2, "{said:?}");
    let points = telemetry.ledger().data_points;
    assert!(points.closes(), "{points}");
    assert_eq!(points.rejected, 4, "{points}");
}

/// How often each name is declared on a page.
fn declared(page: &str) -> BTreeMap<&str, usize> {
    let mut declared = BTreeMap::new();
    for line in page.lines() {
        if let Some(name) = line.strip_prefix("# TYPE ") {
            *declared.entry(name.split(' ').next().unwrap()).or_default() += 1;
        }
    }
    declared
}

#[test]
fn names_that_clash_by_a_suffix_are_left_out_and_said() {
    let said = Arc::new(Mutex::new(Vec::new()));
    let telemetry = scraped()
        .diagnostics({
            let said = Arc::clone(&said);
            move |line| said.lock().unwrap().push(line.to_owned())
        })
        .build_local()
        .unwrap();
    let meter = telemetry.meter("test");
    meter.u64_counter("jobs").build().add(1, &[]);
    let running = meter.i64_up_down_counter("jobs.total").build();
    running.add(7, &[]);
    meter.f64_histogram("wait").build().record(1.0, &[]);
    meter.u64_gauge("wait.sum").build().record(7, &[]);
    meter.u64_gauge("target.info").build().record(7, &[]);
    meter.u64_counter("target").build().add(7, &[]);
    // These look alike, and are told apart.
    meter.u64_gauge("wait.count").build().record(5, &[]);
    meter.f64_histogram("sent").build().record(1.0, &[]);
    meter.u64_counter("sent.count").build().add(5, &[]);
    let address = telemetry.prometheus_address().unwrap();
    for accept in [("Accept", "text/plain"), OPEN_METRICS] {
        let page = ask(address, "GET", "/metrics", &[accept]).body;
        assert!(declared(&page).values().all(|count| *count == 1), "{page}");
        let lines = page.lines().filter(|line| !line.starts_with('#'));
        let samples: Vec<_> = lines.map(|line| line.rsplit_once(' ').unwrap()).collect();
        let values = samples.iter().map(|(_, value)| *value);
        assert!(!values.clone().any(|value| value == "7"), "{page}");
        assert!(values.clone().any(|value| value == "5"), "{page}");
        let names: BTreeSet<_> = samples.iter().map(|(sample, _)| *sample).collect();
        assert_eq!(names.len(), samples.len(), "{page}");
    }
    let said = said.lock().unwrap();
    assert_eq!(said.len(), 4, "{said:?}");
    for (metric, name) in [
        ("jobs.total", "jobs_total"),
        ("wait.sum", "wait_sum"),
        ("target.info", "target_info"),
        ("target", "target"),
    ] {
        let clash = said.iter().any(|line| {
            line.contains(&format!("the metric {metric} of test is not scraped"))
                && line.contains(&format!("the name {name} already"))
        });
        assert!(clash, "{metric}: {said:?}");
    }
    let points = telemetry.ledger().data_points;
    assert!(points.closes(), "{points}");
    assert_eq!(points.rejected, 8, "{points}");
}

#[test]
fn scopes_are_told_apart() {
    let telemetry = scraped().build_local().unwrap();
    for name in ["one", "two"] {
        telemetry
            .meter(name)
            .u64_counter("test.n")
            .build()
            .add(1, &[]);
    }
    let page = scrape(telemetry.prometheus_address().unwrap());
    assert_eq!(page.matches("# TYPE test_n_total").count(), 1, "{page}");
    for name in ["one", "two"] {
        let sample = format!("test_n_total{{otel_scope_name=\"{name}\"}} 1");
        assert!(page.contains(&sample), "{page}");
    }
}

#[test]
fn a_callback_that_hangs_costs_its_scrape_and_nothing_else() {
    let (release, hold) = mpsc::channel::<()>();
    let hold = Mutex::new(hold);
    let telemetry = scraped().build_local().unwrap();
    let (entered, inside) = mpsc::channel();
    let _gauge = telemetry
        .meter("test")
        .u64_observable_gauge("test.hangs")
        .with_callback(move |_| {
            let _ = entered.send(());
            let _ = hold.lock().unwrap().recv();
        })
        .build();
    let address = telemetry.prometheus_address().unwrap();
    let first = thread::spawn(move || ask(address, "GET", "/metrics", &[]));
    inside.recv().unwrap();
    // Meanwhile instruments are made, by whoever needs one, and the server answers.
    telemetry
        .meter("test")
        .u64_counter("test.n")
        .build()
        .add(1, &[]);
    assert_eq!(ask(address, "GET", "/", &[]).status, 404);
    release.send(()).unwrap();
    drop(release);
    assert!(first.join().unwrap().body.contains("test_n_total"));
}

#[test]
fn it_starts_and_ends_among_the_programs_own_tasks() {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(async {
        let telemetry = scraped().build_local().unwrap();
        let address = telemetry.prometheus_address().unwrap();
        assert!(scrape(address).contains("target_info{"));
        telemetry.shutdown(LONG).unwrap();
    });
}

#[test]
fn the_traces_do_not_go_there() {
    let error = scraped()
        .traces_exporter(Exporter::Prometheus)
        .build_local()
        .unwrap_err();
    assert!(
        error.to_string().contains("OTEL_TRACES_EXPORTER"),
        "{error}"
    );
}
