//! What every contender annotates: the same function, the same attributes, the same outcome.

use std::fmt;
use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The name of every span.
pub(crate) const SPAN: &str = "GET /api/v3/klines";

/// The four constant attributes; the fifth is `crypto.symbol`, which differs from call to call.
pub(crate) const CONSTANTS: [(&str, &str); 4] = [
    ("crypto.exchange", "binance"),
    ("http.request.method", "GET"),
    ("crypto.endpoint", "/api/v3/klines"),
    ("crypto.data_type", "klines"),
];

/// The fifth.
pub(crate) const SYMBOL: &str = "crypto.symbol";

/// What a call is given, and what makes it fail.
pub(crate) const GOOD: &str = "BTCUSDT";
pub(crate) const BAD: &str = "!BTCUSD";

/// What a call returns.
pub(crate) type Outcome = Result<usize, Refused>;

/// Why a call failed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the exchange refused the symbol")
    }
}

impl std::error::Error for Refused {}

/// The body of every annotated function: a few instructions, so that what is around it shows.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "it is the body of the function, not a call of its own"
)]
pub(crate) fn body(symbol: &str) -> Outcome {
    let symbol = black_box(symbol);
    if symbol.as_bytes().first() == Some(&b'!') {
        return Err(Refused);
    }
    Ok(symbol.len())
}

/// Pends so many times and is ready then.
pub(crate) struct Pauses(pub(crate) u32);

impl Future for Pauses {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.0 == 0 {
            return Poll::Ready(());
        }
        self.0 -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
