//! When the next request may go out: what Retry-After asks, and what the used weight leaves.

use super::Account;
use crate::range;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde::Deserialize;
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// What to wait where a 429 does not say: the window of the usual limit.
const UNSAID: Duration = Duration::from_mins(1);

/// An entry of `exchangeInfo.rateLimits`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct RateLimit {
    #[serde(rename = "rateLimitType")]
    kind: String,
    interval: String,
    #[serde(rename = "intervalNum")]
    number: u32,
    limit: u32,
}

/// The request weight of the current window, and what the window allows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weight {
    pub(super) used: u32,
    pub(super) limit: u32,
}

/// One gate for all of a client's requests: the exchange counts them by address.
#[derive(Debug)]
pub(super) struct Pace(Mutex<State>);

#[derive(Debug)]
struct State {
    opens: Option<Instant>,
    /// The header that tells the used weight, and its window.
    header: String,
    window: Duration,
    limit: u32,
    used: u32,
    waits: u64,
    waited: Duration,
}

impl State {
    fn left(&self) -> Duration {
        self.opens.map_or(Duration::ZERO, |opens| {
            opens.saturating_duration_since(Instant::now())
        })
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self(Mutex::new(State {
            opens: None,
            header: "x-mbx-used-weight-1m".to_owned(),
            window: UNSAID,
            limit: 6_000,
            used: 0,
            waits: 0,
            waited: Duration::ZERO,
        }))
    }
}

impl Pace {
    /// Waits until requests may go out; the error is a wait longer than `most`.
    pub(super) async fn ready(&self, most: Duration) -> Result<(), Duration> {
        loop {
            let left = self.state().left();
            if left > most {
                return Err(left);
            }
            if left.is_zero() {
                return Ok(());
            }
            sleep(left).await;
        }
    }

    /// Lets nothing out for a while.
    pub(super) fn close_for(&self, wait: Duration) {
        let mut state = self.state();
        let left = state.left();
        state.waits += 1;
        state.waited += wait.saturating_sub(left);
        state.opens = Instant::now().checked_add(wait.max(left));
    }

    /// Takes the request weight that the exchange allows from its own description.
    pub(super) fn obey(&self, limits: &[RateLimit]) {
        let weight = limits.iter().find(|limit| limit.kind == "REQUEST_WEIGHT");
        let Some(RateLimit {
            interval,
            number,
            limit,
            ..
        }) = weight
        else {
            return;
        };
        let seconds = match interval.as_str() {
            "SECOND" => 1,
            "HOUR" => 3_600,
            "DAY" => 86_400,
            _ => 60,
        };
        let letter = interval.get(..1).unwrap_or("m").to_ascii_lowercase();
        let mut state = self.state();
        state.header = format!("x-mbx-used-weight-{number}{letter}");
        state.window = Duration::from_secs(seconds) * *number;
        state.limit = *limit;
    }

    /// Reads the used weight, and closes until the next window once nine tenths are used: a 429 is a warning, not a
    /// way to work.
    pub(super) fn note_used_weight(&self, headers: &HeaderMap) -> Option<Weight> {
        let mut state = self.state();
        let used = headers.get(&state.header)?.to_str().ok()?.parse().ok()?;
        state.used = used;
        let limit = state.limit;
        let window = (u64::from(used) * 10 >= u64::from(limit) * 9).then_some(state.window);
        drop(state);
        if let Some(window) = window {
            self.close_for(until_next(window, range::now()));
        }
        Some(Weight { used, limit })
    }

    pub(super) fn account(&self) -> Account {
        let state = self.state();
        Account {
            rate_limit_waits: state.waits,
            waited: state.waited,
            used_weight: state.used,
            weight_limit: state.limit,
            ..Account::default()
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an answer asks to wait: `Retry-After` in seconds, which 429 and 418 come with.
pub(super) fn retry_after(headers: &HeaderMap, status: u16) -> Option<Duration> {
    let seconds = headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok());
    match status {
        418 | 429 => Some(seconds.map_or(UNSAID, Duration::from_secs)),
        500.. => seconds.map(Duration::from_secs),
        _ => None,
    }
}

/// Windows start at whole multiples of their length.
fn until_next(window: Duration, now: i64) -> Duration {
    let window = i64::try_from(window.as_millis()).unwrap_or(60_000).max(1);
    Duration::from_millis(u64::try_from(window - now.rem_euclid(window)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_window_starts_at_a_multiple_of_its_length() {
        assert_eq!(
            until_next(Duration::from_mins(1), 1_200_000 + 59_000),
            Duration::from_secs(1)
        );
        assert_eq!(
            until_next(Duration::from_secs(1), 1_200_000),
            Duration::from_secs(1)
        );
    }

    #[test]
    fn the_header_of_the_exchanges_own_window_counts() {
        let pace = Pace::default();
        let limits = r#"[{"rateLimitType":"REQUEST_WEIGHT","interval":"SECOND","intervalNum":10,"limit":100}]"#;
        pace.obey(&serde_json::from_str::<Vec<RateLimit>>(limits).unwrap());
        let mut headers = HeaderMap::new();
        headers.insert("x-mbx-used-weight-10s", 89.into());
        pace.note_used_weight(&headers);
        assert_eq!(
            (pace.account().used_weight, pace.account().rate_limit_waits),
            (89, 0)
        );
        headers.insert("x-mbx-used-weight-10s", 90.into());
        pace.note_used_weight(&headers);
        assert_eq!(pace.account().rate_limit_waits, 1);
        assert!(pace.account().waited <= Duration::from_secs(10));
    }
}
