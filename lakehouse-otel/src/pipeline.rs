//! Where operations go: the providers of one `init`, or of one capture.
//!
//! An operation asks for the pipeline when it starts and keeps it until it ends, so that what began
//! under one `init` ends there. Order never matters: before `init`, between two, and after a
//! shutdown there is no pipeline, and an operation does nothing.

mod per_pipeline;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use opentelemetry::Context;

use crate::clock::Clock;
use crate::health::Diagnostics;
use crate::invocation::Flush;
use crate::metrics::instruments::Instruments;
use crate::metrics::observe::Observers;
use crate::metrics::provider::Provider;
use crate::operation::{Bound, Callsite};
use crate::performance::History;
use crate::redact::Redactor;
use crate::trace::recorder::Recorder;

pub(crate) use per_pipeline::PerPipeline;

/// How many reasons there are to look for a pipeline: one installed, and every capture. While it is
/// zero an operation costs one relaxed load.
static LIVE: AtomicUsize = AtomicUsize::new(0);

/// How many captures there are; a context is searched for one only while there are some.
static CAPTURES: AtomicUsize = AtomicUsize::new(0);

/// The number of the pipeline of `init`; 0 before it and after its shutdown.
static PROGRAM: AtomicU64 = AtomicU64::new(0);

/// That pipeline.
static INSTALLED: Mutex<Option<&'static Pipeline>> = Mutex::new(None);

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// Whether this process was invoked before, whatever its pipeline was then.
static INVOKED: AtomicBool = AtomicBool::new(false);

/// A recorder, the instruments, and a clock.
pub(crate) struct Pipeline {
    id: u64,
    recorder: Option<Recorder>,
    instruments: Option<Instruments>,
    clock: Arc<dyn Clock>,
    /// How long operations took of late.
    history: History,
    scope: Scope,
    redactor: Redactor,
    /// How the program's telemetry is flushed, once it runs.
    flush: OnceLock<Box<dyn Flush>>,
}

/// For whom a pipeline is.
enum Scope {
    /// For the whole program. It is never freed, so that operations hold it without counting.
    Program,
    /// For the code that runs under one capture. It has bound callsites of its own, by the address of
    /// the callsite, for the one that a callsite caches belongs to the program's pipeline.
    Capture {
        bound: Mutex<HashMap<usize, Arc<Bound>>>,
        /// Whether something was invoked under it.
        invoked: AtomicBool,
    },
}

/// The context's entry that says under which capture the code runs.
#[derive(Clone)]
struct CaptureEntry(Arc<Pipeline>);

/// There is a pipeline already.
#[derive(Debug)]
pub(crate) struct AlreadyInstalled;

impl Pipeline {
    /// The pipeline of a program.
    pub(crate) fn new(
        recorder: Option<Recorder>,
        meter: Option<&Provider>,
        clock: Arc<dyn Clock>,
        diagnostics: &Diagnostics,
        redactor: Redactor,
    ) -> &'static Self {
        let instruments =
            meter.map(|meter| Instruments::new(meter, Observers::of_program(), diagnostics));
        let pipeline = Self::with_scope(recorder, instruments, clock, Scope::Program, redactor);
        Box::leak(Box::new(pipeline))
    }

    /// The pipeline of one capture.
    pub(crate) fn for_capture(
        recorder: Recorder,
        meter: &Provider,
        clock: Arc<dyn Clock>,
        diagnostics: &Diagnostics,
        redactor: Redactor,
    ) -> Arc<Self> {
        let scope = Scope::Capture {
            bound: Mutex::default(),
            invoked: AtomicBool::new(false),
        };
        let instruments = Instruments::new(meter, Arc::default(), diagnostics);
        CAPTURES.fetch_add(1, Ordering::SeqCst);
        LIVE.fetch_add(1, Ordering::SeqCst);
        Arc::new(Self::with_scope(
            Some(recorder),
            Some(instruments),
            clock,
            scope,
            redactor,
        ))
    }

    fn with_scope(
        recorder: Option<Recorder>,
        instruments: Option<Instruments>,
        clock: Arc<dyn Clock>,
        scope: Scope,
        redactor: Redactor,
    ) -> Self {
        Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            recorder,
            instruments,
            clock,
            history: History::new(),
            scope,
            redactor,
            flush: OnceLock::new(),
        }
    }

    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    pub(crate) fn recorder(&self) -> Option<&Recorder> {
        self.recorder.as_ref()
    }

    pub(crate) fn instruments(&self) -> Option<&Instruments> {
        self.instruments.as_ref()
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(crate) fn history(&self) -> &History {
        &self.history
    }

    pub(crate) fn is_capture(&self) -> bool {
        matches!(self.scope, Scope::Capture { .. })
    }

    /// The bound form of a callsite under this capture.
    pub(crate) fn bound_of(&self, callsite: &'static Callsite) -> Arc<Bound> {
        let Scope::Capture { bound, .. } = &self.scope else {
            return Arc::new(Bound::new(callsite, self));
        };
        let mut bound = bound.lock().unwrap_or_else(PoisonError::into_inner);
        let address = std::ptr::from_ref(callsite).addr();
        let entry = bound
            .entry(address)
            .or_insert_with(|| Arc::new(Bound::new(callsite, self)));
        Arc::clone(entry)
    }

    /// Whether an invocation that starts now is the first: of the process, or of the capture.
    pub(crate) fn takes_first_invocation(&self) -> bool {
        let invoked = match &self.scope {
            Scope::Program => &INVOKED,
            Scope::Capture { invoked, .. } => invoked,
        };
        !invoked.swap(true, Ordering::Relaxed)
    }

    /// What keeps secrets out of labels.
    pub(crate) fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Says how the program's telemetry is flushed.
    pub(crate) fn flush_by(&self, flush: Box<dyn Flush>) {
        // There is one telemetry for a pipeline.
        let _ = self.flush.set(flush);
    }

    /// How its telemetry is flushed; that of a capture never is.
    pub(crate) fn flush(&self) -> Option<&dyn Flush> {
        self.flush.get().map(|flush| &**flush)
    }

    /// A context like `context` in which operations go to this pipeline.
    pub(crate) fn attach_to(self: &Arc<Self>, context: &Context) -> Context {
        context.with_value(CaptureEntry(Arc::clone(self)))
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        if self.is_capture() {
            CAPTURES.fetch_sub(1, Ordering::SeqCst);
            LIVE.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline")
            .field("id", &self.id)
            .field("traces", &self.recorder.is_some())
            .field("metrics", &self.instruments.is_some())
            .field("capture", &self.is_capture())
            .finish_non_exhaustive()
    }
}

/// Whether an operation could find a pipeline at all.
#[inline]
pub(crate) fn any() -> bool {
    LIVE.load(Ordering::Relaxed) != 0
}

/// Whether there is a capture, be it one that this code does not run under.
pub(crate) fn any_capture() -> bool {
    CAPTURES.load(Ordering::Relaxed) != 0
}

/// The capture under which the code runs.
#[inline]
pub(crate) fn capture() -> Option<Arc<Pipeline>> {
    if CAPTURES.load(Ordering::Relaxed) == 0 {
        return None;
    }
    Context::map_current(capture_of)
}

/// The capture to which operations under this context go.
pub(crate) fn capture_of(context: &Context) -> Option<Arc<Pipeline>> {
    let entry = context.get::<CaptureEntry>();
    entry.map(|CaptureEntry(pipeline)| Arc::clone(pipeline))
}

/// The number of the program's pipeline; 0 where there is none.
#[inline]
pub(crate) fn program() -> u64 {
    PROGRAM.load(Ordering::Acquire)
}

/// The program's pipeline.
pub(crate) fn installed() -> Option<&'static Pipeline> {
    *INSTALLED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes this the program's pipeline.
///
/// # Errors
///
/// Where there is one already.
pub(crate) fn install(pipeline: &'static Pipeline) -> Result<(), AlreadyInstalled> {
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if installed.is_some() {
        return Err(AlreadyInstalled);
    }
    *installed = Some(pipeline);
    PROGRAM.store(pipeline.id, Ordering::Release);
    LIVE.fetch_add(1, Ordering::SeqCst);
    drop(installed);
    // What was to be observed before there was a pipeline.
    if let Some(instruments) = pipeline.instruments() {
        instruments.observe_all();
    }
    Ok(())
}

/// Takes this pipeline out, where it is the program's.
pub(crate) fn uninstall(pipeline: &Pipeline) {
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if installed.is_some_and(|installed| installed.id == pipeline.id) {
        *installed = None;
        PROGRAM.store(0, Ordering::Release);
        LIVE.fetch_sub(1, Ordering::SeqCst);
    }
}
