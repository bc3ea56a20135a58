//! From the configuration to providers: exporters, their workers, and what they run on.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider, Temporality};
use opentelemetry_sdk::trace::SdkTracerProvider;

use super::InitError;
use super::builder::MakeSpanSink;
use crate::config::{Config, Exporter, Protocol, SpanLimits, TemporalityPreference};
use crate::export::console::{ConsoleMetrics, ConsoleSpans, Output};
use crate::export::metrics::{CountingExporter, DataPoints};
use crate::export::sink::{MetricSink, SpanSink};
use crate::health::Diagnostics;
use crate::metrics;
use crate::trace::ids::Ids;
use crate::trace::processor::{BatchSpanProcessor, ProcessorSettings};
use crate::trace::recorder::{Recorder, RecorderSettings, Target};
use crate::trace::sampler::{ErrorBudget, Sampler, SdkSampler};

/// The interval of a reader that exports only when it is told to.
const NEVER: Duration = Duration::from_hours(365 * 24);

#[derive(Debug)]
pub(super) struct Traces {
    pub(super) provider: SdkTracerProvider,
    pub(super) processor: BatchSpanProcessor,
    pub(super) target: String,
}

/// Traces whose provider is not built yet: it takes its instruments from the global meter provider, which
/// has to be set by then.
#[derive(Debug)]
pub(super) struct ReadyTraces {
    processor: BatchSpanProcessor,
    target: String,
    /// What metrics call the exporter, as OpenTelemetry has it.
    exporter_type: &'static str,
    sampler: Arc<Sampler>,
    limits: SpanLimits,
    errors_per_second: u64,
    resource: Resource,
}

impl ReadyTraces {
    /// What records the spans of operations.
    pub(super) fn recorder(&self) -> Recorder {
        Recorder::new(RecorderSettings {
            sampler: Arc::clone(&self.sampler),
            limits: self.limits,
            ids: Ids::default(),
            errors: ErrorBudget::new(self.errors_per_second),
            target: Target::Processor(self.processor.clone()),
        })
    }

    pub(super) fn sampler(&self) -> Arc<Sampler> {
        Arc::clone(&self.sampler)
    }

    /// Lets the metrics tell how the spans stand.
    pub(super) fn observe(&self, metrics: &Metrics, diagnostics: &Diagnostics) {
        metrics::sdk::observe(
            &metrics.provider,
            &self.processor,
            self.exporter_type,
            diagnostics,
        );
    }

    pub(super) fn build(self) -> Traces {
        let count = |limit: usize| u32::try_from(limit).unwrap_or(u32::MAX);
        let provider = SdkTracerProvider::builder()
            .with_resource(self.resource)
            .with_sampler(SdkSampler::new(self.sampler))
            .with_max_attributes_per_span(count(self.limits.attributes))
            .with_max_events_per_span(count(self.limits.events))
            .with_max_links_per_span(count(self.limits.links))
            .with_max_attributes_per_event(count(self.limits.attributes_per_event))
            .with_max_attributes_per_link(count(self.limits.attributes_per_link))
            .with_span_processor(self.processor.clone())
            .build();
        Traces {
            provider,
            processor: self.processor,
            target: self.target,
        }
    }
}

#[derive(Debug)]
pub(super) struct Metrics {
    pub(super) provider: SdkMeterProvider,
    pub(super) data_points: DataPoints,
    pub(super) cumulative: bool,
    /// Whether they are exported after the spans and not beside them.
    pub(super) after_spans: bool,
    pub(super) target: String,
}

/// Makes what the configuration asks for.
pub(super) struct Exporters<'a> {
    config: &'a Config,
    resource: Resource,
    output: Output,
    diagnostics: Diagnostics,
    #[cfg(feature = "__otlp")]
    pub(super) runtime: Option<Arc<crate::export::otlp::Runtime>>,
}

#[cfg_attr(
    not(feature = "__otlp"),
    expect(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "without a transport nothing here can fail"
    )
)]
impl<'a> Exporters<'a> {
    pub(super) fn new(
        config: &'a Config,
        resource: Resource,
        output: Output,
        diagnostics: Diagnostics,
    ) -> Result<Self, InitError> {
        #[cfg(feature = "__otlp")]
        let runtime = [config.traces.exporter, config.metrics.exporter]
            .contains(&Exporter::Otlp)
            .then(crate::export::otlp::Runtime::start)
            .transpose()
            .map_err(InitError::Thread)?;
        Ok(Self {
            config,
            resource,
            output,
            diagnostics,
            #[cfg(feature = "__otlp")]
            runtime,
        })
    }

    /// All that can fail of the spans' side; nothing of the program's is touched yet.
    pub(super) fn span_processor(
        &self,
        custom: Option<MakeSpanSink>,
    ) -> Result<Option<ReadyTraces>, InitError> {
        let config = &self.config.traces;
        let target = match custom {
            Some(_) => "the program's own exporter".to_owned(),
            None => target(config.exporter, &config.otlp.endpoint),
        };
        let exporter_type = match (&custom, config.exporter, config.otlp.protocol) {
            (Some(_), _, _) => "custom_span_exporter",
            (None, Exporter::Otlp, Protocol::Grpc) => "otlp_grpc_span_exporter",
            (None, Exporter::Otlp, Protocol::HttpProtobuf) => "otlp_http_span_exporter",
            (None, Exporter::Console | Exporter::None, _) => "console_span_exporter",
        };
        let sink: Box<dyn SpanSink> = match (custom, config.exporter) {
            (Some(make), _) => make(&self.resource),
            (None, Exporter::None) => return Ok(None),
            (None, Exporter::Console) => Box::new(ConsoleSpans::new(self.output.clone())),
            (None, Exporter::Otlp) => self.otlp_spans()?,
        };
        let settings = ProcessorSettings {
            batch: config.batch,
            limits: config.limits,
            cap: config.sampling.max_spans_per_second,
            target: target.clone(),
        };
        let processor = BatchSpanProcessor::start(sink, settings, self.diagnostics.clone())
            .map_err(InitError::Thread)?;
        Ok(Some(ReadyTraces {
            processor,
            target,
            exporter_type,
            sampler: Arc::new(Sampler::new(
                config.sampler,
                &config.sampling,
                &self.config.environment,
            )),
            limits: config.limits,
            errors_per_second: config.sampling.max_error_spans_per_second,
            resource: self.resource.clone(),
        }))
    }

    pub(super) fn metrics(&self) -> Result<Option<Metrics>, InitError> {
        let config = &self.config.metrics;
        let temporality = match config.temporality {
            TemporalityPreference::Cumulative => Temporality::Cumulative,
            TemporalityPreference::Delta => Temporality::Delta,
            TemporalityPreference::LowMemory => Temporality::LowMemory,
        };
        let sink: Box<dyn MetricSink> = match config.exporter {
            Exporter::None => return Ok(None),
            Exporter::Console => Box::new(ConsoleMetrics::new(self.output.clone())),
            Exporter::Otlp => self.otlp_metrics(temporality)?,
        };
        let cumulative = sink.temporality() == Temporality::Cumulative;
        let target = target(config.exporter, &config.otlp.endpoint);
        let data_points = DataPoints::default();
        let exporter = CountingExporter::new(
            sink,
            target.clone(),
            data_points.clone(),
            self.diagnostics.clone(),
        );
        let reader = PeriodicReader::builder(exporter)
            .with_interval(config.interval.unwrap_or(NEVER))
            .build();
        let provider = metrics::provider::builder(self.resource.clone())
            .with_reader(reader)
            .build();
        Ok(Some(Metrics {
            provider,
            data_points,
            cumulative,
            after_spans: config.exporter == Exporter::Console,
            target,
        }))
    }

    #[cfg(feature = "__otlp")]
    fn otlp_spans(&self) -> Result<Box<dyn SpanSink>, InitError> {
        let runtime = self.runtime.as_ref().ok_or(not_built("traces"))?;
        crate::export::otlp::OtlpSpans::new(runtime, &self.config.traces.otlp, &self.resource)
            .map(|sink| Box::new(sink) as _)
            .map_err(|error| InitError::Exporter {
                signal: "traces",
                reason: error.to_string(),
            })
    }

    #[cfg(feature = "__otlp")]
    fn otlp_metrics(&self, temporality: Temporality) -> Result<Box<dyn MetricSink>, InitError> {
        let runtime = self.runtime.as_ref().ok_or(not_built("metrics"))?;
        crate::export::otlp::OtlpMetrics::new(runtime, &self.config.metrics.otlp, temporality)
            .map(|sink| Box::new(sink) as _)
            .map_err(|error| InitError::Exporter {
                signal: "metrics",
                reason: error.to_string(),
            })
    }

    #[cfg(not(feature = "__otlp"))]
    fn otlp_spans(&self) -> Result<Box<dyn SpanSink>, InitError> {
        Err(not_built("traces"))
    }

    #[cfg(not(feature = "__otlp"))]
    fn otlp_metrics(&self, _temporality: Temporality) -> Result<Box<dyn MetricSink>, InitError> {
        Err(not_built("metrics"))
    }
}

fn not_built(signal: &'static str) -> InitError {
    InitError::Exporter {
        signal,
        reason: "OTLP needs lakehouse-otel's cargo feature `otlp-http` or `otlp-grpc`".to_owned(),
    }
}

/// What diagnostics call the place that an exporter sends to: scheme, host and port, no secret.
fn target(exporter: Exporter, endpoint: &str) -> String {
    if exporter != Exporter::Otlp {
        return exporter.to_string();
    }
    let url = crate::config::redacted_url(endpoint);
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
            format!("{scheme}://{authority}")
        }
        None => url,
    }
}
