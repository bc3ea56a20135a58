//! From the configuration to providers: exporters, their workers, and what they run on.

use std::sync::Arc;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;

use super::InitError;
use super::builder::MakeSpanSink;
use super::metrics::{Metrics, Place};
use crate::config::{Config, Exporter, Protocol, SpanLimits};
use crate::export::console::{ConsoleMetrics, ConsoleSpans, Output};
use crate::export::sink::{MetricSink, SpanSink};
use crate::health::Diagnostics;
use crate::metrics::sdk;
use crate::redact::Redactor;
use crate::trace::ids::Ids;
use crate::trace::processor::{BatchSpanProcessor, ProcessorSettings};
use crate::trace::recorder::{Recorder, RecorderSettings, Target};
use crate::trace::sampler::{ErrorBudget, Sampler, SdkSampler};

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
    is_capped: bool,
    redactor: Redactor,
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
            redactor: self.redactor.clone(),
            is_capped: self.is_capped,
        })
    }

    pub(super) fn sampler(&self) -> Arc<Sampler> {
        Arc::clone(&self.sampler)
    }

    /// Lets the metrics tell how the spans stand.
    pub(super) fn observe(&self, metrics: &Metrics) {
        sdk::observe(&metrics.provider, &self.processor, self.exporter_type);
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
        let mut exporters = config
            .metrics
            .exporters
            .iter()
            .chain([&config.traces.exporter]);
        #[cfg(feature = "__otlp")]
        let runtime = exporters
            .any(|exporter| *exporter == Exporter::Otlp)
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
        redactor: &Redactor,
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
            (None, Exporter::Console | Exporter::Prometheus | Exporter::None, _) => {
                "console_span_exporter"
            }
        };
        let sink: Box<dyn SpanSink> = match (custom, config.exporter) {
            (Some(make), _) => make(&self.resource),
            (None, Exporter::None | Exporter::Prometheus) => return Ok(None),
            (None, Exporter::Console) => Box::new(ConsoleSpans::new(self.output.clone())),
            (None, Exporter::Otlp) => self.otlp_spans()?,
        };
        let settings = ProcessorSettings {
            batch: config.batch,
            limits: config.limits,
            cap: config.sampling.max_spans_per_second,
            target: target.clone(),
            redactor: redactor.clone(),
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
            is_capped: config.sampling.max_spans_per_second > 0,
            redactor: redactor.clone(),
            resource: self.resource.clone(),
        }))
    }

    pub(super) fn metrics(&self) -> Result<Option<Metrics>, InitError> {
        let config = &self.config.metrics;
        if config.exporters.is_empty() {
            return Ok(None);
        }
        let place = |exporter: &Exporter| {
            let exporter = *exporter;
            let sink: Box<dyn Fn() -> Result<Box<dyn MetricSink>, InitError> + '_> = match exporter
            {
                Exporter::Otlp => Box::new(|| self.otlp_metrics()),
                Exporter::Console => {
                    Box::new(|| Ok(Box::new(ConsoleMetrics::new(self.output.clone()))))
                }
                // Who reads these comes for them.
                Exporter::Prometheus | Exporter::None => return None,
            };
            Some(Place {
                exporter,
                target: target(exporter, &config.otlp.endpoint),
                sink,
            })
        };
        let places = config.exporters.iter().filter_map(place).collect();
        Metrics::start(config, &self.resource, places, &self.diagnostics).map(Some)
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
    fn otlp_metrics(&self) -> Result<Box<dyn MetricSink>, InitError> {
        let runtime = self.runtime.as_ref().ok_or(not_built("metrics"))?;
        crate::export::otlp::OtlpMetrics::new(runtime, &self.config.metrics.otlp)
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
    fn otlp_metrics(&self) -> Result<Box<dyn MetricSink>, InitError> {
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
