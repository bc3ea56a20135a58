//! How the configuration of spans is read.

use std::time::Duration;

use super::otlp::{self, either};
use crate::config::lookup::Lookup;
use crate::config::{
    BatchConfig, Exporter, Sampler, SamplingConfig, SpanLimits, TracesConfig, parse,
};

/// Reads it; `local` says that somebody sits before the console.
pub(super) fn traces(lookup: &Lookup<'_>, local: bool) -> TracesConfig {
    let otlp = otlp::otlp(lookup, &otlp::TRACES);
    let exporter = lookup
        .parsed(otlp::TRACES.exporter, |text| {
            let exporter = text.parse().ok()?;
            (exporter != Exporter::Prometheus).then_some(exporter)
        })
        .unwrap_or(if local && !otlp.endpoint_is_set {
            Exporter::Console
        } else {
            Exporter::Otlp
        });
    if exporter == Exporter::Otlp {
        otlp.check_features(lookup);
    }
    TracesConfig {
        exporter,
        otlp: otlp.config,
        batch: batch(lookup, exporter),
        sampler: sampler(lookup),
        sampling: sampling(lookup),
        limits: limits(lookup),
    }
}

fn batch(lookup: &Lookup<'_>, exporter: Exporter) -> BatchConfig {
    let max_queue_size = lookup
        .parsed("OTEL_BSP_MAX_QUEUE_SIZE", |text| {
            parse::size(text, 1_000_000)
        })
        .unwrap_or(2_048);
    let max_export_batch_size = lookup
        .parsed("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", |text| {
            parse::size(text, max_queue_size)
        })
        .unwrap_or(512.min(max_queue_size));
    let schedule_delay = lookup
        .parsed("OTEL_BSP_SCHEDULE_DELAY", parse::millis)
        .unwrap_or(match exporter {
            // Somebody is looking.
            Exporter::Console => Duration::from_millis(200),
            _ => Duration::from_secs(5),
        });
    BatchConfig {
        max_queue_size,
        max_export_batch_size,
        schedule_delay,
    }
}

fn sampler(lookup: &Lookup<'_>) -> Sampler {
    const ARGUMENT: &str = "OTEL_TRACES_SAMPLER_ARG";
    let sampler = lookup
        .parsed("OTEL_TRACES_SAMPLER", |text| text.parse().ok())
        .unwrap_or(Sampler::Adaptive);
    match sampler {
        Sampler::TraceIdRatio(whole) => {
            Sampler::TraceIdRatio(lookup.parsed(ARGUMENT, parse::share).unwrap_or(whole))
        }
        Sampler::ParentBasedTraceIdRatio(whole) => {
            Sampler::ParentBasedTraceIdRatio(lookup.parsed(ARGUMENT, parse::share).unwrap_or(whole))
        }
        _ => {
            if let Some(argument) = lookup.text(ARGUMENT) {
                lookup.warn(format!(
                    "{ARGUMENT}={argument:?} decides nothing: the sampler {sampler} takes no argument"
                ));
            }
            sampler
        }
    }
}

fn sampling(lookup: &Lookup<'_>) -> SamplingConfig {
    let rate = |name, default| lookup.parsed(name, parse::share).unwrap_or(default);
    let count = |name, default| lookup.parsed(name, parse::count).unwrap_or(default);
    let unset = SamplingConfig::default();
    SamplingConfig {
        workflow: rate("OTEL_WORKFLOW_SAMPLE_RATE", unset.workflow),
        api_call: rate("OTEL_API_CALL_SAMPLE_RATE", unset.api_call),
        storage: rate("OTEL_STORAGE_SAMPLE_RATE", unset.storage),
        ingestion: rate("OTEL_INGESTION_SAMPLE_RATE", unset.ingestion),
        ingestion_minimum: rate("OTEL_INGESTION_MIN_SAMPLE_RATE", unset.ingestion_minimum),
        high_volume: rate("OTEL_HIGH_VOLUME_SAMPLE_RATE", unset.high_volume),
        root: lookup.parsed("OTEL_ROOT_SAMPLE_RATE", parse::share),
        floor: rate("OTEL_MIN_SAMPLE_RATE", unset.floor),
        per_trace: lookup
            .parsed("OTEL_SAMPLE_PER_TRACE", parse::switch)
            .unwrap_or(unset.per_trace),
        max_spans_per_second: count("OTEL_MAX_SPANS_PER_SECOND", unset.max_spans_per_second),
        max_error_spans_per_second: count(
            "OTEL_MAX_ERROR_SPANS_PER_SECOND",
            unset.max_error_spans_per_second,
        ),
        big_object: lookup
            .parsed("OTEL_BIG_OBJECT_BYTES", parse::bytes)
            .unwrap_or(unset.big_object),
    }
}

fn limits(lookup: &Lookup<'_>) -> SpanLimits {
    const COUNT: &str = "OTEL_ATTRIBUTE_COUNT_LIMIT";
    const LENGTH: &str = "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT";
    let limit = |name| lookup.parsed(name, parse::limit);
    let of_attributes = |own| either(own, COUNT, limit).map(|(_, limit)| limit);
    let unset = SpanLimits::default();
    SpanLimits {
        attributes: of_attributes("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT").unwrap_or(unset.attributes),
        events: limit("OTEL_SPAN_EVENT_COUNT_LIMIT").unwrap_or(unset.events),
        links: limit("OTEL_SPAN_LINK_COUNT_LIMIT").unwrap_or(unset.links),
        attributes_per_event: of_attributes("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT")
            .unwrap_or(unset.attributes_per_event),
        attributes_per_link: of_attributes("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT")
            .unwrap_or(unset.attributes_per_link),
        value_length: either("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", LENGTH, limit)
            .map(|(_, limit)| limit),
    }
}
