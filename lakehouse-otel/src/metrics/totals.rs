//! What observable counters observed, as sums that only grow.
//!
//! The SDK subtracts what a counter said before from what it says now, and forgets a series that was not observed: one
//! that went back would be a difference below zero, and one that was away would be counted again. So it is handed:
//!
//! | a series | cumulative | delta |
//! |---|---|---|
//! | whose value is not below the one before | grows by the difference | the difference |
//! | whose value is below the one before: it restarted | grows by the new value, as Prometheus' `increase` has it | the new value |
//! | that was away, and is observed again | as if it had not been away | what came since it was last observed |
//! | whose value is below 0, or no finite number | is not observed | is not observed |
//!
//! Of the series that are away, [`REMEMBERED`] are; one that was forgotten and comes back begins anew.

use std::collections::HashMap;

use opentelemetry::KeyValue;
use opentelemetry_sdk::metrics::Temporality;

/// A value, and the attributes of its series.
pub(super) type Value<T> = (T, Vec<KeyValue>);

/// So many series that are not observed any more are remembered, those that were last observed: as many as the SDK has
/// room for where nothing else is said.
pub(super) const REMEMBERED: usize = 2_000;

/// A number that a counter can have.
pub(crate) trait Amount: Copy + Default + PartialOrd + Send + Sync + 'static {
    /// Whether it can be a sum of what is never below zero.
    fn is_sum(self) -> bool;
    fn plus(self, other: Self) -> Self;
    /// Less another that is not greater.
    fn less(self, other: Self) -> Self;
}

macro_rules! integers {
    ($($integer:ty)+) => {$(
        impl Amount for $integer {
            fn is_sum(self) -> bool {
                self >= Self::default()
            }

            fn plus(self, other: Self) -> Self {
                self.saturating_add(other)
            }

            fn less(self, other: Self) -> Self {
                self.saturating_sub(other)
            }
        }
    )+};
}

integers! { u64 i64 }

impl Amount for f64 {
    fn is_sum(self) -> bool {
        self.is_finite() && self >= 0.0
    }

    fn plus(self, other: Self) -> Self {
        // A sum that is not finite would be observed no more.
        (self + other).min(Self::MAX)
    }

    fn less(self, other: Self) -> Self {
        self - other
    }
}

/// The series of one counter.
#[derive(Debug)]
pub(super) struct Totals<T> {
    /// How often there was a collection, in whatever temporality.
    collections: u64,
    /// The last collection in each temporality.
    last: Vec<(Temporality, u64)>,
    series: HashMap<Vec<KeyValue>, Series<T>>,
}

#[derive(Debug, Default)]
struct Series<T> {
    /// What it counted before it last restarted.
    before: T,
    /// What was observed last.
    value: T,
    /// The collection in which it was.
    observed: u64,
    /// The last collection in which it was told as a delta, and what it had counted by then.
    told: u64,
    told_total: T,
    /// What it had counted when the SDK last forgot it.
    forgotten: T,
}

impl<T> Default for Totals<T> {
    fn default() -> Self {
        Self {
            collections: 0,
            last: Vec::new(),
            series: HashMap::new(),
        }
    }
}

impl<T: Amount> Totals<T> {
    /// Takes what is observed in a collection in this temporality; what the SDK is to be handed in it.
    ///
    /// Each reader of the SDK's hands what it is handed on to the others. What they were handed since the last
    /// collection in this temporality is therefore handed on again, as it stands in this one.
    pub(super) fn take(&mut self, temporality: Temporality, values: &[Value<T>]) -> Vec<Value<T>> {
        self.collections += 1;
        let now = self.collections;
        // Of a series that is observed twice the SDK takes the last value.
        let mut order = Vec::new();
        let mut latest = HashMap::new();
        for (value, attributes) in values.iter().filter(|(value, _)| value.is_sum()) {
            let attributes = sorted(attributes);
            if latest.insert(attributes.clone(), *value).is_none() {
                order.push(attributes);
            }
        }
        for (attributes, value) in latest {
            let series = self.series.entry(attributes).or_default();
            if value < series.value {
                series.before = series.total();
            }
            series.value = value;
            series.observed = now;
        }
        let last = self.collected(temporality);
        let gone = self
            .series
            .iter()
            .filter(|(_, series)| (last + 1..now).contains(&series.observed))
            .map(|(attributes, _)| attributes.clone());
        let mut told: Vec<_> = gone.collect();
        told.append(&mut order);
        let told = told
            .into_iter()
            .filter_map(|attributes| {
                let series = self.series.get_mut(&attributes)?;
                let value = match temporality {
                    Temporality::Delta => series.tell(last, now),
                    _ => series.total(),
                };
                Some((value, attributes))
            })
            .collect();
        self.forget();
        told
    }

    /// Notes this collection; the number of the one before in this temporality.
    fn collected(&mut self, temporality: Temporality) -> u64 {
        let mut last = self.last.iter_mut();
        if let Some((_, last)) = last.find(|(of, _)| *of == temporality) {
            return std::mem::replace(last, self.collections);
        }
        self.last.push((temporality, self.collections));
        0
    }

    /// Forgets the series that are away for the longest, where there are too many.
    fn forget(&mut self) {
        let observed = self.series.values().map(|series| series.observed);
        let away = observed.filter(|observed| *observed < self.collections);
        let mut away: Vec<_> = away.collect();
        if let Some(surplus) = away.len().checked_sub(REMEMBERED + 1) {
            let (_, &mut newest, _) = away.select_nth_unstable(surplus);
            self.series.retain(|_, series| series.observed > newest);
        }
    }
}

impl<T: Amount> Series<T> {
    fn total(&self) -> T {
        self.before.plus(self.value)
    }

    /// What the SDK is to be handed so that what it says is what came since the collection in which it was last told.
    fn tell(&mut self, last: u64, now: u64) -> T {
        if self.told < last {
            self.forgotten = self.told_total;
        }
        self.told = now;
        self.told_total = self.total();
        self.told_total.less(self.forgotten)
    }
}

/// As the SDK has them.
pub(super) fn sorted(attributes: &[KeyValue]) -> Vec<KeyValue> {
    let mut sorted = attributes.to_vec();
    sorted.sort_by(|a, b| a.key.cmp(&b.key));
    sorted.dedup_by(|a, b| a.key == b.key);
    sorted
}

#[cfg(test)]
mod tests {
    use super::{Amount, KeyValue, REMEMBERED, Temporality, Totals, Value};
    use Temporality::{Cumulative, Delta};

    fn of<T>(name: &str, value: T) -> Value<T> {
        (value, vec![KeyValue::new("of", name.to_owned())])
    }

    /// What is handed on of these values of one series.
    fn told<T: Amount>(temporality: Temporality, values: &[T]) -> Vec<T> {
        let mut totals = Totals::default();
        let tell = |value: &T| totals.take(temporality, &[of("a", *value)]);
        let told = values.iter().flat_map(tell);
        told.map(|(value, _)| value).collect()
    }

    #[test]
    fn a_counter_that_restarted_goes_on() {
        for temporality in [Cumulative, Delta] {
            assert_eq!(
                told(temporality, &[10_u64, 4, 6, 6, 1]),
                [10, 14, 16, 16, 17]
            );
            assert_eq!(told(temporality, &[2.5, 1.5, 2.0]), [2.5, 4.0, 4.5]);
        }
    }

    #[test]
    fn sums_end_at_the_greatest_number() {
        assert_eq!(told(Delta, &[u64::MAX, 1, 2]), [u64::MAX; 3]);
        assert_eq!(told(Delta, &[f64::MAX, 1e300]), [f64::MAX; 2]);
    }

    #[test]
    fn what_is_no_sum_is_not_observed() {
        assert_eq!(told(Delta, &[1.0, f64::NAN, -1.0, 3.0]), [1.0, 3.0 - 1.0]);
        let told = told(Cumulative, &[1.0, f64::INFINITY, 3.0]);
        assert_eq!(told, [1.0, 3.0]);
    }

    #[test]
    fn a_series_that_was_away_is_not_counted_again() {
        let mut totals = Totals::default();
        assert_eq!(totals.take(Delta, &[of("a", 10_u64)]), [of("a", 10)]);
        assert_eq!(totals.take(Delta, &[]), []);
        // The SDK has forgotten the 10.
        assert_eq!(totals.take(Delta, &[of("a", 12)]), [of("a", 2)]);
        assert_eq!(totals.take(Delta, &[of("a", 13)]), [of("a", 3)]);
        assert_eq!(totals.take(Cumulative, &[of("a", 14)]), [of("a", 14)]);
    }

    #[test]
    fn what_was_handed_on_in_another_temporality_is_told_in_this_one() {
        let mut totals = Totals::default();
        totals.take(Delta, &[of("a", 10_u64)]);
        totals.take(Delta, &[]);
        totals.take(Delta, &[of("a", 12)]);
        // The SDK handed the 2 on to the other reader.
        assert_eq!(totals.take(Cumulative, &[]), [of("a", 12)]);
        assert_eq!(totals.take(Cumulative, &[]), []);
    }

    #[test]
    fn the_order_of_attributes_makes_no_other_series() {
        let (a, b) = (KeyValue::new("a", 1), KeyValue::new("b", 2));
        let mut totals = Totals::default();
        totals.take(Delta, &[(5_u64, vec![a.clone(), b.clone()])]);
        let told = totals.take(Delta, &[(4, vec![b, a])]);
        assert_eq!(told[0].0, 9);
    }

    #[test]
    fn of_what_is_away_so_much_is_remembered() {
        let mut totals = Totals::default();
        for name in 0..REMEMBERED + 10 {
            totals.take(Delta, &[of(&name.to_string(), 5_u64)]);
        }
        // The one that is observed, and those that were.
        assert_eq!(totals.series.len(), REMEMBERED + 1);
        assert_eq!(totals.take(Delta, &[of("0", 6)]), [of("0", 6)]);
    }
}
