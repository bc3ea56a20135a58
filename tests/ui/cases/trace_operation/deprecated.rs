#![deny(deprecated)]

use lakehouse_otel::*;

#[path = "../../schemas/text_analysis.rs"]
#[allow(unused_imports, reason = "as of a macro")]
mod schema;

#[trace_operation(name = "a", text_analysis.batch = 1)]
fn constant() {}

#[trace_stage(stage = "a", ok(|count| text_analysis.batch = count))]
fn observed() -> usize {
    1
}

fn main() {}
