//! Keys and enums: of the program's own schema, and of the one that it uses.

use lakehouse_otel::opentelemetry::Value;
use lakehouse_otel::schema::EnumValue;
use lakehouse_otel::testing;
use lakehouse_otel_tests_schema::schema::{
    EmbeddingModel, Language, Sentiment, document, text_analysis, r#type,
};
use lakehouse_otel_tests_schema::{analyse, schema};
use lakehouse_otel_tests_schema_shared::schema as shared;

#[test]
fn keys_have_the_names_and_types_of_the_registry() {
    assert_eq!(
        text_analysis::EMBEDDING_BATCH_SIZE.name(),
        "text_analysis.embedding.batch_size"
    );
    assert_eq!(
        text_analysis::EMBEDDING_BATCH_SIZE
            .value(32_usize)
            .unwrap()
            .value,
        Value::I64(32)
    );
    assert_eq!(
        text_analysis::CACHED.value(true).unwrap().value,
        Value::Bool(true)
    );
    assert_eq!(
        text_analysis::SHARE.value(0.25).unwrap().value,
        Value::F64(0.25)
    );
    // A namespace that is a keyword.
    assert_eq!(r#type::MATCH.name(), "type.match");
}

#[test]
fn a_closed_enum_takes_its_members_alone() {
    assert_eq!(EmbeddingModel::ALL.len(), 2);
    assert_eq!("mpnet-base".parse(), Ok(EmbeddingModel::Large));
    let error = "tiny".parse::<EmbeddingModel>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "`tiny` is not a value of `text_analysis.embedding.model`; allowed: minilm-l6, mpnet-base"
    );
    let value = text_analysis::EMBEDDING_MODEL.value(EmbeddingModel::Small);
    assert_eq!(value.unwrap().value, Value::from("minilm-l6"));
}

#[test]
fn an_open_enum_takes_other_values() {
    let mixed = Sentiment::from("mixed");
    assert_eq!(mixed.as_str(), "mixed");
    assert_eq!(mixed.index(), None);
    let value = text_analysis::SENTIMENT.value("mixed");
    assert_eq!(value.unwrap().value, Value::from("mixed"));
}

#[test]
fn what_a_used_schema_declares_is_exported_again() {
    assert_eq!(document::LANGUAGE, shared::document::LANGUAGE);
    let language: shared::Language = Language::De;
    assert_eq!(language.to_string(), "de");
    assert_eq!(schema::operations::READ.span_type, "document.read");
    assert_eq!(
        schema::metrics::DOCUMENT_READS,
        shared::metrics::DOCUMENT_READS
    );
}

#[test]
fn the_names_of_events_are_there() {
    assert_eq!(
        schema::events::TEXT_ANALYSIS_MODEL_LOADED,
        "text_analysis.model.loaded"
    );
}

#[test]
fn every_macro_takes_attributes_of_the_schema() {
    let capture = testing::capture();
    capture.run(|| analyse("two words", &["greetings"], "mixed"));
    capture
        .span("analyse")
        .has(text_analysis::SHARE, 0.5)
        .has(text_analysis::TOPICS, ["greetings"])
        .has(text_analysis::EMBEDDING_MODEL, EmbeddingModel::Small)
        .has(text_analysis::SENTIMENT, "mixed")
        .has(document::WORD_COUNT, 2)
        .has(r#type::MATCH, "exact");
}
