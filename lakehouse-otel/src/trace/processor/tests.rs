use std::sync::mpsc;
use std::time::SystemTime;

use opentelemetry::InstrumentationScope;
use opentelemetry::trace::{
    SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState,
};
use opentelemetry_sdk::trace::{SpanEvents, SpanLinks};

use super::*;
use crate::export::sink::{Batch, ExportFailure, Exported, Rejected};
use crate::trace::sampler::Randomness;

/// Each export waits for the test's word.
#[derive(Debug)]
struct Scripted {
    started: mpsc::Sender<usize>,
    answers: mpsc::Receiver<Exported>,
}

impl SpanSink for Scripted {
    fn export(&mut self, batch: Batch<'_>) -> Exported {
        let _ = self.started.send(batch.spans.len());
        self.answers
            .recv()
            .unwrap_or_else(|_| Err(ExportFailure::new("hung up")))
    }
}

struct Test {
    processor: BatchSpanProcessor,
    started: mpsc::Receiver<usize>,
    answers: mpsc::Sender<Exported>,
}

const LONG: Duration = Duration::from_mins(1);

fn settings(max_queue_size: usize, max_export_batch_size: usize) -> ProcessorSettings {
    ProcessorSettings {
        batch: BatchConfig {
            max_queue_size,
            max_export_batch_size,
            schedule_delay: LONG,
        },
        limits: SpanLimits::default(),
        cap: 0,
        target: "test".to_owned(),
        redactor: Redactor::new(),
    }
}

fn start(max_queue_size: usize, max_export_batch_size: usize) -> Test {
    let (started_in, started) = mpsc::channel();
    let (answers, answers_out) = mpsc::channel();
    let sink = Scripted {
        started: started_in,
        answers: answers_out,
    };
    let silent = Diagnostics::new(Arc::new(|_: &str| ()));
    let processor = BatchSpanProcessor::start(
        Box::new(sink),
        settings(max_queue_size, max_export_batch_size),
        silent,
    )
    .unwrap();
    Test {
        processor,
        started,
        answers,
    }
}

fn span(flags: TraceFlags) -> SpanData {
    SpanData {
        span_context: SpanContext::new(
            TraceId::from(1),
            SpanId::from(1),
            flags,
            false,
            TraceState::NONE,
        ),
        parent_span_id: SpanId::INVALID,
        parent_span_is_remote: false,
        span_kind: SpanKind::Internal,
        name: "span".into(),
        start_time: SystemTime::UNIX_EPOCH,
        end_time: SystemTime::UNIX_EPOCH,
        attributes: Vec::new(),
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links: SpanLinks::default(),
        status: Status::Unset,
        instrumentation_scope: InstrumentationScope::default(),
    }
}

fn end(test: &Test, count: usize) {
    for _ in 0..count {
        test.processor.on_end(span(TraceFlags::SAMPLED));
    }
}

#[test]
fn only_sampled_spans_are_exported() {
    let test = start(10, 10);
    test.answers.send(Ok(Rejected(0))).unwrap();
    test.processor.on_end(span(TraceFlags::NOT_SAMPLED));
    end(&test, 2);
    test.processor.flush(LONG).unwrap();
    assert_eq!(test.started.try_iter().collect::<Vec<_>>(), [2]);
    let account = test.processor.account();
    assert_eq!((account.created, account.exported), (2, 2));
}

#[test]
fn a_full_batch_goes_at_once_and_a_full_queue_drops_the_newest() {
    let test = start(4, 2);
    end(&test, 2);
    assert_eq!(test.started.recv().unwrap(), 2);
    // The worker is busy: four wait, three too many come.
    end(&test, 7);
    let account = test.processor.account();
    assert_eq!(
        (account.created, account.queued, account.dropped.queue_full),
        (9, 6, 3)
    );
    assert!(account.closes());

    test.answers.send(Ok(Rejected(0))).unwrap();
    test.answers
        .send(Err(ExportFailure::new("refused")))
        .unwrap();
    test.answers.send(Ok(Rejected(1))).unwrap();
    // Whether the refusal falls into the flush is for the worker to say; the account is not.
    let _ = test.processor.flush(LONG);
    let account = test.processor.account();
    assert_eq!(
        (account.exported, account.failed, account.rejected),
        (3, 2, 1)
    );
    assert!(account.closes());
}

#[test]
fn a_flush_says_that_what_it_exported_failed() {
    // Fewer spans than a batch, and no time that is due: nothing but the flush exports them.
    let test = start(10, 10);
    end(&test, 2);
    test.answers
        .send(Err(ExportFailure::new("refused")))
        .unwrap();
    assert!(test.processor.flush(LONG).is_err());
    assert_eq!(test.processor.account().failed, 2);
}

#[test]
fn a_flush_and_a_shutdown_are_bounded_by_their_own_time() {
    let test = start(10, 2);
    end(&test, 5);
    assert_eq!(test.started.recv().unwrap(), 2);
    let flow = test.processor.flow();
    assert_eq!((flow.given, flow.in_flight, flow.account.queued), (2, 2, 5));
    let short = Duration::from_millis(20);
    assert!(matches!(
        test.processor.flush(short),
        Err(OTelSdkError::Timeout(_))
    ));
    assert!(matches!(
        test.processor.shutdown_with_timeout(short),
        Err(OTelSdkError::Timeout(_))
    ));
    let account = test.processor.account();
    assert_eq!(account.dropped.unsent_at_shutdown, 5);
    assert!(account.closes());
    let written_off = |test: &Test| {
        let flow = test.processor.flow();
        (flow.given, flow.in_flight, flow.unanswered)
    };
    assert_eq!(written_off(&test), (2, 0, 2), "two were with the exporter");
    // An answer that comes too late changes nothing, nor do batches that the worker still had, where it
    // came to take more than the first.
    test.answers.send(Ok(Rejected(0))).unwrap();
    assert!(matches!(test.started.recv(), Ok(2) | Err(_)));
    end(&test, 1);
    let account = test.processor.account();
    assert_eq!((account.dropped.after_shutdown, account.exported), (1, 0));
    assert!(account.closes());
    assert_eq!(written_off(&test), (2, 0, 2));
}

#[test]
fn a_shutdown_empties_the_queue() {
    let test = start(10, 2);
    for _ in 0..3 {
        test.answers.send(Ok(Rejected(0))).unwrap();
    }
    end(&test, 5);
    test.processor.shutdown_with_timeout(LONG).unwrap();
    assert_eq!(test.started.try_iter().sum::<usize>(), 5);
    assert_eq!(test.processor.account().exported, 5);
    test.processor.shutdown_with_timeout(LONG).unwrap();
    test.processor.flush(LONG).unwrap();
}

#[derive(Debug)]
struct Panicking;

impl SpanSink for Panicking {
    fn export(&mut self, _batch: Batch<'_>) -> Exported {
        panic!("an exporter's bug");
    }
}

#[test]
fn a_panicking_exporter_is_a_failed_export() {
    let silent = Diagnostics::new(Arc::new(|_: &str| ()));
    let processor = BatchSpanProcessor::start(Box::new(Panicking), settings(4, 4), silent).unwrap();
    processor.on_end(span(TraceFlags::SAMPLED));
    assert!(processor.flush(LONG).is_err());
    processor.on_end(span(TraceFlags::SAMPLED));
    assert!(processor.shutdown_with_timeout(LONG).is_err());
    assert_eq!(processor.account().failed, 2);
}

#[test]
fn diagnostics_that_panic_cost_no_span() {
    let loud = Diagnostics::new(Arc::new(|_: &str| panic!("a program's bug")));
    let processor = BatchSpanProcessor::start(Box::new(Panicking), settings(4, 4), loud).unwrap();
    processor.on_end(span(TraceFlags::SAMPLED));
    assert!(processor.flush(LONG).is_err());
    assert!(processor.shutdown_with_timeout(LONG).is_err());
    assert_eq!(processor.account().failed, 1);
    assert!(processor.account().closes());
}

/// Keeps what it gets, and counts how often it is shut down.
#[derive(Debug, Default)]
struct Keeping {
    spans: Arc<Mutex<Vec<SpanData>>>,
    shutdowns: Arc<Mutex<u32>>,
}

impl opentelemetry_sdk::trace::SpanExporter for Keeping {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.spans.lock().unwrap().extend(batch);
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        *self.shutdowns.lock().unwrap() += 1;
        Ok(())
    }
}

#[test]
fn an_exporter_of_the_programs_own_is_shut_down_once() {
    let exporter = Keeping::default();
    let shutdowns = Arc::clone(&exporter.shutdowns);
    let resource = opentelemetry_sdk::Resource::builder_empty().build();
    let sink = Box::new(crate::export::custom::CustomSpans::new(exporter, &resource));
    let silent = Diagnostics::new(Arc::new(|_: &str| ()));
    let processor = BatchSpanProcessor::start(sink, settings(4, 4), silent).unwrap();
    processor.flush(LONG).unwrap();
    assert_eq!(*shutdowns.lock().unwrap(), 0);
    processor.shutdown_with_timeout(LONG).unwrap();
    processor.shutdown_with_timeout(LONG).unwrap();
    assert_eq!(*shutdowns.lock().unwrap(), 1);
}

#[test]
fn texts_of_foreign_spans_are_cut_too() {
    let exporter = Keeping::default();
    let spans = Arc::clone(&exporter.spans);
    let resource = opentelemetry_sdk::Resource::builder_empty().build();
    let sink = Box::new(crate::export::custom::CustomSpans::new(exporter, &resource));
    let silent = Diagnostics::new(Arc::new(|_: &str| ()));
    let mut settings = settings(4, 4);
    settings.limits.value_length = Some(3);
    let processor = BatchSpanProcessor::start(sink, settings, silent).unwrap();
    let mut long = span(TraceFlags::SAMPLED);
    long.attributes = vec![opentelemetry::KeyValue::new("key", "a long text")];
    processor.on_end(long);
    processor.flush(LONG).unwrap();
    assert_eq!(spans.lock().unwrap()[0].attributes[0].value.as_str(), "a l");
}

/// A span whose randomness is this, kept with a threshold.
fn random(randomness: u64, threshold: &str) -> SpanData {
    let mut span = span(TraceFlags::SAMPLED);
    span.span_context = SpanContext::new(
        TraceId::from(u128::from(randomness)),
        SpanId::from(1),
        TraceFlags::SAMPLED,
        false,
        format!("ot=th:{threshold}").parse().unwrap(),
    );
    span
}

#[test]
fn a_cap_leaves_the_highest_randomness_with_the_threshold_of_the_first_one_out() {
    let exporter = Keeping::default();
    let spans = Arc::clone(&exporter.spans);
    let resource = opentelemetry_sdk::Resource::builder_empty().build();
    let sink = Box::new(crate::export::custom::CustomSpans::new(exporter, &resource));
    let silent = Diagnostics::new(Arc::new(|_: &str| ()));
    let mut settings = settings(16, 16);
    settings.cap = 2;
    let processor = BatchSpanProcessor::start(sink, settings, silent).unwrap();
    for eighth in [1_u64, 7, 3, 5] {
        processor.on_end(random(eighth << 53, "0"));
    }
    processor.flush(LONG).unwrap();
    let left: Vec<_> = spans
        .lock()
        .unwrap()
        .iter()
        .map(|span| {
            let context = &span.span_context;
            let randomness = Randomness::from_trace_id(context.trace_id()).as_u64() >> 53;
            (randomness, context.trace_state().header())
        })
        .collect();
    let account = processor.account();
    assert!(account.closes());
    assert_eq!((account.exported, account.dropped.over_cap), (2, 2));
    let threshold = "ot=th:6".to_owned();
    let mut sorted = left;
    sorted.sort();
    assert_eq!(sorted, [(5, threshold.clone()), (7, threshold)]);
}
