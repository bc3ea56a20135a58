use std::collections::HashMap;
use std::sync::Arc;

use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{
    Span as _, SpanContext, TraceContextExt, Tracer as _, TracerProvider as _,
};
use opentelemetry_sdk::trace::SdkTracerProvider;

use super::TraceContextPropagator;
use crate::trace::sampler::{Sampler, SamplingState, SdkSampler, Threshold};

const IDS: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7";

type Headers = HashMap<String, String>;

fn headers(traceparent: &str, tracestate: &str) -> Headers {
    [("traceparent", traceparent), ("tracestate", tracestate)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

fn extracted(headers: &dyn Extractor) -> SpanContext {
    let context = TraceContextPropagator::new().extract_with_context(&Context::new(), headers);
    context.span().span_context().clone()
}

fn injected(context: &Context) -> Headers {
    let mut headers = Headers::new();
    TraceContextPropagator::new().inject_context(context, &mut headers);
    headers
}

fn remote(headers: &Headers) -> Context {
    TraceContextPropagator::new().extract_with_context(&Context::new(), headers)
}

#[test]
fn what_came_in_goes_out() {
    for flags in ["00", "01", "02", "03"] {
        for tracestate in ["vendor=x", "vendor=x,ot=th:c;rv:6e6d1a75832a2f,other=y"] {
            let incoming = headers(&format!("{IDS}-{flags}"), tracestate);
            assert_eq!(injected(&remote(&incoming)), incoming);
        }
    }
}

#[test]
fn an_empty_tracestate_is_not_sent() {
    let outgoing = injected(&remote(&headers(&format!("{IDS}-03"), "")));
    assert_eq!(outgoing.keys().collect::<Vec<_>>(), ["traceparent"]);
}

#[test]
fn flags_that_the_standard_does_not_name_are_not_passed_on() {
    let outgoing = injected(&remote(&headers(&format!("{IDS}-ff"), "a=b")));
    assert_eq!(outgoing["traceparent"], format!("{IDS}-03"));
    // A later version may have more fields.
    let later = headers(&format!("cc{}-0b-what-else", &IDS[2..]), "a=b");
    assert_eq!(
        injected(&remote(&later))["traceparent"],
        format!("{IDS}-03")
    );
}

#[test]
fn what_is_no_traceparent_changes_nothing() {
    let bad = [
        String::new(),
        IDS.to_owned(),
        format!("{IDS}-zz"),
        format!("{IDS}-01-more"),
        format!("ff{}-01", &IDS[2..]),
        format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
    ];
    let before = remote(&headers(&format!("{IDS}-01"), "a=b"));
    for traceparent in bad {
        let incoming = headers(&traceparent, "c=d");
        let context = TraceContextPropagator::new().extract_with_context(&before, &incoming);
        assert_eq!(
            context.span().span_context(),
            before.span().span_context(),
            "{traceparent}"
        );
        assert!(injected(&remote(&incoming)).is_empty());
    }
}

#[test]
fn several_tracestates_are_one() {
    struct Twice(String);
    impl Extractor for Twice {
        fn get(&self, key: &str) -> Option<&str> {
            match key {
                "traceparent" => Some(&self.0),
                "tracestate" => Some("a=1"),
                _ => None,
            }
        }
        fn keys(&self) -> Vec<&str> {
            vec!["traceparent", "tracestate"]
        }
        fn get_all(&self, key: &str) -> Option<Vec<&str>> {
            match key {
                "tracestate" => Some(vec!["a=1", "b=2,c=3"]),
                _ => self.get(key).map(|value| vec![value]),
            }
        }
    }
    let span_context = extracted(&Twice(format!("{IDS}-01")));
    assert_eq!(span_context.trace_state().header(), "a=1,b=2,c=3");
}

#[test]
fn the_next_process_learns_how_it_was_sampled() {
    let process = |sampler| {
        SdkTracerProvider::builder()
            .with_sampler(SdkSampler::new(Arc::new(sampler)))
            .build()
    };
    let first = process(Sampler::parent_based_trace_id_ratio(0.5));
    let second = process(Sampler::parent_based_always_on());
    let mut kept = 0;
    for _ in 0..200 {
        let root = first.tracer("first").start("root");
        let sampled = root.span_context().is_sampled();
        let headers = injected(&Context::new().with_span(root));
        let child = second
            .tracer("second")
            .start_with_context("child", &remote(&headers));
        assert_eq!(child.span_context().is_sampled(), sampled);
        let state = SamplingState::parse(child.span_context().trace_state());
        let threshold = sampled.then(|| Threshold::parse("8").unwrap());
        assert_eq!(state.threshold, threshold);
        kept += u32::from(sampled);
    }
    assert!((40..160).contains(&kept), "{kept}");
}

#[test]
fn entries_of_others_pass_through_a_span() {
    let provider = SdkTracerProvider::builder()
        .with_sampler(SdkSampler::new(Arc::new(Sampler::always_on())))
        .build();
    let incoming = headers(&format!("{IDS}-02"), "vendor=x,ot=rv:6e6d1a75832a2f;k1:13");
    let span = provider
        .tracer("test")
        .start_with_context("span", &remote(&incoming));
    let outgoing = injected(&Context::new().with_span(span));
    assert_eq!(
        outgoing["tracestate"],
        "ot=th:0;rv:6e6d1a75832a2f;k1:13,vendor=x"
    );
    assert!(outgoing["traceparent"].ends_with("-03"), "{outgoing:?}");
}
