//! The series of observed sums that a view or a limit makes one.
//!
//! Where several observed series become one, because a view keeps only some of their attributes or because there are more of
//! them than the limit, the SDK keeps the value that came last. That is not their sum, and as a difference it may be
//! below zero, after which the SDK would collect nothing ever again. So they are added up before it sees them:
//!
//! | what is observed | the series that several become |
//! |---|---|
//! | a counter | grows by what each of them grows, also past the end of one |
//! | an updowncounter | the sum of those that are observed now |

use std::collections::HashMap;

use opentelemetry::{Key, KeyValue};

use super::table::OVERFLOW;
use super::totals::{Amount, REMEMBERED, Value, sorted};

/// Which series of an instrument become one.
#[derive(Debug, Default)]
pub(super) struct Fold {
    /// The attributes that they keep; all of them where there are none.
    keys: Option<Vec<Key>>,
    /// How many there are before further ones share one.
    limit: usize,
}

impl Fold {
    pub(super) fn new(keys: Option<Vec<Key>>, limit: usize) -> Self {
        Self { keys, limit }
    }
}

/// The series of one instrument.
#[derive(Debug)]
pub(super) struct Folded<T> {
    fold: Fold,
    /// Those that have a series of their own, or of their kept attributes, and in which collection they were last observed.
    admitted: HashMap<Vec<KeyValue>, u64>,
    /// What each counter was when it was last observed, and in which collection.
    observed: HashMap<Vec<KeyValue>, (T, u64)>,
    /// What counters have become.
    totals: HashMap<Vec<KeyValue>, T>,
    collections: u64,
}

impl<T: Amount> Folded<T> {
    pub(super) fn new(fold: Fold) -> Self {
        Self {
            fold,
            admitted: HashMap::new(),
            observed: HashMap::new(),
            totals: HashMap::new(),
            collections: 0,
        }
    }

    /// The totals of the series of a counter of which these values were observed.
    pub(super) fn counters(&mut self, values: &[Value<T>]) -> Vec<Value<T>> {
        self.collections += 1;
        let now = self.collections;
        let mut told = Vec::new();
        for (attributes, value) in last_of_each(values) {
            if !value.is_sum() {
                continue;
            }
            let series = self.series(&attributes);
            let (before, _) = self
                .observed
                .insert(attributes, (value, now))
                .unwrap_or_default();
            // One that is below what it was has restarted.
            let grown = if value < before {
                value
            } else {
                value.less(before)
            };
            let total = self.totals.entry(series.clone()).or_default();
            *total = total.plus(grown);
            if !told.contains(&series) {
                told.push(series);
            }
        }
        if self.observed.len() > told.len() + 2 * REMEMBERED {
            self.forget(now);
        }
        let total = |series| {
            (
                self.totals.get(&series).copied().unwrap_or_default(),
                series,
            )
        };
        told.into_iter().map(total).collect()
    }

    /// The sums of the series of an updowncounter of which these values were observed.
    pub(super) fn sums(&mut self, values: &[Value<T>]) -> Vec<Value<T>> {
        self.collections += 1;
        let mut told: Vec<Value<T>> = Vec::new();
        for (attributes, value) in last_of_each(values) {
            let series = self.series(&attributes);
            match told.iter_mut().find(|(_, of)| *of == series) {
                Some((sum, _)) => *sum = sum.plus(value),
                None => told.push((value, series)),
            }
        }
        told
    }

    /// The series that one with these attributes is a part of.
    fn series(&mut self, attributes: &[KeyValue]) -> Vec<KeyValue> {
        let keys = self.fold.keys.as_ref();
        let kept = attributes
            .iter()
            .filter(|attribute| keys.is_none_or(|keys| keys.contains(&attribute.key)));
        let kept: Vec<_> = kept.cloned().collect();
        let now = self.collections;
        if let Some(observed) = self.admitted.get_mut(&kept) {
            *observed = now;
            return kept;
        }
        if self.admitted.len() >= self.fold.limit {
            // Who is gone takes no place: of network interfaces, say, that come and go.
            self.admitted.retain(|_, observed| *observed + 1 >= now);
        }
        if self.admitted.len() < self.fold.limit {
            self.admitted.insert(kept.clone(), now);
            return kept;
        }
        vec![KeyValue::new(OVERFLOW, true)]
    }

    /// Forgets those that have been away for longest.
    fn forget(&mut self, now: u64) {
        let away = self.observed.values().map(|(_, observed)| *observed);
        let mut away: Vec<_> = away.filter(|observed| *observed < now).collect();
        if away.len() > REMEMBERED {
            let (_, oldest, _) =
                away.select_nth_unstable_by(REMEMBERED, |one, other| other.cmp(one));
            let oldest = *oldest;
            self.observed.retain(|_, (_, observed)| *observed > oldest);
        }
    }
}

/// In the order in which they came; of a series that is observed twice the last value stands.
fn last_of_each<T: Amount>(values: &[Value<T>]) -> Vec<(Vec<KeyValue>, T)> {
    let mut places = HashMap::new();
    let mut last: Vec<(Vec<KeyValue>, T)> = Vec::new();
    for (value, attributes) in values {
        let attributes = sorted(attributes);
        if let Some(place) = places.get(&attributes) {
            last[*place] = (attributes, *value);
        } else {
            places.insert(attributes.clone(), last.len());
            last.push((attributes, *value));
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of<T>(name: &'static str, value: T) -> Value<T> {
        let attributes = vec![KeyValue::new("of", name), KeyValue::new("kind", "test")];
        (value, attributes)
    }

    fn one<T: Amount>() -> Folded<T> {
        Folded::new(Fold::new(Some(vec![Key::new("kind")]), 10))
    }

    fn values<T: Amount>(told: &[Value<T>]) -> Vec<T> {
        told.iter().map(|(value, _)| *value).collect()
    }

    #[test]
    fn counters_that_become_one_are_added_up_and_never_shrink() {
        let mut folded = one::<u64>();
        assert_eq!(values(&folded.counters(&[of("a", 10)])), [10]);
        assert_eq!(values(&folded.counters(&[of("a", 10), of("b", 5)])), [15]);
        // One goes, one restarts, one comes back.
        assert_eq!(values(&folded.counters(&[of("b", 6)])), [16]);
        assert_eq!(values(&folded.counters(&[of("b", 2)])), [18]);
        assert_eq!(values(&folded.counters(&[of("a", 11), of("b", 2)])), [19]);
    }

    #[test]
    fn updowncounters_are_the_sum_of_what_is_there() {
        let mut folded = one::<i64>();
        assert_eq!(values(&folded.sums(&[of("a", 10), of("b", -3)])), [7]);
        assert_eq!(values(&folded.sums(&[of("b", -3)])), [-3]);
    }

    #[test]
    fn past_the_limit_they_share_one() {
        let mut folded = Folded::new(Fold::new(None, 2));
        let values = [of("a", 1_u64), of("b", 2), of("c", 3), of("d", 4)];
        let told = folded.counters(&values);
        assert_eq!(told.len(), 3);
        assert_eq!(told[2], (7, vec![KeyValue::new(OVERFLOW, true)]));
        // Who came first stays.
        let told = folded.counters(&[of("d", 5), of("a", 1)]);
        assert_eq!((told[0].0, told[1].0), (8, 1));
    }

    #[test]
    fn who_is_gone_takes_no_place() {
        let mut folded = Folded::new(Fold::new(None, 2));
        folded.counters(&[of("a", 1_u64), of("b", 2)]);
        folded.counters(&[of("b", 2), of("c", 3)]);
        // One that was away once has its place; away for longer it has lost it to one that is there.
        let told = folded.counters(&[of("b", 2), of("c", 4)]);
        assert_eq!(told[1], (1, sorted(&of("c", 0).1)));
        // What comes back has not been counted anew.
        let told = folded.counters(&[of("a", 5), of("b", 2)]);
        assert_eq!(told[0].0, 3 + 4);
    }

    #[test]
    fn who_is_away_is_remembered_while_others_are_observed() {
        let mut folded = one::<u64>();
        folded.counters(&[of("a", 10)]);
        let many: Vec<_> = (0..2 * REMEMBERED + 10)
            .map(|number| (1_u64, vec![KeyValue::new("of", number.to_string())]))
            .collect();
        folded.counters(&many);
        // It has grown by 2, and is not counted anew.
        assert_eq!(values(&folded.counters(&[of("a", 12)])), [12]);
        folded.counters(&[of("b", 1)]);
        assert!(folded.observed.len() <= REMEMBERED + 2);
    }

    #[test]
    fn of_what_is_observed_twice_the_last_value_stands() {
        let mut folded = one::<u64>();
        assert_eq!(values(&folded.counters(&[of("a", 10), of("a", 4)])), [4]);
    }
}
