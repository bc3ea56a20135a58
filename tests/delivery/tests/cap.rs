//! A cap on spans a second, and what is exported in any case. One test, for annotated functions go to the telemetry of the
//! whole program.

use std::collections::HashSet;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lakehouse_otel::config::Exporter;
use lakehouse_otel::{Telemetry, trace_crypto_workflow, track_api_request, track_processing};
use opentelemetry::Context;
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState,
};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

const LONG: Duration = Duration::from_mins(1);

#[derive(Debug, Clone, Default)]
struct Kept(Arc<Mutex<Vec<SpanData>>>);

impl SpanExporter for Kept {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.lock().unwrap().extend(batch);
        Ok(())
    }
}

fn outcome(fails: bool) -> io::Result<()> {
    if fails {
        Err(io::Error::other("failed"))
    } else {
        Ok(())
    }
}

#[track_api_request(exchange = Binance, endpoint = "/time")]
fn request(fails: bool) -> io::Result<()> {
    outcome(fails)
}

#[trace_crypto_workflow(name = "collect")]
fn collect(request_fails: bool) {
    let _ = request(request_fails);
}

#[trace_crypto_workflow(name = "aggregate")]
fn aggregate(fails: bool) -> io::Result<()> {
    outcome(fails)
}

#[track_processing(operation = "clean")]
fn clean(fails: bool) -> io::Result<()> {
    outcome(fails)
}

#[track_processing(operation = "settle", priority = high)]
fn settle() {}

#[trace_crypto_workflow(name = "close_day")]
fn close_day(settles: bool) {
    if settles {
        settle();
    }
}

/// What is exported of this work, with a cap of so many and a budget of so many errors, in production, where no request is
/// sampled; and how many spans were over the cap.
fn exported(cap: u32, errors: u32, work: impl FnOnce()) -> (Vec<SpanData>, u64) {
    let kept = Kept::default();
    let telemetry = Telemetry::builder()
        .variables(|name| {
            let value = match name {
                "DEPLOYMENT_ENV" => "production",
                "OTEL_PERFORMANCE_MONITORING" => "false",
                "OTEL_BSP_SCHEDULE_DELAY" => "3600000",
                _ => return None,
            };
            Some(value.to_owned())
        })
        .api_call_sample_rate(0.0)
        .max_spans_per_second(cap)
        .max_error_spans_per_second(errors)
        .metrics_exporter(Exporter::None)
        .span_exporter(kept.clone())
        .diagnostics(|_| ())
        .init()
        .unwrap();
    work();
    // What the cap drops is not delivered.
    let _ = telemetry.shutdown(LONG);
    let account = telemetry.ledger().spans;
    assert!(account.closes(), "{account:?}");
    let spans = std::mem::take(&mut *kept.0.lock().unwrap());
    assert_eq!(account.exported, spans.len() as u64);
    (spans, account.dropped.over_cap)
}

fn threshold(span: &SpanData) -> Option<&str> {
    let state = span.span_context.trace_state().get("ot")?;
    state.split(';').find(|entry| entry.starts_with("th:"))
}

fn ids(spans: &[SpanData]) -> HashSet<SpanId> {
    let ids = spans.iter().map(|span| span.span_context.span_id());
    ids.collect()
}

fn what_a_kept_failure_is_under_passes_the_cap_with_it() {
    let (spans, over_cap) = exported(10, 100, || (0..200).for_each(|n| collect(n % 20 == 0)));
    let (failed, around): (Vec<_>, Vec<_>) = spans
        .iter()
        .cloned()
        .partition(|span| span.parent_span_id != SpanId::INVALID);
    assert_eq!(failed.len(), 10);
    let there = ids(&around);
    for span in &failed {
        assert_eq!(threshold(span), Some("th:0"));
        assert!(there.contains(&span.parent_span_id), "{span:?}");
    }
    // All came to the cap at once: of the others it lets a second's worth through.
    assert_eq!((around.len(), over_cap), (10 + 10, 180));
}

fn a_failure_that_was_sampled_passes_the_cap() {
    let (spans, over_cap) = exported(10, 100, || {
        for n in 0..200 {
            let _ = aggregate(n % 20 == 0);
        }
    });
    let failed = spans
        .iter()
        .filter(|span| matches!(span.status, opentelemetry::trace::Status::Error { .. }));
    let failed: Vec<_> = failed.map(threshold).collect();
    assert_eq!(failed, [Some("th:0"); 10]);
    assert_eq!((spans.len(), over_cap), (10 + 10, 180));
}

fn high_priority_passes_the_cap_with_what_is_around_it() {
    let (spans, _) = exported(10, 100, || (0..200).for_each(|n| close_day(n % 20 == 0)));
    let there = ids(&spans);
    let settled = spans.iter().filter(|span| span.name.ends_with("settle"));
    let settled: Vec<_> = settled.map(|span| span.parent_span_id).collect();
    assert_eq!(settled.len(), 10);
    assert!(settled.iter().all(|parent| there.contains(parent)));
}

/// Most SDKs say nothing of how they sample. Without a budget of errors all goes through the cap.
fn a_cap_that_drops_nothing_takes_nothing_from_what_is_known() {
    let (trace, span) = (TraceId::from(0xfeed), SpanId::from(0xbeef));
    let (flags, state) = (TraceFlags::SAMPLED, TraceState::NONE);
    let parent = SpanContext::new(trace, span, flags, true, state);
    let (spans, over_cap) = exported(1_000, 0, || {
        let _attached = Context::new().with_remote_span_context(parent).attach();
        let _ = clean(true);
        let _ = clean(false);
    });
    let thresholds: Vec<_> = spans.iter().map(threshold).collect();
    assert_eq!(thresholds, [Some("th:0"), None]);
    assert_eq!(over_cap, 0);
}

#[test]
fn what_is_there_in_any_case_is_there_under_a_cap() {
    what_a_kept_failure_is_under_passes_the_cap_with_it();
    a_failure_that_was_sampled_passes_the_cap();
    high_priority_passes_the_cap_with_what_is_around_it();
    a_cap_that_drops_nothing_takes_nothing_from_what_is_known();
}
