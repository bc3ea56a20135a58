//! An answer as a protocol reads it.

use std::borrow::Cow;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{ExchangeResponse, http_date};

/// The longest wait that is believed: what is longer is a mistake of somebody's.
const LONGEST_WAIT: Duration = Duration::from_hours(24 * 365);

/// An answer of an exchange, and when it was read.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    response: &'a dyn ExchangeResponse,
    now: SystemTime,
}

impl<'a> Answer<'a> {
    /// This response, read now.
    #[must_use]
    pub fn new(response: &'a dyn ExchangeResponse, now: SystemTime) -> Self {
        Self { response, now }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.response.status()
    }

    /// The header of this name, without the space around it.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.response.header(name).map(str::trim)
    }

    /// The number in the header of this name; nothing where that is no whole number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u64> {
        self.header(name).and_then(digits)
    }

    /// The exchange's own code, from the body.
    #[must_use]
    pub fn code(&self) -> Option<Cow<'a, str>> {
        self.response.error_code()
    }

    /// How long `Retry-After` asks to wait: a number of seconds, or the time until a date. What is longer than a
    /// year is not believed.
    ///
    /// See RFC 9110, section 10.2.3.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let value = self.header("retry-after")?;
        let wait = match digits(value) {
            Some(seconds) => Duration::from_secs(seconds),
            None => self.until(http_date::parse(value)?),
        };
        (wait <= LONGEST_WAIT).then_some(wait)
    }

    /// How long it is until the header's time, in milliseconds since the Unix epoch. Nothing where that has
    /// passed.
    #[must_use]
    pub fn until_millis(&self, name: &str) -> Option<Duration> {
        let millis = self.number(name)?;
        self.wait_until(UNIX_EPOCH.checked_add(Duration::from_millis(millis))?)
    }

    /// How long it is until then; nothing where that has passed.
    pub(super) fn wait_until(&self, then: SystemTime) -> Option<Duration> {
        let wait = self.until(then);
        (!wait.is_zero() && wait <= LONGEST_WAIT).then_some(wait)
    }

    fn until(&self, then: SystemTime) -> Duration {
        then.duration_since(self.now).unwrap_or_default()
    }
}

/// A whole number, of digits alone.
pub(super) fn digits(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

impl fmt::Debug for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status())
            .field("code", &self.code())
            .finish_non_exhaustive()
    }
}
