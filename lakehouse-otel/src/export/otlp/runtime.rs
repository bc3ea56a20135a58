//! The export runtime: Tokio on one thread of our own, so that no exporter depends on the program's.

use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::thread;
use std::time::Duration;

use opentelemetry::Context;
use tokio::runtime::{Builder, Handle};
use tokio::sync::{oneshot, watch};

/// Drives the connections of every exporter.
///
/// An export is polled on its worker's thread; the sockets and timers that it waits for are driven
/// here. So a flush may block any thread of the program, the only one of a current-thread runtime too.
pub(crate) struct Runtime {
    handle: Handle,
    /// Turns true when exports under way are to be given up.
    given_up: watch::Sender<bool>,
    /// The thread ends when this is dropped.
    _stop: oneshot::Sender<()>,
}

/// Why an export did not run to its end.
#[derive(Debug)]
pub(crate) enum CutShort {
    TimedOut(Duration),
    GivenUp,
}

impl fmt::Display for CutShort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut(timeout) => write!(f, "no answer within {} ms", timeout.as_millis()),
            Self::GivenUp => f.write_str("no answer before the shutdown's time was over"),
        }
    }
}

impl Runtime {
    pub(crate) fn start() -> io::Result<Arc<Self>> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        thread::Builder::new()
            .name("lakehouse-otel-export".to_owned())
            .spawn(move || {
                // What the exporters' own libraries do here is not to be traced.
                let _suppressed = Context::enter_telemetry_suppressed_scope();
                let _ = runtime.block_on(stopped);
                // A name look-up that hangs holds nobody up.
                runtime.shutdown_background();
            })?;
        Ok(Arc::new(Self {
            handle,
            given_up: watch::Sender::new(false),
            _stop: stop,
        }))
    }

    /// Runs `export` to its end on the calling thread, or cuts it short.
    ///
    /// To be called from the workers' threads only: a thread that runs async code would panic.
    pub(crate) fn run<T>(
        &self,
        timeout: Duration,
        export: impl Future<Output = T>,
    ) -> Result<T, CutShort> {
        let mut given_up = self.given_up.subscribe();
        self.handle.block_on(async move {
            let mut export = pin!(export);
            let mut timer = pin!(tokio::time::sleep(timeout));
            let mut given_up = pin!(given_up.wait_for(|given_up| *given_up));
            poll_fn(|context| {
                if let Poll::Ready(output) = export.as_mut().poll(context) {
                    return Poll::Ready(Ok(output));
                }
                if timer.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Err(CutShort::TimedOut(timeout)));
                }
                if given_up.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Err(CutShort::GivenUp));
                }
                Poll::Pending
            })
            .await
        })
    }

    /// Runs `build` where it may spawn onto this runtime.
    #[cfg(feature = "otlp-grpc")]
    pub(crate) fn enter<T>(&self, build: impl FnOnce() -> T) -> T {
        let _entered = self.handle.enter();
        build()
    }

    /// Gives up every export under way, and every later one.
    pub(crate) fn give_up(&self) {
        self.given_up.send_replace(true);
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").finish_non_exhaustive()
    }
}
