//! A soak: eight threads, far more operations than the queue holds, and an exporter that stands still or
//! crawls. Nobody waits for it, memory stays bounded, and the account closes.
//!
//! One test, for memory is the whole process's.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::Duration;

use lakehouse_otel::config::Exporter;
use lakehouse_otel::{Telemetry, track_processing};
use lakehouse_otel_tests_delivery::Receiver;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

const LONG: Duration = Duration::from_mins(1);
const THREADS: u64 = 8;
/// Of each thread in each of the two parts.
const OPERATIONS: u64 = 100_000;
const QUEUE: usize = 2_048;
const BATCH: usize = 512;

/// How many bytes may be live beyond what was before. The queue's spans, the room that the threads have for
/// the next ones, and what the worker converts come to two thirds of it, for as many threads as there
/// may be; without a bound 800,000 spans would wait in place of 2,560.
const MEMORY: usize = 7_000_000;

/// Counts what is live.
struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn taken(bytes: usize) {
    let live = LIVE.fetch_add(bytes, Ordering::Relaxed) + bytes;
    MOST.fetch_max(live, Ordering::Relaxed);
}

fn given_back(bytes: usize) {
    LIVE.fetch_sub(bytes, Ordering::Relaxed);
}

// SAFETY: every call goes on to the system's allocator as it came; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        taken(layout.size());
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        given_back(layout.size());
        // SAFETY: the pointer came from `System`, with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Exports a batch for each word of the test, and none without.
#[derive(Debug)]
struct Crawling {
    begun: mpsc::Sender<usize>,
    may_go_on: Mutex<mpsc::Receiver<()>>,
}

impl SpanExporter for Crawling {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let _ = self.begun.send(batch.len());
        // At the end nobody is left to say it, and all may go.
        let _ = self.may_go_on.lock().unwrap().recv();
        Ok(())
    }
}

#[track_processing(operation = "step", record_count = rows)]
fn step(rows: u64) -> u64 {
    rows
}

/// Lets the threads work; each calls `now_and_then` every 5,000 operations.
fn work(now_and_then: impl Fn() + Sync) {
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for number in 0..OPERATIONS {
                    step(3);
                    if number % 5_000 == 0 {
                        now_and_then();
                    }
                }
            });
        }
    });
}

#[test]
fn an_exporter_that_stands_still_holds_nobody_up() {
    let receiver = Receiver::start();
    let (begun, batches) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel();
    let exporter = Crawling {
        begun,
        may_go_on: Mutex::new(may_go_on),
    };
    let telemetry = Telemetry::builder()
        .variables(|name| {
            // Every operation is recorded, whatever the machine is doing, and the queue alone drops.
            (name == "OTEL_PERFORMANCE_MONITORING").then(|| "false".to_owned())
        })
        .exporter(Exporter::Otlp)
        .endpoint(receiver.http())
        .metric_interval(Duration::from_hours(1))
        .span_exporter(exporter)
        .max_queue_size(QUEUE)
        .max_export_batch_size(BATCH)
        .diagnostics(|_| ())
        .init()
        .unwrap();
    let spans = || {
        let spans = telemetry.ledger().spans;
        assert!(spans.closes(), "{spans}");
        spans
    };
    let before = LIVE.load(Ordering::Relaxed);

    // It stands still from the first batch on, and all of the work is done meanwhile.
    work(|| ());
    assert!((1..=BATCH).contains(&batches.recv().unwrap()));
    assert_eq!(batches.try_iter().count(), 0, "nobody has let it go on");
    let stuck = spans();
    assert_eq!(stuck.created, THREADS * OPERATIONS);
    assert_eq!(stuck.exported, 0);
    let room = (QUEUE + BATCH) as u64;
    assert!((1..=room).contains(&stuck.queued), "{stuck}");
    assert_eq!(stuck.dropped.queue_full, stuck.created - stuck.queued);

    // It crawls: one batch for so many operations.
    work(|| go_on.send(()).unwrap());
    // The second batch has begun, so the first has ended.
    batches.recv().unwrap();
    let crawled = spans();
    assert_eq!(crawled.created, 2 * THREADS * OPERATIONS);
    assert!(crawled.exported > stuck.exported, "{crawled}");
    assert!(crawled.queued <= room, "{crawled}");
    let most = MOST.load(Ordering::Relaxed).saturating_sub(before);
    println!("{most} bytes at most");
    assert!(most < MEMORY, "{most} bytes");

    // It is let go: what waited arrives, and the account closes.
    drop(go_on);
    let _ = telemetry.shutdown(LONG);
    let ended = spans();
    assert_eq!(ended.exported, crawled.exported + crawled.queued);
    assert_eq!(ended.dropped.total(), ended.dropped.queue_full);
    assert_eq!(ended.created, ended.exported + ended.dropped.queue_full);
    // Metrics count them all, whatever became of their spans.
    let rows = receiver.arrived().metrics.last().unwrap().sums["crypto.data.processed"];
    assert_eq!(u64::try_from(rows).unwrap(), 2 * THREADS * OPERATIONS * 3);
}
