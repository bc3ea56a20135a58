use lakehouse_otel::*;

#[path = "../../schemas/text_analysis.rs"]
#[allow(unused_imports, reason = "as of a macro")]
mod schema;

#[trace_operation(span = text_analysis.embeding, model = "hash", embedding.batch_size = 1)]
fn misspelt() {}

#[trace_operation(span = translation)]
fn of_no_schema() {}

#[trace_operation(span = "text_analysis.embedding", text_analysis.batch = 1)]
fn in_quotes() {}

#[trace_operation(span = text_analysis.embedding, span = text_analysis.embedding, model = "", batch_size = 1)]
fn twice() {}

#[trace_stage(stage = "embed", span = text_analysis.embedding)]
fn on_another_macro() {}

#[trace_operation(span)]
fn without_a_value() {}

#[trace_operation(span = text_analysis.embedding, name = "embed", model = "", batch_size = 1)]
fn with_a_name() {}

fn main() {}
