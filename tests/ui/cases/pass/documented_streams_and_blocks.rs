#![allow(dead_code)]

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
fn fetched() -> BoxStream<'static, u64> {
    todo!()
}

#[trace_stage(stage = "read", stream = items)]
fn items() -> BoxStream<'static, u64> {
    todo!()
}

#[trace_stage(stage = "read", stream = batch(100))]
fn batches() -> BoxStream<'static, u64> {
    todo!()
}

#[track_processing(operation = "read", ok(|rows| record_count = rows.len()))]
fn counted_once() -> Vec<u64> {
    vec![]
}

#[track_processing(operation = "read", ok(|rows| record_count += rows.len()))]
fn of_all_items() -> BoxStream<'static, Vec<u64>> {
    todo!()
}

fn block() -> Vec<u64> {
    operation!(track_processing(operation = "parse"), { parse("1") })
}

fn spelt() -> Vec<u64> {
    operation!(track_processing(operation = "parse"), { parse("1") })
}

async fn is_waited_for() {
    operation!(trace_stage(stage = "write"), async { upload().await }).await;
}

async fn moves() {
    operation!(trace_stage(stage = "read", context = ctx), async move { ctx.add_event("read", []); }).await;
}

fn returns() -> Option<u64> {
    operation!(trace_stage(stage = "read"), { Some(first()) })
}

fn main() {}
