//! Bybit.

use crate::exchange::{Answer, ExchangeProtocol, Limits};

/// Bybit: headers say how much of an endpoint's limit remains, and until when. An address that asks too often gets
/// 403, which is a ban; so is code 10009.
#[derive(Debug, Clone, Copy)]
pub struct Bybit;

/// Too many visits, of the account, of the address, of all together.
const TOO_OFTEN: [&str; 3] = ["10006", "10018", "10429"];

const ADDRESS_BANNED: &str = "10009";

impl ExchangeProtocol for Bybit {
    fn read(&self, answer: &Answer<'_>) -> Limits {
        let mut limits = Limits::of_http(answer);
        limits.limit = answer.number("x-bapi-limit");
        limits.remaining = answer.number("x-bapi-limit-status");
        let both = limits.limit.zip(limits.remaining);
        limits.used = both.and_then(|(limit, remaining)| limit.checked_sub(remaining));
        limits.rate_limited |= limits.is_error(&TOO_OFTEN);
        if limits.rate_limited && limits.retry_after.is_none() {
            // Where the limit is not reached, it is the time of the answer.
            limits.retry_after = answer.until_millis("x-bapi-limit-reset-timestamp");
        }
        if answer.status() == Some(403) || limits.is_error(&[ADDRESS_BANNED]) {
            limits.banned()
        } else {
            limits
        }
    }
}
