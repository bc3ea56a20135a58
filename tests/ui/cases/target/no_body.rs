use lakehouse_otel::*;

trait Store {
    #[track_storage(operation = Put, system = S3)]
    fn put(&self, key: &str);

    #[track_storage(operation = Get, system = S3)]
    async fn get(&self, key: &str);
}

struct Memory;

impl Store for Memory {
    fn put(&self, _: &str) {}

    async fn get(&self, _: &str) {}
}

fn main() {}
