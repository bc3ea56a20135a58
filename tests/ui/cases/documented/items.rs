//! The wrong code of `docs/diagnostics.md`: what carries the attribute.

use lakehouse_otel::prelude::*;

#[trace_stage(stage = "clean")]
struct Cleaner;

trait Store {
    #[track_storage(operation = Put, system = S3)]
    fn put(&self, key: &str);
}

#[track_processing(operation = "pages")]
const fn pages(rows: usize) -> usize {
    rows.div_ceil(1000)
}

#[trace_stage(stage = "read")]
fn read() -> Option<std::pin::Pin<Box<dyn Future<Output = Vec<u8>>>>> {
    None
}

fn main() {}
