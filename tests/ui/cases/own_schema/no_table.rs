use lakehouse_otel::prelude::*;

mod schema {
    pub mod text_analysis {
        use lakehouse_otel::schema::{AttributeKey, kind};

        pub const SENTENCE_COUNT: AttributeKey<kind::Int> =
            AttributeKey::new("text_analysis.sentence_count");
    }
}

#[trace_stage(stage = "split", text_analysis.sentence_count = text.len())]
fn split(text: &str) -> usize {
    text.len()
}

fn main() {}
