use lakehouse_otel::*;

// The module `schema` of this crate is that of lakehouse-otel, which has no table.
#[trace_operation(span = text_analysis.embedding, model = "hash")]
fn embed() {}

fn main() {
    embed();
}
