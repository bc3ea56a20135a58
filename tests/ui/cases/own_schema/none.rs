use lakehouse_otel::prelude::*;

#[trace_operation(span = text_analysis.embedding, model = "hash")]
fn embed() {}

#[trace_stage(stage = "split", text_analysis.sentence_count = text.len())]
fn split(text: &str) -> usize {
    text.len()
}

fn use_them() -> usize {
    embed();
    split("")
}

fn main() {}
