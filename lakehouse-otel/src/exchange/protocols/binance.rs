//! Binance.

use std::time::Duration;

use crate::exchange::{Answer, ExchangeProtocol, Limits};

/// Binance: every answer says how much of the weight is used. 429 asks to wait; going on regardless brings 418, a
/// ban of two minutes to three days, whose length `Retry-After` tells.
///
/// The limit itself stands in `exchangeInfo.rateLimits`, and not in the answer: set `crypto.rate_limit.limit` beside
/// `response` where you know it.
#[derive(Debug, Clone, Copy)]
pub struct Binance;

/// The intervals that the headers' names end with, those of most use first.
const INTERVALS: [(&str, Duration); 8] = [
    ("1m", Duration::from_mins(1)),
    ("1s", Duration::from_secs(1)),
    ("10s", Duration::from_secs(10)),
    ("5m", Duration::from_mins(5)),
    ("10m", Duration::from_mins(10)),
    ("15m", Duration::from_mins(15)),
    ("1h", Duration::from_hours(1)),
    ("1d", Duration::from_hours(24)),
];

/// Weight by address; the same of the wallet's endpoints, and by account.
const WEIGHTS: [&str; 3] = [
    "x-mbx-used-weight",
    "x-sapi-used-ip-weight",
    "x-sapi-used-uid-weight",
];

const TOO_MANY_REQUESTS: &str = "-1003";
const TOO_MANY_ORDERS: &str = "-1015";

impl ExchangeProtocol for Binance {
    fn read(&self, answer: &Answer<'_>) -> Limits {
        let mut limits = Limits::of_http(answer);
        // Its errors are negative; some endpoints say `200` where all is well.
        limits.error = limits.error.filter(|code| code.starts_with('-'));
        let weight = WEIGHTS.iter().find_map(|name| in_interval(answer, name));
        // The name without an interval is the older one for a minute's.
        let minute = || Some((answer.number(WEIGHTS[0])?, INTERVALS[0].1));
        if let Some((used, interval)) = weight.or_else(minute) {
            limits.used = Some(used);
            limits.interval = Some(interval);
        }
        let orders = INTERVALS.iter().filter_map(|(name, interval)| {
            let count = answer.number(&format!("x-mbx-order-count-{name}"))?;
            Some((*interval, count))
        });
        let shortest = orders.min_by_key(|(interval, _)| *interval);
        limits.order_count = shortest.map(|(_, count)| count);
        limits.rate_limited |= limits.is_error(&[TOO_MANY_REQUESTS, TOO_MANY_ORDERS]);
        if answer.status() == Some(418) {
            limits.banned()
        } else {
            limits
        }
    }
}

fn in_interval(answer: &Answer<'_>, name: &str) -> Option<(u64, Duration)> {
    INTERVALS.iter().find_map(|(interval, length)| {
        let used = answer.number(&format!("{name}-{interval}"))?;
        Some((used, *length))
    })
}
