//! Functions of their own, sync and async.

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
async fn borrowed_async<'a>(values: &'a mut [u64], _other: &str) -> Result<&'a mut u64, BoxError> {
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

const RATE: f64 = 0.5;

#[track_processing(operation = "clean", symbol = symbol, record_count = raw.len(), layer = layer, sample = RATE, priority = high, resources = true, keep(symbol, crypto.record_count, layer), err(|error| crypto.exchange_error = error.to_string()))]
fn sampled(
    raw: &[u64],
    symbol: &str,
    layer: lakehouse_otel::schema::Layer,
) -> Result<usize, BoxError> {
    if symbol.is_empty() {
        return Err(layer.to_string().into());
    }
    Ok(raw.len())
}

#[track_api_request(exchange = Binance, endpoint = "/api/v3/klines", symbol = symbol, limit = limit, sample = 0.25, high_volume = true, metrics = false, keep(limit, symbol))]
async fn sampled_async(symbol: String, mut limit: u32) -> usize {
    pause().await;
    limit += 1;
    symbol.len() + usize::try_from(limit).unwrap_or_default()
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
    let layer = lakehouse_otel::schema::Layer::Silver;
    assert_eq!(sampled(&[1, 2], "BTCUSDT", layer).unwrap(), 2);
    assert_eq!(sampled(&[], "", layer).unwrap_err().to_string(), "silver");
    assert_eq!(block_on(is_send(sampled_async("BTCUSDT".to_owned(), 1))), 9);
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
