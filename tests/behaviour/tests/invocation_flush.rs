//! Telemetry leaves before an invocation returns. One test, for it is about the program's own telemetry.

use std::future::{pending, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use lakehouse_otel::config::Exporter;
use lakehouse_otel::opentelemetry_sdk::error::OTelSdkResult;
use lakehouse_otel::opentelemetry_sdk::trace::{SpanData, SpanExporter};
use lakehouse_otel::prelude::*;
use lakehouse_otel::{Telemetry, testing};
use lakehouse_otel_tests_behaviour::block_on;

/// More than any test takes.
const LONG: Duration = Duration::from_mins(1);

#[trace_invocation(trigger = Timer, name = "sync", flush = "1m")]
fn sync(fails: bool) -> Result<u64, String> {
    if fails {
        Err("no data".to_owned())
    } else {
        Ok(1)
    }
}

#[trace_invocation(trigger = Timer, name = "quick", flush = "20ms")]
fn quick() -> u64 {
    2
}

#[trace_invocation(trigger = Http, name = "late", flush = "1m", deadline = until)]
fn late(until: Instant) {}

#[trace_invocation(trigger = Http, name = "unflushed", flush = false)]
fn unflushed() {}

#[trace_invocation(trigger = Timer, name = "breaks", flush = "1m")]
fn breaks() {
    panic!("no disk");
}

#[trace_invocation(trigger = Http, name = "handle", flush = "1m")]
async fn handle(ends: bool) -> u64 {
    if !ends {
        pending::<()>().await;
    }
    3
}

#[trace_invocation(trigger = Http, name = "quick_handle", flush = "20ms")]
async fn quick_handle() -> u64 {
    ready(4).await
}

#[trace_invocation(trigger = Http, name = "handle_breaks", flush = "1m")]
async fn handle_breaks() {
    panic!("no network");
}

#[trace_invocation(trigger = Http, name = "boxed", flush = "1m")]
fn boxed() -> Pin<Box<dyn Future<Output = u64> + Send>> {
    Box::pin(async { 5 })
}

/// What an exporter does with a batch.
#[derive(Debug, Clone, Default)]
struct Backend(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    arrived: Vec<SpanData>,
    /// It takes a batch when a word comes.
    gate: Option<mpsc::Receiver<()>>,
    /// Told of each batch.
    told: Option<mpsc::Sender<()>>,
}

impl SpanExporter for Backend {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let gate = self.0.lock().unwrap().gate.take();
        if let Some(gate) = gate {
            let _ = gate.recv();
        }
        let mut state = self.0.lock().unwrap();
        state.arrived.extend(batch);
        if let Some(told) = &state.told {
            let _ = told.send(());
        }
        Ok(())
    }
}

impl Backend {
    /// What has arrived since it was asked before.
    fn take(&self) -> Vec<String> {
        let arrived = std::mem::take(&mut self.0.lock().unwrap().arrived);
        arrived
            .into_iter()
            .map(|span| {
                let outcome = span.attributes.iter();
                let mut outcome = outcome.filter(|of| of.key.as_str() == "crypto.outcome");
                let outcome = outcome.next().map(|of| of.value.to_string());
                format!("{} {}", span.name, outcome.unwrap_or_default())
            })
            .collect()
    }

    /// It holds its next batch until the sender speaks or goes.
    fn hold(&self) -> mpsc::Sender<()> {
        let (go, gate) = mpsc::channel();
        self.0.lock().unwrap().gate = Some(gate);
        go
    }

    fn tell(&self) -> mpsc::Receiver<()> {
        let (told, inbox) = mpsc::channel();
        self.0.lock().unwrap().told = Some(told);
        inbox
    }
}

fn start(backend: &Backend) -> Telemetry {
    let variables = |name: &str| {
        let value = match name {
            "OTEL_BSP_SCHEDULE_DELAY" => "3600000",
            "OTEL_TRACES_SAMPLER" => "always_on",
            "OTEL_PERFORMANCE_MONITORING" => "false",
            _ => return None,
        };
        Some(value.to_owned())
    };
    Telemetry::builder()
        .variables(variables)
        .metrics_exporter(Exporter::None)
        .span_exporter(backend.clone())
        .init()
        .unwrap()
}

/// A function that waits in vain waits for longer than this.
fn soon<R>(call: impl FnOnce() -> R) -> R {
    let begun = Instant::now();
    let value = call();
    assert!(begun.elapsed() < LONG / 2, "it waited for too long");
    value
}

#[test]
fn telemetry_leaves_before_an_invocation_returns() {
    let backend = Backend::default();
    assert_eq!(soon(|| sync(false)), Ok(1), "without telemetry");
    assert_eq!(soon(|| block_on(handle(true))), 3, "without telemetry");

    let telemetry = start(&backend);
    sync_ones_wait(&backend);
    async_ones_wait(&backend);
    executors_thread_is_free(&backend);
    cancelled_one_is_asked_for(&backend);
    hung_exporter_is_not_waited_for(&backend);
    captures_wait_for_nothing(&backend);
    telemetry.shutdown(LONG).unwrap();
    backend.take();

    assert_eq!(soon(|| sync(false)), Ok(1), "after the shutdown");
    assert_eq!(soon(|| block_on(handle(true))), 3, "after the shutdown");
    assert!(backend.take().is_empty());
}

fn sync_ones_wait(backend: &Backend) {
    sync(false).unwrap();
    let arrived = std::mem::take(&mut backend.0.lock().unwrap().arrived);
    assert_eq!(arrived[0].name, "sync");
    let cold = |span: &SpanData| {
        let mut attributes = span.attributes.iter();
        attributes.any(|of| of.key.as_str() == "faas.coldstart" && of.value == true.into())
    };
    assert!(
        cold(&arrived[0]),
        "the first of this process under telemetry"
    );
    sync(true).unwrap_err();
    let arrived = backend.0.lock().unwrap().arrived.clone();
    assert!(!cold(&arrived[0]));
    assert_eq!(backend.take(), ["sync error"]);
    catch_unwind(breaks).unwrap_err();
    assert_eq!(backend.take(), ["breaks panicked"]);
    unflushed();
    assert!(backend.take().is_empty());
    // Its time is over: it is asked for, and not waited for.
    let told = backend.tell();
    soon(|| late(Instant::now()));
    told.recv_timeout(LONG).unwrap();
    assert_eq!(backend.take(), ["unflushed ok", "late ok"]);
    late(Instant::now() + 2 * LONG);
    assert_eq!(backend.take(), ["late ok"]);
}

fn async_ones_wait(backend: &Backend) {
    assert_eq!(block_on(handle(true)), 3);
    assert_eq!(backend.take(), ["handle ok"]);
    assert_eq!(block_on(boxed()), 5);
    assert_eq!(backend.take(), ["boxed ok"]);
    let panicked = catch_unwind(AssertUnwindSafe(|| block_on(handle_breaks())));
    let panic = panicked.unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>().unwrap(), &"no network");
    assert_eq!(backend.take(), ["handle_breaks panicked"]);
}

/// The exporter waits for a task on the thread of the function that waits for the exporter.
fn executors_thread_is_free(backend: &Backend) {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let go = backend.hold();
    let value = soon(|| {
        runtime.unwrap().block_on(async {
            let handled = tokio::spawn(handle(true));
            let other = tokio::spawn(async move { go.send(()) });
            other.await.unwrap().unwrap();
            handled.await.unwrap()
        })
    });
    assert_eq!(value, 3);
    assert_eq!(backend.take(), ["handle ok"]);
}

fn cancelled_one_is_asked_for(backend: &Backend) {
    let told = backend.tell();
    {
        let mut future = pin!(handle(false));
        let mut task = Context::from_waker(Waker::noop());
        assert!(future.as_mut().poll(&mut task).is_pending());
    }
    told.recv_timeout(LONG).unwrap();
    assert_eq!(backend.take(), ["handle cancelled"]);
}

fn hung_exporter_is_not_waited_for(backend: &Backend) {
    let go = backend.hold();
    assert_eq!(soon(quick), 2);
    assert_eq!(soon(|| block_on(quick_handle())), 4);
    assert!(backend.take().is_empty());
    drop(go);
    // What it did not take is there with the next flush.
    sync(false).unwrap();
    assert_eq!(backend.take(), ["quick ok", "quick_handle ok", "sync ok"]);
}

fn captures_wait_for_nothing(backend: &Backend) {
    let go = backend.hold();
    unflushed();
    let capture = testing::capture();
    soon(|| capture.run(|| sync(false))).unwrap();
    assert_eq!(soon(|| capture.run(|| block_on(handle(true)))), 3);
    assert_eq!(capture.spans().len(), 2);
    assert!(backend.take().is_empty());
    drop(go);
}
