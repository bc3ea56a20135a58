//! Spans of the own schema with what every macro takes, and where no attribute can stand.

use lakehouse_otel::operation;
use lakehouse_otel::prelude::*;
use lakehouse_otel_tests_behaviour::bench;

use crate::schema::{Language, text_analysis};

#[trace_operation(
    span = text_analysis.embedding, stage = "embed", batch_size = 1, model = "hash",
    embedding.r#type = of, labels(text_analysis.embedding.r#type),
)]
fn labelled(of: &str) {
    let _ = of;
}

#[test]
fn a_label_of_the_own_schema_is_there_where_the_call_asks_for_it() {
    let bench = bench();
    bench.run(|| {
        labelled("dense");
        labelled("sparse");
        labelled("dense");
    });
    let requests = || bench.capture.metric("text_analysis.requests");
    requests()
        .with("text_analysis.embedding.type", "dense")
        .sum(2);
    requests()
        .with("text_analysis.embedding.type", "sparse")
        .sum(1);
    let spans = bench.capture.spans_named("embed");
    spans[1].has(text_analysis::EMBEDDING_TYPE, "sparse");
}

struct Index;

#[trace_operation(
    span = text_analysis.embedding, stage = "index", batch_size = 1, model = "hash", embedding.r#type = "dense",
    labels(text_analysis.embedding.r#type),
)]
impl Index {
    pub fn add(&self) {}
    pub fn remove(&self) {}
}

#[test]
fn the_functions_of_a_block_have_its_labels() {
    let bench = bench();
    bench.run(|| {
        Index.add();
        Index.remove();
    });
    let requests = bench.capture.metric("text_analysis.requests");
    requests
        .with("text_analysis.embedding.type", "dense")
        .sum(2);
}

#[test]
fn a_span_of_the_own_schema_around_a_block_a_closure_and_an_async_block() {
    let bench = bench();
    let language = Language::De;
    bench.run(|| {
        let length = operation!(
            trace_operation(
                span = text_analysis.embedding,
                stage = "block",
                language = language,
                batch_size = 2,
                model = "hash",
            ),
            { 1 + 1 }
        );
        let twice = operation!(
            trace_operation(
                span = text_analysis.embedding,
                stage = "closure",
                batch_size = number,
                model = "hash"
            ),
            |number: usize| -> usize { 2 * number }
        );
        assert_eq!((length, twice(3)), (2, 6));
    });
    let later = operation!(
        trace_operation(
            span = text_analysis.embedding,
            stage = "async",
            batch_size = 1,
            model = "hash"
        ),
        async { Err::<u8, _>("refused") }
    );
    assert_eq!(bench.block_on(later), Err("refused"));
    let span = bench.capture.span("block");
    span.has(text_analysis::LANGUAGE, Language::De)
        .outcome(Outcome::Ok);
    let span = bench.capture.span("closure");
    span.has(text_analysis::EMBEDDING_BATCH_SIZE, 3);
    bench.capture.span("async").outcome(Outcome::Error);
    let requests = || bench.capture.metric("text_analysis.requests");
    requests().sum(3);
    requests().with("crypto.outcome", "error").sum(1);
}

#[test]
fn an_attribute_of_the_own_schema_around_a_block_of_another_macro() {
    let bench = bench();
    bench.run(|| {
        operation!(
            track_processing(operation = "count", text_analysis.sentence_count = 4),
            {}
        );
    });
    let span = bench.capture.span("count");
    span.has(text_analysis::SENTENCE_COUNT, 4);
}

#[test]
fn an_invocation_around_a_block_and_an_async_block() {
    let bench = bench();
    bench.run(|| operation!(trace_invocation(trigger = Timer, name = "job"), {}));
    bench.block_on(operation!(
        trace_invocation(trigger = Http, name = "handler", flush = "1s"),
        async {}
    ));
    for name in ["job", "handler"] {
        bench.capture.span(name).is_root().outcome(Outcome::Ok);
    }
    bench.capture.metric("faas.invocations").sum(2);
    bench.capture.metric("faas.coldstarts").sum(1);
}
