//! A reader that exports at an interval, and when it is told to, on a thread of its own.
//!
//! It is ours because the SDK's waits for a flush without a bound, and ends for good when a callback
//! panics. Nobody waits for this one longer than their own deadline; an exporter that hangs, or panics,
//! is its own affair.

use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use opentelemetry::Context;
use opentelemetry_sdk::metrics::data::ResourceMetrics;

use super::Source;
use crate::export::metrics::CountingExporter;

/// A reader and its thread, which ends with it.
#[derive(Debug)]
pub(crate) struct PeriodicReader {
    messages: Sender<Message>,
}

/// What came of a collection: nothing to say, or why it failed. What became of the export is in the
/// exporter's account.
pub(crate) type Collected = Result<(), String>;

enum Message {
    Flush(Sender<Collected>),
    /// The last export, once `before` is done.
    End {
        before: Box<dyn FnOnce() + Send>,
        done: Sender<Collected>,
    },
}

/// An export that was asked for.
#[derive(Debug)]
pub(crate) struct UnderWay(Receiver<Collected>);

impl UnderWay {
    /// What came of it; none where there was no answer by then.
    pub(crate) fn wait(self, deadline: Instant) -> Option<Collected> {
        let left = deadline.saturating_duration_since(Instant::now());
        match self.0.recv_timeout(left) {
            Ok(collected) => Some(collected),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Err("its thread is gone".to_owned())),
        }
    }
}

impl PeriodicReader {
    /// Starts one; without an interval it exports only when it is told to.
    pub(crate) fn start(
        sources: Vec<Source>,
        exporter: CountingExporter,
        interval: Option<Duration>,
    ) -> io::Result<Self> {
        let (messages, inbox) = mpsc::channel();
        let mut worker = Worker {
            collected: sources.iter().map(|_| ResourceMetrics::default()).collect(),
            sources,
            exporter,
        };
        thread::Builder::new()
            .name("lakehouse-otel-metrics".to_owned())
            .spawn(move || {
                // What the exporter does is not to be traced.
                let _suppressed = Context::enter_telemetry_suppressed_scope();
                let last = worker.run(&inbox, interval);
                // When it is said to be over there is nothing left of it.
                drop(worker);
                if let Some(Last { done, collected }) = last {
                    let _ = done.send(collected);
                }
            })?;
        Ok(Self { messages })
    }

    /// Exports now.
    pub(crate) fn flush(&self) -> UnderWay {
        let (done, answer) = mpsc::channel();
        // A worker that is gone drops the message, and the wait is over at once.
        let _ = self.messages.send(Message::Flush(done));
        UnderWay(answer)
    }

    /// Exports a last time, after `before`, and ends.
    pub(crate) fn end(&self, before: impl FnOnce() + Send + 'static) -> UnderWay {
        let (done, answer) = mpsc::channel();
        let before = Box::new(before);
        let _ = self.messages.send(Message::End { before, done });
        UnderWay(answer)
    }
}

struct Worker {
    sources: Vec<Source>,
    exporter: CountingExporter,
    /// What was read last, by source: its memory is used again.
    collected: Vec<ResourceMetrics>,
}

impl Worker {
    fn run(&mut self, inbox: &Receiver<Message>, interval: Option<Duration>) -> Option<Last> {
        let mut due = interval.map(|interval| Instant::now() + interval);
        loop {
            match next(inbox, due) {
                Next::Message(Message::Flush(done)) => {
                    // Whoever asked may be gone.
                    let _ = done.send(self.export());
                }
                Next::Message(Message::End { before, done }) => {
                    before();
                    let collected = self.export();
                    self.exporter.shut_down();
                    return Some(Last { done, collected });
                }
                Next::Due => {
                    // Nobody waits for it: the next flush says why nothing can be collected.
                    let _ = self.export();
                    let now = Instant::now();
                    due = due.zip(interval).map(|(due, interval)| {
                        // Exports that took longer than the interval are not made up for.
                        if due + interval > now {
                            due + interval
                        } else {
                            now + interval
                        }
                    });
                }
                Next::Dropped => return None,
            }
        }
    }

    fn export(&mut self) -> Collected {
        let mut read = Ok(());
        for (source, metrics) in self.sources.iter().zip(&mut self.collected) {
            if let Err(reason) = source.read(metrics) {
                // What was read before is not exported again.
                *metrics = ResourceMetrics::default();
                read = Err(reason);
            }
        }
        if self
            .collected
            .iter()
            .any(|metrics| metrics.scope_metrics().next().is_some())
        {
            self.exporter.export(&self.collected);
        }
        read
    }
}

/// The last export, and who waits for it.
struct Last {
    done: Sender<Collected>,
    collected: Collected,
}

enum Next {
    Message(Message),
    Due,
    Dropped,
}

fn next(inbox: &Receiver<Message>, due: Option<Instant>) -> Next {
    let Some(due) = due else {
        return inbox.recv().map_or(Next::Dropped, Next::Message);
    };
    match inbox.recv_timeout(due.saturating_duration_since(Instant::now())) {
        Ok(message) => Next::Message(message),
        Err(RecvTimeoutError::Timeout) => Next::Due,
        Err(RecvTimeoutError::Disconnected) => Next::Dropped,
    }
}
