//! Spans of other crates' schemas, by the path of the schema.

use lakehouse_otel::prelude::*;
use lakehouse_otel::testing::{CapturedSpan, capture};
use lakehouse_otel_tests_schema::schema::document;

/// By the schema of the crate that declares it.
#[trace_operation(
    schema = lakehouse_otel_tests_schema_shared::schema, span = document.read,
    language = De, word_count = text.len(),
)]
fn read(text: &str) {}

/// By one that uses that schema, and beside a span of its own.
#[trace_operation(
    schema = lakehouse_otel_tests_schema::schema, span = text_analysis.embedding,
    batch_size = 2, model = Small, document.language = En, budget = "1h",
)]
fn embed() {}

#[trace_operation(schema = lakehouse_otel_tests_schema::schema, span = document.read, language = En)]
fn read_again() {}

#[test]
fn spans_of_other_crates() {
    let capture = capture();
    capture.run(|| {
        read("text");
        embed();
        read_again();
    });
    let spans = capture.spans();
    let names: Vec<_> = spans.iter().map(CapturedSpan::name).collect();
    assert_eq!(names, ["read", "embed minilm-l6", "read"]);
    spans[0].has(document::WORD_COUNT, 4);
    let reads = |language| {
        capture
            .metric("document.reads")
            .with("document.language", language)
    };
    reads("de").sum(1);
    reads("en").sum(1);
    let requests = capture.metric("text_analysis.requests");
    requests.with("document.language", "en").sum(1);
}
