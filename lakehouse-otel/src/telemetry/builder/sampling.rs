//! Which spans are recorded, and how much of them.

use super::Builder;
use crate::config::Sampler;

impl Builder {
    /// Which spans are recorded; over `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`,
    /// [`Sampler::Adaptive`] by default.
    pub fn sampler(self, sampler: Sampler) -> Self {
        let share = sampler.share().map(|share| share.to_string());
        self.set("OTEL_TRACES_SAMPLER", sampler.as_str())
            .set("OTEL_TRACES_SAMPLER_ARG", share.unwrap_or_default())
    }

    /// The share of workflows that is recorded, from 0 to 1; over `OTEL_WORKFLOW_SAMPLE_RATE`, 1 by default. As all rates,
    /// it counts under [`Sampler::Adaptive`], and as the environment allows.
    pub fn workflow_sample_rate(self, share: f64) -> Self {
        self.set("OTEL_WORKFLOW_SAMPLE_RATE", share.to_string())
    }

    /// The share of requests to an exchange, from 0 to 1; over `OTEL_API_CALL_SAMPLE_RATE`, 0.3 by default.
    pub fn api_call_sample_rate(self, share: f64) -> Self {
        self.set("OTEL_API_CALL_SAMPLE_RATE", share.to_string())
    }

    /// The share of operations on storage, from 0 to 1; over `OTEL_STORAGE_SAMPLE_RATE`, 0.2 by default.
    pub fn storage_sample_rate(self, share: f64) -> Self {
        self.set("OTEL_STORAGE_SAMPLE_RATE", share.to_string())
    }

    /// The shares of ingestions, from 0 to 1: of small ones, and of those of 10,000 records or more; over
    /// `OTEL_INGESTION_MIN_SAMPLE_RATE`, 0.05 by default, and `OTEL_INGESTION_SAMPLE_RATE`, 0.3 by default.
    pub fn ingestion_sample_rates(self, small: f64, large: f64) -> Self {
        self.set("OTEL_INGESTION_MIN_SAMPLE_RATE", small.to_string())
            .set("OTEL_INGESTION_SAMPLE_RATE", large.to_string())
    }

    /// The share of operations that say `high_volume = true`, from 0 to 1; over `OTEL_HIGH_VOLUME_SAMPLE_RATE`, 0.1 by default.
    pub fn high_volume_sample_rate(self, share: f64) -> Self {
        self.set("OTEL_HIGH_VOLUME_SAMPLE_RATE", share.to_string())
    }

    /// The share of other operations that have no parent, from 0 to 1; over `OTEL_ROOT_SAMPLE_RATE`. By default the environment's:
    /// 1 in local, development and test, 0.5 in staging, else 0.1.
    pub fn root_sample_rate(self, share: f64) -> Self {
        self.set("OTEL_ROOT_SAMPLE_RATE", share.to_string())
    }

    /// The share below which load scales no rate, from 0 to 1; over `OTEL_MIN_SAMPLE_RATE`, 0.01 by default.
    pub fn min_sample_rate(self, share: f64) -> Self {
        self.set("OTEL_MIN_SAMPLE_RATE", share.to_string())
    }

    /// Whether one decision holds for a whole trace, in place of one for each operation; over `OTEL_SAMPLE_PER_TRACE`, `false`
    /// by default.
    pub fn sample_per_trace(self, per_trace: bool) -> Self {
        self.set("OTEL_SAMPLE_PER_TRACE", per_trace.to_string())
    }

    /// How many spans a second are exported at most, but for failures and what else is kept in any case, 0 for no limit; over `OTEL_MAX_SPANS_PER_SECOND`, 0 by default.
    pub fn max_spans_per_second(self, spans: u32) -> Self {
        self.set("OTEL_MAX_SPANS_PER_SECOND", spans.to_string())
    }

    /// How many spans a second are kept at most that were not sampled and failed, were over their budget or rate-limited,
    /// or had a big object, 0 for none; over `OTEL_MAX_ERROR_SPANS_PER_SECOND`, 100 by default.
    pub fn max_error_spans_per_second(self, spans: u32) -> Self {
        self.set("OTEL_MAX_ERROR_SPANS_PER_SECOND", spans.to_string())
    }

    /// Above how many bytes the operation of a stored object is kept in any case; over `OTEL_BIG_OBJECT_BYTES`, 64 MiB by
    /// default.
    pub fn big_object_bytes(self, bytes: u64) -> Self {
        self.set("OTEL_BIG_OBJECT_BYTES", bytes.to_string())
    }

    /// Whether CPU and memory are looked at, so that load scales rates down; over `OTEL_PERFORMANCE_MONITORING`, `true` by
    /// default.
    pub fn performance_monitoring(self, monitoring: bool) -> Self {
        self.set("OTEL_PERFORMANCE_MONITORING", monitoring.to_string())
    }

    /// The use of CPU above which rates are scaled down, in percent; over `OTEL_CPU_THRESHOLD`, 80 by default.
    pub fn cpu_threshold(self, percent: f64) -> Self {
        self.set("OTEL_CPU_THRESHOLD", percent.to_string())
    }

    /// The use of memory above which rates are scaled down, in percent; over `OTEL_MEMORY_THRESHOLD`, 85 by default.
    pub fn memory_threshold(self, percent: f64) -> Self {
        self.set("OTEL_MEMORY_THRESHOLD", percent.to_string())
    }

    /// How many attributes a span has at most; over `OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT`, 128 by default.
    pub fn span_attribute_count_limit(self, attributes: usize) -> Self {
        self.set("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", attributes.to_string())
    }

    /// How many events a span has at most; over `OTEL_SPAN_EVENT_COUNT_LIMIT`, 128 by default.
    pub fn span_event_count_limit(self, events: usize) -> Self {
        self.set("OTEL_SPAN_EVENT_COUNT_LIMIT", events.to_string())
    }

    /// How many links a span has at most; over `OTEL_SPAN_LINK_COUNT_LIMIT`, 128 by default.
    pub fn span_link_count_limit(self, links: usize) -> Self {
        self.set("OTEL_SPAN_LINK_COUNT_LIMIT", links.to_string())
    }

    /// How many attributes an event has at most; over `OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT`, 128 by default.
    pub fn event_attribute_count_limit(self, attributes: usize) -> Self {
        self.set("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", attributes.to_string())
    }

    /// How many attributes a link has at most; over `OTEL_LINK_ATTRIBUTE_COUNT_LIMIT`, 128 by default.
    pub fn link_attribute_count_limit(self, attributes: usize) -> Self {
        self.set("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", attributes.to_string())
    }

    /// How many characters a text in an attribute has at most; over `OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT`, any number by
    /// default.
    pub fn attribute_value_length_limit(self, characters: usize) -> Self {
        self.set(
            "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
            characters.to_string(),
        )
    }
}
