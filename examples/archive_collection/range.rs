//! Ranges of time, how they are cut into partitions and pages, and how people write them.

use crate::timeframe::{Length, Timeframe};
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

/// From (inclusive) to (exclusive), in milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct TimeRange {
    pub(crate) from: i64,
    pub(crate) to: i64,
}

impl TimeRange {
    /// The open times of the bars that fit in.
    pub(crate) fn bars(self, timeframe: Timeframe) -> impl Iterator<Item = i64> {
        (self.from..self.to).step_by(usize::try_from(timeframe.millis()).unwrap_or(usize::MAX))
    }

    /// The bars that fit whole: the start rounded up, the end rounded down.
    pub(crate) fn aligned(self, timeframe: Timeframe) -> Self {
        let step = timeframe.millis();
        let Self { from, .. } = self.aligned_up(timeframe);
        Self {
            from,
            to: (self.to - self.to.rem_euclid(step)).max(from),
        }
    }

    /// The same with its start rounded up to a bar.
    pub(crate) fn aligned_up(self, timeframe: Timeframe) -> Self {
        Self {
            from: self.from + (-self.from).rem_euclid(timeframe.millis()),
            ..self
        }
    }

    pub(crate) fn is_empty(self) -> bool {
        self.from >= self.to
    }

    /// Adds a range to a sorted list, joining what touches.
    pub(crate) fn add_to(self, ranges: &mut Vec<Self>) {
        ranges.push(self);
        ranges.sort_unstable();
        ranges.dedup_by(|later, earlier| {
            let joins = later.from <= earlier.to;
            if joins {
                earlier.to = earlier.to.max(later.to);
            }
            joins
        });
    }

    /// What is left of this range without a sorted list of others.
    pub(crate) fn without(self, others: &[Self]) -> Vec<Self> {
        let mut left = Vec::new();
        let mut from = self.from;
        for other in others {
            if other.from > from && from < self.to {
                left.push(Self {
                    from,
                    to: other.from.min(self.to),
                });
            }
            from = from.max(other.to);
        }
        left.push(Self { from, to: self.to });
        left.retain(|range| !range.is_empty());
        left
    }

    pub(crate) fn within(self, other: Self) -> Self {
        Self {
            from: self.from.max(other.from),
            to: self.to.min(other.to),
        }
    }
}

/// A file's worth of bars: a UTC month, or a UTC day where bars last a second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Partition {
    pub(crate) name: String,
    pub(crate) range: TimeRange,
}

impl Partition {
    pub(crate) fn of(timeframe: Timeframe, time: i64) -> Self {
        let date = utc(time).date_naive();
        let (first, next) = if timeframe == Timeframe::S1 {
            (date, date.checked_add_days(Days::new(1)))
        } else {
            let first = date.with_day(1).unwrap_or(date);
            (first, first.checked_add_months(Months::new(1)))
        };
        let name = first
            .format(if timeframe == Timeframe::S1 {
                "%Y-%m-%d"
            } else {
                "%Y-%m"
            })
            .to_string();
        let to = next.map_or(i64::MAX, midnight);
        Self {
            name,
            range: TimeRange {
                from: midnight(first),
                to,
            },
        }
    }
}

/// One request's worth of bars, inside one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) partition: Partition,
    pub(crate) range: TimeRange,
    pub(crate) limit: u32,
}

/// The pages that are still to be fetched.
pub(crate) fn plan(
    wanted: TimeRange,
    fetched: &[TimeRange],
    timeframe: Timeframe,
    limit: u32,
) -> Vec<Page> {
    let most = timeframe.millis() * i64::from(limit);
    let mut pages = Vec::new();
    for mut missing in wanted.without(fetched) {
        while !missing.is_empty() {
            let partition = Partition::of(timeframe, missing.from);
            let to = missing.to.min(missing.from + most).min(partition.range.to);
            pages.push(Page {
                partition,
                range: TimeRange {
                    from: missing.from,
                    to,
                },
                limit,
            });
            missing.from = to;
        }
    }
    pages
}

pub(crate) fn utc(time: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(time).unwrap_or_default()
}

pub(crate) fn now() -> i64 {
    let since_epoch = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}

fn midnight(date: NaiveDate) -> i64 {
    date.and_time(NaiveTime::MIN).and_utc().timestamp_millis()
}

/// `2025-01-31`, `2025-01-31T12:00:00Z`, `2025-01-31 12:00:00.5` (UTC) or milliseconds since the epoch.
pub(crate) fn parse_time(text: &str) -> Result<i64, String> {
    if let Ok(date) = text.parse::<NaiveDate>() {
        return Ok(midnight(date));
    }
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.timestamp_millis());
    }
    let bare = text.replacen(' ', "T", 1);
    if let Ok(time) = bare.parse::<NaiveDateTime>() {
        return Ok(time.and_utc().timestamp_millis());
    }
    match text.parse::<i64>() {
        // Five digits and more: a bare year is a mistake, not 2025 ms after the epoch.
        Ok(millis) if text.len() >= 10 => Ok(millis),
        _ => Err(
            "no time; allowed: 2025-01-31, 2025-01-31T12:00:00Z (UTC), or milliseconds since 1970"
                .to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn range(from: i64, to: i64) -> TimeRange {
        TimeRange {
            from: from * HOUR,
            to: to * HOUR,
        }
    }

    #[test]
    fn what_was_fetched_is_not_planned_again() {
        let mut fetched = Vec::new();
        range(6, 8).add_to(&mut fetched);
        range(2, 4).add_to(&mut fetched);
        range(4, 5).add_to(&mut fetched);
        assert_eq!(fetched, [range(2, 5), range(6, 8)]);
        assert_eq!(
            range(0, 10).without(&fetched),
            [range(0, 2), range(5, 6), range(8, 10)]
        );
        assert_eq!(range(3, 7).without(&fetched), [range(5, 6)]);
        assert_eq!(range(2, 5).without(&fetched), []);
        let pages = plan(range(0, 10), &fetched, Timeframe::H1, 1);
        let starts: Vec<_> = pages.iter().map(|page| page.range.from / HOUR).collect();
        assert_eq!(starts, [0, 1, 5, 8, 9]);
    }

    #[test]
    fn a_page_stays_inside_its_month() {
        let wanted = TimeRange {
            from: parse_time("2024-02-29T20:00:00Z").unwrap(),
            to: parse_time("2024-03-01 04:00:00").unwrap(),
        };
        let pages = plan(wanted, &[], Timeframe::H1, 1_000);
        let names: Vec<_> = pages
            .iter()
            .map(|page| page.partition.name.as_str())
            .collect();
        assert_eq!(names, ["2024-02", "2024-03"]);
        assert_eq!(pages[0].range.to, parse_time("2024-03-01").unwrap());
    }

    #[test]
    fn a_range_is_cut_to_whole_bars() {
        let minutes = |from: i64, to: i64| TimeRange {
            from: from * 60_000,
            to: to * 60_000,
        };
        assert_eq!(minutes(1, 125).aligned(Timeframe::H1), minutes(60, 120));
        assert!(minutes(1, 59).aligned(Timeframe::H1).is_empty());
    }

    #[test]
    fn a_time_that_is_none_says_what_is_allowed() {
        assert!(
            parse_time("2025")
                .unwrap_err()
                .contains("2025-01-31T12:00:00Z")
        );
        assert_eq!(parse_time("1735689600000"), parse_time("2025-01-01"));
    }
}
