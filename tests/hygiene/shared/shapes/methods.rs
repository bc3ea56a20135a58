//! Methods, of traits too.

use super::*;

#[derive(Clone, Default)]
struct Client {
    name: String,
    calls: u64,
}

impl Client {
    #[track_processing(operation = "clean", symbol = self.name)]
    fn by_reference(&self) -> &str {
        &self.name
    }

    #[track_processing(operation = "clean", record_count = self.calls)]
    fn by_mutable(&mut self) -> u64 {
        self.calls += 1;
        self.calls
    }

    #[track_processing(operation = "clean", record_count = self.calls)]
    fn by_value(mut self) -> Self {
        self.calls += 1;
        self
    }

    #[track_processing(operation = "clean", symbol = self.name)]
    async fn by_reference_async(&self, other: &str) -> &str {
        pause().await;
        let _ = other;
        &self.name
    }

    #[track_processing(operation = "clean", record_count = self.calls)]
    async fn by_mutable_async(&mut self) -> &mut u64 {
        pause().await;
        self.calls += 1;
        &mut self.calls
    }

    #[track_processing(operation = "clean", record_count = self.calls)]
    async fn by_value_async(mut self) -> Self {
        pause().await;
        self.calls += 1;
        self
    }

    #[track_processing(operation = "clean")]
    async fn unmentioned(self) -> u64 {
        pause().await;
        1
    }

    #[track_processing(operation = "clean")]
    fn shared(self: Arc<Self>) -> u64 {
        self.calls
    }

    #[track_processing(operation = "clean", record_count = self.calls)]
    async fn shared_async(self: Arc<Self>) -> u64 {
        pause().await;
        self.calls
    }

    #[track_processing(operation = "clean")]
    fn pinned(self: Pin<&mut Self>) -> u64 {
        self.calls
    }

    #[track_processing(operation = "clean")]
    async fn pinned_async(self: Pin<&mut Self>) -> u64 {
        pause().await;
        self.calls
    }
}

trait Fetch {
    async fn declared(&self, symbol: &str) -> Result<usize, BoxError>;

    #[track_processing(operation = "clean")]
    async fn defaulted(&self) -> usize {
        pause().await;
        1
    }

    #[track_processing(operation = "clean")]
    fn defaulted_sync(&self) -> usize {
        2
    }

    fn sent(&self) -> impl Future<Output = usize> + Send;
}

impl Fetch for Client {
    #[track_processing(operation = "clean", symbol = symbol)]
    async fn declared(&self, symbol: &str) -> Result<usize, BoxError> {
        pause().await;
        Ok(symbol.len() + self.name.len())
    }

    #[track_processing(operation = "clean")]
    async fn sent(&self) -> usize {
        pause().await;
        self.name.len()
    }
}

#[async_trait::async_trait]
trait Store {
    async fn put(&self, key: &str, rows: Vec<u64>) -> Result<usize, BoxError>;

    #[track_storage(operation = List, system = "memory")]
    async fn list(&self) -> usize {
        pause().await;
        0
    }

    async fn remove(&self, key: &str);
}

#[async_trait::async_trait]
impl Store for Client {
    #[track_storage(operation = Put, system = S3, key = key, size_bytes = rows.len(), bucket = self.name, context = ctx, ok(|count| file_count = *count))]
    async fn put(&self, key: &str, mut rows: Vec<u64>) -> Result<usize, BoxError> {
        let _ = &ctx;
        pause().await;
        rows.push(1);
        Ok(key.len() + rows.len() + self.name.len())
    }

    async fn remove(&self, _: &str) {}
}

#[test]
fn behave() {
    let mut client = Client {
        name: "binance".to_owned(),
        calls: 0,
    };
    assert_eq!(client.by_reference(), "binance");
    assert_eq!(client.by_mutable(), 1);
    assert_eq!(client.clone().by_value().calls, 2);
    assert_eq!(block_on(is_send(client.by_reference_async(""))), "binance");
    assert_eq!(*block_on(is_send(client.by_mutable_async())), 2);
    assert_eq!(block_on(client.clone().by_value_async()).calls, 3);
    assert_eq!(block_on(client.clone().unmentioned()), 1);
    let shared = Arc::new(client.clone());
    assert_eq!(
        Arc::clone(&shared).shared() + block_on(is_send(shared.shared_async())),
        4
    );
    assert_eq!(Pin::new(&mut client).pinned(), 2);
    assert_eq!(block_on(Pin::new(&mut client).pinned_async()), 2);
    assert_eq!(block_on(client.declared("abc")).unwrap(), 10);
    assert_eq!(block_on(client.defaulted()) + client.defaulted_sync(), 3);
    assert_eq!(block_on(is_send(client.sent())), 7);
    assert_eq!(block_on(is_send(client.put("k", vec![]))).unwrap(), 9);
    assert_eq!(block_on(client.list()), 0);
    block_on(client.remove("k"));
}
