//! What a future costs in bytes.

use super::*;

async fn plain(block: [u8; 1024]) -> u8 {
    pause().await;
    block[0]
}

#[track_processing(operation = "clean", record_count = block.len())]
async fn annotated(block: [u8; 1024]) -> u8 {
    pause().await;
    block[0]
}

#[track_processing(operation = "clean", record_count = block.len(), parent = parent)]
async fn placed(block: [u8; 1024], parent: Option<lakehouse_otel::opentelemetry::Context>) -> u8 {
    pause().await;
    block[0]
}

/// The future grows by the operation's own state, and not by another copy of the arguments.
#[test]
fn of_a_future() {
    let plain = size_of_val(&plain([0; 1024]));
    let annotated = size_of_val(&annotated([0; 1024]));
    assert!(annotated < plain + 256, "{plain} bytes grew to {annotated}");
    let parent = size_of::<Option<lakehouse_otel::opentelemetry::Context>>();
    let placed = size_of_val(&placed([0; 1024], None));
    assert!(
        placed < plain + parent + 256,
        "{plain} bytes grew to {placed}"
    );
}

struct Plain([u8; 1024]);

impl futures_core::Stream for Plain {
    type Item = u8;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u8>> {
        Poll::Ready(Some(self.0[0]))
    }
}

#[track_processing(operation = "read", record_count = block.len())]
fn annotated_stream(block: [u8; 1024]) -> impl futures_core::Stream<Item = u8> {
    Plain(block)
}

/// So does the stream.
#[test]
fn of_a_stream() {
    let annotated = size_of_val(&annotated_stream([0; 1024]));
    assert!(annotated < 1024 + 256, "1,024 bytes grew to {annotated}");
}
