//! Functions that return a future.

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
