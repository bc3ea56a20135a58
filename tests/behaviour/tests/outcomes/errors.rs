//! What an operation tells of the error that it ended with.

use std::panic::catch_unwind;

use futures::executor::block_on;
use lakehouse_otel::opentelemetry::trace::TraceContextExt;
use lakehouse_otel::operation::ErrorClass;
use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::{ErrorRecovery, ErrorSeverity};
use lakehouse_otel_tests_behaviour::bench;

#[derive(Debug, thiserror::Error)]
#[error("the page is gone")]
struct Gone {
    #[source]
    source: std::io::Error,
}

#[track_processing(operation = "plain_error")]
fn plain_error() -> Result<(), Gone> {
    let source = std::io::Error::other("connection reset");
    Err(Gone { source })
}

#[track_processing(operation = "report")]
fn report() -> anyhow::Result<()> {
    Err(anyhow::Error::from(plain_error().unwrap_err()).context("while fetching"))
}

struct Opaque;

#[track_processing(operation = "opaque")]
fn opaque() -> Result<(), Opaque> {
    Err(Opaque)
}

#[derive(Debug, thiserror::Error)]
#[error("HTTP {0}")]
struct Classed(u16);

impl ErrorClass for Classed {
    fn error_type(&self) -> std::borrow::Cow<'static, str> {
        self.0.to_string().into()
    }

    fn severity(&self) -> Option<ErrorSeverity> {
        Some(ErrorSeverity::ALL[0])
    }

    fn recovery(&self) -> Option<ErrorRecovery> {
        Some(ErrorRecovery::ALL[0])
    }
}

#[track_processing(operation = "classed")]
fn classed() -> Result<(), Classed> {
    Err(Classed(503))
}

#[test]
fn an_error_is_told_by_the_most_that_is_known_of_it() {
    let bench = bench();
    bench.run(|| {
        report().unwrap_err();
        assert!(opaque().is_err());
        classed().unwrap_err();
    });
    let exception = |name: &str, key: &str| {
        let span = bench.capture.span(name);
        span.outcome(Outcome::Error);
        let event = span.data().events.iter().next().unwrap().clone();
        let attribute = event
            .attributes
            .iter()
            .find(|attribute| attribute.key.as_str() == key);
        attribute.map(|attribute| attribute.value.as_str().into_owned())
    };
    let error_type = |name: &str| {
        bench
            .capture
            .span(name)
            .attribute("error.type")
            .unwrap()
            .to_string()
    };

    assert_eq!(error_type("plain_error"), "Gone");
    assert_eq!(
        exception("plain_error", "exception.type").unwrap(),
        "outcomes::errors::Gone"
    );
    assert_eq!(
        exception("plain_error", "exception.message").unwrap(),
        "the page is gone"
    );
    assert_eq!(
        exception("plain_error", "crypto.error.chain").unwrap(),
        "connection reset"
    );

    assert_eq!(error_type("report"), "_OTHER");
    assert_eq!(
        exception("report", "exception.message").unwrap(),
        "while fetching"
    );
    assert_eq!(
        exception("report", "crypto.error.chain").unwrap(),
        "the page is gone: connection reset"
    );

    assert_eq!(error_type("opaque"), "Opaque");
    assert_eq!(exception("opaque", "exception.message"), None);

    assert_eq!(error_type("classed"), "503");
    let span = bench.capture.span("classed");
    assert!(span.attribute("crypto.error.severity").is_some());
    assert!(span.attribute("crypto.error.recovery").is_some());
}

#[derive(Debug)]
struct Unspeakable;

impl std::fmt::Display for Unspeakable {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        panic!("no words")
    }
}

#[track_processing(operation = "unspeakable")]
fn unspeakable() -> Result<(), Unspeakable> {
    Err(Unspeakable)
}

#[test]
fn an_error_that_panics_when_it_is_told_is_a_panic_to_span_and_metrics() {
    let bench = bench();
    bench.run(|| {
        catch_unwind(unspeakable).unwrap_err();
        let context = lakehouse_otel::opentelemetry::Context::current();
        assert!(!context.span().span_context().is_valid());
    });
    bench.capture.span("unspeakable").outcome(Outcome::Panicked);
    let operations = bench.capture.metric("crypto.processing.operations");
    operations
        .sum(1)
        .clone()
        .with("crypto.outcome", "panicked")
        .sum(1);
}

#[track_processing(operation = "unspeakable_later")]
async fn unspeakable_later() -> Result<(), Unspeakable> {
    Err(Unspeakable)
}

#[track_processing(operation = "first", ok(|rows| record_count = rows[0]))]
async fn first(rows: Vec<u64>) -> Vec<u64> {
    rows
}

#[test]
fn what_panics_when_a_futures_value_is_looked_at_is_a_panic_to_span_and_metrics() {
    let bench = bench();
    bench.run(|| {
        catch_unwind(|| block_on(unspeakable_later())).unwrap_err();
        catch_unwind(|| block_on(first(Vec::new()))).unwrap_err();
        let context = lakehouse_otel::opentelemetry::Context::current();
        assert!(!context.span().span_context().is_valid());
    });
    for operation in ["unspeakable_later", "first"] {
        bench.capture.span(operation).outcome(Outcome::Panicked);
        bench
            .capture
            .metric("crypto.processing.operations")
            .with("crypto.processing.operation", operation)
            .with("crypto.outcome", "panicked")
            .sum(1);
    }
}

#[track_processing(operation = "crowded", context = ctx)]
fn crowded() -> Result<(), String> {
    for index in 0..200 {
        ctx.set_attribute(lakehouse_otel::opentelemetry::KeyValue::new(
            format!("own.key_{index}"),
            1,
        ));
    }
    Err("too many".to_owned())
}

#[test]
fn the_outcome_is_there_however_many_attributes_there_are() {
    let bench = bench();
    bench.run(crowded).unwrap_err();
    let span = bench.capture.span("crowded");
    span.outcome(Outcome::Error);
    assert!(span.attribute("error.type").is_some());
    assert!(span.data().dropped_attributes_count > 0);
}

#[track_processing(operation = "named", err(|error| error.type = error.as_str()))]
fn named() -> Result<(), String> {
    Err("gap".to_owned())
}

#[test]
fn the_caller_may_name_the_class_of_error() {
    let bench = bench();
    bench.run(named).unwrap_err();
    assert_eq!(
        bench
            .capture
            .span("named")
            .attribute("error.type")
            .unwrap()
            .as_str(),
        "gap"
    );
    let errors = bench.capture.metric("crypto.transformation.errors");
    errors.with("error.type", "gap").sum(1);
}

#[derive(Debug, thiserror::Error)]
#[error("traced")]
struct Traced(Box<std::backtrace::Backtrace>);

impl ErrorClass for Traced {
    fn error_type(&self) -> std::borrow::Cow<'static, str> {
        "traced".into()
    }

    fn backtrace(&self) -> Option<&std::backtrace::Backtrace> {
        Some(&self.0)
    }
}

#[track_processing(operation = "traced")]
fn traced() -> Result<(), Traced> {
    Err(Traced(Box::new(std::backtrace::Backtrace::force_capture())))
}

#[test]
fn a_backtrace_that_was_captured_is_recorded() {
    let bench = bench();
    bench.run(traced).unwrap_err();
    let span = bench.capture.span("traced");
    let event = span.data().events.iter().next().unwrap().clone();
    let mut attributes = event.attributes.iter();
    let stacktrace = attributes.find(|attribute| attribute.key.as_str() == "exception.stacktrace");
    assert!(stacktrace.unwrap().value.as_str().contains("traced"));
}
