use lakehouse_otel::prelude::*;

#[track_storage(operation = Put, system = S3, size_bytes = "64")]
fn no_unit() {}

#[track_storage(operation = Put, system = S3, size_bytes = "64 megs")]
fn no_size() {}

#[track_storage(operation = Put, system = S3, size_bytes = "many MB")]
fn no_number() {}

#[track_storage(operation = Put, system = S3, size_bytes = "9999999999TiB")]
fn too_big() {}

#[track_storage(operation = Put, system = S3, file_count = "64MiB")]
fn counted() {}

#[track_storage(operation = Put, system = S3, crypto.retry.delay = "5")]
fn delay() {}

fn main() {}
