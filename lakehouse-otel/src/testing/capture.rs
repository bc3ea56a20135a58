//! A pipeline that keeps what it gets.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry::trace::{FutureExt, TracerProvider};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider, Span, SpanData, SpanProcessor};

use super::metric::{self, CapturedMetric};
use super::span::CapturedSpan;
use super::tree;
use crate::clock::{Clock, ManualClock, SystemClock};
use crate::config::{SamplingConfig, SpanLimits};
use crate::health::Diagnostics;
use crate::metrics::provider::Provider;
use crate::metrics::readers::Source;
use crate::pipeline::Pipeline;
use crate::redact::Redactor;
use crate::trace::ids::Ids;
use crate::trace::recorder::{Recorder, RecorderSettings, Target};
use crate::trace::sampler::{ErrorBudget, Sampler, SdkSampler};

/// What the code under it recorded. Made by [`capture`].
pub struct Capture {
    spans: Spans,
    tracers: SdkTracerProvider,
    metrics: Source,
    context: Context,
    // The providers go when the last operation under this capture does.
    pipeline: Arc<Pipeline>,
}

/// How a capture is set up.
#[derive(Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct CaptureBuilder {
    clock: Arc<dyn Clock>,
    sampler: Sampler,
    limits: SpanLimits,
    seed: Option<u64>,
    errors_per_second: u64,
    diagnostics: Diagnostics,
    redactor: Redactor,
}

/// A capture of everything, on the machine's clock.
#[must_use]
pub fn capture() -> Capture {
    Capture::builder().build()
}

impl Capture {
    /// A capture with another clock, or of fewer spans.
    pub fn builder() -> CaptureBuilder {
        CaptureBuilder {
            clock: Arc::new(SystemClock::new()),
            sampler: Sampler::always_on(),
            limits: SpanLimits::default(),
            seed: None,
            errors_per_second: SamplingConfig::default().max_error_spans_per_second,
            diagnostics: Diagnostics::stderr(),
            redactor: Redactor::new(),
        }
    }

    /// Runs this code under the capture.
    pub fn run<R>(&self, code: impl FnOnce() -> R) -> R {
        let _attached = self.context.clone().attach();
        code()
    }

    /// This future, under the capture.
    pub fn scope<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        future.with_context(self.context.clone())
    }

    /// The context under which operations go to this capture.
    #[must_use]
    pub fn context(&self) -> Context {
        self.context.clone()
    }

    /// A tracer of OpenTelemetry's own API, whose spans go to this capture too. What reaches a capture
    /// through the context does not reach it: a span is the capture's because its tracer is.
    #[must_use]
    pub fn tracer(&self, name: &'static str) -> SdkTracer {
        self.tracers.tracer(name)
    }

    /// The spans that ended, in the order in which they did.
    #[must_use]
    pub fn spans(&self) -> Vec<CapturedSpan> {
        let spans = self.spans.lock();
        spans.iter().cloned().map(CapturedSpan::new).collect()
    }

    /// The span of this name, or of the function of this name.
    ///
    /// # Panics
    ///
    /// Where there is none, or more than one; the message shows the tree of all spans.
    #[must_use]
    #[track_caller]
    pub fn span(&self, name: &str) -> CapturedSpan {
        let mut found = self.spans_named(name);
        match found.len() {
            1 => found.remove(0),
            count => panic!("{count} spans are named {name:?}; these ended:\n{self}"),
        }
    }

    /// The spans of this name, or of the function of this name.
    #[must_use]
    pub fn spans_named(&self, name: &str) -> Vec<CapturedSpan> {
        let mut spans = self.spans();
        spans.retain(|span| span.is_named(name));
        spans
    }

    /// A metric, as it stands now.
    ///
    /// # Panics
    ///
    /// Where nothing was recorded in it; the message names the metrics that there are.
    #[must_use]
    #[track_caller]
    pub fn metric(&self, name: &str) -> CapturedMetric {
        let metrics = self.metrics();
        let found = metrics.iter().find(|metric| metric.name() == name);
        found.cloned().unwrap_or_else(|| {
            let names: Vec<_> = metrics.iter().map(CapturedMetric::name).collect();
            panic!("nothing was recorded in {name:?}; there are {names:?}")
        })
    }

    /// All metrics, as they stand now.
    #[must_use]
    pub fn metrics(&self) -> Vec<CapturedMetric> {
        metric::read(&self.metrics)
    }
}

impl CaptureBuilder {
    /// With a clock that the test moves.
    pub fn clock(mut self, clock: &Arc<ManualClock>) -> Self {
        self.clock = Arc::<ManualClock>::clone(clock);
        self
    }

    /// With a sampler that keeps fewer spans.
    pub fn sampler(mut self, sampler: Sampler) -> Self {
        self.sampler = sampler;
        self
    }

    /// With other limits of what a span holds.
    pub fn limits(mut self, limits: SpanLimits) -> Self {
        self.limits = limits;
        self
    }

    /// With ids and draws that follow from this seed, so that a test of sampling ends the same each
    /// time.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// With another bound on failed operations that were not sampled and are kept all the same.
    pub fn max_error_spans_per_second(mut self, spans: u64) -> Self {
        self.errors_per_second = spans;
        self
    }

    /// Says troubles here, such as a callback that panics, in place of standard error.
    pub fn diagnostics(mut self, sink: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.diagnostics = Diagnostics::new(Arc::new(sink));
        self
    }

    /// Keeps the values of this name out, as [`Builder::redact`](crate::telemetry::Builder::redact) does.
    pub fn redact(mut self, name: impl AsRef<str>) -> Self {
        self.redactor = self.redactor.name(name);
        self
    }

    /// Makes it.
    #[must_use]
    pub fn build(self) -> Capture {
        let spans = Spans(Arc::default(), self.redactor.clone());
        let sampler = Arc::new(self.sampler);
        let tracers = SdkTracerProvider::builder()
            .with_sampler(SdkSampler::new(Arc::clone(&sampler)))
            .with_resource(Resource::builder_empty().build())
            .with_span_processor(spans.clone())
            .build();
        let (meter, metrics) = Provider::for_capture(self.diagnostics.clone());
        let recorder = Recorder::new(RecorderSettings {
            sampler,
            limits: self.limits,
            ids: self.seed.map_or_else(Ids::default, Ids::seeded),
            errors: ErrorBudget::new(self.errors_per_second),
            target: Target::Capture(Arc::clone(&spans.0)),
            redactor: self.redactor.clone(),
            is_capped: false,
        });
        let pipeline = Pipeline::for_capture(
            recorder,
            &meter,
            self.clock,
            &self.diagnostics,
            self.redactor,
        );
        Capture {
            spans,
            tracers,
            metrics,
            context: pipeline.attach_to(&Context::new()),
            pipeline,
        }
    }
}

/// A tree of the spans, for reading.
impl fmt::Display for Capture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        tree::write(f, &self.spans())
    }
}

impl fmt::Debug for Capture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Capture")
            .field("spans", &self.spans.lock().len())
            .field("pipeline", &self.pipeline)
            .finish_non_exhaustive()
    }
}

/// A processor that keeps the spans.
#[derive(Debug, Clone, Default)]
struct Spans(Arc<Mutex<Vec<SpanData>>>, Redactor);

impl Spans {
    fn lock(&self) -> MutexGuard<'_, Vec<SpanData>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SpanProcessor for Spans {
    fn on_start(&self, _span: &mut Span, _context: &Context) {}

    fn on_end(&self, mut span: SpanData) {
        self.1.span(&mut span);
        self.lock().push(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }
}
