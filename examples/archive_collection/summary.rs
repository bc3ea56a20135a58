//! What a run says at its end.

use crate::{client::Account, pipeline::Report};
use std::{collections::BTreeMap, fmt, time::Duration};

#[derive(Debug)]
pub(crate) struct Summary<'a> {
    pub(crate) reports: &'a [Report],
    pub(crate) store: &'a str,
    pub(crate) account: Account,
    /// What the built-in exchange counted, where it runs.
    pub(crate) served: Option<u64>,
    pub(crate) interrupted: bool,
    pub(crate) took: Duration,
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let derived = || self.reports.iter().map(|report| &report.archived.derived);
        let total = |pick: fn(&Report) -> u64| self.reports.iter().map(pick).sum::<u64>();
        writeln!(
            f,
            "Archive {}: {} rows of {} series, {} files, {}; this run took {:.1} s",
            self.store,
            grouped(total(|report| report.archived.derived.rows)),
            self.reports.len(),
            grouped(total(|report| report.archived.files)),
            size(total(|report| report.archived.bytes)),
            self.took.as_secs_f64(),
        )?;
        writeln!(
            f,
            "  {:<12} {:>9} {:>6} {:>6} {:>10} {:>8} {:>8} {:>6} {:>10}",
            "symbol", "timeframe", "pages", "new", "rows", "rejected", "missing", "files", "size"
        )?;
        for Report {
            series,
            fetched,
            archived,
            ..
        } in self.reports
        {
            writeln!(
                f,
                "  {:<12} {:>9} {:>6} {:>6} {:>10} {:>8} {:>8} {:>6} {:>10}",
                series.symbol,
                series.timeframe,
                grouped(archived.pages),
                fetched,
                grouped(archived.derived.rows),
                grouped(archived.derived.rejects.values().sum()),
                grouped(archived.derived.missing),
                grouped(archived.files),
                size(archived.bytes),
            )?;
        }

        let mut rejects = BTreeMap::new();
        for (reason, count) in derived().flat_map(|derived| &derived.rejects) {
            *rejects.entry(reason.as_str()).or_default() += count;
        }
        let reasons: Vec<String> = rejects
            .iter()
            .map(|(reason, count): (_, &u64)| format!("{count} {reason}"))
            .collect();
        let rejected = if reasons.is_empty() {
            "none".to_owned()
        } else {
            reasons.join(", ")
        };
        let missing: u64 = derived().map(|derived| derived.missing).sum();
        let gaps: u64 = derived().map(|derived| derived.gaps).sum();
        let raw: u64 = derived().map(|derived| derived.raw_rows).sum();
        writeln!(
            f,
            "Rows: {} received; rejected: {rejected}; {} bars missing in {gaps} gaps (see {}/rejects)",
            grouped(raw),
            grouped(missing),
            self.store
        )?;

        let Account {
            requests,
            retries,
            rate_limit_waits,
            waited,
            used_weight,
            weight_limit,
        } = self.account;
        let served = self.served.map_or(String::new(), |served| {
            format!(" ({served} seen by the exchange)")
        });
        writeln!(
            f,
            "Requests: {requests}{served}; {retries} retries; {rate_limit_waits} rate-limit waits, {:.1} s; used weight {} of {}",
            waited.as_secs_f64(),
            grouped(used_weight.into()),
            grouped(weight_limit.into()),
        )?;
        for Report {
            series, failure, ..
        } in self.reports
        {
            if let Some(error) = failure {
                writeln!(f, "FAILED {series}: {error}")?;
            }
        }
        let left: usize = self
            .reports
            .iter()
            .map(|report| report.planned - report.fetched)
            .sum();
        if self.interrupted {
            writeln!(
                f,
                "Interrupted with {left} pages to go. Run the same command again to resume."
            )?;
        } else if left > 0 {
            writeln!(
                f,
                "{left} pages are missing. Run the same command again to fetch them."
            )?;
        }
        Ok(())
    }
}

/// `12345` as `12,345`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[expect(clippy::cast_precision_loss, reason = "shown with one place")]
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(grouped),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(size(1_540), "1.5 kB");
    }
}
