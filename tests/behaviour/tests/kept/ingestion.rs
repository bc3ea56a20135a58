//! Ingestion, which is thinned out when it ends.

use super::*;

fn ingest(records: u64, work: impl FnOnce(&Operation)) {
    let operation = Ingestion::new("ingest").record_count(records).start();
    operation.in_scope(|| work(&operation));
    operation.ok();
}

#[track_ingestion(source = "ingest", ok(|records| record_count = records))]
fn annotated(records: u64) -> u64 {
    records
}

#[track_ingestion(source = "ingest", record_count = records)]
async fn annotated_async(records: u64) {
    yield_now().await;
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
        assert_share(
            records,
            share,
            &ingested(2_000, |_| ingest(records, |_| ())),
        );
    }
}

#[test]
fn an_annotated_one_is_thinned_out_too() {
    for (records, share) in [(0, 0.05), (5_000, 0.15), (20_000, 0.3)] {
        let spans = ingested(2_000, |_| {
            annotated(records);
        });
        assert_share(records, share, &spans);
        let spans = ingested(2_000, |_| block_on(annotated_async(records)));
        assert_share(records, share, &spans);
    }
}

/// There is this share of two thousand, and each says so.
#[track_caller]
fn assert_share(records: u64, share: f64, spans: &[CapturedSpan]) {
    let expected: f64 = 2_000.0 * share;
    let three_sigma = 3.0 * (expected * (1.0 - share)).sqrt();
    #[expect(clippy::cast_precision_loss, reason = "there are few")]
    let off = (spans.len() as f64 - expected).abs();
    assert!(off <= three_sigma, "{} of {records} records", spans.len());
    for span in spans {
        assert_eq!(threshold(span), Some(Threshold::from_probability(share)));
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
    let handed_on = |operation: &Operation| {
        // What runs later finds the operation's context, also when that has ended.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let entered = runtime.enter();
        let task = operation.in_scope(|| lakehouse_otel::spawn(async { stage(|| ()) }));
        drop(entered);
        (runtime, task)
    };
    let spans = ingested(300, |_| {
        let operation = Ingestion::new("ingest").record_count(1).start();
        let (runtime, task) = handed_on(&operation);
        operation.ok();
        runtime.block_on(task).unwrap();
    });
    assert!((60..120).contains(&spans.len()), "{}", spans.len());
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

#[track_ingestion(source = "ingest", record_count = records, priority = high)]
fn of_high_priority(records: u64) {
    let _ = records;
}

#[track_ingestion(source = "ingest", record_count = records, sample = 0.5)]
fn at_a_rate_of_its_own(records: u64) {
    let _ = records;
}

#[test]
fn ingestion_with_a_rate_of_its_own_is_not_thinned_out() {
    assert_share(1, 1.0, &ingested(2_000, |_| of_high_priority(1)));
    assert_share(1, 0.5, &ingested(2_000, |_| at_a_rate_of_its_own(1)));
}

/// Spans that must be there for others are remembered, so many of them. One whose sampled children keep it is none.
#[test]
fn ingestion_that_is_sure_to_be_there_takes_the_place_of_no_other() {
    let mut config = SamplingConfig::default();
    (config.workflow, config.api_call) = (0.0, 0.0);
    (config.ingestion, config.ingestion_minimum) = (1.0, 1.0);
    let sampler = Sampler::adaptive(&config, "production");
    let capture = Capture::builder().sampler(sampler).build();
    capture.run(|| {
        let outer = Workflow::new("outer").start();
        let context = outer.handle().context();
        thread::scope(|scope| {
            scope.spawn(|| {
                let _attached = context.attach();
                failing();
            });
        });
        for _ in 0..2_000 {
            let ingestion = Ingestion::new("ingest").record_count(1).start();
            let child = ingestion.in_scope(|| Stage::new("child").start());
            // Where it ends the ingestion does not run.
            child.ok();
            ingestion.ok();
        }
        outer.ok();
    });
    assert_eq!(capture.spans_named("child").len(), 2_000);
    assert_eq!(capture.spans_named("outer").len(), 1);
}
