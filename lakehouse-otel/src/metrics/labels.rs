//! The bounds of labels, and the cache from labels to their series.
//!
//! | a label | how many values it has | what becomes of further ones |
//! |---|---|---|
//! | members of an enum, texts of the program | as many as there are | |
//! | `error.type` | 32 | `_OTHER`, as OpenTelemetry has it |
//! | a key that declares its bound | its `values` | `otel.metric.overflow = true` in place of the label |
//! | another that is opted in | 2,000 | the same |
//! | other values of another open enum, other texts that come with the calls | 100 | the same |
//!
//! The bound that holds stands in the metric's [definition](crate::schema::MetricAttribute::values): the registry
//! chooses it. Values count for each metric, and those that came first stay: a series that has begun goes on.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use smallvec::SmallVec;

use super::typed::Given;
use crate::schema::MetricDefinition;

/// The key whose further values have a name of their own.
pub(crate) const ERROR_TYPE: &str = "error.type";

/// The value of `error.type` that further ones are folded into.
pub(crate) const OTHER_ERROR: &str = "_OTHER";

/// Labels, borrowed, to look them up.
type Borrowed<'a> = SmallVec<[Given<'a>; 12]>;

/// The values that the labels of one metric have had.
#[derive(Debug)]
pub(crate) struct Values(Vec<LabelValues>);

/// The values that one label has had, but for those that there are only so many of.
#[derive(Debug)]
struct LabelValues {
    seen: HashSet<Box<str>>,
    bound: usize,
    is_error_type: bool,
}

/// What becomes of labels.
#[derive(Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "folding allocates nothing")]
pub(crate) enum Admitted<'a> {
    /// They stay.
    AsGiven,
    /// Some are past their bounds.
    Folded(Borrowed<'a>),
}

impl Values {
    pub(crate) fn new(definition: &MetricDefinition) -> Self {
        let labels = definition.attributes.iter().map(|attribute| LabelValues {
            seen: HashSet::new(),
            bound: attribute.values.unwrap_or(0),
            is_error_type: attribute.key == ERROR_TYPE,
        });
        Self(labels.collect())
    }

    /// Whether the value of the label at this place stays; a new one is seen from now on.
    pub(crate) fn admit_one(&mut self, place: usize, text: &str) -> bool {
        let Some(values) = self.0.get_mut(place) else {
            return true;
        };
        if values.seen.len() < values.bound && !values.seen.contains(text) {
            values.seen.insert(Box::from(text));
        }
        values.seen.contains(text)
    }

    /// What becomes of these labels, where none of their values is a new one.
    pub(crate) fn look_up<'a>(&self, labels: &'a [Given<'_>]) -> Option<Admitted<'a>> {
        let mut folded = None;
        for (index, (label, values)) in labels.iter().zip(&self.0).enumerate() {
            let Given::Text(text) = label else { continue };
            if values.seen.contains(&**text) {
                continue;
            }
            if values.seen.len() < values.bound {
                return None;
            }
            folded.get_or_insert_with(|| borrowed(labels))[index] = values.further();
        }
        Some(folded.map_or(Admitted::AsGiven, Admitted::Folded))
    }

    /// The same, and new values are seen from now on.
    pub(crate) fn admit<'a>(&mut self, labels: &'a [Given<'_>]) -> Admitted<'a> {
        for (label, values) in labels.iter().zip(&mut self.0) {
            if let Given::Text(text) = label
                && values.seen.len() < values.bound
                && !values.seen.contains(&**text)
            {
                values.seen.insert(Box::from(&**text));
            }
        }
        self.look_up(labels).unwrap_or(Admitted::AsGiven)
    }
}

impl LabelValues {
    /// What stands for a value past the bound.
    fn further(&self) -> Given<'static> {
        if self.is_error_type {
            Given::Constant(OTHER_ERROR)
        } else {
            Given::Folded
        }
    }
}

fn borrowed<'a>(labels: &'a [Given<'_>]) -> Borrowed<'a> {
    labels.iter().map(Given::by_ref).collect()
}

/// Labels, with their hash.
pub(crate) struct Key<'a, 'l> {
    hash: u64,
    labels: &'a [Given<'l>],
}

impl<'a, 'l> Key<'a, 'l> {
    #[inline]
    pub(crate) fn new(labels: &'a [Given<'l>]) -> Self {
        Self {
            hash: hash(labels),
            labels,
        }
    }

    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    pub(crate) fn labels(&self) -> &'a [Given<'l>] {
        self.labels
    }
}

/// Series by their labels: those that were used of late. One that had to go is made anew when it comes again.
#[derive(Debug)]
pub(crate) struct Cache<S> {
    entries: HashMap<u64, Entry<S>, BuildHasherDefault<AsItIs>>,
    /// How many there are at most.
    capacity: usize,
    /// Goes on with each new entry; an entry has the time when it was last used.
    now: u64,
}

#[derive(Debug)]
struct Entry<S> {
    labels: Box<[Given<'static>]>,
    series: S,
    used: AtomicU64,
}

impl<S> Cache<S> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            entries: HashMap::default(),
            capacity,
            now: 0,
        }
    }

    /// The series of these labels.
    #[inline]
    pub(crate) fn get(&self, key: &Key<'_, '_>) -> Option<&S> {
        let entry = self.entries.get(&key.hash)?;
        if *entry.labels != *key.labels {
            return None;
        }
        // Threads that use the same series do not write to the same place all the time.
        if entry.used.load(Ordering::Relaxed) != self.now {
            entry.used.store(self.now, Ordering::Relaxed);
        }
        Some(&entry.series)
    }

    /// Keeps a series. One of other labels with the same hash goes.
    pub(crate) fn insert(&mut self, key: &Key<'_, '_>, series: S) {
        if self.entries.len() >= self.capacity {
            self.make_room();
        }
        self.now += 1;
        let entry = Entry {
            labels: key.labels.iter().map(Given::to_owned).collect(),
            series,
            used: AtomicU64::new(self.now),
        };
        self.entries.insert(key.hash, entry);
    }

    /// Lets a sixteenth go: those that were not used for longest.
    fn make_room(&mut self) {
        let mut used: Vec<u64> = self
            .entries
            .values()
            .map(|entry| entry.used.load(Ordering::Relaxed))
            .collect();
        let room = (self.capacity / 16).max(1);
        let (older, last, _) = used.select_nth_unstable(room - 1);
        let last = *last;
        // Of those that were last used at the same time some may stay.
        let mut ties = room - older.iter().filter(|used| **used < last).count();
        self.entries.retain(|_, entry| {
            let used = *entry.used.get_mut();
            let is_tie = used == last && ties > 0;
            ties -= usize::from(is_tie);
            used > last || (used == last && !is_tie)
        });
    }
}

/// A hasher of hashes.
#[derive(Default)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _bytes: &[u8]) {
        unreachable!("keys are numbers");
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// A hash of labels: multiplications whose halves are mixed, from a start that differs in each process.
#[inline]
fn hash(labels: &[Given<'_>]) -> u64 {
    let mut state = seed();
    for label in labels {
        state = match label {
            Given::Nothing => mix(state, 1),
            Given::Folded => mix(state, 2),
            Given::Bool(truth) => mix(state, 3 + u64::from(*truth)),
            Given::Int(number) => mix(mix(state, 5), number.cast_unsigned()),
            Given::Share(bits) => mix(mix(state, 6), *bits),
            Given::Constant(text) => hash_text(state, text),
            Given::Text(text) => hash_text(state, text),
        };
    }
    state
}

#[inline]
fn hash_text(state: u64, text: &str) -> u64 {
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let mut state = mix(state, 7 + text.len() as u64);
    for word in words {
        state = mix(state, u64::from_le_bytes(*word));
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    mix(state, u64::from_le_bytes(last))
}

#[inline]
fn mix(state: u64, word: u64) -> u64 {
    // The fraction of the golden ratio: an odd number with as many ones as zeros.
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let product = u128::from(state ^ word) * u128::from(FACTOR);
    #[expect(clippy::cast_possible_truncation, reason = "both halves are used")]
    let (low, high) = (product as u64, (product >> 64) as u64);
    // What was is not forgotten where the product is nothing.
    (low ^ high).wrapping_add(state.rotate_left(23))
}

fn seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};

    static SEED: OnceLock<u64> = OnceLock::new();
    *SEED.get_or_init(|| RandomState::new().hash_one(0))
}

#[cfg(test)]
#[path = "labels/tests.rs"]
mod tests;
