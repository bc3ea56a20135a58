//! The series of one callsite whose labels are known with each call only.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use smallvec::SmallVec;

use super::{Label, Series};
use crate::metrics::labels::{Cache, ERROR_TYPE, Key, OTHER_ERROR};
use crate::metrics::table::OPTED_IN_SERIES;
use crate::metrics::typed::Given;
use crate::schema::{OperationDefinition, Outcome};

/// How many series are kept for calls to come: as many as a metric has with an opted-in label, and some.
const KEPT: usize = OPTED_IN_SERIES + 1_024;

/// Series by their labels. One that is there is found without an allocation.
#[derive(Debug)]
pub(super) struct Labelled {
    definition: &'static OperationDefinition,
    series: RwLock<Cache<Arc<Series>>>,
    seen: RwLock<Seen>,
}

/// What tells a series from others: outcome, type of error, then each label's key and value.
pub(super) struct Labels<'a>(SmallVec<[Given<'a>; 12]>);

/// The values that each key has had, but for those that there are only so many of.
#[derive(Debug, Default)]
struct Seen(HashMap<&'static str, HashSet<Box<str>>>);

impl Labelled {
    pub(super) fn new(definition: &'static OperationDefinition) -> Self {
        Self {
            definition,
            series: RwLock::new(Cache::new(KEPT)),
            seen: RwLock::default(),
        }
    }

    /// The series with these labels; `make` makes it, where it is not there.
    pub(super) fn get_or_make(
        &self,
        labels: Labels<'_>,
        make: impl FnOnce(&Labels<'_>) -> Series,
    ) -> Arc<Series> {
        if let Some(series) = self.get(&labels) {
            return series;
        }
        let labels = self.fold(labels);
        if let Some(series) = self.get(&labels) {
            return series;
        }
        let mut kept = self.series.write().unwrap_or_else(PoisonError::into_inner);
        let key = Key::new(&labels.0);
        if let Some(series) = kept.get(&key) {
            return Arc::clone(series);
        }
        let series = Arc::new(make(&labels));
        kept.insert(&key, Arc::clone(&series));
        series
    }

    /// How many values the label with this key has here: as many as the metric that tells most of them apart.
    pub(super) fn bound(&self, key: &str) -> usize {
        let metrics = self.definition.metrics.iter();
        let attributes = metrics.flat_map(|metric| metric.definition.attributes);
        let bounds = attributes
            .filter(|attribute| attribute.key == key)
            .filter_map(|attribute| attribute.values);
        bounds.max().unwrap_or(0)
    }

    fn get(&self, labels: &Labels<'_>) -> Option<Arc<Series>> {
        let kept = self.series.read().unwrap_or_else(PoisonError::into_inner);
        kept.get(&Key::new(&labels.0)).map(Arc::clone)
    }

    /// The labels, with values past their bounds folded.
    fn fold<'a>(&self, mut labels: Labels<'a>) -> Labels<'a> {
        let is_known = {
            let seen = self.seen.read().unwrap_or_else(PoisonError::into_inner);
            let mut texts = labels.texts();
            texts.all(|(key, text)| !seen.is_new(key, text, self.bound(key)))
        };
        if !is_known {
            let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
            for (key, text) in labels.texts() {
                seen.admit(key, text, self.bound(key));
            }
        }
        let seen = self.seen.read().unwrap_or_else(PoisonError::into_inner);
        labels.fold(&seen);
        labels
    }
}

impl<'a> Labels<'a> {
    pub(super) fn new(
        outcome: Option<Outcome>,
        error_type: Option<&'a str>,
        labels: &'a [Label],
    ) -> Self {
        let outcome = outcome.map_or(Given::Nothing, |outcome| Given::Constant(outcome.as_str()));
        let error_type = error_type.map_or(Given::Nothing, |it| Given::Text(it.into()));
        let mut all = SmallVec::from_iter([outcome, error_type]);
        for (key, value) in labels {
            all.push(Given::Constant(key));
            all.push(match (value.as_fixed(), value.as_text()) {
                (Some(text), _) => Given::Constant(text),
                (None, Some(text)) => Given::Text(text.into()),
                (None, None) => Given::Nothing,
            });
        }
        Self(all)
    }

    pub(super) fn error_type(&self) -> Option<&str> {
        self.0[1].as_str()
    }

    /// The value of the label with this key.
    pub(super) fn label(&self, key: &str) -> Option<&Given<'a>> {
        let pairs = self.0[2..].chunks_exact(2);
        let mut found = pairs.filter(|pair| pair[0].as_str() == Some(key));
        found.next().map(|pair| &pair[1])
    }

    /// The keys that are on a metric only where a call asks for them, and have members as their values.
    pub(super) fn opted_in_members(&self, definition: &OperationDefinition) -> Box<[&'static str]> {
        let metrics = definition.metrics.iter();
        let attributes = metrics.flat_map(|metric| metric.definition.attributes);
        let opted_in = attributes.filter(|attribute| attribute.opt_in);
        opted_in
            .map(|attribute| attribute.key)
            .filter(|key| matches!(self.label(key), Some(Given::Constant(_))))
            .collect()
    }

    /// The values that may be any, with their keys.
    fn texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        (1..self.0.len()).filter_map(|index| match &self.0[index] {
            Given::Text(text) => Some((self.key_of(index)?, &**text)),
            _ => None,
        })
    }

    fn key_of(&self, index: usize) -> Option<&'static str> {
        match (index, &self.0[index - 1]) {
            (1, _) => Some(ERROR_TYPE),
            (_, Given::Constant(key)) => Some(key),
            _ => None,
        }
    }

    fn fold(&mut self, seen: &Seen) {
        for index in 1..self.0.len() {
            let (Some(key), Given::Text(text)) = (self.key_of(index), &self.0[index]) else {
                continue;
            };
            if !seen.has(key, text) {
                self.0[index] = if key == ERROR_TYPE {
                    Given::Constant(OTHER_ERROR)
                } else {
                    Given::Folded
                };
            }
        }
    }
}

impl Seen {
    fn has(&self, key: &str, text: &str) -> bool {
        self.0.get(key).is_some_and(|values| values.contains(text))
    }

    /// Whether there is room for this value, which was not there before.
    fn is_new(&self, key: &str, text: &str, bound: usize) -> bool {
        match self.0.get(key) {
            Some(values) => values.len() < bound && !values.contains(text),
            None => bound > 0,
        }
    }

    fn admit(&mut self, key: &'static str, text: &str, bound: usize) {
        if self.is_new(key, text, bound) {
            self.0.entry(key).or_default().insert(Box::from(text));
        }
    }
}
