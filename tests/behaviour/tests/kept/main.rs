//! Errors are never lost: what is exported although it was not sampled, what its span says, and what
//! is exported with it.

mod around;
mod bounds;
mod ingestion;
mod trees;
mod which;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;
use std::thread;
use std::time::Duration;

use lakehouse_otel::config::SamplingConfig;
use lakehouse_otel::opentelemetry::trace::{
    FutureExt as _, SpanContext, SpanId, SpanKind, TraceContextExt as _, TraceFlags, TraceId,
    TraceState, Tracer,
};
use lakehouse_otel::opentelemetry::{Context, KeyValue};
use lakehouse_otel::operation::{Ingestion, Operation, ResponseDetails, Returned, Stage, Workflow};
use lakehouse_otel::prelude::*;
use lakehouse_otel::schema;
use lakehouse_otel::testing::{Capture, CaptureBuilder, CapturedSpan, ManualClock};
use lakehouse_otel::trace::sampler::{Sampler, Threshold};
use lakehouse_otel::{spawn, spawn_blocking};
use lakehouse_otel_tests_behaviour::{assert_whole, block_on, sampling, threshold, yield_now};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// A sampler with one rate for everything.
fn rate(rate: f64) -> Sampler {
    let mut config = SamplingConfig::default();
    config.workflow = rate;
    config.api_call = rate;
    config.storage = rate;
    config.ingestion = rate;
    config.ingestion_minimum = rate;
    config.root = Some(rate);
    Sampler::adaptive(&config, "production")
}

fn dropping() -> CaptureBuilder {
    Capture::builder().sampler(rate(0.0)).seed(1)
}

#[track_caller]
fn assert_certain(span: &CapturedSpan) {
    assert_eq!(threshold(span), Some(Threshold::ALWAYS), "{}", span.name());
    assert!(span.data().span_context.is_sampled());
}

/// It stands for nothing but itself.
#[track_caller]
fn assert_unknown(span: &CapturedSpan) {
    assert_eq!(threshold(span), None, "{}", span.name());
    assert!(span.data().span_context.is_sampled());
}

fn counted<T>(times: &Cell<u32>, value: T) -> T {
    times.set(times.get() + 1);
    value
}

#[trace_crypto_workflow(name = "workflow")]
fn workflow(inner: impl FnOnce()) {
    inner();
}

#[trace_stage(stage = "stage")]
fn stage(inner: impl FnOnce()) {
    inner();
}

#[track_api_request(exchange = Binance, endpoint = "/request")]
fn request(answer: Result<(), &'static str>) -> Result<(), &'static str> {
    answer
}

#[trace_crypto_workflow(name = "async workflow")]
async fn async_workflow(inner: impl Future<Output = ()>) {
    yield_now().await;
    inner.await;
    yield_now().await;
}

#[trace_stage(stage = "async stage")]
async fn async_stage(inner: impl Future<Output = ()>) {
    yield_now().await;
    inner.await;
    yield_now().await;
}

fn failing() {
    let _ = request(Err("refused"));
}
