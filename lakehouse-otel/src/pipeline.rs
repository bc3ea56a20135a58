//! Where operations go: the providers of one `init`, or of one capture.
//!
//! An operation asks for the pipeline when it starts and keeps it until it ends, so that what began
//! under one `init` ends there. Order never matters: before `init`, between two, and after a
//! shutdown there is no pipeline, and an operation does nothing.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use opentelemetry::Context;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;

use crate::clock::Clock;
use crate::metrics::instruments::Instruments;
use crate::operation::{Bound, Callsite};
use crate::trace::recorder::Recorder;

/// The pipeline of `init`; none before it and after its shutdown.
static INSTALLED: ArcSwapOption<Pipeline> = ArcSwapOption::const_empty();

/// How many reasons there are to look for a pipeline: one installed, and every capture. While it is
/// zero an operation costs one relaxed load.
static LIVE: AtomicUsize = AtomicUsize::new(0);

/// How many captures there are; a context is searched for one only while there are some.
static CAPTURES: AtomicUsize = AtomicUsize::new(0);

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// A recorder, the instruments, and a clock.
pub(crate) struct Pipeline {
    id: u64,
    recorder: Option<Recorder>,
    instruments: Option<Instruments>,
    clock: Arc<dyn Clock>,
    scope: Scope,
}

/// For whom a pipeline is.
enum Scope {
    /// For the whole program.
    Program,
    /// For the code that runs under one capture. It has bound callsites of its own, by the address of
    /// the callsite, for the one that a callsite caches belongs to the program's pipeline.
    Capture(Mutex<HashMap<usize, Arc<Bound>>>),
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
        tracer: Option<SdkTracerProvider>,
        meter: Option<SdkMeterProvider>,
        clock: Arc<dyn Clock>,
    ) -> Arc<Self> {
        Arc::new(Self::with_scope(tracer, meter, clock, Scope::Program))
    }

    /// The pipeline of one capture.
    pub(crate) fn for_capture(
        tracer: SdkTracerProvider,
        meter: SdkMeterProvider,
        clock: Arc<dyn Clock>,
    ) -> Arc<Self> {
        let scope = Scope::Capture(Mutex::default());
        CAPTURES.fetch_add(1, Ordering::SeqCst);
        LIVE.fetch_add(1, Ordering::SeqCst);
        Arc::new(Self::with_scope(Some(tracer), Some(meter), clock, scope))
    }

    fn with_scope(
        tracer: Option<SdkTracerProvider>,
        meter: Option<SdkMeterProvider>,
        clock: Arc<dyn Clock>,
        scope: Scope,
    ) -> Self {
        Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            recorder: tracer.map(|provider| Recorder::new(&provider)),
            instruments: meter.map(|provider| Instruments::new(&provider)),
            clock,
            scope,
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

    pub(crate) fn is_capture(&self) -> bool {
        matches!(self.scope, Scope::Capture(_))
    }

    /// The bound form of a callsite under this capture.
    pub(crate) fn bound_of(self: &Arc<Self>, callsite: &'static Callsite) -> Arc<Bound> {
        let Scope::Capture(bound) = &self.scope else {
            return Arc::new(Bound::new(callsite, self));
        };
        let mut bound = bound.lock().unwrap_or_else(PoisonError::into_inner);
        let address = std::ptr::from_ref(callsite).addr();
        let entry = bound
            .entry(address)
            .or_insert_with(|| Arc::new(Bound::new(callsite, self)));
        Arc::clone(entry)
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

/// The pipeline for an operation that starts now: the capture's under which the code runs, or the
/// program's.
pub(crate) fn current() -> Option<Arc<Pipeline>> {
    if LIVE.load(Ordering::Relaxed) == 0 {
        return None;
    }
    if CAPTURES.load(Ordering::Relaxed) > 0
        && let Some(CaptureEntry(pipeline)) =
            Context::map_current(|context| context.get::<CaptureEntry>().cloned())
    {
        return Some(pipeline);
    }
    INSTALLED.load_full()
}

/// Makes this the program's pipeline.
///
/// # Errors
///
/// Where there is one already.
pub(crate) fn install(pipeline: &Arc<Pipeline>) -> Result<(), AlreadyInstalled> {
    let none: Option<Arc<Pipeline>> = None;
    let before = INSTALLED.compare_and_swap(&none, Some(Arc::clone(pipeline)));
    if before.is_some() {
        return Err(AlreadyInstalled);
    }
    LIVE.fetch_add(1, Ordering::SeqCst);
    Ok(())
}

/// Takes this pipeline out, where it is the program's.
pub(crate) fn uninstall(pipeline: &Arc<Pipeline>) {
    let none: Option<Arc<Pipeline>> = None;
    let before = INSTALLED.compare_and_swap(pipeline, none);
    if before
        .as_ref()
        .is_some_and(|before| Arc::ptr_eq(before, pipeline))
    {
        LIVE.fetch_sub(1, Ordering::SeqCst);
    }
}
