//! The main job's telemetry, through a real collector, as a receiver that shares no code with ours
//! decodes it.

mod support;

use std::collections::{BTreeMap, HashMap};
use std::process::Output;

use serde_json::Value;
use support::collector::{Collector, Systems};
use support::{archive_collection, files, free_port};

/// A span, flattened.
#[derive(Debug, Clone)]
struct Span {
    name: String,
    kind: String,
    trace: String,
    id: String,
    parent: String,
    status: String,
    attributes: BTreeMap<String, String>,
}

fn attributes(of: &Value) -> BTreeMap<String, String> {
    let list = of["attributes"].as_array().map_or(&[][..], Vec::as_slice);
    list.iter()
        .map(|attribute| {
            let key = attribute["key"].as_str().unwrap().to_owned();
            let value = attribute["value"]
                .as_object()
                .unwrap()
                .values()
                .next()
                .unwrap();
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), ToOwned::to_owned);
            (key, value)
        })
        .collect()
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().into_iter().flatten()
}

fn spans(received: &[Value]) -> Vec<Span> {
    let requests = received
        .iter()
        .filter(|request| request["kind"] == "traces");
    let resources = requests.flat_map(|request| list(&request["body"], "resourceSpans"));
    let scopes = resources.flat_map(|resource| list(resource, "scopeSpans"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    scopes
        .flat_map(|scope| list(scope, "spans"))
        .map(|span| Span {
            name: text(&span["name"]),
            kind: text(&span["kind"]),
            trace: text(&span["traceId"]),
            id: text(&span["spanId"]),
            parent: text(&span["parentSpanId"]),
            status: text(&span["status"]["code"]),
            attributes: attributes(span),
        })
        .collect()
}

/// The last cumulative value of each series of a counter, or of the count of a histogram.
fn counts(received: &[Value], name: &str) -> u64 {
    let mut series: HashMap<(BTreeMap<String, String>, String), u64> = HashMap::new();
    let requests = received
        .iter()
        .filter(|request| request["kind"] == "metrics");
    let resources = requests.flat_map(|request| list(&request["body"], "resourceMetrics"));
    let scopes = resources.flat_map(|resource| list(resource, "scopeMetrics"));
    for metric in scopes.flat_map(|scope| list(scope, "metrics")) {
        if metric["name"] != name {
            continue;
        }
        for (kind, field) in [("sum", "asInt"), ("histogram", "count")] {
            for point in list(&metric[kind], "dataPoints") {
                let value: u64 = point[field].as_str().unwrap().parse().unwrap();
                let start = point["startTimeUnixNano"].to_string();
                let last = series.entry((attributes(point), start)).or_default();
                *last = value.max(*last);
            }
        }
    }
    series.values().sum()
}

/// What the summary says of the requests: sent, and seen by the exchange.
fn summary_requests(output: &Output) -> (usize, usize) {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let line = stdout
        .lines()
        .find(|line| line.starts_with("Requests: "))
        .expect("a summary");
    let mut numbers = line
        .split(|character: char| !character.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok());
    (numbers.next().unwrap(), numbers.next().unwrap())
}

fn run_through(protocol: &str, port: impl Fn(&Collector) -> u16) {
    let Some(systems) = Systems::find() else {
        return;
    };
    let collector = Collector::start(&systems);
    let store = tempfile::tempdir().unwrap();
    let output = archive_collection(store.path())
        .env(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            format!("http://127.0.0.1:{}", port(&collector)),
        )
        .env("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)
        .env("OTEL_SERVICE_NAME", "archive")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let received = collector.stop();
    check(&received, summary_requests(&output));
}

fn check(received: &[Value], (sent, seen): (usize, usize)) {
    let spans = spans(received);
    let by_id: HashMap<_, _> = spans.iter().map(|span| (span.id.as_str(), span)).collect();
    assert_eq!(by_id.len(), spans.len(), "each span arrived once");

    // One tree, from the workflow to storage.
    let roots: Vec<_> = spans.iter().filter(|span| span.parent.is_empty()).collect();
    assert_eq!(roots.len(), 1, "{roots:#?}");
    assert_eq!(roots[0].name, "archive_collection");
    assert_eq!(
        roots[0].attributes["crypto.operation_type"],
        "workflow_execution"
    );
    for span in &spans {
        assert_eq!(span.trace, roots[0].trace);
        let mut ancestor = span;
        while !ancestor.parent.is_empty() {
            ancestor = by_id
                .get(ancestor.parent.as_str())
                .expect("every parent arrived");
        }
    }
    let parent_type =
        |span: &Span| by_id[span.parent.as_str()].attributes["crypto.operation_type"].clone();

    let mut of_type: BTreeMap<&str, Vec<&Span>> = BTreeMap::new();
    for span in &spans {
        let operation_type = &span.attributes["crypto.operation_type"];
        of_type.entry(operation_type).or_default().push(span);
        let outcome = &span.attributes["crypto.outcome"];
        let failed = span.status == "STATUS_CODE_ERROR";
        assert_eq!(
            failed,
            outcome == "error" || outcome == "panicked",
            "{span:#?}"
        );
        assert_eq!(
            failed,
            span.attributes.contains_key("error.type"),
            "{span:#?}"
        );
    }
    for request in &of_type["api_call"] {
        assert_eq!(request.kind, "SPAN_KIND_CLIENT");
        assert_eq!(request.attributes["crypto.exchange"], "binance");
        assert_eq!(request.attributes["http.request.method"], "GET");
    }
    let pages = of_type["api_call"]
        .iter()
        .filter(|span| span.name == "GET /api/v3/klines");
    for page in pages {
        assert!(page.attributes.contains_key("crypto.symbol"));
        assert!(page.attributes.contains_key("crypto.timeframe"));
        assert_eq!(parent_type(page), "stage");
    }
    for storage in &of_type["storage"] {
        assert_eq!(storage.kind, "SPAN_KIND_CLIENT");
        assert_eq!(storage.attributes["crypto.storage.system"], "local");
    }
    for stage in &of_type["stage"] {
        assert_eq!(stage.kind, "SPAN_KIND_INTERNAL");
        assert_eq!(parent_type(stage), "workflow_execution");
    }
    for processing in &of_type["data_processing"] {
        assert_eq!(processing.kind, "SPAN_KIND_INTERNAL");
        assert_eq!(parent_type(processing), "stage");
    }
    for storage in &of_type["storage"] {
        // Manifests belong to the workflow, the layers' files to a stage.
        let parent = parent_type(storage);
        assert!(
            parent == "stage" || parent == "workflow_execution",
            "{parent}"
        );
    }
    assert_eq!(roots[0].kind, "SPAN_KIND_INTERNAL");
    let resource = &received[0]["body"];
    let resource = resource["resourceSpans"]
        .get(0)
        .or_else(|| resource["resourceMetrics"].get(0));
    assert_eq!(
        attributes(&resource.unwrap()["resource"])["service.name"],
        "archive"
    );

    // Every span's operation is in the metrics, and the server saw every request.
    assert_eq!(of_type["api_call"].len(), sent);
    assert_eq!(sent, seen);
    for (operation_type, metric) in [
        ("workflow_execution", "crypto.workflow.executions"),
        ("stage", "crypto.stage.executions"),
        ("data_processing", "crypto.processing.operations"),
        ("api_call", "crypto.api.requests"),
        ("storage", "crypto.storage.operations"),
    ] {
        let count = usize::try_from(counts(received, metric)).unwrap();
        assert_eq!(of_type[operation_type].len(), count, "{metric}");
    }
    let failed = of_type["api_call"]
        .iter()
        .filter(|span| span.status == "STATUS_CODE_ERROR");
    assert_eq!(failed.count() as u64, counts(received, "crypto.api.errors"));
}

#[test]
fn the_main_job_arrives_over_http() {
    run_through("http/protobuf", |collector| collector.http);
}

#[test]
fn the_main_job_arrives_over_grpc() {
    run_through("grpc", |collector| collector.grpc);
}

#[test]
fn without_a_collector_the_job_is_the_same_and_says_so_once() {
    let stores = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let window = ["--start", "2025-01-01", "--end", "2025-01-03"];
    let run = |store: &tempfile::TempDir, variable: &str, value: &str| {
        let mut job = archive_collection(store.path());
        job.args(window).env(variable, value).output().unwrap()
    };
    let without = run(&stores[0], "OTEL_SDK_DISABLED", "true");
    let nowhere = format!("http://127.0.0.1:{}", free_port());
    let with = run(&stores[1], "OTEL_EXPORTER_OTLP_ENDPOINT", &nowhere);

    assert_eq!(without.status, with.status);
    let stderr = String::from_utf8_lossy(&with.stderr);
    assert_eq!(
        stderr.matches("could not be delivered").count(),
        1,
        "{stderr}"
    );
    assert_eq!(files(stores[0].path()), files(stores[1].path()));
}
