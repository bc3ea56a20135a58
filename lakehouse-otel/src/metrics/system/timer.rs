//! The thread that reads the system at an interval.

use std::convert::Infallible;
use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::sampler::Sampler;

/// Reads at an interval, and when it is asked to, on a thread of its own that ends when this is dropped.
#[derive(Debug)]
pub(super) struct Timer {
    questions: Sender<Done>,
    /// Its other side is gone when the thread has ended.
    ended: Mutex<Receiver<Infallible>>,
}

/// Goes when what was asked for is done.
type Done = Sender<Infallible>;

/// The kernel's counters of CPU time go on in steps of this: a rate over less would say nothing.
const STEP: Duration = Duration::from_millis(10);

/// A reading that is asked for may be so old: a program that flushes often is not to pay for it each time.
const FRESH: Duration = Duration::from_secs(1);

impl Timer {
    /// Starts the thread. [`Duration::MAX`] is no interval.
    pub(super) fn start(sampler: Arc<Sampler>, interval: Duration) -> io::Result<Self> {
        let (questions, inbox) = mpsc::channel::<Done>();
        let (alive, ended) = mpsc::channel();
        thread::Builder::new()
            .name("lakehouse-otel-system".to_owned())
            .spawn(move || {
                let _alive = alive;
                loop {
                    match inbox.recv_timeout(interval) {
                        Ok(_done) => sampler.read(FRESH),
                        Err(RecvTimeoutError::Timeout) => sampler.read(STEP),
                        Err(RecvTimeoutError::Disconnected) => return,
                    }
                }
            })?;
        Ok(Self {
            questions,
            ended: Mutex::new(ended),
        })
    }

    /// Reads now, unless it did within the last second, and waits for that no longer than `patience`: a file of the
    /// kernel's may hang.
    pub(super) fn read_now(&self, patience: Duration) {
        let (done, is_done) = mpsc::channel();
        // A thread that is gone drops the question, and the wait is over at once.
        let _ = self.questions.send(done);
        let _ = is_done.recv_timeout(patience);
    }

    /// Ends the thread, and waits for that no longer than `patience`; whether it has ended.
    pub(super) fn end(self, patience: Duration) -> bool {
        let Self { questions, ended } = self;
        drop(questions);
        let ended = ended.into_inner().unwrap_or_else(PoisonError::into_inner);
        ended.recv_timeout(patience) == Err(RecvTimeoutError::Disconnected)
    }
}
