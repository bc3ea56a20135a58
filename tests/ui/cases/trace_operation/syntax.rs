use lakehouse_otel::*;

#[path = "../../schemas/text_analysis.rs"]
#[allow(unused_imports, reason = "as of a macro")]
mod schema;

#[trace_operation(span = text_analysis.embedding, model =, embedding. = 2)]
fn unfinished() {}

#[trace_operation(name = "a", text_analysis.embedding.)]
fn at_the_end() {}

#[trace_operation(name = "a", schema = "schema", text_analysis.batch = 1)]
fn schema_in_quotes() {}

fn use_them() {
    unfinished();
    at_the_end();
    schema_in_quotes();
}

fn main() {}
