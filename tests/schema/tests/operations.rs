//! The operations of a program's own schema.

use lakehouse_otel::opentelemetry::trace::SpanKind;
use lakehouse_otel::schema::{MetricSource, OperationType};
use lakehouse_otel_tests_schema::schema::operations::{EMBEDDING, READ, SENTIMENT};

#[test]
fn each_span_is_an_operation_of_the_type_custom() {
    for operation in [&EMBEDDING, &SENTIMENT, &READ] {
        assert_eq!(operation.operation_type, OperationType::Custom);
        assert_eq!(operation.macro_name, "trace_operation");
    }
    assert_eq!(READ.kind, SpanKind::Client);
    assert_eq!(EMBEDDING.span_type, "text_analysis.embedding");
    assert_eq!(EMBEDDING.span_name, "embed {text_analysis.embedding.model}");
    assert!(SENTIMENT.metrics.is_empty());
}

#[test]
fn it_feeds_the_metrics_that_the_registry_ties_to_it() {
    let fed: Vec<_> = EMBEDDING
        .metrics
        .iter()
        .map(|metric| (metric.definition.name, metric.source))
        .collect();
    assert_eq!(
        fed,
        [
            ("text_analysis.requests", MetricSource::Count),
            ("text_analysis.processing.time", MetricSource::Duration),
            (
                "text_analysis.batch.size",
                MetricSource::Attribute("text_analysis.embedding.batch_size")
            ),
            // Of the built-in registry.
            ("crypto.operation.budget.exceeded", MetricSource::OverBudget),
        ]
    );
}
