//! Kraken.

use std::borrow::Cow;
use std::time::{Duration, UNIX_EPOCH};

use crate::exchange::answer::digits;
use crate::exchange::{Answer, ExchangeProtocol, Limits};

/// Kraken: no headers, and errors in the body of a 200.
///
/// `EService:Throttled: 1700000000` says until when; as a class of errors it is `EService:Throttled`.
#[derive(Debug, Clone, Copy)]
pub struct Kraken;

const THROTTLED: &str = "EService:Throttled";
const LOCKED_OUT: &str = "EGeneral:Temporary lockout";

/// What the errors of one request too many end with.
const TOO_OFTEN: [&str; 2] = [":Rate limit exceeded", ":Too many requests"];

impl ExchangeProtocol for Kraken {
    fn read(&self, answer: &Answer<'_>) -> Limits {
        let mut limits = Limits::of_http(answer);
        let Some(error) = limits.error.take() else {
            return limits;
        };
        if let Some(until) = throttled(&error) {
            limits.rate_limited = true;
            let until = digits(until).map(Duration::from_secs);
            let until = until.and_then(|until| UNIX_EPOCH.checked_add(until));
            let wait = until.and_then(|until| answer.wait_until(until));
            limits.retry_after = limits.retry_after.or(wait);
            limits.error = Some(Cow::Borrowed(THROTTLED));
            return limits;
        }
        limits.rate_limited |= TOO_OFTEN.iter().any(|end| error.ends_with(end));
        let locked_out = error == LOCKED_OUT;
        limits.error = Some(error);
        if locked_out { limits.banned() } else { limits }
    }
}

/// What follows `EService:Throttled`, or `EService: Throttled`.
fn throttled(error: &str) -> Option<&str> {
    let rest = error.strip_prefix("EService:")?.trim_start();
    let until = rest.strip_prefix("Throttled")?;
    Some(until.trim_start_matches([':', ' ']).trim_end())
}
