//! The metrics of a program's own schema.

use lakehouse_otel::metrics::BatchRecorder;
use lakehouse_otel::schema::{InstrumentKind, NumberKind, Outcome};
use lakehouse_otel::testing;
use lakehouse_otel_tests_schema::schema::{EmbeddingModel, Language, metrics};

#[test]
fn labels_have_names_and_types() {
    let capture = testing::capture();
    capture.run(|| {
        metrics::text_analysis_requests().add(1, EmbeddingModel::Small, Outcome::Ok);
        metrics::text_analysis_requests()
            .document_language(Language::De)
            .step("embedding")
            .cached(true)
            .document_id("a4f0")
            .add(2, EmbeddingModel::Large, Outcome::Ok);
        metrics::text_analysis_requests().error_type("timeout").add(
            4,
            EmbeddingModel::Large,
            Outcome::Error,
        );
    });
    let requests = || capture.metric("text_analysis.requests");
    requests().sum(7);
    requests().with("document.language", "de").sum(2);
    requests().with("text_analysis.step", "embedding").sum(2);
    requests().with("document.id", "a4f0").sum(2);
    requests().with("error.type", "timeout").sum(4);
    requests()
        .with("text_analysis.embedding.model", "minilm-l6")
        .sum(1);
}

#[test]
fn every_kind_of_instrument() {
    let capture = testing::capture();
    let _observed = capture.run(|| {
        metrics::text_analysis_processing_time()
            .embedding_model(EmbeddingModel::Small)
            .record(0.25);
        metrics::text_analysis_batch_size().record(16);
        let waiting = metrics::text_analysis_queue_length().track();
        let mut batch = BatchRecorder::new();
        metrics::text_analysis_requests().add_to(&mut batch, 3, EmbeddingModel::Small, Outcome::Ok);
        drop(batch);
        metrics::document_reads().bind(Language::En).add(5);
        drop(waiting);
        metrics::text_analysis_queue_length().add(2);
        metrics::text_analysis_models_loaded().observe(|loaded| loaded.record(1))
    });
    capture.metric("text_analysis.processing.time").count(1);
    capture.metric("text_analysis.batch.size").sum(16);
    capture.metric("text_analysis.queue.length").sum(2);
    capture.metric("text_analysis.requests").sum(3);
    capture.metric("document.reads").sum(5);
    capture.metric("text_analysis.models.loaded").sum(1);
}

#[test]
fn definitions_say_what_the_registry_says() {
    let requests = metrics::TEXT_ANALYSIS_REQUESTS;
    assert_eq!(requests.name, "text_analysis.requests");
    assert_eq!(requests.instrument, InstrumentKind::Counter);
    assert_eq!(requests.number, NumberKind::U64);
    assert_eq!(requests.unit, "{request}");
    let opted_in = requests.attributes.iter().filter(|label| label.opt_in);
    let opted_in: Vec<_> = opted_in.map(|label| label.key).collect();
    assert_eq!(
        opted_in,
        [
            "document.id",
            "text_analysis.author",
            "text_analysis.sentiment"
        ]
    );
    let bounds = requests.attributes.iter();
    let bounds: Vec<_> = bounds.map(|label| (label.key, label.values)).collect();
    assert_eq!(
        bounds,
        [
            // Its members, and no others.
            ("text_analysis.embedding.model", None),
            ("document.language", Some(100)),
            ("text_analysis.step", Some(100)),
            ("text_analysis.cached", None),
            ("crypto.outcome", None),
            ("error.type", Some(32)),
            ("document.id", Some(2_000)),
            // What the registry says of them.
            ("text_analysis.author", Some(20)),
            ("text_analysis.sentiment", Some(3)),
        ]
    );
    assert_eq!(
        metrics::TEXT_ANALYSIS_PROCESSING_TIME.boundaries,
        [0.01, 0.1, 1.0, 10.0]
    );
}
