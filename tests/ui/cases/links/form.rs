use lakehouse_otel::opentelemetry::Context;
use lakehouse_otel::*;

#[track_processing(operation = "clean", parent)]
fn f0(parent: Context) { let _ = parent; }

#[track_processing(operation = "clean", parent(parent))]
fn f1(parent: Context) { let _ = parent; }

#[track_processing(operation = "clean", parent = parent, parent = root)]
fn f2(parent: Context) { let _ = parent; }

#[track_processing(operation = "clean", ok(|_| links = parent))]
fn f3(parent: Context) { let _ = parent; }

#[track_processing(operation = "clean", parent = find().await)]
async fn f4() {}

#[track_processing(operation = "clean", parnt = parent)]
fn f5(parent: Context) { let _ = parent; }

fn main() {}
