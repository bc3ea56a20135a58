//! `lambda_invocation` runs with nothing installed, and all of each invocation's telemetry is out before its end.

mod built;

use built::{has_line, run};

#[test]
fn flushes_each_invocation() {
    let (answered, told) = run("lambda_invocation", &[]);
    let answers = [
        r#"request-0/response: {"symbol":"BTCUSDT","high":67150.0,"low":66980.25}"#,
        r#"request-1/response: {"symbol":"ETHUSDT","high":3121.75,"low":3120.1}"#,
        r#"request-2/error: {"errorType":"BarError","errorMessage":"a close is no number"}"#,
    ];
    assert_eq!(answered.lines().collect::<Vec<_>>(), answers);

    // The caller's trace, then one for each that has no caller.
    let traces = lines(&told, "trace ");
    assert_eq!(traces.len(), 3, "{told}");
    has_line(traces[0], &["trace 4bf92f35 · 2 spans"]);
    assert!(!traces[1].contains("4bf92f35"), "{told}");
    has_line(traces[2], &["2 spans · 2 failed"]);

    let roots: Vec<_> = told
        .lines()
        .filter(|line| line.starts_with("✓ daily_bar") || line.starts_with("✗ daily_bar"))
        .collect();
    assert_eq!(roots.len(), 3, "{told}");
    has_line(
        roots[0],
        &["✓", "coldstart=true", "invocation_id=request-0"],
    );
    has_line(
        roots[1],
        &["✓", "coldstart=false", "invocation_id=request-1"],
    );
    has_line(
        roots[2],
        &["✗", "BarError: a close is no number", "coldstart=false"],
    );
    assert_eq!(told.matches("coldstart=true").count(), 1, "{told}");

    // Metrics are out after each invocation too. The process started once.
    let starts = lines(&told, "faas.coldstarts ").into_iter();
    let starts: Vec<_> = starts.map(number).collect();
    assert_eq!(starts, ["1", "1", "1"], "{told}");
    let durations = lines(&told, "faas.invoke_duration ").into_iter();
    let durations: Vec<_> = durations.map(number).collect();
    assert_eq!(durations, ["1", "2", "3"], "{told}");
    assert_eq!(lines(&told, "faas.errors ").len(), 1, "{told}");
}

fn lines<'a>(text: &'a str, start: &str) -> Vec<&'a str> {
    text.lines()
        .filter(|line| line.starts_with(start))
        .collect()
}

/// What stands after the name of a metric.
fn number(line: &str) -> &str {
    line.split_whitespace().nth(1).unwrap_or_default()
}
