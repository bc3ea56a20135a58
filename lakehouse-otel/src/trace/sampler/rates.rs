//! Rates: by type of operation, by environment, by callsite, under load.

use super::decision::{LEVELS, OperationRule};
use super::{OperationSampling, Threshold, Traits};
use crate::config::SamplingConfig;
use crate::schema::OperationType;

/// At so many records an ingestion has its full rate.
const FULL_RATE_RECORDS: f64 = 10_000.0;

/// The rates that hold in one environment.
#[derive(Clone, Debug)]
pub(super) struct Rates {
    config: SamplingConfig,
    /// No rate is below this one, whatever is configured.
    least: f64,
    /// What an operation without a rate has where it has no parent.
    root: f64,
}

impl Rates {
    pub(super) fn new(config: &SamplingConfig, environment: &str) -> Self {
        let is = |name: &str| environment.eq_ignore_ascii_case(name);
        let (least, root) = if is("local") || is("development") || is("test") {
            (1.0, 1.0)
        } else if is("staging") {
            (0.5, 0.5)
        } else {
            (0.0, 0.1)
        };
        Self {
            config: *config,
            least,
            root: config.root.unwrap_or(root).max(least),
        }
    }

    /// What holds for a callsite: high priority over a rate of its own, over high volume, over its type.
    pub(super) fn of(&self, traits: Traits) -> OperationSampling {
        use OperationType::{ApiCall, Ingestion, Storage, WorkflowExecution};

        if traits.high_priority {
            return OperationSampling {
                rule: OperationRule::Kept,
                thresholds: [Threshold::ALWAYS; LEVELS],
                is_thinned: false,
            };
        }
        let high_volume = traits.high_volume.then_some(self.config.high_volume);
        let by_type = || match traits.operation? {
            WorkflowExecution => Some(self.config.workflow),
            ApiCall => Some(self.config.api_call),
            Storage => Some(self.config.storage),
            Ingestion => Some(self.config.ingestion),
            _ => None,
        };
        let own = traits.sample.or(high_volume);
        match own.or_else(by_type) {
            Some(rate) => OperationSampling {
                rule: OperationRule::Rate,
                thresholds: self.under_load(rate.max(self.least)),
                is_thinned: own.is_none() && traits.operation == Some(Ingestion),
            },
            None => OperationSampling {
                rule: OperationRule::Follows,
                thresholds: self.under_load(self.root),
                is_thinned: false,
            },
        }
    }

    /// What an ingestion of so many records is thinned to when it ends.
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts that large are past the full rate"
    )]
    pub(super) fn ingestion(&self, records: u64) -> Threshold {
        let full = self.config.ingestion.max(self.least);
        let least = self.config.ingestion_minimum.max(self.least).min(full);
        let share = records as f64 / FULL_RATE_RECORDS;
        Threshold::from_probability((full * share).clamp(least, full))
    }

    /// Whether everything is kept, also under load.
    pub(super) fn keeps_all(&self) -> bool {
        self.least >= 1.0
    }

    /// The thresholds of a rate, half the rate at each level, and never below the floor but where it began there, nor below
    /// what the environment allows.
    fn under_load(&self, rate: f64) -> [Threshold; LEVELS] {
        let floor = self.config.floor.min(rate).max(self.least);
        let mut scaled = rate;
        std::array::from_fn(|_| {
            let threshold = Threshold::from_probability(scaled.max(floor));
            scaled /= 2.0;
            threshold
        })
    }
}
