//! What other processes are told of operations, and what they tell.

#![cfg(feature = "enabled")]

use std::collections::HashMap;

use lakehouse_otel::config::SamplingConfig;
use lakehouse_otel::opentelemetry::Context;
use lakehouse_otel::opentelemetry::propagation::TextMapPropagator as _;
use lakehouse_otel::opentelemetry::trace::{TraceContextExt as _, Tracer as _};
use lakehouse_otel::prelude::*;
use lakehouse_otel::propagation::TraceContextPropagator;
use lakehouse_otel::testing::Capture;
use lakehouse_otel::trace::sampler::{Randomness, Sampler, SamplingState, Threshold};

type Headers = HashMap<String, String>;

#[trace_crypto_workflow(name = "daily")]
fn workflow<R>(work: impl FnOnce() -> R) -> R {
    work()
}

#[track_api_request(exchange = Binance, endpoint = "/api/v3/klines")]
fn request<R>(work: impl FnOnce() -> R) -> R {
    work()
}

#[trace_stage(stage = "clean")]
fn stage<R>(work: impl FnOnce() -> R) -> R {
    work()
}

fn adaptive(seed: u64) -> Capture {
    let sampler = Sampler::adaptive(&SamplingConfig::default(), "production");
    Capture::builder().sampler(sampler).seed(seed).build()
}

/// The headers of a request that leaves now.
fn sent() -> Headers {
    let mut headers = Headers::new();
    TraceContextPropagator::new().inject_context(&Context::current(), &mut headers);
    headers
}

/// Runs in this process what a request with these headers asks for.
fn served<R>(process: &Context, headers: &Headers, serve: impl FnOnce() -> R) -> R {
    let context = TraceContextPropagator::new().extract_with_context(process, headers);
    let _attached = context.attach();
    serve()
}

fn incoming(flags: &str, tracestate: &str) -> Headers {
    let traceparent = format!("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-{flags}");
    Headers::from([
        ("traceparent".to_owned(), traceparent),
        ("tracestate".to_owned(), tracestate.to_owned()),
    ])
}

fn state(headers: &Headers) -> SamplingState {
    let tracestate = headers.get("tracestate").map_or("", |text| text);
    SamplingState::parse(&tracestate.parse().unwrap())
}

#[test]
fn a_trace_that_begins_here_says_that_its_id_is_random() {
    let capture = adaptive(1);
    let headers = capture.run(|| workflow(sent));
    let span = &capture.spans()[0];
    let (trace_id, span_id) = (span.trace_id(), span.span_id());
    assert_eq!(
        headers["traceparent"],
        format!("00-{trace_id}-{span_id}-03")
    );
    assert_eq!(headers["tracestate"], "ot=th:0");
}

#[test]
fn the_draw_of_a_request_goes_to_the_next_process() {
    let (first, second) = (adaptive(2), adaptive(3));
    let threshold = Threshold::from_probability(0.3);
    let mut kept = 0;
    first.run(|| {
        workflow(|| {
            for _ in 0..200 {
                let headers = request(sent);
                let sent_state = state(&headers);
                let randomness = sent_state.randomness.unwrap();
                let sampled = headers["traceparent"].ends_with("-03");
                assert_eq!(threshold.keeps(randomness), sampled);
                assert_eq!(sent_state.threshold, sampled.then_some(threshold));
                kept += usize::from(sampled);

                // There the same rate is not drawn again, and what follows says the same.
                let (theirs, inner) = served(&second.context(), &headers, || {
                    request(|| (sent(), stage(sent)))
                });
                assert_eq!(state(&theirs), sent_state);
                assert_eq!(state(&inner), sent_state);
                assert_eq!(theirs["traceparent"].ends_with("-03"), sampled);
            }
        });
    });
    assert!((30..90).contains(&kept), "{kept}");
    assert_eq!(first.spans().len(), kept + 1);
    assert_eq!(second.spans().len(), 2 * kept);
    for span in first.spans().iter().chain(&second.spans()) {
        let data = span.data();
        let exported = SamplingState::parse(data.span_context.trace_state());
        let of_trace = Randomness::from_trace_id(span.trace_id());
        let randomness = exported.randomness.unwrap_or(of_trace);
        assert!(exported.threshold.unwrap().keeps(randomness), "{data:?}");
    }
}

#[test]
fn entries_of_others_go_through_operations_and_spans() {
    let capture = lakehouse_otel::testing::capture();
    let tracer = capture.tracer("other");
    let headers = incoming("01", "vendor=x,ot=th:c;rv:e000000000000a;k1:13,other=y");
    let (by_operation, by_span) = served(&capture.context(), &headers, || {
        workflow(|| {
            let span = tracer.start("span");
            let context = Context::current_with_span(span);
            let mut headers = Headers::new();
            TraceContextPropagator::new().inject_context(&context, &mut headers);
            context.span().end();
            (sent(), headers)
        })
    });
    for headers in [&by_operation, &by_span] {
        // This capture keeps all, whatever came in.
        assert_eq!(
            headers["tracestate"],
            "ot=th:0;rv:e000000000000a;k1:13,vendor=x,other=y"
        );
        assert!(
            headers["traceparent"].ends_with("-01"),
            "nobody said that the id is random"
        );
    }
    for span in capture.spans() {
        let exported = span.data().span_context.trace_state().header();
        assert_eq!(exported, by_operation["tracestate"], "{}", span.name());
    }
}

#[test]
fn the_callers_decision_counts() {
    let capture = adaptive(4);
    for (flags, tracestate, sampled, expected) in [
        (
            "01",
            "ot=th:8;rv:f0000000000000",
            true,
            "ot=th:8;rv:f0000000000000",
        ),
        ("01", "vendor=x", true, "vendor=x"),
        // R < T, and yet sampled: how it was sampled is not known.
        (
            "01",
            "ot=th:8;rv:10000000000000",
            true,
            "ot=rv:10000000000000",
        ),
        ("00", "ot=rv:f0000000000000", false, "ot=rv:f0000000000000"),
        ("00", "vendor=x", false, "vendor=x"),
    ] {
        let before = capture.spans().len();
        let headers = incoming(flags, tracestate);
        let sent = served(&capture.context(), &headers, || workflow(sent));
        assert_eq!(
            capture.spans().len() - before,
            usize::from(sampled),
            "{tracestate}"
        );
        assert_eq!(sent["tracestate"], expected);
        assert!(sent["traceparent"].ends_with(flags), "{sent:?}");
        assert!(sent["traceparent"].starts_with(&headers["traceparent"][..36]));
    }
}

#[test]
fn outside_of_any_trace_nothing_is_sent() {
    assert!(sent().is_empty());
    assert!(served(&Context::new(), &Headers::new(), sent).is_empty());
}
