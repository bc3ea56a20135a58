use lakehouse_otel::*;

mod schema {
    pub use lakehouse_otel::schema::by_hand as __table;

    pub mod text_analysis {
        use lakehouse_otel::schema::{AttributeKey, kind};

        pub const SENTENCE_COUNT: AttributeKey<kind::Int> =
            AttributeKey::new("text_analysis.sentence_count");
    }
}

#[trace_stage(stage = "analyse", text_analysis.sentence_count = text)]
fn analyse(text: &str) {
    let _ = text;
}

fn main() {}
