//! Telemetry that runs: put together from the configuration, and taken down again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use opentelemetry::global;
use opentelemetry::propagation::TextMapCompositePropagator;
use opentelemetry_sdk::error::OTelSdkError;
use opentelemetry_sdk::propagation::BaggagePropagator;

use super::exporters::{Exporters, ReadyTraces, Traces};
use super::metrics::{Exported, Metrics, Reader};
use super::{Builder, InitError, Undelivered};
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, PerformanceConfig};
use crate::export::console::Output;
use crate::export::{Account, Ledger};
use crate::health::Diagnostics;
use crate::invocation::Flush;
use crate::metrics::readers::{PeriodicReader, UnderWay};
use crate::metrics::{Observation, system};
use crate::performance::{LoadChange, MonitorConfig, ResourceMonitor};
use crate::pipeline::{self, Pipeline};
use crate::propagation::TraceContextPropagator;
use crate::resource;
use crate::trace::sampler::Sampler;

/// Everything that runs.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) traces: Option<Traces>,
    pub(super) metrics: Option<Metrics>,
    #[cfg(feature = "__otlp")]
    runtime: Option<Arc<crate::export::otlp::Runtime>>,
    diagnostics: Diagnostics,
    /// Where operations go; none for telemetry that no operation knows of.
    pipeline: Option<&'static Pipeline>,
    /// Watches the load of the program, until it is shut down.
    monitor: Mutex<Option<ResourceMonitor>>,
    /// Observes the machine and the process, until it is shut down.
    observed: Mutex<Option<Observation>>,
    /// The program's claim, until it is shut down.
    claim: Mutex<Option<Claim>>,
    down: AtomicBool,
}

/// There is one telemetry a program; this is the right to be it.
#[derive(Debug)]
pub(super) struct Claim(());

static CLAIMED: AtomicBool = AtomicBool::new(false);

impl Claim {
    pub(super) fn new() -> Result<Self, InitError> {
        if CLAIMED.swap(true, Ordering::SeqCst) {
            Err(InitError::AlreadyRunning)
        } else {
            Ok(Self(()))
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        CLAIMED.store(false, Ordering::SeqCst);
    }
}

impl Running {
    pub(super) fn start(
        builder: Builder,
        config: &Config,
        diagnostics: Diagnostics,
        claim: Option<Claim>,
    ) -> Result<Self, InitError> {
        let resource = resource::build(config, builder.attributes);
        let output = match builder.console {
            Some(writer) => Output::new(writer, false),
            None => Output::stderr(config.colour),
        };
        let exporters = Exporters::new(config, resource, output, diagnostics.clone())?;

        // Everything that can fail comes before the first global: a failure leaves none behind.
        let metrics = exporters.metrics()?;
        let traces = exporters.span_processor(builder.span_exporter, &builder.redactor)?;
        if let (Some(metrics), Some(traces)) = (&metrics, &traces) {
            traces.observe(metrics);
        }
        // The meter provider is first: the tracer provider takes its instruments from the global one.
        if claim.is_some()
            && let Some(metrics) = &metrics
        {
            global::set_meter_provider(metrics.provider.clone());
        }
        let recorder = claim
            .as_ref()
            .and_then(|_| traces.as_ref().map(ReadyTraces::recorder));
        let sampler = traces.as_ref().map(ReadyTraces::sampler);
        let traces = traces.map(ReadyTraces::build);
        let (mut pipeline, mut monitor, mut observed) = (None, None, None);
        if claim.is_some() {
            if let Some(traces) = &traces {
                global::set_tracer_provider(traces.provider.clone());
            }
            global::set_text_map_propagator(TextMapCompositePropagator::new(vec![
                Box::new(TraceContextPropagator::new()),
                Box::new(BaggagePropagator::new()),
            ]));
            let clock: Arc<dyn Clock> = builder
                .clock
                .unwrap_or_else(|| Arc::new(SystemClock::new()));
            let meter = metrics.as_ref().map(|metrics| &metrics.provider);
            let operations = Pipeline::new(recorder, meter, clock, &diagnostics, builder.redactor);
            pipeline::install(operations).map_err(|_| InitError::AlreadyRunning)?;
            pipeline = Some(operations);
            if let Some(metrics) = &metrics
                && config.metrics.system
            {
                observed = Some(system::observe(&metrics.provider, &diagnostics));
            }
            monitor = watch(&config.performance, sampler.as_deref(), &diagnostics);
        }
        Ok(Self {
            traces,
            metrics,
            #[cfg(feature = "__otlp")]
            runtime: exporters.runtime,
            diagnostics,
            pipeline,
            monitor: Mutex::new(monitor),
            observed: Mutex::new(observed),
            claim: Mutex::new(claim),
            down: AtomicBool::new(false),
        })
    }

    /// Lets invocations flush it, for as long as it runs.
    pub(super) fn flush_invocations(self: &Arc<Self>) {
        if let Some(pipeline) = self.pipeline {
            pipeline.flush_by(Box::new(Arc::downgrade(self)));
        }
    }

    /// Whether it was shut down.
    pub(super) fn is_down(&self) -> bool {
        self.down.load(Ordering::SeqCst)
    }

    pub(super) fn ledger(&self) -> Ledger {
        Ledger {
            spans: self.spans(),
            data_points: self.data_points(),
        }
    }

    fn spans(&self) -> Account {
        self.traces
            .as_ref()
            .map(|traces| traces.processor.account())
            .unwrap_or_default()
    }

    fn data_points(&self) -> Account {
        self.metrics
            .as_ref()
            .map(Metrics::account)
            .unwrap_or_default()
    }

    pub(super) fn flush(&self, timeout: Duration) -> Result<(), Undelivered> {
        let deadline = Instant::now() + timeout;
        let spans_before = self.spans();
        let points_before = self.points_lost();
        let mut asked = self.ask(false, PeriodicReader::flush);
        let mut timed_out = false;
        if let Some(traces) = &self.traces {
            let flushed = traces.processor.flush(timeout);
            timed_out |= matches!(flushed, Err(OTelSdkError::Timeout(_)));
        }
        asked.extend(self.ask(true, PeriodicReader::flush));
        let exported = self.wait(asked, deadline, |_| ());
        self.judge(Undelivered {
            spans: self
                .spans()
                .undelivered()
                .saturating_sub(spans_before.undelivered()),
            data_points: self.points_lost().saturating_sub(points_before),
            last_error: exported.not_collected,
            timed_out: timed_out || exported.timed_out,
        })
    }

    /// Asks for an export of what there is, and waits for nothing.
    fn start_flush(&self) {
        self.ask(false, PeriodicReader::flush);
        if let Some(traces) = &self.traces {
            traces.processor.start_flush();
        }
        self.ask(true, PeriodicReader::flush);
    }

    /// How many data points the readers that export lost so far.
    fn points_lost(&self) -> u64 {
        let metrics = self.metrics.as_ref();
        metrics.map_or(0, |metrics| metrics.lost().iter().sum())
    }

    fn ask(
        &self,
        after_spans: bool,
        ask: impl Fn(&PeriodicReader) -> UnderWay,
    ) -> Vec<(&Reader, UnderWay)> {
        let metrics = self.metrics.as_ref();
        metrics.map_or_else(Vec::new, |metrics| metrics.ask(after_spans, ask))
    }

    fn wait(
        &self,
        asked: Vec<(&Reader, UnderWay)>,
        deadline: Instant,
        given_up: impl Fn(&Reader),
    ) -> Exported {
        let metrics = self.metrics.as_ref();
        metrics.map_or_else(Exported::default, |metrics| {
            metrics.wait(asked, deadline, given_up)
        })
    }

    pub(super) fn shutdown(&self, timeout: Duration) -> Result<(), Undelivered> {
        if self.down.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        let deadline = Instant::now() + timeout;
        if let Some(pipeline) = self.pipeline {
            pipeline::uninstall(pipeline);
        }
        let monitor = self
            .monitor
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(monitor) = monitor {
            // What it says is the program's code, which may take its time.
            monitor.end(timeout / 4);
        }
        let lost_before = self.metrics.as_ref().map(Metrics::lost).unwrap_or_default();
        let spans = self.traces.as_ref().map(|traces| traces.processor.clone());
        let patience = Instant::now() + timeout / 2;
        let end = |reader: &PeriodicReader| {
            let spans = spans.clone();
            reader.end(move || {
                // The last that metrics tell is how the spans ended, unless these take too long.
                if let Some(spans) = spans {
                    spans.await_end(patience);
                }
            })
        };
        let mut asked = self.ask(false, end);
        let mut timed_out = false;
        if let Some(traces) = &self.traces {
            // What it came to is in the ledger.
            let left = deadline.saturating_duration_since(Instant::now());
            let _ = traces.provider.shutdown_with_timeout(left);
            if self.spans().dropped.unsent_at_shutdown > 0 {
                timed_out = true;
                self.diagnostics.failed(&traces.target, OUT_OF_TIME);
            }
        }
        asked.extend(self.ask(true, end));
        let exported = self.wait(asked, deadline, |reader| {
            reader.give_up(&self.diagnostics, OUT_OF_TIME);
        });
        if let Some(metrics) = &self.metrics {
            metrics.close();
        }
        drop(
            self.observed
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        #[cfg(feature = "__otlp")]
        if let Some(runtime) = &self.runtime {
            runtime.give_up();
        }
        drop(
            self.claim
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );

        let spans = self.spans();
        if spans.dropped.queue_full > 0 {
            self.diagnostics.warn(&format!(
                "{} spans were dropped because the queue was full; OTEL_BSP_MAX_QUEUE_SIZE makes it longer",
                spans.dropped.queue_full
            ));
        }
        if spans.dropped.unended_at_shutdown > 0 {
            self.diagnostics.warn(&format!(
                "{} spans had not ended when telemetry was shut down, and are lost; shut it down after the work",
                spans.dropped.unended_at_shutdown
            ));
        }
        self.judge(Undelivered {
            spans: spans
                .undelivered()
                .saturating_sub(spans.dropped.unended_at_shutdown),
            data_points: self
                .metrics
                .as_ref()
                .map_or(0, |metrics| metrics.lost_for_good(&lost_before)),
            last_error: exported.not_collected,
            timed_out: timed_out || exported.timed_out,
        })
    }

    fn judge(&self, mut undelivered: Undelivered) -> Result<(), Undelivered> {
        if undelivered == Undelivered::default() {
            return Ok(());
        }
        let of_spans = self
            .traces
            .as_ref()
            .and_then(|traces| traces.processor.why_lost());
        let of_metrics = || self.metrics.as_ref().and_then(Metrics::last_error);
        let of_spans = of_spans.filter(|_| undelivered.spans > 0);
        let of_metrics = || of_metrics().filter(|_| undelivered.data_points > 0);
        undelivered.last_error = of_spans
            .or_else(|| undelivered.last_error.clone())
            .or_else(of_metrics);
        Err(undelivered)
    }
}

impl Flush for Weak<Running> {
    fn flush(&self, bound: Duration) {
        if let Some(running) = self.upgrade().filter(|running| !running.is_down()) {
            // What was not delivered is in the ledger, and diagnostics said why.
            let _ = running.flush(bound);
        }
    }

    fn start(&self) {
        if let Some(running) = self.upgrade().filter(|running| !running.is_down()) {
            running.start_flush();
        }
    }
}

/// Watches the load of the program: for the sampler whose rates follow it, and under any other one for
/// health and for what operations tell of it.
fn watch(
    config: &PerformanceConfig,
    sampler: Option<&Sampler>,
    diagnostics: &Diagnostics,
) -> Option<ResourceMonitor> {
    if !config.monitoring {
        return None;
    }
    let sampler = sampler.filter(|sampler| sampler.is_adaptive());
    let load = sampler.map(|sampler| Arc::clone(sampler.load()));
    let monitoring = MonitorConfig::new(config.cpu_threshold, config.memory_threshold)
        .scaling(sampler.is_some());
    let report = {
        let diagnostics = diagnostics.clone();
        move |change: &LoadChange| diagnostics.warn(&change.to_string())
    };
    ResourceMonitor::start(monitoring, load.unwrap_or_default(), report)
        .inspect_err(|error| {
            diagnostics.warn(&format!(
                "the program's load is not watched, for there is no thread for it ({error})"
            ));
        })
        .ok()
}

const OUT_OF_TIME: &str = "no answer before the shutdown's time was over";
