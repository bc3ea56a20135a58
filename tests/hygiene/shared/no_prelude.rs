//! Nothing that an expansion names is what it seems here, and it must not matter.

/// A crate without a prelude has its schema in another.
use ::lakehouse_otel_tests_schema_shared as own;

use ::lakehouse_otel::{
    operation, trace_operation, track_api_request, track_database, track_ingestion,
    track_processing, track_storage,
};

/// Names of the prelude, and of the expansions' own insides, that mean something else.
mod shadows {
    #![allow(dead_code, reason = "they are there to be in the way")]

    pub(crate) struct Result;
    pub(crate) struct Option;
    pub(crate) struct Box;
    pub(crate) struct Callsite;
    pub(crate) struct Future;
    pub(crate) struct Infallible;
    pub(crate) struct Returned;
    pub(crate) struct Some;
    pub(crate) struct Ok;
    pub(crate) struct Err;
    pub(crate) struct None;
    #[allow(non_camel_case_types, reason = "it is there to be in the way")]
    pub(crate) struct f64;

    pub(crate) mod core {}
    pub(crate) mod std {}
    pub(crate) mod schema {}
    pub(crate) mod lakehouse_otel {}

    pub(crate) const CALLSITE: u64 = 1;
    pub(crate) const RATE: ::core::primitive::f64 = 0.5;
    pub(crate) static CONSTANTS: u64 = 2;

    pub(crate) fn begin() {}
    pub(crate) fn future() {}
    pub(crate) fn unreachable() {}

    #[allow(unused_macros, reason = "it is there to be in the way")]
    macro_rules! nothing {
        ($($any:tt)*) => {
            ::core::compile_error!("the wrong macro")
        };
    }
    #[allow(unused_imports, reason = "they are there to be in the way")]
    pub(crate) use {nothing as assert, nothing as file, nothing as line, nothing as module_path};
}

#[allow(unused_imports, reason = "they are there to be in the way")]
use self::shadows::*;

type Fallible<T> = ::std::result::Result<T, ::std::io::Error>;

#[allow(clippy::unnecessary_wraps, reason = "nothing here fails")]
mod work {
    #[allow(unused_imports, reason = "they are there to be in the way")]
    use super::shadows::*;
    use super::{
        Fallible, operation, trace_operation, track_api_request, track_database, track_ingestion,
        track_processing, track_storage,
    };

    #[trace_operation(
        name = "shelve", schema = super::own::schema, document.language = De,
        ok(|rows| crypto.file_count = rows),
        context = operation,
    )]
    pub(crate) async fn shelve(books: &[u64]) -> Fallible<usize> {
        let _ = &operation;
        Fallible::Ok(books.len())
    }

    pub(crate) struct Shelf(pub(crate) usize);

    #[trace_operation(budget = "1s", sample = RATE)]
    impl Shelf {
        pub(crate) fn books(&self) -> usize {
            self.0
        }
    }

    #[track_processing(
        operation = "clean",
        layer = Silver,
        record_count = raw.len(),
        ok(|rows| crypto.file_count = rows.len()),
        err(|error| error.type = ::std::string::ToString::to_string(error)),
        keep(record_count),
        sample = RATE,
        priority = high,
        resources = true,
        context = operation,
    )]
    pub(crate) fn clean(raw: &[u64]) -> Fallible<::std::vec::Vec<u64>> {
        let _ = &operation;
        let _ = CALLSITE + CONSTANTS;
        ::std::result::Result::Ok(raw.to_vec())
    }

    #[track_api_request(
        exchange = Binance,
        method = Get,
        endpoint = "/api/v3/klines",
        symbol = symbol,
        timeframe = "1m",
        ok(|klines| response_bytes = klines.len()),
        budget = "5s",
        kind = client,
    )]
    pub(crate) async fn request(symbol: &str) -> Fallible<::std::string::String> {
        ::std::result::Result::Ok(::std::borrow::ToOwned::to_owned(symbol))
    }

    #[track_storage(operation = Put, system = Memory, key = key)]
    pub(crate) fn store(
        key: &str,
    ) -> ::std::pin::Pin<::std::boxed::Box<dyn ::std::future::Future<Output = usize> + '_>> {
        ::std::boxed::Box::pin(async move { key.len() })
    }

    #[track_storage(operation = Put, system = Memory, key = key, keep(key), sample = 0.1, high_volume = true)]
    pub(crate) fn opaque(key: &str) -> impl ::std::future::Future<Output = usize> + '_ {
        async move { key.len() }
    }

    #[track_database(system = Sqlite, operation = "SELECT", collection = table, labels(collection), parent = root, links = ())]
    pub(crate) async fn load(table: &str) -> Fallible<usize> {
        ::std::result::Result::Ok(table.len())
    }

    #[track_ingestion(source = "file", parent = context, symbol = "BTCUSDT", labels(symbol))]
    pub(crate) fn take_in(context: &::lakehouse_otel::opentelemetry::Context) {}

    pub(crate) const BATCH: usize = 2;

    #[track_processing(operation = "read", symbol = symbol, stream = batch(BATCH), ok(|row| record_count += *row), context = ctx)]
    pub(crate) fn rows(
        symbol: &str,
    ) -> impl ::futures_core::Stream<Item = Fallible<usize>> + ::std::marker::Unpin {
        let _ = &ctx;
        super::One(::std::option::Option::Some(::std::result::Result::Ok(
            symbol.len(),
        )))
    }

    #[track_processing(operation = "read", stream = "items")]
    pub(crate) fn boxed() -> ::futures_core::stream::BoxStream<'static, usize> {
        ::std::boxed::Box::pin(super::One(::std::option::Option::Some(1)))
    }

    pub(crate) fn inline(operation: &str) -> Fallible<usize> {
        let length = operation!(
            track_processing(operation = "block", symbol = operation, context = ctx),
            {
                let _ = &ctx;
                let length: usize = operation
                    .parse()
                    .map_err(|_| ::std::io::Error::other("no number"))?;
                if length == 0 {
                    return ::std::result::Result::Ok(0);
                }
                length
            }
        );
        let twice = operation!(
            track_processing(operation = "closure"),
            |number: usize| -> usize { number * 2 }
        );
        let later = operation!(track_processing(operation = "async"), async move { length });
        ::std::mem::drop(later);
        ::std::result::Result::Ok(twice(length))
    }

    #[track_processing(operation = "clean")]
    pub(crate) fn never(message: &str) -> ! {
        ::std::panic!("{message}")
    }

    #[track_processing(operation = "clean")]
    pub(crate) async fn never_async(message: &str) -> ! {
        ::std::panic!("{message}")
    }

    #[track_processing(operation = "clean", record_count = span + result + operation + returned + tracer + seen)]
    pub(crate) async fn clashing(
        span: u64,
        result: u64,
        operation: u64,
        returned: u64,
        tracer: u64,
        seen: u64,
    ) -> u64 {
        span + result + operation + returned + tracer + seen
    }
}

/// A stream of one item.
pub(crate) struct One<T>(::std::option::Option<T>);

impl<T> ::std::marker::Unpin for One<T> {}

impl<T> ::futures_core::Stream for One<T> {
    type Item = T;

    fn poll_next(
        mut self: ::std::pin::Pin<&mut Self>,
        _: &mut ::std::task::Context<'_>,
    ) -> ::std::task::Poll<::std::option::Option<T>> {
        ::std::task::Poll::Ready(self.0.take())
    }
}

#[::core::prelude::v1::test]
fn runs() {
    ::std::assert_eq!(work::clean(&[1, 2]).unwrap(), [1, 2]);
    let mut request = ::std::pin::pin!(work::request("BTCUSDT"));
    let mut context = ::std::task::Context::from_waker(::std::task::Waker::noop());
    let polled = ::std::future::Future::poll(::std::pin::Pin::as_mut(&mut request), &mut context);
    ::std::assert!(polled.is_ready());
    let mut rows = work::rows("BTCUSDT");
    let polled = ::futures_core::Stream::poll_next(::std::pin::Pin::new(&mut rows), &mut context);
    ::std::assert!(polled.is_ready());
    ::std::mem::drop(work::boxed());
    ::std::assert_eq!(work::inline("4").unwrap(), 8);
    ::std::mem::drop(work::shelve(&[1]));
    ::std::assert_eq!(work::Shelf(2).books(), 2);
    ::std::mem::drop(work::store("a"));
    ::std::mem::drop(work::opaque("a"));
    ::std::mem::drop(work::load("a"));
    work::take_in(&::lakehouse_otel::opentelemetry::Context::new());
    ::std::mem::drop(work::never_async("a"));
    ::std::mem::drop(work::clashing(1, 2, 3, 4, 5, 6));
    let panicked = ::std::panic::catch_unwind(|| work::never("as it should"));
    ::std::assert!(panicked.is_err());
}
