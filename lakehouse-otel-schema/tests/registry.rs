//! The built-in registry, and the files that are generated from it.

use std::path::Path;
use std::process::Command;

use lakehouse_otel_schema::load;
use lakehouse_otel_schema::model::{AttributeType, Planned, Registry};

fn built_in() -> Registry {
    load(Path::new("registry"))
        .unwrap_or_else(|report| panic!("the built-in registry has mistakes:\n{report}"))
}

fn members(registry: &Registry, key: &str) -> Vec<String> {
    let attribute = registry
        .attribute(key)
        .unwrap_or_else(|| panic!("no attribute `{key}`"));
    let AttributeType::Enum(set) = &attribute.kind else {
        panic!("`{key}` has no members");
    };
    set.members
        .iter()
        .map(|member| member.value.value.clone())
        .collect()
}

#[test]
fn the_built_in_registry_is_valid() {
    let registry = built_in();
    assert_eq!(registry.manifest.name, "lakehouse-otel");
    let timeframes = "1s 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M";
    assert_eq!(members(&registry, "crypto.timeframe").join(" "), timeframes);
    assert_eq!(
        members(&registry, "lakehouse.layer"),
        ["bronze", "silver", "gold"]
    );
    assert_eq!(
        members(&registry, "crypto.outcome"),
        ["ok", "error", "panicked", "cancelled"]
    );
}

#[test]
fn every_macro_has_its_span() {
    let registry = built_in();
    let macros: Vec<(&str, Option<Planned>)> = registry
        .spans
        .iter()
        .filter_map(|span| span.operation.as_ref())
        .map(|operation| (operation.macro_name.as_str(), operation.planned))
        .collect();
    assert_eq!(
        macros,
        [
            ("trace_crypto_workflow", None),
            ("trace_stage", None),
            ("track_processing", None),
            ("track_api_request", None),
            ("track_storage", None),
            ("track_ingestion", Some(Planned::Macro)),
            ("track_database", Some(Planned::All)),
            ("trace_invocation", None),
            ("trace_operation", None),
        ]
    );
}

#[test]
fn every_instrument_is_declared() {
    let registry = built_in();
    let names = "crypto.data.processed crypto.data.ingested crypto.data.volume crypto.data.freshness crypto.api.requests \
                 crypto.api.request.duration crypto.api.errors crypto.api.rate_limits crypto.api.rate_limit.used \
                 crypto.api.rate_limit.limit crypto.stage.duration crypto.processing.duration \
                 crypto.processing.throughput.records crypto.data.latency crypto.transformation.errors \
                 crypto.storage.operations crypto.storage.operation.duration crypto.storage.object.size \
                 crypto.storage.errors crypto.storage.usage crypto.processing.queue.size crypto.workflow.executions \
                 crypto.workflow.duration crypto.workflows.active crypto.active.connections crypto.symbols.processed \
                 crypto.symbols.active crypto.trades.volume crypto.system.memory.usage crypto.operation.budget.exceeded \
                 db.client.operation.duration faas.invocations faas.invoke_duration faas.coldstarts faas.errors \
                 otel.sdk.processor.span.processed otel.sdk.processor.span.queue.size \
                 otel.sdk.processor.span.queue.capacity otel.sdk.exporter.span.exported \
                 otel.sdk.exporter.span.inflight";
    let missing: Vec<&str> = names
        .split_whitespace()
        .filter(|name| registry.metric(name).is_none())
        .collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn the_generated_files_are_up_to_date() {
    let output = Command::new(env!("CARGO_BIN_EXE_generate"))
        .arg("--check")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn the_command_checks_any_registry() {
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_generate"))
            .args(arguments)
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    };
    let (code, out, _) = run(&["--registry", "registry"]);
    assert_eq!(code, Some(0));
    assert!(
        out.starts_with("The registry `lakehouse-otel` is valid: "),
        "{out}"
    );

    let (code, _, err) = run(&["--registry", "tests/refused/unit"]);
    assert_eq!(code, Some(1));
    let expected = std::fs::read_to_string("tests/refused/unit/registry.expected").unwrap();
    assert!(err.starts_with(&expected), "{err}");

    let (code, out, _) = run(&["--own", "tests/own/registry.yaml"]);
    assert_eq!(code, Some(0));
    assert!(out.ends_with("5 metrics, 2 spans.\n"), "{out}");
    let (code, _, err) = run(&["--own", "tests/own/refused/label/registry.yaml"]);
    assert_eq!(code, Some(1));
    assert!(
        err.contains("registry.yaml:18:11: `shelf.reader` has"),
        "{err}"
    );

    let (code, _, err) = run(&["--registry"]);
    assert_eq!(code, Some(2));
    assert!(
        err.starts_with("`--registry` needs the folder of the registry\n"),
        "{err}"
    );

    let (code, _, err) = run(&["--chek"]);
    assert_eq!(code, Some(2));
    assert!(err.starts_with("unknown option `--chek`\n"), "{err}");

    let (code, out, _) = run(&["--help"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("--registry DIR"), "{out}");
}
