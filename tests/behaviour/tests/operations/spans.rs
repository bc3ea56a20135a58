//! A span of the own schema: its name, attributes and metrics.

use lakehouse_otel::opentelemetry::trace::SpanKind;
use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::crypto;
use lakehouse_otel_tests_behaviour::{bench, millis, work};

use crate::schema::{Language, r#match, text_analysis};

struct Embedder {
    model_name: String,
}

impl Embedder {
    #[trace_operation(
        span = text_analysis.embedding, stage = "embed", language = language,
        embedding.batch_size = sentences.len(), embedding.model = self.model_name,
        sentence_count = sentences.len(), crypto.symbol = "none",
        ok(|vectors| embedding.r#type = vectors.first().map(|_| "dense")),
    )]
    fn embed(&self, sentences: &[&str], language: Language) -> Result<Vec<f32>, String> {
        work(3);
        match sentences {
            [] => Err("nothing to embed".to_owned()),
            _ => Ok(vec![1.0; sentences.len()]),
        }
    }
}

#[trace_operation(span = text_analysis.embedding, text_analysis.language = De, batch_size = 2, model = "hash")]
fn constants() {}

#[trace_operation(span = match.type, async.type = "keyword")]
fn keywords() {}

#[trace_operation(name = "warm_up", budget = "1ms", text_analysis.sentence_count = count)]
fn named(count: usize) {
    work(2);
    let _ = count;
}

#[trace_operation]
async fn unnamed() {}

#[track_processing(operation = "clean", text_analysis.sentence_count = 3, text_analysis.language = "fr")]
fn of_another_macro() {}

#[test]
fn a_span_of_the_own_schema() {
    let bench = bench();
    let embedder = Embedder {
        model_name: "hashing".to_owned(),
    };
    bench.run(|| {
        embedder.embed(&["a", "b"], Language::En).unwrap();
        embedder.embed(&["a"], Language::De).unwrap();
        embedder.embed(&[], Language::En).unwrap_err();
    });
    let spans = bench.capture.spans_named("embed");
    spans[0]
        .kind(&SpanKind::Internal)
        .lasted(millis(3))
        .outcome(Outcome::Ok)
        .has(text_analysis::STAGE, "embed")
        .has(text_analysis::LANGUAGE, Language::En)
        .has(text_analysis::EMBEDDING_BATCH_SIZE, 2)
        .has(text_analysis::EMBEDDING_MODEL, "hashing")
        .has(text_analysis::EMBEDDING_TYPE, "dense")
        .has(text_analysis::SENTENCE_COUNT, 2)
        .has(crypto::SYMBOL, "none");
    spans[2].outcome(Outcome::Error);
    let capture = &bench.capture;
    let requests = || capture.metric("text_analysis.requests");
    requests().with("text_analysis.stage", "embed").sum(3);
    requests().with("text_analysis.language", "en").sum(2);
    requests().with("crypto.outcome", "error").sum(1);
    capture.metric("text_analysis.processing.time").count(3);
    capture.metric("text_analysis.sentences").sum(3);
}

#[test]
fn constants_are_labels() {
    let bench = bench();
    bench.run(constants);
    let span = bench.capture.span("constants");
    span.has(text_analysis::LANGUAGE, Language::De)
        .has(text_analysis::EMBEDDING_BATCH_SIZE, 2)
        .has(text_analysis::EMBEDDING_MODEL, "hash");
    bench
        .capture
        .metric("text_analysis.requests")
        .with("text_analysis.language", "de")
        .sum(1);
}

#[test]
fn names_that_are_keywords() {
    let bench = bench();
    bench.run(keywords);
    let span = bench.capture.span("matching");
    span.kind(&SpanKind::Client)
        .has(r#match::ASYNC_TYPE, "keyword");
}

#[test]
fn an_operation_with_a_name() {
    let bench = bench();
    bench.run(|| named(7));
    let span = bench.capture.span("warm_up");
    span.has(crypto::OPERATION_NAME, "warm_up")
        .has(
            crypto::OPERATION_TYPE,
            lakehouse_otel::schema::OperationType::Custom,
        )
        .has(text_analysis::SENTENCE_COUNT, 7);
    bench
        .capture
        .metric("crypto.operation.budget.exceeded")
        .with("crypto.operation.name", "warm_up")
        .sum(1);
}

#[test]
fn an_operation_without_a_name_has_its_functions() {
    let bench = bench();
    bench.block_on(unnamed());
    bench.capture.span("unnamed").outcome(Outcome::Ok);
    assert!(bench.capture.metrics().is_empty());
}

#[test]
fn attributes_of_the_own_schema_on_another_macro() {
    let bench = bench();
    bench.run(of_another_macro);
    let span = bench.capture.span("clean");
    span.has(text_analysis::SENTENCE_COUNT, 3)
        .has(text_analysis::LANGUAGE, "fr");
}
