//! The span processor: the queue that all spans leave by, one worker thread, and an account of every
//! span.
//!
//! Operations and spans of OpenTelemetry's own API end here. It stands in for the SDK's processor,
//! which exports spans that are only recorded, keeps its counts to itself, and cannot be flushed
//! within a bound of the caller's. Ending a span takes a lock that only the worker shares, and never
//! waits: what the queue cannot hold is dropped and counted.

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::mem;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use std::vec;

use opentelemetry::Context;
use opentelemetry::trace::{Span as _, SpanContext};
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};

use super::ended::EndedOperation;
use super::queue::{Lane, Phase, Pushed, Queue, Woken};
use super::sampler::{Cap, Randomness, Recording, SamplingState, Threshold};
use crate::config::{BatchConfig, SpanLimits};
use crate::export::Account;
use crate::export::sink::{Batch, ExportFailure, SpanSink};
use crate::health::Diagnostics;

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

#[derive(Debug, Default)]
struct Outcome {
    /// Given to the exporter, whatever came of it.
    given: u64,
    exported: u64,
    rejected: u64,
    failed: u64,
    over_cap: u64,
    /// Written off at the shutdown, before their turn.
    unsent: u64,
    /// Written off at the shutdown, while the exporter had them.
    unanswered: u64,
    abandoned: bool,
    last_error: Option<String>,
}

/// A span that has ended.
#[expect(
    clippy::large_enum_variant,
    reason = "operations are most of them, and lie in their lane without an allocation"
)]
pub(crate) enum EndedSpan {
    Operation(EndedOperation),
    /// Made through OpenTelemetry's own API.
    Foreign(Box<SpanData>),
}

/// How the spans stand at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flow {
    pub(crate) account: Account,
    /// Given to the exporter, whatever came of it.
    pub(crate) given: u64,
    /// Of these, those that the exporter is not done with.
    pub(crate) in_flight: u64,
    /// Of these, those that were written off at the shutdown.
    pub(crate) unanswered: u64,
}

/// How a processor works.
pub(crate) struct ProcessorSettings {
    pub(crate) batch: BatchConfig,
    pub(crate) limits: SpanLimits,
    /// How many spans a second leave at most; 0 for as many as there are.
    pub(crate) cap: u64,
    /// What diagnostics call the place that spans go to.
    pub(crate) target: String,
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
        let worker = Worker {
            shared: Arc::clone(&shared),
            sink,
            cap: (settings.cap > 0).then(|| Cap::new(settings.cap, max_queue_size / 2)),
            settings,
            diagnostics,
            taken: Vec::new(),
            epoch: Instant::now(),
            ready: Vec::new(),
            batch: Vec::new(),
        };
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

    /// Counts a span as begun, on this thread.
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
        let acted = LANES.try_with(|lanes| {
            // Somebody whose code runs while a lane is made: it gets one of its own.
            let lanes = lanes.try_borrow().ok()?;
            let lane = lanes.iter().find(|lane| lane.belongs_to(queue))?;
            Some(act.take()?(lane))
        });
        match (acted, act) {
            (Ok(Some(acted)), _) => acted,
            (_, Some(act)) => self.on_new_lane(act),
            (_, None) => unreachable!("it was called, or is still there to be"),
        }
    }

    /// Calls `act` with a lane for this thread, which the thread keeps, where it can.
    #[cold]
    fn on_new_lane<R>(&self, act: impl FnOnce(&Lane<EndedSpan>) -> R) -> R {
        let lane = self.shared.queue.lane();
        let acted = act(&lane);
        // A thread that ends has let go of its lanes: this one goes at once.
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

impl Outcome {
    fn give(&mut self, spans: u64) {
        // What was written off before is not counted again.
        if !self.abandoned {
            self.given += spans;
        }
    }

    fn in_flight(&self) -> u64 {
        self.given - self.exported - self.rejected - self.failed - self.unanswered
    }

    /// Gives up on so many spans, in the queue and with the exporter.
    fn abandon(&mut self, left: u64) {
        let in_flight = self.in_flight();
        self.unanswered += in_flight;
        self.unsent += left.saturating_sub(in_flight);
        self.abandoned = true;
    }

    fn flow(&self) -> Flow {
        let mut account = Account {
            exported: self.exported,
            rejected: self.rejected,
            failed: self.failed,
            ..Account::default()
        };
        account.dropped.unsent_at_shutdown = self.unsent + self.unanswered;
        account.dropped.over_cap = self.over_cap;
        Flow {
            account,
            given: self.given,
            in_flight: self.in_flight(),
            unanswered: self.unanswered,
        }
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

impl fmt::Debug for EndedSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation(_) => f.write_str("Operation"),
            Self::Foreign(span) => f.debug_tuple("Foreign").field(&span.name).finish(),
        }
    }
}

struct Worker {
    shared: Arc<Shared>,
    sink: Box<dyn SpanSink>,
    cap: Option<Cap<EndedSpan>>,
    settings: ProcessorSettings,
    diagnostics: Diagnostics,
    /// Taken out of the queue, and not looked at.
    taken: Vec<EndedSpan>,
    /// From where the cap's seconds are counted.
    epoch: Instant,
    /// To be exported.
    ready: Vec<EndedSpan>,
    /// To be exported next, together; empty in between.
    batch: Vec<EndedSpan>,
}

const PANICKED: &str = "the exporter panicked";

impl Worker {
    fn run(mut self) {
        // Exporting makes no telemetry of its own.
        let _suppressed = Context::enter_telemetry_suppressed_scope();
        loop {
            let held = self.cap.as_ref().map_or(0, Cap::len);
            match self.shared.queue.wait(self.patience(), held) {
                Woken::Due => {
                    self.take();
                    self.export_ready();
                }
                Woken::Flush(ticket) => {
                    self.empty();
                    self.shared.queue.flushed(ticket);
                }
                Woken::Close => {
                    self.empty();
                    self.tell_sink(|sink| sink.shutdown());
                    break;
                }
            }
        }
        self.shared.queue.closed();
    }

    /// The cap's time: nobody sets it.
    fn now(&self) -> u64 {
        u64::try_from(self.epoch.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// How long it may sleep.
    fn patience(&self) -> Duration {
        let delay = self.settings.batch.schedule_delay;
        let cap = self.cap.as_ref();
        let held = cap.and_then(|cap| cap.due_in(self.now()));
        held.map_or(delay, |held| held.min(delay))
    }

    /// Exports everything that there is.
    fn empty(&mut self) {
        self.take();
        let now = self.now();
        if let Some(cap) = &mut self.cap {
            let mut over = Vec::new();
            let mut out = Vec::new();
            cap.close(now, &mut out, &mut over);
            self.ready.extend(out.into_iter().map(EndedSpan::chosen));
            self.drop_over_cap(&over);
        }
        self.export_ready();
        self.tell_sink(|sink| sink.flush());
    }

    /// Tells the exporter something, which may panic.
    fn tell_sink(&mut self, tell: impl FnOnce(&mut dyn SpanSink)) {
        let sink = &mut *self.sink;
        if panic::catch_unwind(AssertUnwindSafe(|| tell(sink))).is_err() {
            self.diagnostics.failed(&self.settings.target, PANICKED);
        }
    }

    /// Takes what is in the queue; where there is a cap, it decides what is ready.
    fn take(&mut self) {
        let now = self.now();
        self.shared.queue.take(&mut self.taken);
        let Some(cap) = &mut self.cap else {
            mem::swap(&mut self.taken, &mut self.ready);
            return;
        };
        let mut over = Vec::new();
        let mut out = Vec::new();
        for span in self.taken.drain(..) {
            match span.standing() {
                // It was kept for its failure, which has a bound of its own.
                None => self.ready.push(span),
                Some(standing) => {
                    let Standing {
                        randomness,
                        threshold,
                    } = standing;
                    cap.offer(now, randomness, threshold, span, &mut out, &mut over);
                }
            }
        }
        if cap.is_due(now) {
            cap.close(now, &mut out, &mut over);
        }
        self.ready.extend(out.into_iter().map(EndedSpan::chosen));
        self.drop_over_cap(&over);
    }

    fn drop_over_cap(&self, over: &[EndedSpan]) {
        if over.is_empty() {
            return;
        }
        let count = over.len();
        self.shared.queue.release(count);
        self.shared
            .queue
            .settle(count, || self.shared.outcome().over_cap += count as u64);
    }

    /// Exports what is ready, in batches.
    fn export_ready(&mut self) {
        let size = self.settings.batch.max_export_batch_size;
        let mut ready = mem::take(&mut self.ready);
        // One drain for all batches: one for each would move what is left to the front each time.
        let mut left = ready.drain(..);
        while left.len() > 0 {
            let mut batch = mem::take(&mut self.batch);
            batch.extend(left.by_ref().take(size));
            self.shared.queue.release(batch.len());
            self.export(batch.drain(..));
            self.batch = batch;
        }
        drop(left);
        self.ready = ready;
    }

    fn export(&mut self, spans: vec::Drain<'_, EndedSpan>) {
        let size = spans.len();
        self.shared.outcome().give(size as u64);
        let sink = &mut self.sink;
        let limits = &self.settings.limits;
        let batch = Batch { spans, limits };
        let exported = panic::catch_unwind(AssertUnwindSafe(|| sink.export(batch)))
            .unwrap_or_else(|_| Err(ExportFailure::new(PANICKED)));
        let target = &self.settings.target;
        match &exported {
            Ok(_) => self.diagnostics.succeeded(target),
            Err(failure) => self.diagnostics.failed(target, &failure.reason),
        }
        // A batch that was written off is not counted again.
        self.shared.queue.settle(size, || {
            let size = size as u64;
            let mut outcome = self.shared.outcome();
            match exported {
                Ok(rejected) => {
                    let rejected = rejected.0.min(size);
                    outcome.rejected += rejected;
                    outcome.exported += size - rejected;
                    if rejected > 0 {
                        outcome.last_error = Some(format!("the backend rejected {rejected} spans"));
                    }
                }
                Err(failure) => {
                    outcome.failed += size;
                    outcome.last_error = Some(failure.reason);
                }
            }
        });
    }
}

/// What of a span the cap goes by.
struct Standing {
    randomness: Randomness,
    threshold: Option<Threshold>,
}

impl EndedSpan {
    /// `None` for one that no cap holds back.
    fn standing(&self) -> Option<Standing> {
        match self {
            Self::Operation(ended) => {
                let sampled = ended.identity.recording == Recording::Sampled;
                sampled.then(|| Standing {
                    randomness: ended.randomness(),
                    // With what its head was kept, also where it is now kept in any case.
                    threshold: ended.identity.state.threshold,
                })
            }
            Self::Foreign(span) => {
                let context = &span.span_context;
                let state = SamplingState::parse(context.trace_state());
                let of_trace = || Randomness::from_trace_id(context.trace_id());
                Some(Standing {
                    randomness: state.randomness.unwrap_or_else(of_trace),
                    threshold: state.threshold,
                })
            }
        }
    }

    /// The span as the cap let it through.
    fn chosen((mut span, threshold): (Self, Option<Threshold>)) -> Self {
        match &mut span {
            Self::Operation(ended) => ended.restate(threshold),
            Self::Foreign(span) => restate(span, threshold),
        }
        span
    }

    pub(crate) fn into_span(self, limits: &SpanLimits) -> SpanData {
        match self {
            Self::Operation(ended) => ended.into_span(limits),
            Self::Foreign(span) => *span,
        }
    }
}

/// Cuts the texts that are too long.
fn cut(span: &mut SpanData, limits: &SpanLimits) {
    if limits.value_length.is_none() {
        return;
    }
    let of_events = span.events.events.iter_mut();
    let of_links = span.links.links.iter_mut();
    let attributes = span
        .attributes
        .iter_mut()
        .chain(of_events.flat_map(|event| &mut event.attributes))
        .chain(of_links.flat_map(|link| &mut link.attributes));
    for attribute in attributes {
        limits.cut(&mut attribute.value);
    }
}

/// Sets another threshold in a span's trace state, where it is another.
fn restate(span: &mut SpanData, threshold: Option<Threshold>) {
    let context = &span.span_context;
    let mut state = SamplingState::parse(context.trace_state());
    if state.threshold == threshold {
        return;
    }
    state.threshold = threshold;
    span.span_context = SpanContext::new(
        context.trace_id(),
        context.span_id(),
        context.trace_flags(),
        context.is_remote(),
        state.merge_into(Some(context.trace_state())),
    );
}

#[cfg(test)]
mod tests;
