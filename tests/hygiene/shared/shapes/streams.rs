//! Functions that return a stream, and work that no attribute can stand on.

use futures_core::Stream;
use futures_core::stream::{BoxStream, LocalBoxStream};
use lakehouse_otel::operation;

use super::*;

/// Gives what an iterator does.
struct Iter<I>(I);

impl<I> Unpin for Iter<I> {}

impl<I: Iterator> Stream for Iter<I> {
    type Item = I::Item;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<I::Item>> {
        Poll::Ready(self.0.next())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

fn collect<S: Stream>(stream: S) -> Vec<S::Item> {
    let mut stream = pin!(stream);
    let mut items = Vec::new();
    while let Some(item) = block_on(std::future::poll_fn(|task| stream.as_mut().poll_next(task))) {
        items.push(item);
    }
    items
}

#[track_processing(operation = "read", symbol = symbol, ok(|row| record_count += *row))]
fn opaque(
    symbol: &str,
    mut times: usize,
) -> impl Stream<Item = Result<usize, BoxError>> + Send + '_ {
    times += 1;
    Iter((0..times).map(|_| Ok(symbol.len())))
}

#[track_processing(operation = "read", context = ctx)]
fn precise<'a, T: Clone + Send + 'a, const N: usize>(
    rows: &'a [T; N],
) -> impl Stream<Item = T> + Unpin + use<'a, T, N> {
    let _ = &ctx;
    Iter(rows.iter().cloned())
}

#[track_processing(operation = "read", stream = items)]
fn boxed<'a>(rows: &'a [u8]) -> Pin<Box<dyn Stream<Item = u8> + Send + 'a>> {
    if rows.is_empty() {
        return Box::pin(Iter(std::iter::empty()));
    }
    Box::pin(Iter(rows.iter().copied()))
}

#[track_processing(operation = "read", stream = batch(2))]
fn named(rows: Vec<u8>) -> BoxStream<'static, u8> {
    Box::pin(Iter(rows.into_iter()))
}

#[track_processing(operation = "read")]
fn local(rows: Rc<Vec<u8>>) -> LocalBoxStream<'static, u8> {
    Box::pin(Iter((0..rows.len()).map(move |row| rows[row])))
}

#[track_processing(operation = "read")]
fn unpinned(rows: Vec<u8>) -> Box<dyn Stream<Item = u8> + Unpin> {
    Box::new(Iter(rows.into_iter()))
}

struct Reader(Vec<u8>);

impl Reader {
    #[track_processing(operation = "read", record_count = self.0.len())]
    fn rows(&self) -> impl Stream<Item = &u8> {
        Iter(self.0.iter())
    }

    #[track_processing(operation = "read")]
    fn into_rows(self) -> impl Stream<Item = u8> {
        Iter(self.0.into_iter())
    }
}

fn block(texts: &[&str]) -> Result<usize, std::num::ParseIntError> {
    let mut sum = 0;
    'outer: for text in texts {
        let number = operation!(track_processing(operation = "parse", symbol = text), {
            if text.is_empty() {
                continue 'outer;
            }
            match *text {
                "stop" => break,
                "return" => return Ok(100),
                text => text.parse::<usize>()?,
            }
        });
        sum += number;
    }
    Ok(sum)
}

fn closures(rows: &[usize]) -> Vec<usize> {
    let mut calls = 0;
    let twice = operation!(track_processing(operation = "twice"), |row: &usize| {
        calls += 1;
        row * 2
    });
    rows.iter().map(twice).collect()
}

#[test]
fn behave() {
    let opaque = opaque("abc", 1);
    assert_eq!(opaque.size_hint(), (2, Some(2)));
    let lengths: Result<Vec<_>, _> = collect(is_send(opaque)).into_iter().collect();
    assert_eq!(lengths.unwrap(), [3, 3]);
    assert_eq!(collect(is_send(precise(&[1, 2]))), [1, 2]);
    assert_eq!(collect(is_send(boxed(&[1, 2]))), [1, 2]);
    assert_eq!(collect(boxed(&[])), [0_u8; 0]);
    assert_eq!(collect(is_send(named(vec![1, 2, 3]))), [1, 2, 3]);
    assert_eq!(collect(local(Rc::new(vec![1]))), [1]);
    assert_eq!(collect(unpinned(vec![1])), [1]);
    let reader = Reader(vec![1]);
    assert_eq!(collect(reader.rows()), [&1]);
    assert_eq!(collect(reader.into_rows()), [1]);
    assert_eq!(block(&["1", "", "2", "stop", "4"]), Ok(3));
    assert_eq!(block(&["return"]), Ok(100));
    assert!(block(&["?"]).is_err());
    assert_eq!(closures(&[1, 2]), [2, 4]);
    let later = operation!(track_processing(operation = "later"), async {
        pause().await;
        Ok::<_, BoxError>(1)
    });
    assert_eq!(block_on(is_send(later)).unwrap(), 1);
    let fetch = operation!(
        track_processing(operation = "fetch"),
        async |symbol: &str| {
            pause().await;
            symbol.len()
        }
    );
    assert_eq!(block_on(fetch("abc")), 3);
}
