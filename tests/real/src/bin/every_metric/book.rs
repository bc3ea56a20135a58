//! The program's own account of what it recorded.

use std::collections::BTreeMap;

use lakehouse_otel::schema::OperationType;
use serde_json::{Value, json};

/// What was recorded, by the metric's name, and which operations ended.
#[derive(Debug, Default)]
pub(crate) struct Book {
    /// How many operations ended how, by their type.
    ended: BTreeMap<&'static str, BTreeMap<&'static str, u64>>,
    /// What counters and updowncounters add up to, by outcome (or nothing).
    sums: BTreeMap<(&'static str, &'static str), f64>,
    /// The last value of each series of a gauge.
    levels: BTreeMap<(&'static str, String), f64>,
    /// The values in each histogram.
    values: BTreeMap<&'static str, Vec<f64>>,
}

impl Book {
    pub(crate) fn end(&mut self, of: OperationType, outcome: &'static str) {
        let by_outcome = self.ended.entry(of.as_str()).or_default();
        *by_outcome.entry(outcome).or_default() += 1;
    }

    pub(crate) fn add(&mut self, metric: &'static str, amount: f64) {
        self.add_with(metric, "", amount);
    }

    pub(crate) fn add_with(&mut self, metric: &'static str, outcome: &'static str, amount: f64) {
        *self.sums.entry((metric, outcome)).or_default() += amount;
    }

    pub(crate) fn set(&mut self, metric: &'static str, series: impl Into<String>, level: f64) {
        self.levels.insert((metric, series.into()), level);
    }

    pub(crate) fn record(&mut self, metric: &'static str, value: f64) {
        self.values.entry(metric).or_default().push(value);
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut sums: BTreeMap<_, BTreeMap<_, f64>> = BTreeMap::new();
        for ((metric, outcome), sum) in &self.sums {
            sums.entry(metric).or_default().insert(outcome, *sum);
        }
        let mut levels: BTreeMap<_, f64> = BTreeMap::new();
        for ((metric, _), level) in &self.levels {
            *levels.entry(metric).or_default() += level;
        }
        json!({ "ended": self.ended, "sums": sums, "levels": levels, "values": self.values })
    }
}
