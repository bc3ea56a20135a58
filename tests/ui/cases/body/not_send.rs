use lakehouse_otel::*;

use std::rc::Rc;

fn is_send<T: Send>(_: T) {}

#[trace_stage(stage = "read")]
async fn read(rows: Rc<u64>) -> u64 {
    pause().await;
    *rows
}

async fn pause() {}

fn main() {
    is_send(read(Rc::new(1)));
}
