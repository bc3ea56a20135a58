//! The account that must close: what was created is exported, rejected, failed, dropped or queued.

use std::fmt;

/// What became of everything that telemetry made, at one moment.
///
/// For each [`Account`] `created` is the sum of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ledger {
    /// The sampled spans that ended, and at the shutdown those that had not.
    pub spans: Account,
    /// The metrics' data points, over all exporters, each as often as it was collected for an export or a
    /// scrape.
    pub data_points: Account,
}

/// What became of the items of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// How many there were.
    pub created: u64,
    /// Taken by the backend, or printed by the console.
    pub exported: u64,
    /// Sent, and refused by a backend that took the rest of the same export.
    pub rejected: u64,
    /// In exports that failed: nobody there, no answer in time, an error as the answer.
    pub failed: u64,
    /// Never sent.
    pub dropped: Dropped,
    /// Waiting, or in an export under way.
    pub queued: u64,
}

/// Why items were never sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dropped {
    /// The queue was full.
    pub queue_full: u64,
    /// There were more than `OTEL_MAX_SPANS_PER_SECOND`.
    pub over_cap: u64,
    /// Failed operations that were not sampled, beyond `OTEL_MAX_ERROR_SPANS_PER_SECOND`.
    pub over_error_budget: u64,
    /// They came after the shutdown.
    pub after_shutdown: u64,
    /// The shutdown's time was over before their turn, or before their export was answered.
    pub unsent_at_shutdown: u64,
    /// They had not ended at the shutdown: what they did from then on is nobody's to see.
    pub unended_at_shutdown: u64,
}

impl Dropped {
    /// For whatever reason.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.queue_full
            + self.over_cap
            + self.over_error_budget
            + self.after_shutdown
            + self.unsent_at_shutdown
            + self.unended_at_shutdown
    }
}

impl Account {
    /// Adds what another account holds.
    #[cfg(feature = "enabled")]
    pub(crate) fn add(&mut self, other: &Self) {
        self.created += other.created;
        self.exported += other.exported;
        self.rejected += other.rejected;
        self.failed += other.failed;
        self.queued += other.queued;
        self.dropped.queue_full += other.dropped.queue_full;
        self.dropped.over_cap += other.dropped.over_cap;
        self.dropped.over_error_budget += other.dropped.over_error_budget;
        self.dropped.after_shutdown += other.dropped.after_shutdown;
        self.dropped.unsent_at_shutdown += other.dropped.unsent_at_shutdown;
        self.dropped.unended_at_shutdown += other.dropped.unended_at_shutdown;
    }

    /// Whether everything is accounted for. A ledger for which it is not is a bug in this crate.
    #[must_use]
    pub const fn closes(&self) -> bool {
        self.created
            == self.exported + self.rejected + self.failed + self.dropped.total() + self.queued
    }

    /// How many were to arrive and will not: all that is [`lost`](Self::lost), but for what a cap or a
    /// budget was told to leave out.
    #[must_use]
    pub const fn undelivered(&self) -> u64 {
        self.lost() - self.dropped.over_cap - self.dropped.over_error_budget
    }

    /// How many will not arrive: rejected, failed and dropped.
    #[must_use]
    pub const fn lost(&self) -> u64 {
        self.rejected + self.failed + self.dropped.total()
    }
}

impl Ledger {
    /// Whether both accounts close.
    #[must_use]
    pub const fn closes(&self) -> bool {
        self.spans.closes() && self.data_points.closes()
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "spans        {}", self.spans)?;
        write!(f, "data points  {}", self.data_points)
    }
}

/// `412 created: 400 exported, 12 failed`; what is zero is left out.
impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} created: {} exported", self.created, self.exported)?;
        let rest = [
            (self.rejected, "rejected by the backend"),
            (self.failed, "failed to export"),
            (self.dropped.queue_full, "dropped (queue full)"),
            (self.dropped.over_cap, "dropped (over the cap)"),
            (
                self.dropped.over_error_budget,
                "dropped (over the error budget)",
            ),
            (self.dropped.after_shutdown, "dropped (after shutdown)"),
            (
                self.dropped.unsent_at_shutdown,
                "dropped (unsent at shutdown)",
            ),
            (
                self.dropped.unended_at_shutdown,
                "dropped (not ended at shutdown)",
            ),
            (self.queued, "queued"),
        ];
        for (count, what) in rest {
            if count > 0 {
                write!(f, ", {count} {what}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_well() {
        let spans = Account {
            created: 7,
            exported: 4,
            failed: 3,
            ..Account::default()
        };
        let ledger = Ledger {
            spans,
            ..Ledger::default()
        };
        assert!(ledger.closes());
        assert_eq!(
            ledger.to_string(),
            "spans        7 created: 4 exported, 3 failed to export\ndata points  0 created: 0 exported"
        );
    }
}
