//! Request weight: what a minute allows, and what going on regardless brings.

use std::time::{Duration, Instant};

/// What Binance's documentation gives as its limit.
pub(super) const LIMIT_A_MINUTE: u32 = 6_000;

/// Requests refused with a 429 before the next one is banned with a 418.
const PATIENCE: u32 = 3;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Served {
        used: u32,
    },
    /// 429, for that many seconds.
    TooMany {
        used: u32,
        seconds: u64,
    },
    /// 418, for that many seconds.
    Banned {
        used: u32,
        seconds: u64,
    },
}

/// One client's account: the exchange is local, so there is one client.
#[derive(Debug)]
pub(super) struct Account {
    window: Instant,
    used: u32,
    closed_until: Option<Instant>,
    refused: u32,
}

impl Account {
    /// An account whose current minute began at `window`.
    pub(super) fn new(window: Instant) -> Self {
        Self {
            window,
            used: 0,
            closed_until: None,
            refused: 0,
        }
    }

    /// Charges a request; `told` makes it the one that is told to wait so many seconds.
    pub(super) fn charge(&mut self, now: Instant, weight: u32, told: Option<u32>) -> Verdict {
        const MINUTE: Duration = Duration::from_mins(1);
        while now.duration_since(self.window) >= MINUTE {
            self.window += MINUTE;
            self.used = 0;
        }
        self.used += weight;
        let used = self.used;
        if let Some(until) = self.closed_until.filter(|until| now < *until) {
            self.refused += 1;
            let left = until - now;
            if self.refused <= PATIENCE {
                return Verdict::TooMany {
                    used,
                    seconds: whole_seconds(left),
                };
            }
            self.closed_until = Some(now + left * 2);
            return Verdict::Banned {
                used,
                seconds: whole_seconds(left * 2),
            };
        }
        let told = told.map(|seconds| Duration::from_secs(u64::from(seconds)));
        let spent =
            (used > LIMIT_A_MINUTE).then(|| MINUTE.saturating_sub(now.duration_since(self.window)));
        match told.or(spent) {
            Some(wait) => {
                self.closed_until = Some(now + wait);
                self.refused = 1;
                Verdict::TooMany {
                    used,
                    seconds: whole_seconds(wait),
                }
            }
            None => Verdict::Served { used },
        }
    }
}

fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_goes_on_is_banned_and_whoever_waits_is_served() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut account = Account::new(start);
        assert_eq!(account.charge(at(0), 2, None), Verdict::Served { used: 2 });
        assert_eq!(
            account.charge(at(1), 2, Some(10)),
            Verdict::TooMany {
                used: 4,
                seconds: 10
            }
        );
        assert_eq!(
            account.charge(at(2), 2, None),
            Verdict::TooMany {
                used: 6,
                seconds: 9
            }
        );
        assert_eq!(
            account.charge(at(3), 2, None),
            Verdict::TooMany {
                used: 8,
                seconds: 8
            }
        );
        assert_eq!(
            account.charge(at(4), 2, None),
            Verdict::Banned {
                used: 10,
                seconds: 14
            }
        );
        assert_eq!(
            account.charge(at(18), 2, None),
            Verdict::Served { used: 12 }
        );
        assert_eq!(account.charge(at(60), 2, None), Verdict::Served { used: 2 });
        assert_eq!(
            account.charge(at(61), LIMIT_A_MINUTE, None),
            Verdict::TooMany {
                used: 6_002,
                seconds: 59
            }
        );
    }
}
