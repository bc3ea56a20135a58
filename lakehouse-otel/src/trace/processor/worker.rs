//! The worker: takes the queue's lanes, lets a cap choose, and exports batches.

use std::mem;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::vec;

use opentelemetry::Context;

use super::{ProcessorSettings, Shared};
use crate::export::sink::{Batch, ExportFailure, SpanSink};
use crate::health::Diagnostics;
use crate::trace::ended_span::{EndedSpan, Standing};
use crate::trace::queue::Woken;
use crate::trace::sampler::Cap;
use crate::trace::sync::give_way;

/// The processor's side that is a thread of its own.
pub(super) struct Worker {
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
    pub(super) fn new(
        shared: Arc<Shared>,
        sink: Box<dyn SpanSink>,
        settings: ProcessorSettings,
        diagnostics: Diagnostics,
    ) -> Self {
        let room = settings.batch.max_queue_size / 2;
        Self {
            shared,
            sink,
            cap: (settings.cap > 0).then(|| Cap::new(settings.cap, room)),
            settings,
            diagnostics,
            taken: Vec::new(),
            epoch: Instant::now(),
            ready: Vec::new(),
            batch: Vec::new(),
        }
    }

    pub(super) fn run(mut self) {
        // Exporting makes no telemetry of its own.
        let _suppressed = Context::enter_telemetry_suppressed_scope();
        loop {
            let held = self.cap.as_ref().map_or(0, Cap::len);
            match self.shared.queue.wait(self.patience(), held) {
                Woken::Due => {
                    if self.take() == 0 {
                        give_way();
                    }
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

    /// Takes what is in the queue, and says how much that was; where there is a cap, it decides what is ready.
    fn take(&mut self) -> usize {
        let now = self.now();
        let taken = self.shared.queue.take(&mut self.taken);
        let Some(cap) = &mut self.cap else {
            mem::swap(&mut self.taken, &mut self.ready);
            return taken;
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
        taken
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
            let redactor = &self.settings.redactor;
            batch.extend(left.by_ref().take(size).map(|mut span| {
                span.redact(redactor);
                span
            }));
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
