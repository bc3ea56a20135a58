//! Sampling from end to end: annotated functions, the spans that leave, and what their weights say.

#![cfg(feature = "enabled")]

use std::collections::HashMap;
use std::io;

use lakehouse_otel::config::SamplingConfig;
use lakehouse_otel::opentelemetry::trace::SpanId;
use lakehouse_otel::prelude::*;
use lakehouse_otel::testing::{Capture, CapturedSpan};
use lakehouse_otel::trace::sampler::{Sampler, SamplingState, Threshold};

#[trace_crypto_workflow(name = "daily")]
fn workflow(work: impl FnOnce()) {
    work();
}

#[track_api_request(exchange = Binance, endpoint = "/api/v3/klines")]
fn request(fails: bool, work: impl FnOnce()) -> Result<(), io::Error> {
    work();
    if fails {
        Err(io::Error::other("refused"))
    } else {
        Ok(())
    }
}

#[trace_stage(stage = "clean")]
fn stage(work: impl FnOnce()) {
    work();
}

#[track_storage(operation = Put, system = S3)]
fn put() {}

fn capture(seed: u64, configure: impl FnOnce(&mut SamplingConfig)) -> Capture {
    let mut config = SamplingConfig::default();
    configure(&mut config);
    Capture::builder()
        .sampler(Sampler::adaptive(&config, "production"))
        .seed(seed)
        .max_error_spans_per_second(1_000_000_000)
        .build()
}

fn threshold(span: &CapturedSpan) -> Option<Threshold> {
    SamplingState::parse(span.data().span_context.trace_state()).threshold
}

fn weight<'a>(spans: impl IntoIterator<Item = &'a CapturedSpan>) -> f64 {
    let thresholds = spans.into_iter().filter_map(threshold);
    thresholds.map(Threshold::adjusted_count).sum()
}

#[track_caller]
fn assert_within_3_sigma(found: f64, expected: f64, variance: f64) {
    let sigmas = (found - expected) / variance.sqrt();
    assert!(
        sigmas.abs() <= 3.0,
        "{found} of {expected}, {sigmas:.2} sigma"
    );
}

#[test]
fn a_workflow_of_10_000_requests_keeps_3_000_whole_subtrees() {
    let capture = capture(1, |_| {});
    capture.run(|| {
        workflow(|| {
            for _ in 0..10_000 {
                let _ = request(false, || stage(|| stage(put)));
            }
        });
    });
    let spans = capture.spans();
    let of = |name: &str| -> Vec<_> { spans.iter().filter(|span| span.name() == name).collect() };
    let (requests, stages, puts) = (of("/api/v3/klines"), of("clean"), of("put s3"));
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let count = |spans: &[&CapturedSpan]| spans.len() as f64;
    assert_within_3_sigma(count(&requests), 3_000.0, 2_100.0);
    assert_within_3_sigma(
        weight(requests.iter().copied()),
        10_000.0,
        10_000.0 * 0.7 / 0.3,
    );
    // What has no rate is there below each of them, and nowhere else; storage is drawn at its own.
    assert_eq!(stages.len(), 2 * requests.len());
    assert_within_3_sigma(count(&puts), 2_000.0, 1_600.0);
    assert_within_3_sigma(weight(puts.iter().copied()), 10_000.0, 10_000.0 * 0.8 / 0.2);

    let by_id: HashMap<_, _> = spans.iter().map(|span| (span.span_id(), span)).collect();
    for span in &spans {
        let parent = span.parent_span_id();
        assert!(
            parent == SpanId::INVALID || by_id.contains_key(&parent),
            "{span:?}"
        );
    }
    for stage in stages {
        assert_eq!(threshold(stage), Some(Threshold::from_probability(0.3)));
    }
}

#[test]
fn every_failure_is_there_and_counts_once() {
    let capture = capture(2, |config| config.workflow = 0.5);
    let (mut failures, mut successes) = (0.0, 0.0);
    capture.run(|| {
        for _ in 0..2_000 {
            workflow(|| {
                for number in 0..5 {
                    let fails = number == 3;
                    *(if fails { &mut failures } else { &mut successes }) += 1.0;
                    let _ = request(fails, || {});
                }
            });
        }
    });
    let spans = capture.spans();
    let (failed, well): (Vec<_>, Vec<_>) = spans
        .iter()
        .filter(|span| span.name() == "/api/v3/klines")
        .partition(|span| span.attribute("error.type").is_some());
    assert!(
        failed
            .iter()
            .all(|span| threshold(span) == Some(Threshold::ALWAYS))
    );
    assert!((weight(failed) - failures).abs() < 1e-6, "to the last one");
    // A workflow is sampled for all its requests at once: two draws.
    let shared = 2_000.0 * 16.0 * (1.0 / 0.5 - 1.0);
    let own = successes * (1.0 / 0.3 - 1.0 / 0.5);
    assert_within_3_sigma(weight(well), successes, shared + own);

    // All workflows are there, for each has a failure; those that were not sampled stand for nothing.
    let workflows: Vec<_> = spans.iter().filter(|span| span.name() == "daily").collect();
    assert_eq!(workflows.len(), 2_000);
    assert_within_3_sigma(weight(workflows), 2_000.0, 2_000.0);
}
