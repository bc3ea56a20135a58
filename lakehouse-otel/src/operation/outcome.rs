//! How an operation ended: the one place that decides it.
//!
//! | it ended by | outcome | span status | `error.type` |
//! |---|---|---|---|
//! | returning | `ok` | unset | |
//! | returning an `Err` | `error` | error | the error's class, or its type's name |
//! | an API request's answer with a status of 400 or more, whatever it returned | `error` | error | the status |
//! | an API request's answer of 200 with an error of the exchange, whatever it returned | `error` | error | the exchange's code |
//! | an API request's answer that says that the caller is banned, whatever it returned | `error` | error | `banned` |
//! | unwinding | `panicked` | error | `panic` |
//! | being dropped before it was ready | `cancelled` | unset | |
//!
//! The status of a span that ended well stays unset, as OpenTelemetry asks of instrumentation.

use std::borrow::Cow;
use std::sync::LazyLock;

use opentelemetry::KeyValue;
use opentelemetry::trace::Status;

use super::error::Failure;
use super::returned::ReturnedOutcome;
use crate::exchange::Limits;
use crate::redact::Redactor;
use crate::schema::{OperationType, Outcome};

/// The `error.type` of an answer that says that the caller is banned.
const BANNED: &str = "banned";

/// That of one which says that it was asked too often, with no status or code of an error.
const RATE_LIMITED: &str = "rate_limited";

/// How the work came to its end.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ended<'a> {
    /// It returned.
    Returned(ReturnedOutcome<'a>),
    /// It unwound.
    Panicked(Option<Failure<'a>>),
    /// It was dropped.
    Dropped,
}

impl Ended<'_> {
    /// Whether it returned, and well.
    pub(crate) const fn is_plain(&self) -> bool {
        matches!(self, Self::Returned(ReturnedOutcome::Ok))
    }
}

/// What else decides, beside what the function returned.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    /// The class of error that the caller itself names: `err(|error| error.type = …)`.
    pub(crate) error_type: Option<String>,
    /// The HTTP status.
    pub(crate) status: Option<u16>,
    /// The exchange's own code, in an answer of any status.
    pub(crate) exchange_error: Option<String>,
    /// Whether the exchange says that it was asked too often.
    pub(crate) rate_limited: bool,
    /// How the last one refused.
    refused: Refused,
    /// Whether the answer itself was read, and not only what was said of it.
    pub(crate) is_read: bool,
}

/// What an ended operation records.
#[derive(Debug)]
pub(crate) struct Verdict<'a> {
    pub(crate) outcome: Outcome,
    pub(crate) error_type: Option<Cow<'static, str>>,
    pub(crate) failure: Option<Failure<'a>>,
    /// Whether the exchange says that it was asked too often, or has banned the caller for it.
    pub(crate) rate_limited: bool,
    pub(crate) banned: bool,
}

/// Decides the outcome of an operation of this type.
pub(crate) fn decide<'a>(
    ended: Ended<'a>,
    operation_type: OperationType,
    answer: &Answer,
) -> Verdict<'a> {
    let is_request = operation_type == OperationType::ApiCall;
    let refused = answer.refusal().filter(|_| is_request);
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
        // What the caller says is meant; what the server said is more than how the client wrapped it.
        Outcome::Error => {
            let named = answer.error_type.clone().map(Cow::Owned);
            let of_failure = || failure.as_ref().map(Failure::error_type);
            named.or(refused).or_else(of_failure)
        }
    };
    Verdict {
        outcome,
        error_type,
        failure,
        rate_limited: is_request && (answer.rate_limited || answer.is_banned()),
        banned: is_request && answer.is_banned(),
    }
}

/// How an exchange refused a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Refused {
    #[default]
    No,
    /// It was asked too often.
    TooOften,
    /// It has banned the caller.
    Banned,
}

impl Answer {
    const fn is_banned(&self) -> bool {
        matches!(self.refused, Refused::Banned)
    }

    /// Whether nothing was answered.
    pub(crate) const fn is_plain(&self) -> bool {
        self.error_type.is_none() && !self.is_there() && !self.rate_limited && !self.is_banned()
    }

    /// Whether an answer came.
    pub(crate) const fn is_there(&self) -> bool {
        self.status.is_some() || self.exchange_error.is_some()
    }

    /// Takes what an exchange says of its limits.
    ///
    /// One with a status is another answer than the one before, as of a second attempt: what that said of an error no
    /// longer holds. That it asked to wait was so, and stays.
    pub(crate) fn heed(&mut self, status: Option<u16>, limits: &Limits) {
        if status.is_some() {
            self.refused = Refused::No;
            self.exchange_error = None;
        }
        self.rate_limited |= limits.rate_limited;
        self.refused = self.refused.max(match limits.ban {
            Some(_) => Refused::Banned,
            None if limits.rate_limited => Refused::TooOften,
            None => Refused::No,
        });
        if let Some(error) = &limits.error {
            self.exchange_error = Some(error.clone().into_owned());
        }
    }

    /// How the other side refused.
    fn refusal(&self) -> Option<Cow<'static, str>> {
        if self.is_banned() {
            return Some(Cow::Borrowed(BANNED));
        }
        match (self.status, &self.exchange_error) {
            (Some(status), _) if status >= 400 => Some(text_of(status)),
            // Bybit and OKX write a code into every answer, and 0 says that all is well.
            (_, Some(code)) if !matches!(code.as_str(), "" | "0") => Some(Cow::Owned(code.clone())),
            _ => (self.refused == Refused::TooOften).then_some(Cow::Borrowed(RATE_LIMITED)),
        }
    }
}

/// The status as a text, which is there already for those that there are.
fn text_of(status: u16) -> Cow<'static, str> {
    static TEXTS: LazyLock<String> =
        LazyLock::new(|| (400..600).map(|it| it.to_string()).collect());
    let place = 3 * usize::from(status.saturating_sub(400));
    match TEXTS.get(place..place + 3) {
        Some(text) if status >= 400 => Cow::Borrowed(text),
        _ => Cow::Owned(status.to_string()),
    }
}

/// An operation's end, in the words of a span.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: Status,
    /// What the span says of its end beside the outcome, the most important first.
    pub(crate) attributes: Vec<KeyValue>,
    /// The attributes of the `exception` event, where there was an error to record.
    pub(crate) exception: Option<Vec<KeyValue>>,
}

impl Verdict<'_> {
    /// That of an operation that ended well, with nothing more to say.
    pub(crate) const fn plain() -> Self {
        Self {
            outcome: Outcome::Ok,
            error_type: None,
            failure: None,
            rate_limited: false,
            banned: false,
        }
    }

    /// Takes secrets out of the type of error, which labels metrics.
    pub(crate) fn redact(&mut self, redactor: &Redactor) {
        if let Some(error_type @ Cow::Owned(_)) = &mut self.error_type {
            redactor.cow(error_type);
        }
    }

    /// Whether there is more to tell than the outcome.
    pub(crate) const fn tells_more(&self) -> bool {
        self.error_type.is_some() || self.failure.is_some()
    }

    /// Tells the end in the words of a span. The error's own code runs here, and may panic.
    pub(crate) fn tell(&self) -> Told {
        let mut attributes = Vec::with_capacity(3);
        if let Some(error_type) = &self.error_type {
            attributes.push(KeyValue::new("error.type", error_type.clone()));
        }
        let failure = self.failure.as_ref();
        attributes.extend(failure.into_iter().flat_map(Failure::span_attributes));
        let message = failure.and_then(Failure::message);
        Told {
            exception: failure.map(|failure| failure.event_attributes_with(message.clone())),
            status: self.status(message),
            attributes,
        }
    }

    /// The status of the span.
    fn status(&self, message: Option<String>) -> Status {
        match self.outcome {
            Outcome::Ok | Outcome::Cancelled => Status::Unset,
            Outcome::Error | Outcome::Panicked => {
                let error_type = || self.error_type.clone().unwrap_or_default();
                Status::error(message.map_or_else(error_type, Cow::Owned))
            }
        }
    }
}
