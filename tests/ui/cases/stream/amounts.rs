use lakehouse_otel::*;

use futures_core::stream::BoxStream;

#[track_processing(operation = "read", record_count += 1)]
fn at_the_call() -> BoxStream<'static, u64> {
    todo!()
}

#[track_processing(operation = "read", sample += 1)]
fn how_it_runs() -> BoxStream<'static, u64> {
    todo!()
}

#[track_processing(operation = "read", ok(|rows| record_count += rows.len()))]
fn no_stream() -> Vec<u64> {
    todo!()
}

#[track_processing(operation = "read", ok(|rows| record_count = rows.len()))]
fn of_the_last_item() -> BoxStream<'static, Vec<u64>> {
    todo!()
}

#[track_processing(operation = "read", ok(|row| symbol += row))]
fn text() -> BoxStream<'static, String> {
    todo!()
}

#[track_processing(operation = "read", crypto.stream.items = 5)]
fn reserved() -> BoxStream<'static, String> {
    todo!()
}

fn main() {}
