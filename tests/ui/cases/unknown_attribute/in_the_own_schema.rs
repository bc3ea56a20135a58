use lakehouse_otel::*;

mod schema {
    pub use lakehouse_otel::schema::by_hand as __table;

    pub mod text_analysis {
        use lakehouse_otel::schema::{AttributeKey, kind};

        pub const SENTENCE_COUNT: AttributeKey<kind::Int> =
            AttributeKey::new("text_analysis.sentence_count");
    }
}

#[trace_stage(stage = "analyse", text_analysis.sentence_cuont = text.len())]
fn misspelt(text: &str) {
    let _ = text;
}

#[trace_stage(stage = "analyse", text_analsis.sentence_count = text.len())]
fn other_module(text: &str) {
    let _ = text;
}

fn main() {}
