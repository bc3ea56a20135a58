//! The batch span processor: a bounded queue, one worker thread, and an account of every span.
//!
//! It stands in for the SDK's own, which exports spans that are only recorded, keeps its counts to
//! itself, and cannot be flushed within a bound of the caller's. Ending a span takes one short lock and
//! never waits: what the queue cannot hold is dropped and counted.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use opentelemetry::Context;
use opentelemetry::trace::Span as _;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};

use crate::config::BatchConfig;
use crate::export::Account;
use crate::export::sink::{ExportFailure, SpanSink};
use crate::health::Diagnostics;

/// Hands ended, sampled spans to an exporter, a batch at a time, on a thread of its own.
#[derive(Clone)]
pub struct BatchSpanProcessor {
    shared: Arc<Shared>,
}

struct Shared {
    config: BatchConfig,
    /// Sampled spans that were started.
    started: AtomicU64,
    state: Mutex<State>,
    /// Wakes the worker.
    work: Condvar,
    /// Wakes whoever waits for a flush or the end.
    progress: Condvar,
}

#[derive(Default)]
struct State {
    queue: VecDeque<SpanData>,
    in_flight: u64,
    /// All but `queued`, which is the queue's length and what is in flight.
    account: Account,
    last_error: Option<String>,
    /// How many spans entered the queue, and how many of these left the worker.
    entered: u64,
    done: u64,
    /// Sampled spans that ended here. The SDK keeps those to itself that end after its shutdown.
    ended: u64,
    /// Flushes asked for, and the last one that was carried out.
    flush_asked: u64,
    flush_target: u64,
    flush_done: u64,
    phase: Phase,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Open,
    /// No span is taken any more; the worker empties the queue.
    Closing,
    /// The shutdown's time is over: what was left is written off.
    Abandoned,
    /// The worker is gone.
    Closed,
}

impl BatchSpanProcessor {
    /// Starts the worker.
    pub(crate) fn start(
        sink: Box<dyn SpanSink>,
        target: String,
        config: BatchConfig,
        diagnostics: Diagnostics,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            config,
            started: AtomicU64::new(0),
            state: Mutex::default(),
            work: Condvar::new(),
            progress: Condvar::new(),
        });
        let worker = Worker {
            shared: Arc::clone(&shared),
            sink,
            target,
            diagnostics,
        };
        thread::Builder::new()
            .name("lakehouse-otel-spans".to_owned())
            .spawn(move || worker.run())?;
        Ok(Self { shared })
    }

    /// What became of the spans so far.
    #[must_use]
    pub fn account(&self) -> Account {
        let state = self.shared.lock();
        let mut account = state.account;
        account.queued = state.queue.len() as u64 + state.in_flight;
        if state.phase != Phase::Open {
            let started = self.shared.started.load(Ordering::Relaxed);
            let unended = started.saturating_sub(state.ended);
            account.created += unended;
            account.dropped.unended_at_shutdown = unended;
        }
        account
    }

    /// Why the last failed export failed.
    #[must_use]
    pub fn last_error(&self) -> Option<String> {
        self.shared.lock().last_error.clone()
    }

    /// Exports what ended before this call, and waits for it no longer than `timeout`.
    ///
    /// # Errors
    ///
    /// Where the time was too short, or one of these exports failed.
    pub fn flush(&self, timeout: Duration) -> OTelSdkResult {
        let deadline = Instant::now() + timeout;
        let mut state = self.shared.lock();
        if state.phase == Phase::Closed {
            return Ok(());
        }
        let lost_before = state.account.lost();
        state.flush_asked += 1;
        state.flush_target = state.entered;
        let ticket = state.flush_asked;
        self.shared.work.notify_all();
        let state = self.shared.wait_until(state, deadline, |state| {
            state.flush_done >= ticket || state.phase == Phase::Closed
        });
        match state {
            Err(_) => Err(OTelSdkError::Timeout(timeout)),
            Ok(state) if state.account.lost() > lost_before => Err(OTelSdkError::InternalFailure(
                state.last_error.clone().unwrap_or_default(),
            )),
            Ok(_) => Ok(()),
        }
    }
}

impl SpanProcessor for BatchSpanProcessor {
    fn on_start(&self, span: &mut Span, _context: &Context) {
        if span.span_context().is_sampled() {
            self.shared.started.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn on_end(&self, span: SpanData) {
        // A span that is recorded and not sampled is for others' eyes, not for the wire.
        if !span.span_context.is_sampled() {
            return;
        }
        let mut state = self.shared.lock();
        state.ended += 1;
        state.account.created += 1;
        if state.phase != Phase::Open {
            state.account.dropped.after_shutdown += 1;
        } else if state.queue.len() >= self.shared.config.max_queue_size {
            state.account.dropped.queue_full += 1;
        } else {
            state.queue.push_back(span);
            state.entered += 1;
            let wake = state.queue.len() == self.shared.config.max_export_batch_size;
            drop(state);
            if wake {
                self.shared.work.notify_all();
            }
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.flush(Duration::from_secs(5))
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        let deadline = Instant::now() + timeout;
        let mut state = self.shared.lock();
        match state.phase {
            Phase::Open => state.phase = Phase::Closing,
            Phase::Closing => {}
            Phase::Abandoned | Phase::Closed => return Ok(()),
        }
        self.shared.work.notify_all();
        let closed = |state: &State| state.phase == Phase::Closed;
        match self.shared.wait_until(state, deadline, closed) {
            Ok(state) if state.account.lost() == 0 => Ok(()),
            Ok(state) => Err(OTelSdkError::InternalFailure(
                state
                    .last_error
                    .clone()
                    .unwrap_or_else(|| "spans were dropped".to_owned()),
            )),
            Err(mut state) => {
                state.phase = Phase::Abandoned;
                let left = state.queue.len() as u64 + state.in_flight;
                state.queue.clear();
                state.in_flight = 0;
                state.account.dropped.unsent_at_shutdown += left;
                Err(OTelSdkError::Timeout(timeout))
            }
        }
    }
}

impl fmt::Debug for BatchSpanProcessor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchSpanProcessor")
            .field("config", &self.shared.config)
            .field("account", &self.account())
            .finish_non_exhaustive()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `ready`, or gives the state back as an error at the deadline.
    fn wait_until<'a>(
        &self,
        mut state: MutexGuard<'a, State>,
        deadline: Instant,
        ready: impl Fn(&State) -> bool,
    ) -> Result<MutexGuard<'a, State>, MutexGuard<'a, State>> {
        loop {
            if ready(&state) {
                return Ok(state);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(state);
            }
            state = self
                .progress
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}

struct Worker {
    shared: Arc<Shared>,
    sink: Box<dyn SpanSink>,
    target: String,
    diagnostics: Diagnostics,
}

/// What the worker does next.
enum Step {
    Export(Vec<SpanData>),
    /// Everything up to this flush has left the queue.
    Flush(u64),
    Close,
}

impl Worker {
    fn run(mut self) {
        // Exporting makes no telemetry of its own.
        let _suppressed = Context::enter_telemetry_suppressed_scope();
        loop {
            match self.next() {
                Step::Export(batch) => self.export(batch),
                Step::Flush(ticket) => {
                    self.flush_sink();
                    self.shared.lock().flush_done = ticket;
                    self.shared.progress.notify_all();
                }
                Step::Close => break,
            }
        }
        self.flush_sink();
        let mut state = self.shared.lock();
        state.flush_done = state.flush_asked;
        state.phase = Phase::Closed;
        drop(state);
        self.shared.progress.notify_all();
    }

    fn next(&self) -> Step {
        let config = &self.shared.config;
        let due = Instant::now() + config.schedule_delay;
        let mut state = self.shared.lock();
        loop {
            let flushing = state.flush_asked > state.flush_done;
            if flushing && state.done >= state.flush_target {
                return Step::Flush(state.flush_asked);
            }
            let closing = state.phase != Phase::Open;
            if closing && state.queue.is_empty() {
                return Step::Close;
            }
            let left = due.saturating_duration_since(Instant::now());
            let full = state.queue.len() >= config.max_export_batch_size;
            if flushing || closing || full || (left.is_zero() && !state.queue.is_empty()) {
                let size = state.queue.len().min(config.max_export_batch_size);
                let batch: Vec<_> = state.queue.drain(..size).collect();
                state.in_flight = batch.len() as u64;
                return Step::Export(batch);
            }
            // An empty queue has nothing that could be due.
            let wait = if left.is_zero() {
                config.schedule_delay
            } else {
                left
            };
            state = self
                .shared
                .work
                .wait_timeout(state, wait)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn export(&mut self, batch: Vec<SpanData>) {
        let size = batch.len() as u64;
        let sink = &mut self.sink;
        let exported = panic::catch_unwind(AssertUnwindSafe(|| sink.export(batch)))
            .unwrap_or_else(|_| Err(ExportFailure::new("the exporter panicked")));
        match &exported {
            Ok(_) => self.diagnostics.succeeded(&self.target),
            Err(failure) => self.diagnostics.failed(&self.target, &failure.reason),
        }
        let mut state = self.shared.lock();
        state.done += size;
        // An abandoned batch has been written off already.
        if state.phase != Phase::Abandoned {
            state.in_flight = 0;
            match exported {
                Ok(rejected) => {
                    let rejected = rejected.0.min(size);
                    state.account.rejected += rejected;
                    state.account.exported += size - rejected;
                    if rejected > 0 {
                        state.last_error = Some(format!("the backend rejected {rejected} spans"));
                    }
                }
                Err(failure) => {
                    state.account.failed += size;
                    state.last_error = Some(failure.reason);
                }
            }
        }
        drop(state);
        self.shared.progress.notify_all();
    }

    fn flush_sink(&mut self) {
        let sink = &mut self.sink;
        if panic::catch_unwind(AssertUnwindSafe(|| sink.flush())).is_err() {
            self.diagnostics
                .failed(&self.target, "the exporter panicked");
        }
    }
}

#[cfg(test)]
mod tests;
