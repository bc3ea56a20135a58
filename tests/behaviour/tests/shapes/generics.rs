//! Generic functions.

use std::fmt::{Debug, Display};

use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::crypto::{RECORD_COUNT, SYMBOL};
use lakehouse_otel_tests_behaviour::{bench, yield_now};

#[track_processing(operation = "generic", symbol = symbol.as_ref(), record_count = rows.len())]
fn generic<S: AsRef<str>, T, const N: usize>(symbol: S, rows: [T; N]) -> Result<String, T>
where
    T: Debug + Clone,
{
    let [first, ..] = &rows[..] else {
        return Ok(symbol.as_ref().to_owned());
    };
    Err(first.clone())
}

#[test]
fn generics_and_const_generics_work() {
    let bench = bench();
    assert_eq!(bench.run(|| generic("BTCUSDT", [1_u8, 2])), Err(1));
    bench
        .capture
        .span("generic")
        .has(SYMBOL, "BTCUSDT")
        .has(RECORD_COUNT, 2)
        .outcome(Outcome::Error);
}

#[track_processing(operation = "impl_argument")]
fn impl_argument(value: impl Display + Clone) -> String {
    value.to_string()
}

#[track_processing(operation = "impl_return")]
#[allow(clippy::elidable_lifetime_names, reason = "what is tested has a name")]
fn impl_return<'a>(rows: &'a [u32]) -> impl Iterator<Item = u32> + use<'a> {
    rows.iter().map(|row| row + 1)
}

#[track_processing(operation = "impl_result")]
fn impl_result(fail: bool) -> Result<impl Iterator<Item = u32>, String> {
    if fail {
        return Err("failed".to_owned());
    }
    Ok(std::iter::once(1))
}

#[test]
fn impl_trait_works_in_arguments_and_returns() {
    let bench = bench();
    bench.run(|| {
        assert_eq!(impl_argument(5), "5");
        assert_eq!(impl_return(&[1, 2]).sum::<u32>(), 5);
        assert!(impl_result(true).is_err());
    });
    bench.capture.span("impl_result").outcome(Outcome::Error);
}

#[track_processing(operation = "async_generic", symbol = symbol.as_ref())]
async fn async_generic<'a, S, T>(symbol: S, rows: &'a [T]) -> Result<&'a T, impl Debug>
where
    S: AsRef<str> + Send,
{
    yield_now().await;
    rows.first().ok_or("empty")
}

#[test]
fn async_generics_work() {
    let bench = bench();
    assert_eq!(bench.block_on(async_generic("BTCUSDT", &[7])).unwrap(), &7);
    bench
        .capture
        .span("async_generic")
        .has(SYMBOL, "BTCUSDT")
        .outcome(Outcome::Ok);
}

#[track_processing(operation = "async_impl_argument")]
async fn async_impl_argument(value: impl Display, name: &str) -> String {
    yield_now().await;
    format!("{name}{value}")
}

#[test]
fn impl_trait_arguments_work_in_async_functions() {
    let bench = bench();
    assert_eq!(bench.block_on(async_impl_argument(5, "x")), "x5");
}
