use lakehouse_otel::*;

pub mod schema {
    pub use lakehouse_otel::schema::by_hand as __table;

    pub mod text_analysis {
        use lakehouse_otel::schema::{AttributeKey, kind};

        pub const SENTENCE_COUNT: AttributeKey<kind::Int> =
            AttributeKey::new("text_analysis.sentence_count");
    }
}

#[trace_stage(stage = "analyse", text_analysis.sentence_count = text.len())]
fn analyse(text: &str) -> usize {
    text.len()
}

mod deeper {
    #[lakehouse_otel::trace_stage(stage = "analyse", text_analysis.sentence_count = 1)]
    pub fn analyse() {}
}

fn main() {
    assert_eq!(analyse("a"), 1);
    deeper::analyse();
}
