//! How much may wait, and what is left of threads and of telemetry that ended. One test, for it counts
//! what the whole process allocates.

use std::alloc::{GlobalAlloc, Layout, System};
use std::io;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::Duration;

use lakehouse_otel::config::Exporter;
use lakehouse_otel::export::Account;
use lakehouse_otel::telemetry::Builder;
use lakehouse_otel::{Telemetry, trace_crypto_workflow, track_api_request, track_processing};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

const LONG: Duration = Duration::from_mins(1);

/// Counts what is allocated and not freed.
struct Counting;

static LIVE: AtomicI64 = AtomicI64::new(0);
static LIVE_BLOCKS: AtomicI64 = AtomicI64::new(0);

fn count(bytes: usize, sign: i64) {
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    LIVE.fetch_add(sign * bytes, Ordering::Relaxed);
    LIVE_BLOCKS.fetch_add(sign, Ordering::Relaxed);
}

// SAFETY: it does what the system's allocator does, and counts.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 1);
        // SAFETY: the caller's promises are the system allocator's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, allocated: *mut u8, layout: Layout) {
        count(layout.size(), -1);
        // SAFETY: as above.
        unsafe { System.dealloc(allocated, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn live() -> i64 {
    LIVE.load(Ordering::Relaxed)
}

fn live_blocks() -> i64 {
    LIVE_BLOCKS.load(Ordering::Relaxed)
}

#[trace_crypto_workflow(name = "work")]
fn work() {}

#[track_processing(operation = "fail")]
fn fail() -> Result<(), io::Error> {
    Err(io::Error::other("failed"))
}

#[track_api_request(exchange = Binance, endpoint = "/time")]
fn request() {}

fn variables(name: &str) -> Option<String> {
    let value = match name {
        "OTEL_BSP_MAX_QUEUE_SIZE" => "256",
        "OTEL_BSP_MAX_EXPORT_BATCH_SIZE" => "64",
        "OTEL_BSP_SCHEDULE_DELAY" => "3600000",
        "OTEL_TRACES_SAMPLER" => "always_on",
        "OTEL_PERFORMANCE_MONITORING" => "false",
        _ => return None,
    };
    Some(value.to_owned())
}

fn telemetry() -> Builder {
    Telemetry::builder()
        .variables(variables)
        .metrics_exporter(Exporter::None)
}

/// Tells of each export, and waits for a word before it is done.
#[derive(Debug)]
struct Gated {
    begun: mpsc::Sender<usize>,
    go: Mutex<mpsc::Receiver<()>>,
}

impl SpanExporter for Gated {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let _ = self.begun.send(batch.len());
        // Nobody at the other end: go on.
        let _ = self.go.lock().unwrap().recv();
        Ok(())
    }
}

#[derive(Debug)]
struct Swallowing;

impl SpanExporter for Swallowing {
    async fn export(&self, _batch: Vec<SpanData>) -> OTelSdkResult {
        Ok(())
    }
}

fn spans(telemetry: &Telemetry) -> Account {
    let spans = telemetry.ledger().spans;
    assert!(spans.closes(), "{spans:?}");
    spans
}

/// So many threads do this at once. They have ended then: a scope alone does not wait for a thread's locals to be
/// dropped, and a join does.
fn on_threads(threads: usize, act: impl Fn() + Sync) {
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(&act)).collect();
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

/// Does this while the exporter has one span and does not come through with it.
fn while_it_exports(act: impl FnOnce(&Telemetry)) {
    let (begun, exports) = mpsc::channel();
    let (proceed, go) = mpsc::channel();
    let go = Mutex::new(go);
    let exporter = Gated { begun, go };
    let telemetry = telemetry().span_exporter(exporter).init().unwrap();
    work();
    thread::scope(|scope| {
        scope.spawn(|| telemetry.force_flush(LONG));
        assert_eq!(exports.recv().unwrap(), 1);
        act(&telemetry);
        drop(proceed);
    });
    let before = spans(&telemetry);
    let _ = telemetry.shutdown(LONG);
    let account = spans(&telemetry);
    let left = before.exported + before.queued;
    assert_eq!((account.exported, account.queued), (left, 0));
}

fn the_queue_has_a_bound_and_a_share_for_errors() {
    while_it_exports(|telemetry| {
        // Eight threads share the queue, an eighth of it excepted; the newest are dropped.
        on_threads(8, || (0..1_000).for_each(|_| work()));
        let account = spans(telemetry);
        assert_eq!((account.created, account.queued), (8_001, 1 + 224));
        assert_eq!(account.dropped.queue_full, 8_000 - 224);
        // That eighth is for what failed.
        on_threads(8, || (0..10).for_each(|_| drop(fail())));
        let account = spans(telemetry);
        assert_eq!((account.created, account.queued), (8_081, 1 + 256));
        assert_eq!(account.dropped.queue_full, 8_000 - 224 + 80 - 32);
    });
}

fn threads_that_end_do_not_use_up_the_queue() {
    while_it_exports(|telemetry| {
        // Each thread takes room for more than it has spans: one, two and four.
        (0..56).for_each(|_| on_threads(1, || (0..4).for_each(|_| work())));
        let account = spans(telemetry);
        assert_eq!((account.queued, account.dropped.queue_full), (1 + 224, 0));
    });
}

fn threads_that_end_leave_nothing_behind() {
    let telemetry = telemetry().span_exporter(Swallowing).init().unwrap();
    let round = || {
        for _ in 0..10 {
            for _ in 0..100 {
                on_threads(1, || {
                    work();
                    let _ = fail();
                });
            }
            telemetry.force_flush(LONG).unwrap();
        }
    };
    // How much room the queue's and the worker's few vectors have depends on when the worker ran; how many blocks there
    // are does not.
    round();
    let before = live_blocks();
    (0..4).for_each(|_| round());
    let left = live_blocks() - before;
    // A lane alone is a block, and there were four thousand.
    assert!(left < 40, "{left} blocks");
    telemetry.shutdown(LONG).unwrap();
    let account = spans(&telemetry);
    assert_eq!(account.exported, 10_000);
}

fn errors_beyond_their_budget_are_counted() {
    let telemetry = telemetry()
        .variables(|name| match name {
            "OTEL_TRACES_SAMPLER" => Some("adaptive".to_owned()),
            "OTEL_ROOT_SAMPLE_RATE" => Some("0".to_owned()),
            "OTEL_MAX_ERROR_SPANS_PER_SECOND" => Some("5".to_owned()),
            _ => variables(name),
        })
        .environment("production")
        .span_exporter(Swallowing)
        .init()
        .unwrap();
    (0..200).for_each(|_| drop(fail()));
    let account = spans(&telemetry);
    // Some come back while they run.
    let over = account.dropped.over_error_budget;
    assert_eq!((account.created, account.queued + over), (200, 200));
    assert!((1..=195).contains(&over), "{over}");
    let _ = telemetry.shutdown(LONG);
    let account = spans(&telemetry);
    assert_eq!(account.exported, 200 - over);
}

/// What each telemetry leaves behind, in bytes.
fn left_by_an_init(build: impl Fn() -> Builder) -> i64 {
    let round = || {
        let telemetry = build().init().unwrap();
        work();
        request();
        let _ = fail();
        telemetry.shutdown(LONG).unwrap();
    };
    (0..5).for_each(|_| round());
    let before = live();
    let rounds = 20;
    (0..rounds).for_each(|_| round());
    (live() - before) / rounds
}

fn telemetry_that_ended_leaves_little_behind() {
    let traces = left_by_an_init(|| telemetry().span_exporter(Swallowing));
    let both = left_by_an_init(|| {
        let builder = telemetry().span_exporter(Swallowing);
        builder
            .metrics_exporter(Exporter::Console)
            .console_writer(io::sink())
    });
    println!("an init leaves {traces} bytes of traces, {both} with metrics");
    assert!(traces < 64 << 10, "{traces} bytes");
    // The SDK makes room for all series of an instrument at once; see docs/decisions/0008.
    assert!(both < 2 << 20, "{both} bytes");
}

#[test]
fn everything_has_a_bound() {
    the_queue_has_a_bound_and_a_share_for_errors();
    threads_that_end_do_not_use_up_the_queue();
    errors_beyond_their_budget_are_counted();
    threads_that_end_leave_nothing_behind();
    telemetry_that_ended_leaves_little_behind();
}
