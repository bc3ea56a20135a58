//! The span processor: the queue that all spans leave by, one worker thread, and an account of every
//! span.
//!
//! Operations and spans of OpenTelemetry's own API end here. It stands in for the SDK's processor,
//! which exports spans that are only recorded, keeps its counts to itself, and cannot be flushed
//! within a bound of the caller's. Ending a span never waits for it: what the queue cannot hold is dropped
//! and counted.

mod outcome;
mod worker;

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use opentelemetry::Context;
use opentelemetry::trace::Span as _;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};

use super::ended_span::{EndedSpan, cut};
use super::queue::{Lane, Phase, Pushed, Queue};
use crate::config::{BatchConfig, SpanLimits};
use crate::export::Account;
use crate::export::sink::SpanSink;
use crate::health::Diagnostics;
use crate::redact::Redactor;

pub(crate) use outcome::Flow;
use outcome::Outcome;
use worker::Worker;

/// Takes ended, sampled spans, and hands them to an exporter, a batch at a time, on a thread of its own.
#[derive(Clone)]
pub struct BatchSpanProcessor {
    shared: Arc<Shared>,
}

struct Shared {
    queue: Arc<Queue<EndedSpan>>,
    limits: SpanLimits,
    /// What became of what left the queue. Changed while the queue's own account stands still.
    outcome: Mutex<Outcome>,
}

/// How a processor works.
pub(crate) struct ProcessorSettings {
    pub(crate) batch: BatchConfig,
    pub(crate) limits: SpanLimits,
    /// How many spans a second leave at most; 0 for as many as there are.
    pub(crate) cap: u64,
    /// What diagnostics call the place that spans go to.
    pub(crate) target: String,
    /// What keeps secrets out of spans.
    pub(crate) redactor: Redactor,
}

/// The share of the queue that only errors may take, as a divisor.
const RESERVE: usize = 8;

thread_local! {
    /// This thread's lanes: one, but in programs with several telemetries.
    static LANES: RefCell<Vec<Lane<EndedSpan>>> = const { RefCell::new(Vec::new()) };
}

impl BatchSpanProcessor {
    /// Starts the worker.
    pub(crate) fn start(
        sink: Box<dyn SpanSink>,
        settings: ProcessorSettings,
        diagnostics: Diagnostics,
    ) -> io::Result<Self> {
        let BatchConfig {
            max_queue_size,
            max_export_batch_size,
            ..
        } = settings.batch;
        let reserve = max_queue_size / RESERVE;
        let shared = Arc::new(Shared {
            queue: Queue::new(max_queue_size, reserve, max_export_batch_size),
            limits: settings.limits,
            outcome: Mutex::default(),
        });
        let worker = Worker::new(Arc::clone(&shared), sink, settings, diagnostics);
        thread::Builder::new()
            .name("lakehouse-otel-spans".to_owned())
            .spawn(move || worker.run())?;
        Ok(Self { shared })
    }

    /// What became of the spans so far.
    #[must_use]
    pub fn account(&self) -> Account {
        self.flow().account
    }

    /// How the spans stand.
    pub(crate) fn flow(&self) -> Flow {
        let queue = &self.shared.queue;
        let (standing, flow) = queue.standing(|| self.shared.outcome().flow());
        let mut account = flow.account;
        let counts = standing.counts;
        account.created = counts.created;
        account.queued = standing.waiting + standing.in_hand;
        account.dropped.queue_full = counts.full;
        account.dropped.after_shutdown = counts.late;
        account.dropped.over_error_budget = counts.over_budget;
        if queue.is_closed() {
            let unended = counts.started.saturating_sub(counts.ended);
            account.created += unended;
            account.dropped.unended_at_shutdown = unended;
        }
        Flow { account, ..flow }
    }

    /// Waits until the worker is gone, or what it had was written off.
    pub(crate) fn await_end(&self, deadline: Instant) -> bool {
        self.shared.queue.await_close(deadline)
    }

    /// How many spans may wait.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.shared.queue.capacity()
    }

    /// Why the last failed export failed.
    #[must_use]
    pub fn last_error(&self) -> Option<String> {
        self.shared.outcome().last_error.clone()
    }

    /// Why spans were lost: the last failed export's reason, or that there was no room for them.
    pub(crate) fn why_lost(&self) -> Option<String> {
        self.last_error().or_else(|| {
            let full = self.account().dropped.queue_full > 0;
            full.then(|| "the queue was full".to_owned())
        })
    }

    /// Exports what ended before this call, and waits for it no longer than `timeout`.
    ///
    /// # Errors
    ///
    /// Where the time was too short, or one of these exports failed.
    pub fn flush(&self, timeout: Duration) -> OTelSdkResult {
        let deadline = Instant::now() + timeout;
        let queue = &self.shared.queue;
        if queue.phase() == Phase::Closed {
            return Ok(());
        }
        let lost_before = self.account().undelivered();
        let ticket = queue.ask_flush();
        if !queue.await_flush(ticket, deadline) {
            return Err(OTelSdkError::Timeout(timeout));
        }
        if self.account().undelivered() > lost_before {
            let error = self.why_lost().unwrap_or_default();
            return Err(OTelSdkError::InternalFailure(error));
        }
        Ok(())
    }

    /// Asks for an export of what ended before this call, and does not wait for it.
    pub(crate) fn start_flush(&self) {
        let queue = &self.shared.queue;
        if queue.phase() != Phase::Closed {
            queue.ask_flush();
        }
    }

    /// Counts a span as begun, on this thread.
    #[inline]
    pub(crate) fn started(&self) {
        self.on_lane(Lane::start);
    }

    /// Counts a span as ended that is not exported, for there are enough of its kind.
    pub(crate) fn thinned(&self) {
        self.on_lane(Lane::end);
    }

    /// Counts a span as dropped because errors were too many.
    pub(crate) fn over_error_budget(&self) {
        self.on_lane(Lane::drop_over_budget);
    }

    /// Takes a span that has ended, where there is room for it.
    #[inline]
    pub(crate) fn push(&self, urgent: bool, started: bool, span: impl FnOnce() -> EndedSpan) {
        self.on_lane(|lane| lane.push(Pushed { urgent, started }, span));
    }

    /// Calls `act` with this thread's lane.
    #[inline]
    fn on_lane<R>(&self, act: impl FnOnce(&Lane<EndedSpan>) -> R) -> R {
        let queue = &self.shared.queue;
        let mut act = Some(act);
        // A thread that ends has let go of its lanes.
        let acted = LANES.try_with(|lanes| {
            // Somebody whose code runs while a lane is made: it gets one of its own.
            let lanes = lanes.try_borrow().ok()?;
            let lane = lanes.iter().find(|lane| lane.belongs_to(queue))?;
            act.take().map(|act| act(lane))
        });
        match (acted, act) {
            (Ok(Some(acted)), _) => acted,
            (_, Some(act)) => self.on_new_lane(act),
            (_, None) => {
                unreachable!("it was called where there was a lane, and that is an answer")
            }
        }
    }

    /// Calls `act` with a lane for this thread, which the thread keeps, where it can.
    #[cold]
    fn on_new_lane<R>(&self, act: impl FnOnce(&Lane<EndedSpan>) -> R) -> R {
        let lane = self.shared.queue.lane();
        let acted = act(&lane);
        // Where it cannot, this one goes at once.
        let _ = LANES.try_with(|lanes| {
            if let Ok(mut lanes) = lanes.try_borrow_mut() {
                lanes.retain(|lane| !lane.is_closed());
                lanes.push(lane);
            }
        });
        acted
    }
}

impl Shared {
    fn outcome(&self) -> MutexGuard<'_, Outcome> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SpanProcessor for BatchSpanProcessor {
    fn on_start(&self, span: &mut Span, _context: &Context) {
        if span.span_context().is_sampled() {
            self.started();
        }
    }

    fn on_end(&self, mut span: SpanData) {
        // A span that is recorded and not sampled is for others' eyes, not for the wire.
        if span.span_context.is_sampled() {
            // The SDK counts what a span holds, and does not measure it.
            cut(&mut span, &self.shared.limits);
            self.push(false, true, || EndedSpan::Foreign(Box::new(span)));
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.flush(Duration::from_secs(5))
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        let deadline = Instant::now() + timeout;
        let queue = &self.shared.queue;
        if !queue.close() {
            return Ok(());
        }
        if queue.await_close(deadline) {
            if self.account().undelivered() == 0 {
                return Ok(());
            }
            let error = self.why_lost();
            let error = error.unwrap_or_else(|| "spans were dropped".to_owned());
            return Err(OTelSdkError::InternalFailure(error));
        }
        queue.abandon(|left| self.shared.outcome().abandon(left));
        Err(OTelSdkError::Timeout(timeout))
    }
}

impl fmt::Debug for BatchSpanProcessor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchSpanProcessor")
            .field("capacity", &self.capacity())
            .field("account", &self.account())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
