//! Every shape of function that an attribute has to survive compiles, and does what it does without.

#![allow(dead_code, reason = "much of this only has to compile")]
#![allow(
    clippy::large_types_passed_by_value,
    clippy::let_and_return,
    clippy::mixed_attributes_style,
    clippy::multiple_bound_locations,
    clippy::toplevel_ref_arg,
    clippy::unnecessary_wraps,
    clippy::unused_unit,
    reason = "unusual ways to write a function are what this is about"
)]

use std::cell::Cell;
use std::fmt::{Debug, Display};
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use lakehouse_otel::{
    trace_crypto_workflow, trace_stage, track_api_request, track_processing, track_storage,
};

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

fn is_send<T: Send>(value: T) -> T {
    value
}

async fn pause() {
    let mut paused = false;
    std::future::poll_fn(move |_| {
        if std::mem::replace(&mut paused, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

mod functions {
    use super::*;

    #[track_processing(operation = "clean")]
    fn nothing() {}

    #[track_processing(operation = "clean")]
    fn unit() -> () {}

    #[track_processing(operation = "clean", record_count = raw.len(), symbol = symbol, ok(|rows| crypto.file_count = rows.len()), err(|error| error.type = error.to_string()))]
    fn fallible(raw: &[u64], symbol: &str) -> Result<Vec<u64>, BoxError> {
        if symbol.is_empty() {
            return Err("no symbol".into());
        }
        let first = raw.first().ok_or("empty")?;
        Ok(vec![*first])
    }

    #[track_processing(operation = "clean", ok(|number| record_count = *number), context = ctx)]
    async fn asynchronous(raw: Vec<u64>) -> u64 {
        pause().await;
        ctx.set(lakehouse_otel::schema::crypto::FILE_COUNT, raw.len());
        raw.iter().sum()
    }

    #[track_api_request(exchange = Binance, method = "GET", endpoint = "/api/v3/klines", symbol = symbol, data_type = Klines, timeframe = timeframe, limit = limit, budget = "5s", kind = client, ok(|klines| response_bytes = klines.len()))]
    async fn request(
        symbol: &str,
        timeframe: lakehouse_otel::schema::Timeframe,
        limit: Option<u32>,
    ) -> Result<Vec<String>, BoxError> {
        pause().await;
        if limit == Some(0) {
            Err("nothing asked")?;
        }
        Ok(vec![symbol.to_owned(), timeframe.to_string()])
    }

    #[track_processing(operation = "clean")]
    fn generic<'a, T: Clone + 'a, const N: usize>(values: &'a [T; N]) -> Vec<T>
    where
        T: Debug,
    {
        values.to_vec()
    }

    #[track_processing(operation = "clean")]
    async fn generic_async<'a, T: Clone + 'a, const N: usize>(
        values: &'a [T; N],
        other: &T,
    ) -> (Vec<T>, T)
    where
        T: Debug,
    {
        pause().await;
        (values.to_vec(), other.clone())
    }

    #[track_processing(operation = "clean", record_count = values.clone().count())]
    fn opaque(values: impl Iterator<Item = u64> + Clone) -> impl Iterator<Item = u64> {
        if values.clone().count() == 0 {
            return values.map(plus_one as fn(u64) -> u64);
        }
        values.map(plus_one as fn(u64) -> u64)
    }

    fn plus_one(number: u64) -> u64 {
        number + 1
    }

    #[track_processing(operation = "clean", ok(|values| record_count = values.size_hint().0))]
    fn opaque_result(text: &str) -> Result<impl Iterator<Item = u64> + use<>, BoxError> {
        let number: u64 = text.parse()?;
        Ok(std::iter::once(number))
    }

    #[track_processing(operation = "clean")]
    async fn opaque_async(text: impl AsRef<str>) -> Result<impl Display, BoxError> {
        pause().await;
        let number: u64 = text.as_ref().parse()?;
        Ok(number)
    }

    #[track_processing(operation = "clean")]
    fn factorial(number: u64) -> u64 {
        if number == 0 {
            1
        } else {
            number * factorial(number - 1)
        }
    }

    #[track_processing(operation = "clean")]
    async fn factorial_async(number: u64) -> u64 {
        if number == 0 {
            1
        } else {
            number * Box::pin(factorial_async(number - 1)).await
        }
    }

    #[track_processing(operation = "clean")]
    fn factorial_boxed(number: u64) -> Pin<Box<dyn Future<Output = u64> + Send>> {
        Box::pin(async move {
            if number == 0 {
                1
            } else {
                number * factorial_boxed(number - 1).await
            }
        })
    }

    /// Adds.
    ///
    /// # Safety
    ///
    /// None needed.
    #[track_processing(operation = "clean")]
    unsafe fn dangerous(number: u64) -> u64 {
        number + 1
    }

    #[track_processing(operation = "clean")]
    async unsafe fn dangerous_async(number: u64) -> u64 {
        pause().await;
        unsafe { dangerous(number) }
    }

    #[track_processing(operation = "clean")]
    extern "C" fn foreign(number: u64) -> u64 {
        number + 1
    }

    #[track_processing(operation = "clean")]
    fn never(message: &str) -> ! {
        panic!("{message}")
    }

    #[track_processing(operation = "clean")]
    async fn never_async(message: &str) -> ! {
        pause().await;
        panic!("{message}")
    }

    #[track_processing(operation = "clean")]
    fn coerced(large: bool) -> Result<Box<dyn Display>, BoxError> {
        if large {
            return Ok(Box::new(u64::MAX));
        }
        Ok(Box::new("small"))
    }

    #[track_processing(operation = "clean")]
    async fn coerced_async(large: bool) -> Result<Box<dyn Display>, BoxError> {
        if large {
            return Ok(Box::new(u64::MAX));
        }
        pause().await;
        Ok(Box::new("small"))
    }

    #[track_processing(operation = "clean")]
    fn borrowed<'a>(values: &'a mut [u64], _other: &str) -> Result<&'a mut u64, BoxError> {
        values.first_mut().ok_or_else(|| "empty".into())
    }

    #[track_processing(operation = "clean")]
    async fn borrowed_async<'a>(
        values: &'a mut [u64],
        _other: &str,
    ) -> Result<&'a mut u64, BoxError> {
        pause().await;
        values.first_mut().ok_or_else(|| "empty".into())
    }

    #[track_processing(operation = "clean", symbol = text)]
    fn reassigned<'a>(mut text: &'a str, rest: &mut &'a str) -> usize {
        text = text.trim();
        *rest = text;
        text.len()
    }

    #[track_processing(operation = "clean")]
    fn advanced<'a>(mut rows: &'a mut [u64]) -> Option<&'a mut u64> {
        rows = &mut rows[1..];
        rows.first_mut()
    }

    #[must_use]
    #[track_processing(operation = "clean", symbol = text)]
    async fn reassigned_must_use(mut text: &str) -> usize {
        let local = format!("{text}!");
        text = &local;
        pause().await;
        text.len()
    }

    #[track_processing(operation = "clean", symbol = text)]
    async fn reassigned_async(mut text: &str) -> usize {
        let local = format!("{text}!");
        text = &local;
        pause().await;
        text.len()
    }

    #[track_processing(operation = "clean")]
    fn labelled(values: &[u64]) -> u64 {
        let found = 'search: {
            for value in values {
                if *value > 1 {
                    break 'search *value;
                }
            }
            return 0;
        };
        found
    }

    struct Pair {
        left: u64,
        right: String,
    }

    #[track_processing(operation = "clean", record_count = left, symbol = r#type, crypto.file_count = second)]
    fn destructured(
        Pair { left, mut right }: Pair,
        (first, mut second): (u64, u64),
        r#type: &str,
        _unused: String,
        _: Vec<u64>,
        [head, .., tail]: [u64; 3],
    ) -> String {
        second += first + left + head + tail;
        right.push_str(r#type);
        format!("{right}{second}")
    }

    #[track_processing(operation = "clean", record_count = left, symbol = r#type, crypto.file_count = second)]
    async fn destructured_async(
        Pair { left, mut right }: Pair,
        (first, mut second): (u64, u64),
        r#type: &str,
        _unused: String,
        _: Vec<u64>,
        [head, .., tail]: [u64; 3],
        ref referenced: String,
    ) -> String {
        pause().await;
        second += first + left + head + tail;
        right.push_str(r#type);
        right.push_str(referenced);
        format!("{right}{second}")
    }

    #[rustfmt::skip]
    #[track_processing(operation = "clean")]
    fn configured(#[cfg(test)] there: u64, #[cfg(not(test))] mut gone: u64, #[allow(unused_variables)] unused: u64) -> u64 {
        #[cfg(test)]
        let number = there;
        #[cfg(not(test))]
        let number = { gone += 1; gone };
        number
    }

    #[track_processing(operation = "clean")]
    async fn configured_async(
        #[cfg(test)] there: u64,
        #[cfg(not(test))] mut gone: u64,
        #[allow(unused_variables)] unused: u64,
    ) -> u64 {
        #[cfg(test)]
        let number = there;
        #[cfg(not(test))]
        let number = {
            gone += 1;
            gone
        };
        number
    }

    /// Documented.
    #[inline]
    #[must_use]
    #[track_processing(operation = "clean")]
    pub(crate) fn attributed(number: u64) -> u64 {
        #![doc = "Inside too."]
        #![allow(clippy::let_and_return)]
        let returned = number;
        returned
    }

    #[track_processing(operation = "clean", record_count = number)]
    #[must_use]
    pub(crate) async fn attributed_async(mut number: u64) -> u64 {
        #![allow(clippy::let_and_return)]
        pause().await;
        number += 0;
        let returned = number;
        returned
    }

    #[track_caller]
    #[track_processing(operation = "clean")]
    fn tracked() -> u64 {
        1
    }

    #[track_processing(operation = "clean", record_count = span + result + operation + returned + tracer)]
    fn clashing(span: u64, result: u64, operation: u64, returned: u64, tracer: u64) -> Option<u64> {
        let seen = span + result;
        Some(seen + operation + returned + tracer)
    }

    #[track_processing(operation = "clean", record_count = span + result + operation + returned + tracer)]
    async fn clashing_async(
        span: u64,
        result: u64,
        operation: u64,
        returned: u64,
        tracer: u64,
    ) -> Option<u64> {
        pause().await;
        let seen = span + result;
        Some(seen + operation + returned + tracer)
    }

    #[track_processing(operation = "clean", record_count = number.get())]
    async fn on_one_thread(number: Rc<Cell<u64>>) -> u64 {
        pause().await;
        number.get()
    }

    #[trace_crypto_workflow(name = "archive", symbols = symbols, data_types = ["klines"], metrics = false)]
    #[trace_stage(stage = "all", layer = Bronze)]
    async fn stacked(symbols: &[String]) -> Result<usize, BoxError> {
        pause().await;
        Ok(symbols.len())
    }

    #[trace_crypto_workflow(name = "archive")]
    #[trace_stage(stage = "all")]
    fn stacked_sync(symbols: &[String]) -> Result<usize, BoxError> {
        Ok(symbols.len())
    }

    #[track_processing(operation = "clean", err(|error| error.type = format!("{error}")))]
    fn aliased() -> std::io::Result<()> {
        Ok(())
    }

    #[track_processing(operation = "clean", ok(|(left, _right): &(u64, u64)| record_count = *left))]
    fn pattern_of_ok() -> (u64, u64) {
        (1, 2)
    }

    #[track_processing(operation = "clean")]
    fn tail(mut number: Mutex<u64>) -> u64 {
        *number.get_mut().unwrap() += 1;
        *number.lock().unwrap()
    }

    #[track_processing(operation = "clean", record_count = *number.lock().unwrap())]
    async fn tail_later(number: Mutex<u64>) -> u64 {
        pause().await;
        *number.lock().unwrap()
    }

    #[test]
    fn behave() {
        nothing();
        assert_eq!(tail(Mutex::new(1)) + block_on(tail_later(Mutex::new(1))), 3);
        unit();
        assert_eq!(fallible(&[3, 4], "BTCUSDT").unwrap(), [3]);
        assert!(fallible(&[], "BTCUSDT").is_err());
        assert_eq!(block_on(is_send(asynchronous(vec![1, 2]))), 3);
        let answer = block_on(is_send(request(
            "BTCUSDT",
            lakehouse_otel::schema::Timeframe::M1,
            None,
        )));
        assert_eq!(answer.unwrap(), ["BTCUSDT", "1m"]);
        assert_eq!(generic(&[1, 2]), [1, 2]);
        assert_eq!(
            block_on(is_send(generic_async(&[1, 2], &3))),
            (vec![1, 2], 3)
        );
        assert_eq!(opaque([1, 2].into_iter()).sum::<u64>(), 5);
        assert_eq!(opaque_result("5").unwrap().sum::<u64>(), 5);
        assert_eq!(
            block_on(is_send(opaque_async("5"))).unwrap().to_string(),
            "5"
        );
        assert_eq!(factorial(5), 120);
        assert_eq!(block_on(factorial_async(5)), 120);
        assert_eq!(block_on(is_send(factorial_boxed(5))), 120);
        assert_eq!(unsafe { dangerous(1) }, 2);
        assert_eq!(block_on(unsafe { dangerous_async(1) }), 2);
        assert_eq!(foreign(1), 2);
        assert_eq!(coerced(false).unwrap().to_string(), "small");
        assert_eq!(block_on(coerced_async(false)).unwrap().to_string(), "small");
        assert_eq!(*borrowed(&mut [1], "").unwrap(), 1);
        assert_eq!(*block_on(borrowed_async(&mut [1], "")).unwrap(), 1);
        assert_eq!(
            reassigned("abc", &mut "") + block_on(reassigned_async("ab")),
            6
        );
        assert_eq!(block_on(is_send(reassigned_must_use("ab"))), 3);
        assert_eq!(advanced(&mut [1, 2]), Some(&mut 2));
        assert_eq!(labelled(&[1, 5]), 5);
        let pair = || Pair {
            left: 1,
            right: "x".to_owned(),
        };
        assert_eq!(
            destructured(pair(), (1, 1), "t", String::new(), vec![], [1, 2, 1]),
            "xt5"
        );
        let destructured = destructured_async(
            pair(),
            (1, 1),
            "t",
            String::new(),
            vec![],
            [1, 2, 1],
            "r".to_owned(),
        );
        assert_eq!(block_on(is_send(destructured)), "xtr5");
        assert_eq!(configured(1, 2) + block_on(configured_async(1, 2)), 2);
        assert_eq!(attributed(1) + block_on(attributed_async(1)) + tracked(), 3);
        assert_eq!(
            clashing(1, 1, 1, 1, 1),
            block_on(clashing_async(1, 1, 1, 1, 1))
        );
        assert_eq!(block_on(on_one_thread(Rc::new(Cell::new(4)))), 4);
        assert_eq!(
            block_on(is_send(stacked(&[]))).unwrap() + stacked_sync(&[]).unwrap(),
            0
        );
        aliased().unwrap();
        assert_eq!(pattern_of_ok(), (1, 2));
    }

    #[test]
    #[should_panic(expected = "at once")]
    fn never_returns() {
        never("at once");
    }

    #[test]
    #[should_panic(expected = "later")]
    fn never_returns_later() {
        block_on(never_async("later"));
    }
}

mod futures {
    use super::*;

    #[track_processing(operation = "clean", symbol = symbol, ok(|length| record_count = *length))]
    fn opaque(symbol: &str) -> impl Future<Output = Result<usize, BoxError>> + Send + '_ {
        let length = symbol.len();
        async move {
            pause().await;
            Ok(length)
        }
    }

    #[track_processing(operation = "clean", context = ctx)]
    fn precise<'a, T: Send + 'a>(value: &'a [T]) -> impl Future<Output = usize> + use<'a, T> {
        async move {
            let _ = &ctx;
            value.len()
        }
    }

    #[track_processing(operation = "clean", symbol = symbol)]
    fn boxed<'a>(
        symbol: &'a str,
        mut times: usize,
    ) -> Pin<Box<dyn Future<Output = Result<usize, BoxError>> + Send + 'a>> {
        times += 1;
        if symbol.is_empty() {
            return Box::pin(async { Err("no symbol".into()) });
        }
        let length = symbol.len() * times;
        Box::pin(async move {
            pause().await;
            Ok(length)
        })
    }

    #[track_processing(operation = "clean")]
    fn named(symbol: &str) -> BoxFuture<'_, usize> {
        Box::pin(async move { symbol.len() })
    }

    #[track_processing(operation = "clean")]
    fn nothing() -> impl Future<Output = ()> {
        async {}
    }

    #[test]
    fn behave() {
        assert_eq!(block_on(is_send(opaque("abc"))).unwrap(), 3);
        assert_eq!(block_on(is_send(precise(&[1, 2]))), 2);
        assert_eq!(block_on(is_send(boxed("abc", 1))).unwrap(), 6);
        assert!(block_on(boxed("", 1)).is_err());
        assert_eq!(block_on(is_send(named("abc"))), 3);
        block_on(nothing());
    }
}

mod methods {
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
}

mod generated {
    use super::*;

    macro_rules! cleaner {
        ($(#[$attribute:meta])* $visibility:vis fn $name:ident($($argument:ident: $ty:ty),*) -> $output:ty $body:block, $operation:literal, $layer:ident, $count:expr) => {
            $(#[$attribute])*
            #[track_processing(operation = $operation, layer = $layer, record_count = $count)]
            $visibility fn $name($($argument: $ty),*) -> $output $body

            mod asynchronous {
                use super::*;

                #[track_processing(operation = $operation, layer = $layer, record_count = $count)]
                pub(crate) async fn $name($($argument: $ty),*) -> $output $body
            }
        };
    }

    cleaner! {
        /// Cleans.
        pub(crate) fn clean(rows: &[u64], scale: u64) -> Result<u64, BoxError> { Ok(rows.iter().sum::<u64>() * scale) }, "clean", Silver, rows.len() + 1
    }

    macro_rules! boxed {
        ($name:ident, $output:ty) => {
            #[track_processing(operation = "clean")]
            fn $name(number: $output) -> Pin<Box<dyn Future<Output = $output>>> {
                Box::pin(async move { number })
            }
        };
    }

    boxed!(number, u64);

    #[test]
    fn behave() {
        assert_eq!(clean(&[1, 2], 2).unwrap(), 6);
        assert_eq!(block_on(asynchronous::clean(&[1, 2], 2)).unwrap(), 6);
        assert_eq!(block_on(number(3)), 3);
    }
}

#[cfg(feature = "enabled")]
mod size {
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

    /// The future grows by the operation's own state, and not by another copy of the arguments.
    #[test]
    fn of_a_future() {
        let plain = size_of_val(&plain([0; 1024]));
        let annotated = size_of_val(&annotated([0; 1024]));
        assert!(annotated < plain + 256, "{plain} bytes grew to {annotated}");
    }
}
