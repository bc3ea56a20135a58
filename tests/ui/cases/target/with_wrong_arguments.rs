use lakehouse_otel::*;

#[track_storage(operation = Put, sistem = S3)]
struct Store;

fn main() {
    let _ = Store;
}
