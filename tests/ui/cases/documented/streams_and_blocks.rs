#![allow(dead_code)]

use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use lakehouse_otel::operation;
use lakehouse_otel::prelude::*;

fn parse(text: &str) -> Vec<u64> {
    text.parse().into_iter().collect()
}

async fn upload() {}

fn first() -> u64 {
    1
}

#[track_processing(operation = "fetch")]
fn fetches() -> BoxStream<'static, BoxFuture<'static, u64>> {
    todo!()
}

#[trace_stage(stage = "read", stream = items)]
fn no_stream() -> Vec<u64> {
    vec![]
}

#[trace_stage(stage = "read", stream = batch(0))]
fn empty_batches() -> BoxStream<'static, u64> {
    todo!()
}

#[track_processing(operation = "read", ok(|rows| record_count += rows.len()))]
fn added_once() -> Vec<u64> {
    vec![]
}

#[track_processing(operation = "read", ok(|rows| record_count = rows.len()))]
fn of_the_last_item() -> BoxStream<'static, Vec<u64>> {
    todo!()
}

fn call() -> Vec<u64> {
    operation!(track_processing(operation = "parse"), parse("1"))
}

fn misspelt() -> Vec<u64> {
    operation!(track_procesing(operation = "parse"), { parse("1") })
}

async fn waits() {
    operation!(trace_stage(stage = "write"), { upload().await });
}

async fn borrows() {
    operation!(trace_stage(stage = "read", context = ctx), async { ctx.add_event("read", []); }).await;
}

fn tries() -> Option<u64> {
    operation!(trace_stage(stage = "read"), { Some(first()?) })
}

fn main() {}
