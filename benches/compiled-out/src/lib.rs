//! The benches' annotated function in a program without the feature `enabled`, beside the bare one: their machine
//! code must be the same. Built alone this package has no telemetry; built with the workspace it has.

use std::fmt;
use std::future::{Future, Ready, ready};
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use lakehouse_otel::prelude::*;

/// Why a call failed.
#[derive(Debug, Clone, Copy)]
pub struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the exchange refused the symbol")
    }
}

impl std::error::Error for Refused {}

#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "it is the body of the function, not a call of its own"
)]
fn body(symbol: &str) -> Result<usize, Refused> {
    let symbol = black_box(symbol);
    if symbol.as_bytes().first() == Some(&b'!') {
        return Err(Refused);
    }
    Ok(symbol.len())
}

/// Annotated.
///
/// # Errors
///
/// Where the symbol begins with `!`.
#[inline(never)]
#[track_api_request(
    exchange = Binance, method = "GET", endpoint = "/api/v3/klines", data_type = Klines, symbol = symbol,
)]
pub fn annotated_call(symbol: &str) -> Result<usize, Refused> {
    body(symbol)
}

/// Bare.
///
/// # Errors
///
/// Where the symbol begins with `!`.
#[inline(never)]
pub fn bare_call(symbol: &str) -> Result<usize, Refused> {
    body(symbol)
}

/// Something to wait for.
fn pause() -> Ready<()> {
    ready(())
}

#[track_api_request(
    exchange = Binance, method = "GET", endpoint = "/api/v3/klines", data_type = Klines, symbol = symbol,
)]
async fn annotated(symbol: &str) -> Result<usize, Refused> {
    pause().await;
    body(symbol)
}

async fn bare(symbol: &str) -> Result<usize, Refused> {
    pause().await;
    body(symbol)
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "what polls is not what is compared")]
fn poll<F: Future>(future: F) -> Option<F::Output> {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// Annotated, async, polled.
#[inline(never)]
#[must_use]
pub fn annotated_poll(symbol: &str) -> Option<Result<usize, Refused>> {
    poll(annotated(symbol))
}

/// Bare, async, polled.
#[inline(never)]
#[must_use]
pub fn bare_poll(symbol: &str) -> Option<Result<usize, Refused>> {
    poll(bare(symbol))
}
