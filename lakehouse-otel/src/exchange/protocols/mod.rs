//! The exchanges that are known.

mod binance;
mod bybit;
mod kraken;

pub use binance::Binance;
pub use bybit::Bybit;
pub use kraken::Kraken;

use super::{Answer, ExchangeProtocol, Limits};

/// Coinbase Exchange: 429, and no headers.
#[derive(Debug, Clone, Copy)]
pub struct Coinbase;

impl ExchangeProtocol for Coinbase {
    fn read(&self, answer: &Answer<'_>) -> Limits {
        Limits::of_http(answer)
    }
}

/// OKX: 429, or 200, with code 50011 (or a sub-account's 50061) in the body.
#[derive(Debug, Clone, Copy)]
pub struct Okx;

impl ExchangeProtocol for Okx {
    fn read(&self, answer: &Answer<'_>) -> Limits {
        let mut limits = Limits::of_http(answer);
        limits.rate_limited |= limits.is_error(&["50011", "50061"]);
        limits
    }
}

/// An exchange that is not known: what the status and `Retry-After` say. 418 is Binance's word for a ban, and
/// others have taken it over.
#[derive(Debug, Clone, Copy)]
pub struct Other;

impl ExchangeProtocol for Other {
    fn read(&self, answer: &Answer<'_>) -> Limits {
        let limits = Limits::of_http(answer);
        if answer.status() == Some(418) {
            limits.banned()
        } else {
            limits
        }
    }
}
