//! A program with a schema of its own, in `telemetry/`, which uses the schema of another crate. See `tests/` for what it
//! gives.

use lakehouse_otel::prelude::*;

lakehouse_otel::schema!(
    "telemetry",
    uses(lakehouse_otel_tests_schema_shared::schema)
);

/// Analyses a text; the attributes are of this crate's schema, of the one that it uses, and of the built-in one.
#[track_processing(
    operation = "analyse",
    text_analysis.share = 0.5,
    text_analysis.topics = topics,
    text_analysis.embedding.model = schema::EmbeddingModel::Small,
    text_analysis.sentiment = sentiment,
    document.word_count = text.split(' ').count(),
    r#type.r#match = "exact",
    crypto.symbol = "BTCUSDT",
)]
#[must_use]
pub fn analyse(text: &str, topics: &[&str], sentiment: &str) -> usize {
    text.len() + topics.len() + sentiment.len()
}

/// A macro of the crate itself asks its schema by the path from the crate's root.
#[cfg(test)]
mod tests {
    macro_rules! told {
        ({ $($table:tt)* } $name:ident) => {
            const $name: &str = stringify!($($table)*);
        };
    }

    crate::schema::__table! { { told } TABLE }

    #[test]
    fn the_table_is_there() {
        assert!(TABLE.contains("\"text_analysis.step\""), "{TABLE}");
    }
}
