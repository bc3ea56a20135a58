//! What `lakehouse_otel::schema!` makes of a registry.

use lakehouse_otel::opentelemetry::Value;
use lakehouse_otel::schema::{EnumValue, IntoValue};

#[derive(Clone, Copy, Debug)]
pub enum Language {
    En,
    De,
}

impl EnumValue for Language {
    const ATTRIBUTE: &'static str = "text_analysis.language";
    const OPEN: bool = true;
    const MEMBERS: &'static [&'static str] = &["en", "de"];

    fn as_str(&self) -> &str {
        Self::MEMBERS[*self as usize]
    }

    fn index(&self) -> Option<usize> {
        Some(*self as usize)
    }
}

impl IntoValue<Language> for Language {
    fn to_value(&self) -> Option<Value> {
        Some(Value::from(Self::MEMBERS[*self as usize]))
    }
}

impl IntoValue<Language> for str {
    fn to_value(&self) -> Option<Value> {
        Some(Value::from(self.to_owned()))
    }
}

pub mod text_analysis {
    use super::Language;
    use lakehouse_otel::schema::{AttributeKey, kind};

    pub const LANGUAGE: AttributeKey<Language> = AttributeKey::new("text_analysis.language");
    pub const STAGE: AttributeKey<kind::Text> = AttributeKey::new("text_analysis.stage");
    pub const SENTENCE_COUNT: AttributeKey<kind::Int> =
        AttributeKey::new("text_analysis.sentence_count");
    pub const EMBEDDING_MODEL: AttributeKey<kind::Text> =
        AttributeKey::new("text_analysis.embedding.model");
    pub const EMBEDDING_BATCH_SIZE: AttributeKey<kind::Int> =
        AttributeKey::new("text_analysis.embedding.batch_size");
    pub const EMBEDDING_TYPE: AttributeKey<kind::Text> =
        AttributeKey::new("text_analysis.embedding.type");
}

pub mod r#match {
    use lakehouse_otel::schema::{AttributeKey, kind};

    pub const ASYNC_TYPE: AttributeKey<kind::Text> = AttributeKey::new("match.async.type");
}

pub mod metrics {
    use lakehouse_otel::schema::{InstrumentKind, MetricAttribute, MetricDefinition, NumberKind};

    const fn label(key: &'static str) -> MetricAttribute {
        MetricAttribute { key, opt_in: false }
    }

    const LABELS: &[MetricAttribute] = &[
        label("text_analysis.stage"),
        label("text_analysis.language"),
        label("crypto.outcome"),
        label("error.type"),
    ];

    const fn metric(name: &'static str, instrument: InstrumentKind) -> MetricDefinition {
        let is_histogram = matches!(instrument, InstrumentKind::Histogram);
        MetricDefinition {
            name,
            instrument,
            number: match instrument {
                InstrumentKind::Histogram => NumberKind::F64,
                _ => NumberKind::U64,
            },
            unit: if is_histogram { "s" } else { "{request}" },
            description: "",
            attributes: LABELS,
            boundaries: if is_histogram { &[0.1, 1.0] } else { &[] },
            cardinality_limit: 100,
            observable: false,
        }
    }

    pub static REQUESTS: MetricDefinition =
        metric("text_analysis.requests", InstrumentKind::Counter);
    pub static TIME: MetricDefinition =
        metric("text_analysis.processing.time", InstrumentKind::Histogram);
    pub static SENTENCES: MetricDefinition =
        metric("text_analysis.sentences", InstrumentKind::Counter);
}

pub mod operations {
    use super::metrics;
    use lakehouse_otel::opentelemetry::trace::SpanKind;
    use lakehouse_otel::schema::{
        MetricSource, OperationDefinition, OperationMetric, OperationType,
    };

    pub static EMBEDDING: OperationDefinition = OperationDefinition {
        operation_type: OperationType::Custom,
        span_type: "text_analysis.embedding",
        macro_name: "trace_operation",
        kind: SpanKind::Internal,
        span_name: "{text_analysis.stage}",
        metrics: &[
            OperationMetric {
                definition: &metrics::REQUESTS,
                source: MetricSource::Count,
            },
            OperationMetric {
                definition: &metrics::TIME,
                source: MetricSource::Duration,
            },
            OperationMetric {
                definition: &metrics::SENTENCES,
                source: MetricSource::Attribute("text_analysis.embedding.batch_size"),
            },
        ],
    };

    pub static MATCH: OperationDefinition = OperationDefinition {
        operation_type: OperationType::Custom,
        span_type: "match.type",
        macro_name: "trace_operation",
        kind: SpanKind::Client,
        span_name: "matching",
        metrics: &[],
    };
}

macro_rules! __schema {
    ({ $($callback:tt)* } $($state:tt)*) => {
        $($callback)*! {
            {
                enums { Language open { En "en", De "de" } }
                attributes {
                    "text_analysis.language" text_analysis LANGUAGE enum Language label;
                    "text_analysis.stage" text_analysis STAGE text label;
                    "text_analysis.sentence_count" text_analysis SENTENCE_COUNT int plain;
                    "text_analysis.embedding.model" text_analysis EMBEDDING_MODEL text plain;
                    "text_analysis.embedding.batch_size" text_analysis EMBEDDING_BATCH_SIZE int plain;
                    "text_analysis.embedding.type" text_analysis EMBEDDING_TYPE text plain;
                    "match.async.type" r#match ASYNC_TYPE text plain;
                }
                spans {
                    "text_analysis.embedding" EMBEDDING internal
                        attributes {
                            "text_analysis.stage" recommended label,
                            "text_analysis.language" recommended label,
                            "text_analysis.embedding.model" required span,
                            "text_analysis.embedding.batch_size" required measurement,
                            "text_analysis.embedding.type" opt_in span,
                            "crypto.symbol" recommended span,
                            "crypto.outcome" required label,
                        }
                        feeds { "text_analysis.embedding.batch_size" };
                    "match.type" MATCH client
                        attributes { "match.async.type" required span }
                        feeds {};
                }
            }
            $($state)*
        }
    };
}
pub(crate) use __schema as __table;
