//! What a run says at its end.

use crate::{client::Account, manifest::Derived, pipeline::Report};
use std::{fmt, time::Duration};

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
        self.archive(f)?;
        self.rows(f)?;
        self.requests(f)?;
        self.end(f)
    }
}

impl Summary<'_> {
    /// What the archive holds, by series.
    fn archive(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = |pick: fn(&Report) -> u64| self.reports.iter().map(pick).sum::<u64>();
        let rows = grouped(total(|report| report.archived.derived.rows));
        let files = grouped(total(|report| report.archived.files));
        let bytes = size(total(|report| report.archived.bytes));
        let (store, series, took) = (self.store, self.reports.len(), self.took.as_secs_f64());
        writeln!(
            f,
            "Archive {store}: {rows} rows of {series} series, {files} files, {bytes}; this run took {took:.1} s"
        )?;
        let mut line = |columns: [&str; 9]| {
            let [
                symbol,
                timeframe,
                pages,
                new,
                rows,
                rejected,
                missing,
                files,
                bytes,
            ] = columns;
            writeln!(
                f,
                "  {symbol:<12} {timeframe:>9} {pages:>6} {new:>6} {rows:>10} {rejected:>8} {missing:>8} {files:>6} {bytes:>10}"
            )
        };
        line([
            "symbol",
            "timeframe",
            "pages",
            "new",
            "rows",
            "rejected",
            "missing",
            "files",
            "size",
        ])?;
        for Report {
            series,
            fetched,
            archived,
            ..
        } in self.reports
        {
            line([
                series.symbol.as_str(),
                series.timeframe.as_str(),
                &grouped(archived.pages),
                &fetched.to_string(),
                &grouped(archived.derived.rows),
                &grouped(archived.derived.rejects.values().sum()),
                &grouped(archived.derived.missing),
                &grouped(archived.files),
                &size(archived.bytes),
            ])?;
        }
        Ok(())
    }

    /// What became of the rows.
    fn rows(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = Derived::default();
        for report in self.reports {
            all.add(&report.archived.derived);
        }
        let reasons: Vec<String> = all
            .rejects
            .iter()
            .map(|(reason, count)| format!("{count} {reason}"))
            .collect();
        let rejected = if reasons.is_empty() {
            "none".to_owned()
        } else {
            reasons.join(", ")
        };
        let raw = grouped(all.raw_rows);
        let (missing, gaps) = (
            count(all.missing, "bar", "bars"),
            count(all.gaps, "gap", "gaps"),
        );
        let store = self.store;
        writeln!(
            f,
            "Rows: {raw} received; rejected: {rejected}; {missing} missing in {gaps} (see {store}/rejects)"
        )
    }

    /// What it took to get them.
    fn requests(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Account {
            requests,
            retries,
            rate_limit_waits,
            waited,
            ..
        } = self.account;
        let served = self.served.map_or(String::new(), |served| {
            format!(" ({served} seen by the exchange)")
        });
        let (used, limit) = (
            grouped(self.account.used_weight.into()),
            grouped(self.account.weight_limit.into()),
        );
        let waited = waited.as_secs_f64();
        let retries = count(retries, "retry", "retries");
        let waits = count(rate_limit_waits, "rate-limit wait", "rate-limit waits");
        writeln!(
            f,
            "Requests: {requests}{served}; {retries}; {waits}, {waited:.1} s; \
             used weight {used} of {limit}"
        )
    }

    /// What went wrong, and what to do next.
    fn end(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
        let pages = count(left as u64, "page", "pages");
        let planned: usize = self.reports.iter().map(|report| report.planned).sum();
        if self.interrupted {
            writeln!(
                f,
                "Interrupted with {pages} to go. Run the same command again to resume."
            )
        } else if left > 0 {
            writeln!(f, "Still to fetch: {pages}. Run the same command again.")
        } else if planned == 0 {
            writeln!(f, "Everything was there already; --fresh fetches it anew.")
        } else {
            Ok(())
        }
    }
}

/// `1 page`, `2 pages`.
pub(crate) fn count(number: u64, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        grouped(number),
        if number == 1 { one } else { many }
    )
}

/// `12345` as `12,345`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
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
