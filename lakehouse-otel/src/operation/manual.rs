//! What every builder of an operation has in common.
//!
//! A builder gathers what a macro's arguments say. Its labels are known at compile time or members of
//! an enum, as a macro's are, so there are few combinations of them, and each becomes a callsite
//! once. Each start looks its callsite up in one map, under one lock of the process, and makes the key for
//! that: an annotated function has its callsite in a `static` and does neither.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::Beginning;
use super::callsite::{Callsite, Constant};
use super::guard::{Operation, begin};
use super::place::{IntoLinks, IntoParent};
use super::placed::Place;
use crate::schema::{AttributeKey, IntoValue, OperationDefinition, Recorded, crypto, kind};

/// What every builder of an operation has in common.
#[derive(Debug)]
pub(crate) struct ManualOperation {
    definition: &'static OperationDefinition,
    settings: Settings,
    constants: Vec<(&'static str, String)>,
    attributes: Vec<(&'static str, Recorded)>,
    /// The attributes that label metrics too, because the program asks for it.
    labels: Vec<&'static str>,
    place: Option<Box<Place>>,
    /// The stages that it depends on.
    depends_on: Vec<String>,
}

/// How the operation runs: a part of its callsite.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Settings {
    sample: Option<Rate>,
    high_priority: bool,
    high_volume: bool,
    resources: bool,
    budget: Option<Duration>,
}

/// A share from 0 to 1, by its bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Rate(u64);

/// How many callsites the manual API may make. They are never freed, so there is a bound. Operations
/// past it share the callsites without labels; past twice as many, those with the next larger budget of one digit and
/// the next rate in percent, of which there are few; and past three times as many the one of their type.
const CALLSITES: usize = 2_000;

type Labels = Vec<(&'static str, String)>;
type Key = (&'static str, Settings, Labels);

/// The callsites so far, and how many there may be.
#[derive(Debug)]
struct Callsites {
    made: HashMap<Key, &'static Callsite>,
    bound: usize,
}

impl ManualOperation {
    pub(crate) fn new(definition: &'static OperationDefinition) -> Self {
        Self {
            definition,
            settings: Settings::default(),
            constants: Vec::new(),
            attributes: Vec::new(),
            labels: Vec::new(),
            place: None,
            depends_on: Vec::new(),
        }
    }

    /// Sets a label.
    pub(crate) fn constant<K>(&mut self, key: AttributeKey<K>, value: impl IntoValue<K>) {
        if let Some(value) = value.to_value() {
            self.constants.retain(|(name, _)| *name != key.name());
            self.constants
                .push((key.name(), value.as_str().into_owned()));
        }
    }

    /// Sets an attribute of the span, which may feed an instrument.
    pub(crate) fn attribute<K>(&mut self, key: AttributeKey<K>, value: impl IntoValue<K>) {
        if let Some(value) = value.to_recorded() {
            if key.name() == crypto::STAGE_DEPENDS_ON.name() {
                self.depends_on = value.texts();
            }
            self.attributes.push((key.name(), value));
        }
    }

    /// Sets the share of operations whose spans are kept.
    pub(crate) fn sample(&mut self, rate: f64) {
        self.settings.sample = Some(Rate::new(rate));
    }

    /// Keeps the span in any case.
    pub(crate) fn high_priority(&mut self) {
        self.settings.high_priority = true;
    }

    /// Says that there are very many.
    pub(crate) fn high_volume(&mut self) {
        self.settings.high_volume = true;
    }

    /// Puts the resources that it used on the span.
    pub(crate) fn resources(&mut self) {
        self.settings.resources = true;
    }

    /// Sets how long it may take.
    pub(crate) fn budget(&mut self, budget: Duration) {
        self.settings.budget = Some(budget);
    }

    /// Lets an attribute of text label the metrics that declare it.
    pub(crate) fn label(&mut self, key: AttributeKey<kind::Text>) {
        self.labels.push(key.name());
    }

    /// Sets the parent.
    pub(crate) fn parent(&mut self, parent: impl IntoParent) {
        self.place().set_parent(&parent);
    }

    /// Adds links.
    pub(crate) fn link(&mut self, links: impl IntoLinks) {
        self.place().link(&links);
    }

    fn place(&mut self) -> &mut Place {
        self.place.get_or_insert_with(|| Box::new(Place::current()))
    }

    /// Starts the operation under its parent: where none was given, under the current context.
    pub(crate) fn start(self) -> Operation {
        let callsite = callsite(self.definition, self.settings, self.constants);
        let (attributes, labels) = (self.attributes, self.labels);
        let capture = |operation: &mut Beginning<'_>| {
            for (key, value) in attributes {
                if labels.contains(&key) && value.as_text().is_some() {
                    operation.set_label(key, value);
                } else {
                    operation.set(key, value);
                }
            }
        };
        let operation = match self.place {
            None => begin(callsite, capture),
            Some(place) => place.start(callsite).captured(capture),
        };
        if let Some(active) = operation.active() {
            active.link_dependencies(self.depends_on.iter().map(String::as_str));
        }
        operation.anywhere()
    }
}

impl Rate {
    /// The nearest rate to this number; all of the calls where it is none.
    fn new(rate: f64) -> Self {
        let rate = if rate.is_nan() { 1.0 } else { rate };
        // There is one zero.
        Self((rate.clamp(0.0, 1.0) + 0.0).to_bits())
    }

    fn get(self) -> f64 {
        f64::from_bits(self.0)
    }
}

impl Settings {
    /// About the same ones, of which there are few.
    fn coarse(self) -> Self {
        let one_digit = |budget: Duration| {
            let nanos = u64::try_from(budget.as_nanos()).unwrap_or(u64::MAX);
            let unit = 10_u64.pow(nanos.checked_ilog10().unwrap_or(0));
            Duration::from_nanos(nanos.div_ceil(unit).saturating_mul(unit))
        };
        Self {
            sample: self
                .sample
                .map(|rate| Rate::new((rate.get() * 100.0).ceil() / 100.0)),
            budget: self.budget.map(one_digit),
            ..self
        }
    }

    fn apply(self, mut callsite: Callsite) -> Callsite {
        if let Some(rate) = self.sample {
            callsite = callsite.sample(rate.get());
        }
        if self.high_priority {
            callsite = callsite.high_priority();
        }
        if self.high_volume {
            callsite = callsite.high_volume();
        }
        if self.resources {
            callsite = callsite.resources();
        }
        if let Some(budget) = self.budget {
            callsite = callsite.budget_nanos(budget.as_nanos().try_into().unwrap_or(u64::MAX));
        }
        callsite
    }
}

/// The callsite with these settings and labels, made at its first use.
fn callsite(
    definition: &'static OperationDefinition,
    settings: Settings,
    labels: Labels,
) -> &'static Callsite {
    static CALLSITES_MADE: OnceLock<Mutex<Callsites>> = OnceLock::new();
    let callsites = CALLSITES_MADE.get_or_init(|| Mutex::new(Callsites::new(CALLSITES)));
    let mut callsites = callsites.lock().unwrap_or_else(PoisonError::into_inner);
    callsites.get(definition, settings, labels)
}

impl Callsites {
    fn new(bound: usize) -> Self {
        Self {
            made: HashMap::new(),
            bound,
        }
    }

    fn get(
        &mut self,
        definition: &'static OperationDefinition,
        settings: Settings,
        mut labels: Labels,
    ) -> &'static Callsite {
        labels.sort_unstable();
        let mut key = (definition.span_type, settings, labels);
        if !self.has_room_for(&key, self.bound) {
            key.2.clear();
        }
        if !self.has_room_for(&key, 2 * self.bound) {
            key.1 = settings.coarse();
        }
        if !self.has_room_for(&key, 3 * self.bound) {
            key.1 = Settings::default();
        }
        self.made
            .entry(key)
            .or_insert_with_key(|(_, settings, labels)| {
                let constants: Vec<_> = labels
                    .iter()
                    .map(|(key, value)| (*key, Constant::Text(value.clone().leak())))
                    .collect();
                let callsite = Callsite::new(definition, definition.span_type, "", "", 0);
                let callsite = callsite.constants(constants.leak());
                Box::leak(Box::new(settings.apply(callsite)))
            })
    }

    fn has_room_for(&self, key: &Key, bound: usize) -> bool {
        self.made.len() < bound || self.made.contains_key(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::operations::{STAGE, STORAGE};

    fn labels(stage: &str) -> Labels {
        vec![("crypto.processing_stage", stage.to_owned())]
    }

    fn sampled(rate: f64) -> Settings {
        Settings {
            sample: Some(Rate::new(rate)),
            ..Settings::default()
        }
    }

    #[test]
    fn a_callsite_for_each_combination() {
        let mut callsites = Callsites::new(CALLSITES);
        let plain = callsites.get(&STAGE, Settings::default(), labels("clean"));
        let again = callsites.get(&STAGE, Settings::default(), labels("clean"));
        assert!(std::ptr::eq(plain, again));
        assert_eq!(callsites.made.len(), 1);
        let settings = Settings {
            high_priority: true,
            high_volume: true,
            resources: true,
            budget: Some(Duration::from_millis(5)),
            ..sampled(0.1)
        };
        let set = callsites.get(&STAGE, settings, labels("clean"));
        assert_eq!(callsites.made.len(), 2);
        assert_eq!(set.traits.sample, Some(0.1));
        assert_eq!(set.budget, Some(Duration::from_millis(5)));
        assert!(set.traits.high_priority && set.traits.high_volume && set.resources);
        assert_eq!(plain.traits.sample, None);
        assert_eq!(plain.budget, None);
        assert!(!plain.traits.high_priority && !plain.traits.high_volume && !plain.resources);
    }

    #[test]
    fn past_the_bound_settings_are_about_the_same() {
        let mut callsites = Callsites::new(CALLSITES);
        let with = |nanos, rate| Settings {
            budget: Some(Duration::from_nanos(nanos)),
            high_priority: true,
            ..sampled(rate)
        };
        for nanos in 1..=4 {
            callsites.get(&STAGE, with(nanos, 0.5), Labels::new());
        }
        for (nanos, rate, budget, sample) in [
            (4_999_999_999, 0.123, 5_000_000_000, 0.13),
            (1_000_000_001, 0.0, 2_000_000_000, 0.0),
            (20, 1.0, 20, 1.0),
            (0, 0.999, 0, 1.0),
            (u64::MAX, 0.01, u64::MAX, 0.01),
        ] {
            // Twice as many as this, and not three times.
            callsites.bound = callsites.made.len() / 2;
            let callsite = callsites.get(&STAGE, with(nanos, rate), Labels::new());
            assert_eq!(callsite.budget, Some(Duration::from_nanos(budget)));
            assert_eq!(callsite.traits.sample, Some(sample));
            assert!(callsite.traits.high_priority);
        }
    }

    #[test]
    fn a_rate_is_a_share() {
        let rate = |number| Rate::new(number).get();
        assert_eq!(rate(0.25).to_bits(), 0.25_f64.to_bits());
        for many in [1.5, f64::INFINITY, f64::NAN, -f64::NAN] {
            assert_eq!(rate(many).to_bits(), 1.0_f64.to_bits(), "{many}");
        }
        for none in [-0.1, -0.0, f64::NEG_INFINITY] {
            assert_eq!(rate(none).to_bits(), 0.0_f64.to_bits(), "{none}");
        }
    }

    #[test]
    fn a_long_budget_is_as_long_as_can_be() {
        let mut callsites = Callsites::new(CALLSITES);
        let settings = Settings {
            budget: Some(Duration::MAX),
            ..Settings::default()
        };
        let callsite = callsites.get(&STAGE, settings, labels("clean"));
        assert_eq!(callsite.budget, Some(Duration::from_nanos(u64::MAX)));
    }

    #[test]
    fn past_the_bound_labels_go_first_and_settings_next() {
        let mut callsites = Callsites::new(2);
        let first = callsites.get(&STAGE, sampled(0.1), labels("a"));
        callsites.get(&STAGE, sampled(0.1), labels("b"));
        let third = callsites.get(&STAGE, sampled(0.1), labels("c"));
        assert_eq!(third.constants.len(), 0);
        assert_eq!(third.traits.sample, Some(0.1));
        let fourth = callsites.get(&STAGE, sampled(0.1), labels("d"));
        assert!(std::ptr::eq(third, fourth));
        assert!(std::ptr::eq(
            first,
            callsites.get(&STAGE, sampled(0.1), labels("a"))
        ));
        for rate in 2..100_u8 {
            callsites.get(&STAGE, sampled(f64::from(rate) / 100.0), labels("a"));
            callsites.get(&STORAGE, sampled(f64::from(rate) / 100.0), Vec::new());
        }
        // Three times the bound, and one for each type.
        assert_eq!(callsites.made.len(), 6 + 2);
    }
}
