//! Methods, and functions of traits.

use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::crypto::SYMBOL;
use lakehouse_otel_tests_behaviour::{bench, millis, work, yield_now};

#[derive(Debug, Default)]
struct Collector {
    symbol: String,
    rows: Vec<u32>,
}

impl Collector {
    #[track_processing(operation = "by_ref", symbol = self.symbol)]
    fn by_ref(&self) -> usize {
        work(1);
        self.rows.len()
    }

    #[track_processing(operation = "by_mut", symbol = &self.symbol)]
    fn by_mut(&mut self, row: u32) -> &mut u32 {
        work(2);
        self.rows.push(row);
        self.rows.last_mut().unwrap()
    }

    #[track_processing(operation = "by_value", symbol = self.symbol)]
    fn by_value(self) -> Vec<u32> {
        self.rows
    }

    #[track_processing(operation = "by_arc", symbol = self.symbol)]
    fn by_arc(self: Arc<Self>) -> usize {
        self.rows.len()
    }

    #[track_processing(operation = "by_pin", symbol = self.symbol)]
    fn by_pin(self: Pin<&mut Self>) -> usize {
        self.rows.len()
    }

    #[track_processing(operation = "async_by_ref", symbol = self.symbol)]
    async fn async_by_ref(&self, add: usize) -> usize {
        work(1);
        yield_now().await;
        self.rows.len() + add
    }

    #[track_processing(operation = "async_by_mut", symbol = self.symbol)]
    async fn async_by_mut(&mut self, row: u32) -> Result<&mut u32, String> {
        yield_now().await;
        self.rows.push(row);
        self.rows.last_mut().ok_or_else(String::new)
    }

    #[track_processing(operation = "async_by_value", symbol = self.symbol)]
    async fn async_by_value(self) -> Vec<u32> {
        yield_now().await;
        self.rows
    }

    #[track_processing(operation = "async_by_arc", symbol = self.symbol)]
    async fn async_by_arc(self: Arc<Self>) -> usize {
        yield_now().await;
        self.rows.len()
    }

    #[track_processing(operation = "associated")]
    fn associated() -> Self {
        Self::default()
    }
}

fn collector() -> Collector {
    Collector {
        symbol: "ETHUSDT".to_owned(),
        rows: vec![1, 2],
    }
}

#[test]
fn every_receiver_works() {
    let bench = bench();
    bench.run(|| {
        assert_eq!(collector().by_ref(), 2);
        assert_eq!(*collector().by_mut(3), 3);
        assert_eq!(collector().by_value(), [1, 2]);
        assert_eq!(Arc::new(collector()).by_arc(), 2);
        assert_eq!(Pin::new(&mut collector()).by_pin(), 2);
        assert!(Collector::associated().rows.is_empty());
    });
    for name in ["by_ref", "by_mut", "by_value", "by_arc", "by_pin"] {
        bench
            .capture
            .span(name)
            .has(SYMBOL, "ETHUSDT")
            .outcome(Outcome::Ok);
    }
    bench.capture.span("by_ref").lasted(millis(1));
    bench.capture.span("associated").has_no(SYMBOL);
}

#[test]
fn every_async_receiver_works() {
    let bench = bench();
    bench.block_on(async {
        assert_eq!(collector().async_by_ref(1).await, 3);
        assert_eq!(*collector().async_by_mut(3).await.unwrap(), 3);
        assert_eq!(collector().async_by_value().await, [1, 2]);
        assert_eq!(Arc::new(collector()).async_by_arc().await, 2);
    });
    for name in [
        "async_by_ref",
        "async_by_mut",
        "async_by_value",
        "async_by_arc",
    ] {
        bench
            .capture
            .span(name)
            .has(SYMBOL, "ETHUSDT")
            .outcome(Outcome::Ok);
    }
}

trait Store {
    async fn put(&self, key: &str) -> Result<usize, String>;

    #[track_storage(operation = Get, system = Local, key = key)]
    async fn get(&self, key: &str) -> usize {
        work(4);
        yield_now().await;
        key.len()
    }

    #[track_storage(operation = Delete, system = Local)]
    fn delete(&self, _key: &str) -> bool {
        true
    }
}

impl Store for Collector {
    #[track_storage(operation = Put, system = Local, key = key)]
    async fn put(&self, key: &str) -> Result<usize, String> {
        yield_now().await;
        Err(format!("{key} is read-only"))
    }
}

#[test]
fn async_functions_of_traits_and_default_bodies_work() {
    let bench = bench();
    bench.block_on(async {
        assert!(Store::put(&collector(), "a").await.is_err());
        assert_eq!(Store::get(&collector(), "abc").await, 3);
        assert!(Store::delete(&collector(), "abc"));
    });
    bench.capture.span("put local").outcome(Outcome::Error);
    bench
        .capture
        .span("get local")
        .lasted(millis(4))
        .outcome(Outcome::Ok);
}

#[async_trait]
trait DynStore: Send + Sync {
    async fn put(&self, key: &str) -> Result<usize, String>;

    #[track_storage(operation = Get, system = Local, key = key)]
    async fn get(&self, key: &str) -> usize {
        work(4);
        yield_now().await;
        key.len()
    }
}

#[async_trait]
impl DynStore for Collector {
    #[track_storage(operation = Put, system = Local, key = key, size_bytes = key.len())]
    async fn put(&self, key: &str) -> Result<usize, String> {
        work(2);
        yield_now().await;
        work(3);
        Err(format!("{key} is read-only"))
    }
}

#[test]
fn async_trait_times_the_future() {
    let bench = bench();
    let store: Box<dyn DynStore> = Box::new(collector());
    bench.run(|| {
        let future = store.put("a");
        work(100);
        lakehouse_otel_tests_behaviour::block_on(future).unwrap_err();
    });
    assert_eq!(bench.block_on(store.get("abc")), 3);
    bench
        .capture
        .span("put local")
        .lasted(millis(5))
        .outcome(Outcome::Error);
    bench
        .capture
        .span("get local")
        .lasted(millis(4))
        .outcome(Outcome::Ok);
}

struct WithLocal;

impl WithLocal {
    // The other order: what async_trait makes of a method that the macro saw first.
    #[track_storage(operation = Put, system = Local)]
    #[allow(clippy::type_complexity, clippy::unused_self)]
    fn put<'a>(&'a self, key: &'a str) -> Pin<Box<dyn Future<Output = usize> + Send + 'a>> {
        work(50);
        let length = key.len();
        Box::pin(async move {
            work(1);
            yield_now().await;
            length
        })
    }
}

#[test]
fn statements_before_a_boxed_block_are_kept_and_not_timed() {
    let bench = bench();
    assert_eq!(bench.block_on(WithLocal.put("abc")), 3);
    bench.capture.span("put local").lasted(millis(1));
    assert_eq!(
        lakehouse_otel::clock::Clock::now(bench.clock()).since(lakehouse_otel::clock::Clock::now(
            &lakehouse_otel::testing::ManualClock::new()
        )),
        millis(51)
    );
}
