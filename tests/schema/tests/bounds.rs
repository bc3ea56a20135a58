//! How many values a key has as a label: as many as it declares.

use std::collections::BTreeSet;

use lakehouse_otel::prelude::*;
use lakehouse_otel::testing::{Capture, CapturedMetric, capture};
use lakehouse_otel_tests_schema::schema::{EmbeddingModel, Sentiment, metrics};

const OVERFLOW: &str = "otel.metric.overflow";
const AUTHOR: &str = "text_analysis.author";
const SENTIMENT: &str = "text_analysis.sentiment";

#[trace_operation(
    schema = lakehouse_otel_tests_schema::schema, span = text_analysis.embedding,
    batch_size = 2, model = Small, author = author, labels(author),
)]
fn embed(author: &str) {}

#[trace_operation(
    schema = lakehouse_otel_tests_schema::schema, span = text_analysis.embedding,
    batch_size = 2, model = Large, author = author, labels(author),
)]
fn embed_again(author: &str) {}

#[trace_operation(
    schema = lakehouse_otel_tests_schema::schema, span = text_analysis.embedding,
    batch_size = 2, model = Small, text_analysis.sentiment = sentiment, labels(text_analysis.sentiment),
)]
fn embed_sounding(sentiment: &Sentiment) {}

fn requests(capture: &Capture) -> CapturedMetric {
    capture.metric("text_analysis.requests")
}

/// How many values of this key the metric tells apart.
fn values(metric: &CapturedMetric, key: &str) -> usize {
    let points = metric.points().iter();
    let values: BTreeSet<_> = points.filter_map(|point| point.attribute(key)).collect();
    values.len()
}

#[test]
fn values_past_the_bound_of_their_key_are_folded() {
    let capture = capture();
    capture.run(|| {
        for _ in 0..2 {
            for author in 0..30 {
                embed(&format!("author {author}"));
            }
        }
    });
    let requests = requests(&capture);
    requests.sum(60);
    assert_eq!(values(&requests, AUTHOR), 20);
    requests.clone().with(AUTHOR, "author 19").sum(2);
    requests.with(OVERFLOW, "true").sum(2 * 10);
    let time = capture.metric("text_analysis.processing.time");
    time.count(60);
    assert_eq!(time.points().len(), 1, "it has no such label");
}

#[test]
fn the_bound_is_the_metrics_own_whoever_records_it() {
    let capture = capture();
    capture.run(|| {
        for author in 0..15 {
            embed(&format!("author {author}"));
            embed_again(&format!("another {author}"));
        }
    });
    let requests = requests(&capture);
    requests.sum(30);
    assert_eq!(values(&requests, AUTHOR), 20);
    requests.with(OVERFLOW, "true").sum(10);
}

#[test]
fn it_holds_for_the_function_of_the_metric() {
    let capture = capture();
    capture.run(|| {
        for author in 0..30 {
            let author = format!("author {author}");
            metrics::text_analysis_requests().author(&author).add(
                1,
                EmbeddingModel::Small,
                Outcome::Ok,
            );
            // Another key of the same metric has its own bound.
            metrics::text_analysis_requests().document_id(&author).add(
                1,
                EmbeddingModel::Small,
                Outcome::Ok,
            );
        }
    });
    let requests = requests(&capture);
    requests.sum(60);
    assert_eq!(values(&requests, AUTHOR), 20);
    assert_eq!(values(&requests, "document.id"), 30);
    requests.with(OVERFLOW, "true").sum(10);
}

/// Members, then more other values than there is room for, then members again.
fn sentiments() -> Vec<Sentiment> {
    let others = (0..5).map(|other| Sentiment::from(format!("mood {other}")));
    [Sentiment::Positive]
        .into_iter()
        .chain(others)
        .chain([Sentiment::Negative, Sentiment::Positive])
        .collect()
}

#[test]
fn members_do_not_count() {
    let by_function = capture();
    by_function.run(|| {
        for sentiment in sentiments() {
            metrics::text_analysis_requests().sentiment(&sentiment).add(
                1,
                EmbeddingModel::Small,
                Outcome::Ok,
            );
        }
    });
    let by_macro = capture();
    by_macro.run(|| {
        for sentiment in sentiments() {
            embed_sounding(&sentiment);
        }
    });
    for capture in [by_function, by_macro] {
        let requests = requests(&capture);
        requests.sum(8);
        requests.clone().with(SENTIMENT, "positive").sum(2);
        requests.clone().with(SENTIMENT, "negative").sum(1);
        assert_eq!(values(&requests, SENTIMENT), 2 + 3);
        requests.with(OVERFLOW, "true").sum(2);
    }
}
