//! The three ways in which HTTP writes a date.
//!
//! See RFC 9110, section 5.6.7: a recipient has to accept all of them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`.
pub(super) fn parse(text: &str) -> Option<SystemTime> {
    let words = text.split([' ', ',', '-']).filter(|word| !word.is_empty());
    let words: Vec<_> = words.collect();
    let ([_, day, month, year, time, "GMT"] | [_, month, day, time, year]) = words[..] else {
        return None;
    };
    let month = MONTHS.iter().position(|name| *name == month)?;
    let days = days_since_epoch(self::year(year)?, month, number(day, 31)?)?;
    let seconds = days.checked_mul(86_400)?.checked_add(seconds(time)?)?;
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

fn number(text: &str, highest: u64) -> Option<u64> {
    super::answer::digits(text).filter(|number| *number <= highest)
}

/// Of two digits, those up to 69 are this century's.
fn year(text: &str) -> Option<u64> {
    let year = number(text, 9_999)?;
    Some(match (text.len(), year) {
        (2, 0..=69) => 2_000 + year,
        (2, _) => 1_900 + year,
        _ => year,
    })
}

fn seconds(time: &str) -> Option<u64> {
    let mut parts = time.split(':');
    let (hours, minutes) = (number(parts.next()?, 23)?, number(parts.next()?, 59)?);
    // 60 is a leap second.
    let seconds = number(parts.next()?, 60)?;
    parts
        .next()
        .is_none()
        .then_some(hours * 3_600 + minutes * 60 + seconds)
}

/// Of the day in this month, counted from 0.
fn days_since_epoch(year: u64, month: usize, day: u64) -> Option<u64> {
    const BEFORE: [u64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let leaps = |years: u64| years / 4 - years / 100 + years / 400;
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let before = year.checked_sub(1)?;
    let days = before * 365 + leaps(before) + BEFORE[month] + day.checked_sub(1)?;
    let days = days + u64::from(is_leap && month > 1);
    days.checked_sub(1_969 * 365 + leaps(1_969))
}
