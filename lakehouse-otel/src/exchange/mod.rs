//! What the answers of exchanges say of their limits.
//!
//! Each exchange says in its own way how much of its rate limit is used, that it was asked too often, and that
//! it has banned the caller. Hand the answer over, and the operation knows:
//!
//! ```
//! use lakehouse_otel::exchange::ExchangeResponse;
//! use lakehouse_otel::prelude::*;
//!
//! struct Page { status: u16, headers: Vec<(String, String)>, rows: usize }
//!
//! impl ExchangeResponse for Page {
//!     fn status(&self) -> Option<u16> {
//!         Some(self.status)
//!     }
//!
//!     fn header(&self, name: &str) -> Option<&str> {
//!         let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
//!         found.map(|(_, value)| value.as_str())
//!     }
//! }
//!
//! # struct ApiError;
//! #[track_api_request(
//!     exchange = Binance, method = "GET", endpoint = "/api/v3/klines",
//!     ok(|page| response = page, record_count = page.rows),
//! )]
//! async fn fetch_klines(symbol: &str) -> Result<Page, ApiError> {
//!     // …
//! #   Ok(Page { status: 200, headers: vec![], rows: 0 })
//! }
//! ```
//!
//! `err(|error| response = error)` does the same for an error that knows the answer, and
//! [`Handle::response`](crate::operation::Handle::response) for a body that holds it. An
//! [`Option`] of a response is one too.
//!
//! | the answer says | the span | the metrics |
//! |---|---|---|
//! | how much is used | `crypto.rate_limit.used`, `.interval`, `.limit`, `.remaining`, `.order_count` | `crypto.api.rate_limit.used`, `crypto.api.rate_limit.limit` |
//! | too often | the event `crypto.rate_limited`, `crypto.rate_limit.retry_after` | one in `crypto.api.rate_limits` |
//! | banned | the event `crypto.banned`, `error.type` is `banned` | the same, and one in `crypto.api.errors` |
//! | an error of its own | `crypto.exchange_error`, which is `error.type` where the status is below 400 | one in `crypto.api.errors` |
//!
//! Which exchange it is, `exchange = …` says:
//!
//! | exchange | read from |
//! |---|---|
//! | [`Binance`] | `X-MBX-USED-WEIGHT-*` (a minute's is preferred), `X-MBX-ORDER-COUNT-*`, `Retry-After`; 429, 418 (a ban), codes -1003 and -1015 |
//! | [`Bybit`] | `X-Bapi-Limit`, `-Limit-Status`, `-Limit-Reset-Timestamp`; 403 and code 10009 (bans), 429, codes 10006, 10018, 10429 |
//! | [`Kraken`] | the error in the body: `EAPI:Rate limit exceeded`, `EService:Throttled`, `EGeneral:Temporary lockout` (a ban) |
//! | [`Coinbase`] | 429, `Retry-After` where there is one |
//! | [`Okx`] | 429, codes 50011 and 50061 |
//! | any [other](Other) | 429, 418 (a ban), `Retry-After` |
//!
//! For another exchange implement [`ExchangeProtocol`], and give it with the response: by
//! [`ExchangeResponse::protocol`], or by [`read_by`].
//!
//! A header that cannot be read is left out; it is no reason to fail.

mod answer;
mod http_date;
mod protocols;
mod response;

pub use answer::Answer;
pub use protocols::{Binance, Bybit, Coinbase, Kraken, Okx, Other};
pub use response::{By, ErrorCode, ExchangeResponse, read_by};

use std::borrow::Cow;
use std::time::Duration;

/// How an exchange's answers are read.
///
/// ```
/// use lakehouse_otel::exchange::{Answer, ExchangeProtocol, Limits};
///
/// /// An exchange with the headers of its gateway.
/// struct Kucoin;
///
/// impl ExchangeProtocol for Kucoin {
///     fn read(&self, answer: &Answer<'_>) -> Limits {
///         let mut limits = Limits::of_http(answer);
///         limits.limit = answer.number("gw-ratelimit-limit");
///         limits.remaining = answer.number("gw-ratelimit-remaining");
///         limits.rate_limited |= answer.code().as_deref() == Some("429000");
///         // Its word for all is well. Any code but "" and "0" is an error otherwise.
///         limits.error = limits.error.filter(|code| code != "200000");
///         limits
///     }
/// }
/// ```
pub trait ExchangeProtocol {
    /// What this answer says.
    fn read(&self, answer: &Answer<'_>) -> Limits;
}

/// What an answer says of the exchange's limits. What it does not say is absent.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// How much of the limit is used, in the exchange's weight.
    pub used: Option<u64>,
    /// The interval in which that counts.
    pub interval: Option<Duration>,
    /// How much may be used.
    pub limit: Option<u64>,
    /// How much is left.
    pub remaining: Option<u64>,
    /// How many orders were placed, in the shortest interval that the exchange tells.
    pub order_count: Option<u64>,
    /// How long the exchange asks to wait.
    pub retry_after: Option<Duration>,
    /// Whether the exchange says that it was asked too often.
    pub rate_limited: bool,
    /// Whether it has banned the caller.
    pub ban: Option<Ban>,
    /// The exchange's own code of an error: one of few values.
    pub error: Option<Cow<'static, str>>,
}

/// The exchange answers no more, for a time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ban {
    /// For how long, where the answer says so.
    pub length: Option<Duration>,
}

impl Limits {
    /// What HTTP alone says: 429 is one request too many, and `Retry-After` how long to wait. With the code in
    /// the body, where it is an error's: not empty, and not `0`.
    #[must_use]
    pub fn of_http(answer: &Answer<'_>) -> Self {
        let code = answer.code();
        let is_error = |code: &Cow<'_, str>| !matches!(&**code, "" | "0");
        Self {
            retry_after: answer.retry_after(),
            rate_limited: answer.status() == Some(429),
            error: code
                .filter(is_error)
                .map(|code| Cow::Owned(code.into_owned())),
            ..Self::default()
        }
    }

    /// The same with a ban, for as long as the exchange asks to wait.
    #[must_use]
    pub fn banned(mut self) -> Self {
        self.ban = Some(Ban {
            length: self.retry_after,
        });
        self
    }

    /// Whether it is this error of the exchange.
    fn is_error(&self, codes: &[&str]) -> bool {
        let error = self.error.as_deref();
        error.is_some_and(|error| codes.contains(&error))
    }
}

/// How the answers of the exchange of this name (`crypto.exchange`) are read.
#[must_use]
pub fn protocol_of(exchange: &str) -> &'static dyn ExchangeProtocol {
    match exchange {
        "binance" => &Binance,
        "bybit" => &Bybit,
        "kraken" => &Kraken,
        "coinbase" => &Coinbase,
        "okx" => &Okx,
        _ => &Other,
    }
}

#[cfg(test)]
mod tests;
