use lakehouse_otel::operation;

async fn nothing() {}

fn main() {
    operation!();
    operation!(track_processing);
    operation!(track_processing(operation = "read"));
    operation!(track_processing(operation = "read") {});
    operation!(track_processing(operation = "read"), 1 + 1);
    operation!(track_processing(operation = "read"), {} {});
    operation!(track_procesing(operation = "read"), {});
    operation!(track_processing(operation = "read"), || -> u64 1);
}

#[allow(dead_code)]
async fn waits() {
    operation!(track_processing(operation = "read"), {
        let later = async { nothing().await };
        later.await;
    });
    operation!(track_processing(operation = "read"), {
        drop(async { nothing().await });
    });
}
