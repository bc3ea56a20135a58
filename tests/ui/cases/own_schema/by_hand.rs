use lakehouse_otel::*;

mod schema {
    pub use lakehouse_otel::schema::by_hand as __table;
}

#[trace_operation(span = text_analysis.embedding)]
fn embed() {}

fn main() {}
