use lakehouse_otel::*;

#[path = "../../schemas/text_analysis.rs"]
#[allow(unused_imports, reason = "as of a macro")]
mod schema;

#[trace_operation(span = text_analysis.embedding)]
fn nothing() {}

#[trace_operation(span = text_analysis.embedding, embedding.model = "hash")]
async fn one() {}

fn main() {}
