//! The wrong code of `docs/diagnostics.md`: schemas of the program's own.

use lakehouse_otel::prelude::*;

mod schema {
    pub mod text_analysis {
        use lakehouse_otel::schema::{AttributeKey, kind};

        pub const SENTENCE_COUNT: AttributeKey<kind::Int> =
            AttributeKey::new("text_analysis.sentence_count");
        pub const MODEL: AttributeKey<kind::Text> =
            AttributeKey::new("text_analysis.embedding.model");
    }

    pub mod operations {
        #[allow(unused_imports)]
        pub use lakehouse_otel::schema::operations::CUSTOM as EMBEDDING;
    }

    macro_rules! table {
        ({ $($callback:tt)* } $($state:tt)*) => {
            $($callback)*! {
                {
                    attributes {
                        "text_analysis.sentence_count" text_analysis SENTENCE_COUNT int plain;
                        "text_analysis.embedding.model" text_analysis MODEL text plain;
                    }
                    spans {
                        "text_analysis.embedding" EMBEDDING internal
                            attributes { "text_analysis.embedding.model" required span }
                            feeds {};
                    }
                }
                $($state)*
            }
        };
    }
    pub(crate) use table as __table;
}

mod older {
    macro_rules! table {
        ({ $($callback:tt)* } $($state:tt)*) => {
            $($callback)*! { { keys { "text_analysis.sentence_count" } } $($state)* }
        };
    }
    pub(crate) use table as __table;
}

#[trace_operation(span = "text_analysis.embedding", embedding.model = "hashing")]
fn span_name() {}

#[trace_operation(span = text_analysis.embeding, embedding.model = "hashing")]
fn unknown_span() {}

#[trace_operation(span = text_analysis.embedding, embedding.modle = "hashing")]
fn unknown_own_attribute() {}

#[trace_stage(stage = "split", schema = "schema", text_analysis.sentence_count = 2)]
fn schema_path() {}

#[trace_stage(stage = "split", schema = crate::older, text_analysis.sentence_count = 2)]
fn schema_table() {}

struct Splitter;

#[trace_operation(name = "splitter", budget = "1s")]
impl Splitter {
    pub fn split(&self) {}
}

#[trace_operation(span = text_analysis.embedding, name = "embed", embedding.model = "hashing")]
fn name_of_span() {}

fn main() {}
