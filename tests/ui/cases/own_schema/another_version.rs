use lakehouse_otel::prelude::*;

mod schema {
    macro_rules! table {
        ({ $($callback:tt)* } $($state:tt)*) => {
            $($callback)*! { { attributes { "text_analysis.language" } } $($state)* }
        };
    }
    pub(crate) use table as __table;
}

#[trace_stage(stage = "split", text_analysis.sentence_count = text.len())]
fn split(text: &str) -> usize {
    text.len()
}

fn main() {}
