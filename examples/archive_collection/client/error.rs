//! What can go wrong with a request, and whether trying again helps.

use serde::Deserialize;
use std::{fmt, time::Duration};
use thiserror::Error;

/// Why one attempt failed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub(crate) enum ApiError {
    /// No answer, or none that HTTP allows.
    #[error("no answer from the exchange: {}", cause(.0))]
    Transport(#[from] reqwest::Error),
    /// 5xx: whether the request took effect is unknown; a read may be repeated.
    #[error("the exchange answered {status}{}", message(.answer.as_ref()))]
    Unavailable {
        status: u16,
        answer: Option<BinanceError>,
    },
    /// 429, or 418 once the exchange has lost patience.
    #[error("the exchange answered {status} and asks to wait {} s{}", retry_after.as_secs(), message(.answer.as_ref()))]
    RateLimited {
        status: u16,
        retry_after: Duration,
        answer: Option<BinanceError>,
    },
    /// An earlier answer asked for more patience than `--max-wait` allows: nothing was sent.
    #[error("the exchange asked to wait {} s more, which is over --max-wait", left.as_secs())]
    ShutOut { left: Duration },
    /// Any other 4xx: the request itself is wrong.
    #[error("the exchange refused with {status}{}", message(.answer.as_ref()))]
    Refused {
        status: u16,
        answer: Option<BinanceError>,
    },
    /// A 200 whose body is not what was asked for, such as one cut short.
    #[error("the exchange's answer cannot be read: {0}")]
    Unreadable(serde_json::Error),
}

/// Binance's way to say what is wrong.
#[derive(Debug, Deserialize)]
pub(crate) struct BinanceError {
    code: i32,
    msg: String,
}

/// The last error of a request that was tried often enough.
#[derive(Debug, Error)]
#[error("{error}{}{}", tries(*.attempts), if *.budget_spent { ", and the run's --retry-budget is spent" } else { "" })]
pub(crate) struct GaveUp {
    pub(crate) attempts: u32,
    pub(crate) budget_spent: bool,
    #[source]
    pub(crate) error: ApiError,
}

impl ApiError {
    pub(super) fn of_answer(status: u16, retry_after: Option<Duration>, body: &[u8]) -> Self {
        let answer = serde_json::from_slice(body).ok();
        match (status, retry_after) {
            (_, Some(retry_after)) => Self::RateLimited {
                status,
                retry_after,
                answer,
            },
            (500.., None) => Self::Unavailable { status, answer },
            _ => Self::Refused { status, answer },
        }
    }

    pub(super) fn asks_to_wait(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } => Some(*retry_after),
            _ => None,
        }
    }

    /// Whether another attempt may succeed, within what one is ready to wait.
    pub(super) fn is_transient(&self, max_wait: Duration) -> bool {
        match self {
            Self::Transport(_) | Self::Unavailable { .. } | Self::Unreadable(_) => true,
            Self::RateLimited { retry_after, .. } => *retry_after <= max_wait,
            Self::ShutOut { .. } | Self::Refused { .. } => false,
        }
    }
}

fn message(answer: Option<&BinanceError>) -> impl fmt::Display {
    answer.map_or_else(String::new, |BinanceError { code, msg }| {
        format!(" ({code}: {msg})")
    })
}

fn tries(attempts: u32) -> impl fmt::Display {
    if attempts > 1 {
        format!(", after {attempts} attempts")
    } else {
        String::new()
    }
}

/// The innermost cause: what reqwest itself says names only the URL.
fn cause(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
