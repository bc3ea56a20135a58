//! The program's own account of what it recorded.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// What was recorded, by the metric's name.
#[derive(Debug, Default)]
pub(crate) struct Book {
    /// What counters and updowncounters add up to, by outcome (or nothing).
    sums: BTreeMap<(&'static str, &'static str), f64>,
    /// The last value of each series of a gauge.
    levels: BTreeMap<(&'static str, String), f64>,
    /// The values in each histogram.
    values: BTreeMap<&'static str, Vec<f64>>,
}

impl Book {
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
        json!({ "sums": sums, "levels": levels, "values": self.values })
    }
}
