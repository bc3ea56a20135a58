//! From raw rows to klines that can be trusted. What cannot be trusted is set aside with its reason.

use crate::{
    kline::{Kline, open_time},
    range::{TimeRange, utc},
    series::Series,
    timeframe::{Length, Timeframe},
};
use lakehouse_otel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A page's rows, and the object they come from.
#[derive(Debug)]
pub(crate) struct RawRows {
    pub(crate) key: String,
    pub(crate) rows: Vec<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reason {
    /// Not twelve elements, or one that is no number.
    Malformed,
    /// A bar that was there before.
    Duplicate,
    /// A bar that comes after a later one.
    OutOfOrder,
    /// Prices, volume or times that contradict each other.
    Inconsistent,
    /// A bar that nobody asked for.
    OutOfRange,
    /// Bars that did not come: the one reason without a row.
    Gap,
}

impl Reason {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Duplicate => "duplicate",
            Self::OutOfOrder => "out of order",
            Self::Inconsistent => "inconsistent",
            Self::OutOfRange => "out of range",
            Self::Gap => "gap",
        }
    }
}

/// One line of a reject file.
#[derive(Debug, Serialize)]
pub(crate) struct Reject {
    pub(crate) reason: Reason,
    detail: String,
    /// The bronze object and the row's place in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<usize>,
    /// The row as it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<Value>,
}

/// Every raw row is in `klines` or in `rejects`.
#[derive(Debug, Default)]
pub(crate) struct Cleaned {
    pub(crate) klines: Vec<Kline>,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) raw_rows: u64,
    pub(crate) missing: u64,
}

impl Cleaned {
    /// How many bars are clean.
    pub(crate) fn len(&self) -> usize {
        self.klines.len()
    }

    /// Rejects by reason, gaps among them.
    pub(crate) fn counts(&self) -> BTreeMap<Reason, u64> {
        let mut counts = BTreeMap::new();
        for reject in &self.rejects {
            *counts.entry(reject.reason).or_default() += 1;
        }
        counts
    }
}

/// Checks a partition's rows, page after page, against what was asked for.
#[track_processing(
    operation = "clean", layer = Silver, symbol = series.symbol.as_str(),
    ok(|cleaned| record_count = cleaned.len()),
)]
pub(crate) fn clean(series: &Series, pages: Vec<RawRows>, asked: &[TimeRange]) -> Cleaned {
    let timeframe = series.timeframe;
    let mut cleaned = Cleaned::default();
    let mut kept = BTreeSet::new();
    // A bar that came, but wrong, is no gap; and a right one that follows it is no duplicate.
    let mut came = BTreeSet::new();
    for RawRows { key, rows } in pages {
        for (number, row) in rows.into_iter().enumerate() {
            cleaned.raw_rows += 1;
            came.extend(open_time(&row));
            match judge(timeframe, &row, &kept, asked) {
                Ok(kline) => {
                    kept.insert(kline.open_time);
                    cleaned.klines.push(kline);
                }
                Err((reason, detail)) => {
                    let (page, row, raw) = (Some(key.clone()), Some(number), Some(row));
                    cleaned.rejects.push(Reject {
                        reason,
                        detail,
                        page,
                        row,
                        raw,
                    });
                }
            }
        }
    }
    for (missing, gap) in gaps(timeframe, &came, asked) {
        cleaned.missing += missing;
        let bars = if missing == 1 { "bar" } else { "bars" };
        let detail = format!(
            "{missing} {bars} missing from {} to {}",
            utc(gap.from),
            utc(gap.to)
        );
        cleaned.rejects.push(Reject {
            reason: Reason::Gap,
            detail,
            page: None,
            row: None,
            raw: None,
        });
    }
    cleaned
}

fn judge(
    timeframe: Timeframe,
    row: &Value,
    kept: &BTreeSet<i64>,
    asked: &[TimeRange],
) -> Result<Kline, (Reason, String)> {
    let kline = Kline::parse(row, timeframe).map_err(|detail| (Reason::Malformed, detail))?;
    let time = kline.open_time;
    if !asked
        .iter()
        .any(|range| (range.from..range.to).contains(&time))
    {
        return Err((
            Reason::OutOfRange,
            format!("{} was not asked for", utc(time)),
        ));
    }
    if kept.contains(&time) {
        return Err((Reason::Duplicate, format!("{} came before", utc(time))));
    }
    if let Some(last) = kept.last().filter(|last| time < **last) {
        return Err((
            Reason::OutOfOrder,
            format!("{} comes after {}", utc(time), utc(*last)),
        ));
    }
    match kline.contradiction(timeframe) {
        Some(detail) => Err((Reason::Inconsistent, detail)),
        None => Ok(kline),
    }
}

/// Runs of bars that were asked for and did not come.
fn gaps(timeframe: Timeframe, came: &BTreeSet<i64>, asked: &[TimeRange]) -> Vec<(u64, TimeRange)> {
    let mut gaps: Vec<(u64, TimeRange)> = Vec::new();
    for range in asked {
        for from in range.bars(timeframe).filter(|time| !came.contains(time)) {
            let to = from + timeframe.millis();
            match gaps.last_mut() {
                Some((missing, gap)) if gap.to == from => {
                    *missing += 1;
                    gap.to = to;
                }
                _ => gaps.push((1, TimeRange { from, to })),
            }
        }
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn minutes(range: TimeRange) -> Series {
        Series {
            symbol: "BTCUSDT".parse().unwrap(),
            timeframe: Timeframe::M1,
            range,
        }
    }

    fn row(minute: i64) -> Value {
        let open = minute * 60_000;
        json!([
            open,
            "10.0",
            "12.0",
            "9.0",
            "11.0",
            "5.0",
            open + 59_999,
            "55.0",
            7,
            "2.0",
            "22.0",
            "0"
        ])
    }

    fn with(minute: i64, element: usize, value: Value) -> Value {
        let mut row = row(minute);
        row[element] = value;
        row
    }

    #[test]
    fn every_row_is_kept_or_set_aside_with_its_reason() {
        let mut short = row(1);
        short.as_array_mut().unwrap().pop();
        let rows = vec![
            row(0),
            short,
            with(2, 4, json!("n/a")),
            with(3, 2, json!("8.0")),
            row(0),
            row(5),
            row(4),
            row(40),
            with(6, 5, json!("0.1234567890123456789")),
            json!({"code": 0}),
            with(7, 0, json!(7 * 60_000 + 1)),
            with(9, 6, json!(0)),
        ];
        let asked = [TimeRange {
            from: 0,
            to: 12 * 60_000,
        }];
        let cleaned = clean(
            &minutes(asked[0]),
            vec![RawRows {
                key: "page".to_owned(),
                rows,
            }],
            &asked,
        );
        let kept: Vec<_> = cleaned
            .klines
            .iter()
            .map(|kline| kline.open_time / 60_000)
            .collect();
        assert_eq!(kept, [0, 5]);
        let counts: Vec<_> = cleaned.counts().into_iter().collect();
        let expected = [
            (Reason::Malformed, 5),
            (Reason::Duplicate, 1),
            (Reason::OutOfOrder, 1),
            (Reason::Inconsistent, 2),
            (Reason::OutOfRange, 1),
            (Reason::Gap, 2),
        ];
        assert_eq!(counts, expected);
        // Minutes 7 and 8, and 10 and 11: what came wrong is not missing.
        assert_eq!(cleaned.missing, 4);
        assert_eq!(cleaned.raw_rows, 12);
    }

    #[test]
    fn a_clean_page_leaves_nothing_aside() {
        let asked = [TimeRange {
            from: 0,
            to: 3 * 60_000,
        }];
        let rows = (0..3).map(row).collect();
        let cleaned = clean(
            &minutes(asked[0]),
            vec![RawRows {
                key: String::new(),
                rows,
            }],
            &asked,
        );
        assert_eq!(
            (cleaned.len(), cleaned.rejects.len(), cleaned.missing),
            (3, 0, 0)
        );
    }
}
