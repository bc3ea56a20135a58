//! Ingestion, which is thinned out when it ends.

use super::*;

static INGESTION: OperationDefinition = OperationDefinition {
    operation_type: OperationType::Ingestion,
    span_type: "crypto.ingestion",
    macro_name: "track_ingestion",
    kind: SpanKind::Consumer,
    span_name: "ingest",
    metrics: &[OperationMetric {
        definition: &schema::metrics::CRYPTO_DATA_PROCESSED,
        source: MetricSource::Attribute("crypto.record_count"),
    }],
};

fn ingest(records: u64, work: impl FnOnce(&Operation)) {
    static CALLSITE: Callsite = Callsite::new(&INGESTION, "ingest", "kept", "kept.rs", 1);
    let operation = begin(&CALLSITE, |_| {});
    operation
        .handle()
        .set(schema::crypto::RECORD_COUNT, records);
    operation.in_scope(|| work(&operation));
    operation.ok();
}

/// What is there of so many ingestions.
fn ingested(count: u64, ingest: impl Fn(&Capture)) -> Vec<CapturedSpan> {
    let mut config = SamplingConfig::default();
    config.api_call = 0.01;
    let capture = Capture::builder()
        .sampler(Sampler::adaptive(&config, "production"))
        .seed(1)
        .max_error_spans_per_second(1_000_000)
        .build();
    for _ in 0..count {
        capture.run(|| ingest(&capture));
    }
    assert_whole(&capture);
    capture.spans_named("ingest")
}

#[test]
fn ingestion_is_thinned_out_by_how_much_came_in() {
    for (records, share) in [
        (0, 0.05),
        (1_000, 0.05),
        (5_000, 0.15),
        (10_000, 0.3),
        (1_000_000, 0.3),
    ] {
        let spans = ingested(2_000, |_| ingest(records, |_| ()));
        let expected: f64 = 2_000.0 * share;
        let three_sigma = 3.0 * (expected * (1.0 - share)).sqrt();
        #[expect(clippy::cast_precision_loss, reason = "there are few")]
        let off = (spans.len() as f64 - expected).abs();
        assert!(off <= three_sigma, "{} of {records} records", spans.len());
        for span in &spans {
            assert_eq!(threshold(span), Some(Threshold::from_probability(share)));
        }
    }
}

#[test]
fn ingestion_that_others_rely_on_is_not_thinned_out() {
    let thirty = Some(Threshold::from_probability(0.3));
    let relying: [fn(&Capture, &Operation); 4] = [
        |_, _| stage(|| ()),
        |capture, _| capture.tracer("api").in_span("span", |_| ()),
        |_, operation| drop(operation.handle().context()),
        |_, operation| assert!(operation.handle().span_id().is_some()),
    ];
    for rely in relying {
        let spans = ingested(1_000, |capture| {
            ingest(1, |operation| rely(capture, operation));
        });
        assert!((250..350).contains(&spans.len()), "{}", spans.len());
        assert!(spans.iter().all(|span| threshold(span) == thirty));
    }
    // Whatever it was, it must be there for what failed under it.
    let spans = ingested(200, |_| ingest(1, |_| failing()));
    assert_eq!(spans.len(), 200);
}
