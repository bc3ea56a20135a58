//! What became of the spans that left the queue.

use crate::export::Account;

/// What became of what left the queue.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Given to the exporter, whatever came of it.
    pub(super) given: u64,
    pub(super) exported: u64,
    pub(super) rejected: u64,
    pub(super) failed: u64,
    pub(super) over_cap: u64,
    /// Written off at the shutdown, before their turn.
    unsent: u64,
    /// Written off at the shutdown, while the exporter had them.
    unanswered: u64,
    abandoned: bool,
    pub(super) last_error: Option<String>,
}

/// How the spans stand at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flow {
    pub(crate) account: Account,
    /// Given to the exporter, whatever came of it.
    pub(crate) given: u64,
    /// Of these, those that the exporter is not done with.
    pub(crate) in_flight: u64,
    /// Of these, those that were written off at the shutdown.
    pub(crate) unanswered: u64,
}

impl Outcome {
    pub(super) fn give(&mut self, spans: u64) {
        // What was written off before is not counted again.
        if !self.abandoned {
            self.given += spans;
        }
    }

    fn in_flight(&self) -> u64 {
        self.given - self.exported - self.rejected - self.failed - self.unanswered
    }

    /// Gives up on so many spans, in the queue and with the exporter.
    pub(super) fn abandon(&mut self, left: u64) {
        let in_flight = self.in_flight();
        self.unanswered += in_flight;
        self.unsent += left.saturating_sub(in_flight);
        self.abandoned = true;
    }

    pub(super) fn flow(&self) -> Flow {
        let mut account = Account {
            exported: self.exported,
            rejected: self.rejected,
            failed: self.failed,
            ..Account::default()
        };
        account.dropped.unsent_at_shutdown = self.unsent + self.unanswered;
        account.dropped.over_cap = self.over_cap;
        Flow {
            account,
            given: self.given,
            in_flight: self.in_flight(),
            unanswered: self.unanswered,
        }
    }
}
