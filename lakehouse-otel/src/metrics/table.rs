//! The series of one metric under one pipeline: found by their labels, and bounded.
//!
//! A measurement finds its series by its labels, in a map that keeps a copy of them; nothing is allocated for one that
//! is there. The way of a measurement whose labels are new:
//!
//! 1. a label's value past its bound is [folded](super::labels);
//! 2. what is left becomes attributes, in the one order in which the SDK keeps them;
//! 3. a series past the metric's bound shares one that says so.
//!
//! Series that have an opted-in label are in an instrument of their own, under a scope that says so. The SDK reserves
//! memory for as many series as an instrument may have, and only programs that opt in should pay for thousands; and
//! the symbols of one call never take the place of another's series.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, OnceLock, PoisonError, RwLock};

use opentelemetry::KeyValue;
use opentelemetry::metrics::{BoundCounter, Meter};

use super::instruments::{BoundInstrument, Instrument, Number};
use super::labels::{Admitted, Cache, Key, Values};
use super::provider::Limit;
use super::typed::Given;
use crate::schema::MetricDefinition;
use crate::schema::metrics::LAKEHOUSE_METRIC_FOLDED;

/// How many series with an opted-in label one metric has at most.
pub(crate) const OPTED_IN_SERIES: usize = 7_000;

/// What a point says in place of the labels that were folded, as OpenTelemetry has it.
pub(super) const OVERFLOW: &str = "otel.metric.overflow";

/// What a point of a sampled histogram says of itself.
pub(super) const SHARE: &str = "lakehouse.sampling.share";

/// The meters of a pipeline.
#[derive(Clone, Debug)]
pub(crate) struct Meters {
    pub(crate) plain: Meter,
    /// For series with an opted-in label.
    pub(crate) opted_in: Meter,
}

/// The series of one metric.
pub(crate) struct MetricTable {
    definition: &'static MetricDefinition,
    /// What a view has in place of the bounds.
    limit: Option<Limit>,
    meters: Meters,
    plain: OnceLock<Instrument>,
    opted_in: OnceLock<Instrument>,
    /// Counts the measurements that were folded.
    folded: OnceLock<Option<BoundCounter<u64>>>,
    cache: RwLock<Cache<BoundInstrument>>,
    values: RwLock<Values>,
    made: Mutex<Made>,
}

/// The sets of attributes that there are, by their hashes.
#[derive(Debug, Default)]
struct Made {
    plain: Vec<u64>,
    opted_in: Vec<u64>,
}

/// The attributes of a series, as they are bound.
pub(super) struct Attributes {
    /// In the order in which the SDK keeps them: in another it would keep them twice.
    pub(super) sorted: Vec<KeyValue>,
    opted_in: bool,
    folded: bool,
}

/// How many series of its own a metric has at most: its cache keeps as many, so that none takes another's place.
fn series_of(definition: &MetricDefinition) -> usize {
    let mut attributes = definition.attributes.iter();
    let opted_in = attributes.any(|attribute| attribute.opt_in);
    definition.cardinality_limit + if opted_in { OPTED_IN_SERIES } else { 0 }
}

/// What these labels of a metric are on the wire.
pub(super) fn attributes(definition: &MetricDefinition, labels: &[Given<'_>]) -> Attributes {
    let mut attributes = Attributes {
        sorted: Vec::new(),
        opted_in: false,
        folded: false,
    };
    for (label, declared) in labels.iter().zip(definition.attributes) {
        attributes.opted_in |= declared.opt_in && *label != Given::Nothing;
        attributes.folded |= *label == Given::Folded;
        if let Some(value) = label.to_value() {
            attributes.sorted.push(KeyValue::new(declared.key, value));
        }
    }
    if let Some(Given::Share(bits)) = labels.get(definition.attributes.len()) {
        let share = f64::from_bits(*bits);
        attributes.sorted.push(KeyValue::new(SHARE, share));
    }
    if attributes.folded {
        attributes.sorted.push(KeyValue::new(OVERFLOW, true));
    }
    sort(&mut attributes.sorted);
    attributes
}

fn sort(attributes: &mut [KeyValue]) {
    attributes.sort_unstable_by(|one, other| one.key.cmp(&other.key));
}

impl MetricTable {
    pub(super) fn new(
        definition: &'static MetricDefinition,
        limit: Option<Limit>,
        meters: Meters,
    ) -> Self {
        Self {
            definition,
            limit,
            meters,
            plain: OnceLock::new(),
            opted_in: OnceLock::new(),
            folded: OnceLock::new(),
            cache: RwLock::new(Cache::new(series_of(definition))),
            values: RwLock::new(Values::new(definition)),
            made: Mutex::default(),
        }
    }

    /// Records in the series with these labels.
    #[inline]
    pub(crate) fn record(&self, labels: &[Given<'_>], number: Number) {
        let key = Key::new(labels);
        if !self.found(&key, |bound| bound.record(number))
            // One that is left out begins no series.
            && number.is_fit_for(self.definition.instrument)
        {
            self.find(&key, |bound| bound.record(number));
        }
    }

    /// The series with these labels.
    pub(crate) fn bind(&self, labels: &[Given<'_>]) -> BoundInstrument {
        let mut bound = None;
        self.find(&Key::new(labels), |found| bound = Some(found.clone()));
        bound.unwrap_or_else(|| self.instrument(&attributes(self.definition, &[])))
    }

    /// The series with these attributes, in any order. A callsite folded those that are past its own bounds; the
    /// metric's bound holds for those that it opted in, beside what others did, but for the keys with members as values.
    pub(crate) fn bind_attributes(
        &self,
        attributes: &[KeyValue],
        members: &[&str],
    ) -> BoundInstrument {
        let mut sorted = attributes.to_vec();
        let mut folded = sorted.iter().any(|it| it.key.as_str() == OVERFLOW);
        let mut opted_in = false;
        for (place, declared) in self.definition.attributes.iter().enumerate() {
            let at = sorted.iter().position(|it| it.key.as_str() == declared.key);
            if let Some(at) = at.filter(|_| declared.opt_in) {
                opted_in = true;
                if declared.values.is_none() || members.contains(&declared.key) {
                    continue;
                }
                let mut values = self.values.write().unwrap_or_else(PoisonError::into_inner);
                if !values.admit_one(place, &sorted[at].value.as_str()) {
                    sorted.swap_remove(at);
                    if !folded {
                        sorted.push(KeyValue::new(OVERFLOW, true));
                    }
                    folded = true;
                }
            }
        }
        sort(&mut sorted);
        self.instrument(&Attributes {
            sorted,
            opted_in,
            folded,
        })
    }

    /// Hands over the series that the cache has for these labels; whether it has one.
    #[inline]
    fn found(&self, key: &Key<'_, '_>, go_on: impl FnOnce(&BoundInstrument)) -> bool {
        let cache = self.cache.read().unwrap_or_else(PoisonError::into_inner);
        cache.get(key).map(go_on).is_some()
    }

    /// Hands over the series with these labels, which is made where there is none.
    #[cold]
    fn find(&self, key: &Key<'_, '_>, mut go_on: impl FnMut(&BoundInstrument)) {
        // Values that are folded share what the cache has for them.
        let admitted = {
            let values = self.values.read().unwrap_or_else(PoisonError::into_inner);
            values.look_up(key.labels())
        };
        if let Some(Admitted::Folded(labels)) = &admitted
            && self.found(&Key::new(labels), &mut go_on)
        {
            return;
        }
        let admitted = admitted.unwrap_or_else(|| {
            let mut values = self.values.write().unwrap_or_else(PoisonError::into_inner);
            values.admit(key.labels())
        });
        let folded;
        let key = match &admitted {
            Admitted::AsGiven => key,
            Admitted::Folded(labels) => {
                folded = Key::new(labels);
                &folded
            }
        };
        let mut cache = self.cache.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(bound) = cache.get(key) {
            go_on(bound);
            return;
        }
        let bound = self.instrument(&attributes(self.definition, key.labels()));
        go_on(&bound);
        cache.insert(key, bound);
    }

    /// The series with these attributes, or the one that those past the metric's bound share.
    fn instrument(&self, attributes: &Attributes) -> BoundInstrument {
        let Attributes {
            sorted,
            opted_in,
            folded,
        } = attributes;
        let has_room = {
            let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
            let bound = if *opted_in {
                OPTED_IN_SERIES
            } else {
                self.definition.cardinality_limit
            };
            let bound = self.limit.map_or(bound, |limit| limit.in_place_of(bound));
            made.has_room_for(bound, sorted, *opted_in)
        };
        let bound = match (has_room, opted_in) {
            (false, _) => self.plain().bind(&[KeyValue::new(OVERFLOW, true)]),
            (true, false) => self.plain().bind(sorted),
            (true, true) => self.opted_in().bind(sorted),
        };
        if has_room && !folded {
            bound
        } else {
            bound.counting(self.count_folded())
        }
    }

    fn plain(&self) -> &Instrument {
        self.plain
            .get_or_init(|| Instrument::new(&self.meters.plain, self.definition))
    }

    fn opted_in(&self) -> &Instrument {
        self.opted_in
            .get_or_init(|| Instrument::new(&self.meters.opted_in, self.definition))
    }

    fn count_folded(&self) -> Option<BoundCounter<u64>> {
        let counter = self.folded.get_or_init(|| {
            let name = KeyValue::new("lakehouse.metric.name", self.definition.name);
            let counter = Instrument::new(&self.meters.plain, &LAKEHOUSE_METRIC_FOLDED);
            counter.bind(&[name]).into_counter()
        });
        counter.clone()
    }
}

impl Made {
    /// Whether the series with these attributes is there, or is from now on.
    fn has_room_for(&mut self, bound: usize, attributes: &[KeyValue], opted_in: bool) -> bool {
        let mut hasher = DefaultHasher::new();
        attributes.hash(&mut hasher);
        let hash = hasher.finish();
        let made = if opted_in {
            &mut self.opted_in
        } else {
            &mut self.plain
        };
        match made.binary_search(&hash) {
            Ok(_) => true,
            Err(_) if made.len() >= bound => false,
            Err(place) => {
                made.insert(place, hash);
                true
            }
        }
    }
}

impl fmt::Debug for MetricTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetricTable")
            .field("metric", &self.definition.name)
            .finish_non_exhaustive()
    }
}
