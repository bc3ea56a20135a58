//! How an operation ended: the one place that decides it.
//!
//! | it ended by | outcome | span status | `error.type` |
//! |---|---|---|---|
//! | returning | `ok` | unset | |
//! | returning an `Err` | `error` | error | the error's class, or its type's name |
//! | an answer with a status of 400 or more, whatever it returned | `error` | error | the status |
//! | an error of the exchange in an answer of 200, whatever it returned | `error` | error | the exchange's code |
//! | unwinding | `panicked` | error | `panic` |
//! | being dropped before it was ready | `cancelled` | unset | |
//!
//! The status of a span that ended well stays unset, as OpenTelemetry asks of instrumentation.

use std::borrow::Cow;

use opentelemetry::trace::Status;

use super::error::Failure;
use super::returned::ReturnedOutcome;
use crate::schema::Outcome;

/// How the work came to its end.
#[derive(Debug)]
pub(crate) enum Ended<'a> {
    /// It returned.
    Returned(ReturnedOutcome<'a>),
    /// It unwound.
    Panicked(Option<Failure<'a>>),
    /// It was dropped.
    Dropped,
}

/// What the operation's answer says, beside what the function returned.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: Option<u16>,
    /// The exchange's own code, in an answer of any status.
    pub(crate) exchange_error: Option<String>,
}

/// What an ended operation records.
#[derive(Debug)]
pub(crate) struct Verdict<'a> {
    pub(crate) outcome: Outcome,
    pub(crate) error_type: Option<Cow<'static, str>>,
    pub(crate) failure: Option<Failure<'a>>,
    pub(crate) rate_limited: bool,
}

/// Decides the outcome.
pub(crate) fn decide<'a>(ended: Ended<'a>, answer: &Answer) -> Verdict<'a> {
    let refused = answer.error_type();
    let (outcome, failure) = match ended {
        Ended::Panicked(failure) => (Outcome::Panicked, failure),
        Ended::Dropped => (Outcome::Cancelled, None),
        Ended::Returned(ReturnedOutcome::Error(failure)) => (Outcome::Error, Some(failure)),
        Ended::Returned(ReturnedOutcome::Ok) if refused.is_some() => (Outcome::Error, None),
        Ended::Returned(ReturnedOutcome::Ok) => (Outcome::Ok, None),
    };
    let error_type = match outcome {
        Outcome::Ok | Outcome::Cancelled => None,
        Outcome::Panicked => Some(Cow::Borrowed("panic")),
        // What the server said is more than how the client wrapped it.
        Outcome::Error => {
            refused.or_else(|| failure.as_ref().map(|failure| failure.error_type().clone()))
        }
    };
    Verdict {
        outcome,
        error_type,
        failure,
        rate_limited: answer.is_rate_limited(),
    }
}

impl Answer {
    fn error_type(&self) -> Option<Cow<'static, str>> {
        match (self.status, &self.exchange_error) {
            (Some(status), _) if status >= 400 => Some(Cow::Owned(status.to_string())),
            (_, Some(code)) => Some(Cow::Owned(code.clone())),
            _ => None,
        }
    }

    /// Whether the exchange says that it was asked too often.
    ///
    /// 429 everywhere; 418 is Binance's ban after too many of those. Bybit (10006), OKX (50011) and
    /// Kraken (`EAPI:Rate limit exceeded`) say it in the body.
    fn is_rate_limited(&self) -> bool {
        let by_status = matches!(self.status, Some(418 | 429));
        let by_body = self.exchange_error.as_deref().is_some_and(|code| {
            matches!(code, "10006" | "50011" | "-1003") || code.contains("Rate limit")
        });
        by_status || by_body
    }
}

impl Verdict<'_> {
    /// The status of the span.
    pub(crate) fn status(&self) -> Status {
        match self.outcome {
            Outcome::Ok | Outcome::Cancelled => Status::Unset,
            Outcome::Error | Outcome::Panicked => {
                let message = self.failure.as_ref().and_then(Failure::message);
                let error_type = || self.error_type.clone().unwrap_or_default();
                Status::error(message.map_or_else(error_type, Cow::Owned))
            }
        }
    }
}
