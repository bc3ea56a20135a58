//! What the compiler says of a schema's names by itself.
#![deny(deprecated)]

use lakehouse_otel_tests_schema_shared::schema::{Language, document, metrics};

fn main() {
    document::WORD_COUNT.value("many");
    document::LANGUAG.value("en");
    document::WORDS.value(12);
    metrics::document_reads().add(1, Language::Ens);
    metrics::document_reads().languag(Language::En);
    metrics::document_reads().add(1, "en");
}
