//! What an operation is told when it begins and when it ends.

use std::mem;

use opentelemetry::Value;

use super::active::Active;
use super::call::Call;
use super::callsite::Callsite;
use super::guard::Operation;
use super::handle::Handle;
use super::hold::Hold;
use super::outcome::Ended;
use super::place::{IntoLinks, IntoParent};
use super::placed::Place;
use super::returned::ReturnedOutcome;
use crate::exchange::ExchangeResponse;
use crate::pipeline;
use crate::schema::{Amount, AttributeKey, EnumValue, IntoValue, Recorded, kind};

/// An operation that begins: takes the attributes that are known before the work.
#[derive(Debug)]
pub struct Beginning<'a>(Target<'a>);

/// Where the attributes of an operation that begins go.
#[derive(Debug)]
enum Target<'a> {
    /// Nowhere: nothing records it.
    Nothing,
    /// To the operation.
    Started(&'a mut Operation),
    /// To the operation that a timed call becomes by it.
    Timed(&'a mut Call),
    /// To the operation, once it is said where that starts.
    Unplaced(&'a mut Operation, &'static Callsite),
    /// Into a list, for an operation that starts later.
    Later(&'a mut Captured),
}

/// Attributes of an operation that has not started: of a future that was returned and not yet
/// polled.
#[derive(Debug, Default)]
pub(super) struct Captured {
    /// Whether its span may be recorded.
    spans: bool,
    /// Whether it has metrics.
    metrics: bool,
    set: Vec<(&'static str, Recorded)>,
    more: Option<Box<MoreCaptured>>,
}

/// What most do without.
#[derive(Debug, Default)]
struct MoreCaptured {
    labels: Vec<(&'static str, Recorded)>,
    place: Option<Place>,
}

/// An operation that ends: takes the attributes that are known from the value, and the outcome.
#[derive(Debug)]
pub struct Ending<'a> {
    source: Source<'a>,
    outcome: ReturnedOutcome<'a>,
}

/// What ends.
#[derive(Debug)]
enum Source<'a> {
    Operation(&'a mut Operation),
    Call(&'a mut Call),
}

impl Captured {
    /// For an operation of this callsite: what will be of use, as far as that is known. It may start under a capture that the
    /// call is not under.
    pub(super) fn of(callsite: &'static Callsite) -> Self {
        let known = match callsite.resolve() {
            Some((Hold::Program(_), _)) if pipeline::any_capture() => None,
            resolved => resolved,
        };
        let (spans, metrics) = known.map_or((true, true), |(pipeline, bound)| {
            let recorder = pipeline.recorder();
            let spans = recorder.is_some_and(|recorder| recorder.sampler().may_keep());
            (spans, bound.series.is_some())
        });
        Self {
            spans,
            metrics,
            ..Self::default()
        }
    }

    fn more(&mut self) -> &mut MoreCaptured {
        self.more.get_or_insert_default()
    }

    /// Where the operation starts, where that was said.
    pub(super) fn take_place(&mut self) -> Option<Place> {
        self.more.as_mut()?.place.take()
    }

    /// Sets what was captured on the operation, now that it starts.
    pub(super) fn apply(self, active: &Active) {
        for (key, value) in self.set {
            active.set(key, value);
        }
        for (key, label) in self.more.map(|more| more.labels).into_iter().flatten() {
            active.label(key, label);
        }
    }
}

macro_rules! takes_attributes {
    ($type:ident) => {
        impl $type<'_> {
            /// Sets an attribute of the span.
            #[inline]
            pub fn attribute<K, V: IntoValue<K> + ?Sized>(
                &mut self,
                key: AttributeKey<K>,
                value: &V,
            ) {
                if let Some(value) = value.to_recorded() {
                    self.set_plain(key.name(), value);
                }
            }

            /// Sets an attribute that feeds an instrument or decides the outcome; it is on the span
            /// too.
            pub fn measure<K, V: IntoValue<K> + ?Sized>(
                &mut self,
                key: AttributeKey<K>,
                value: &V,
            ) {
                if let Some(value) = value.to_recorded() {
                    self.set(key.name(), value);
                }
            }

            /// Sets an attribute that labels the metrics and is on the span too. Only an attribute
            /// with members can: its values are few.
            pub fn label<K: EnumValue, V: IntoValue<K> + ?Sized>(
                &mut self,
                key: AttributeKey<K>,
                value: &V,
            ) {
                if let Some(value) = value.to_value() {
                    self.set_label(key.name(), label_text::<K>(&value));
                }
            }

            /// Sets an attribute of text that labels the metrics and is on the span too: `labels(…)` asks
            /// for it, and its values are bounded.
            pub fn opted_in<V: IntoValue<kind::Text> + ?Sized>(
                &mut self,
                key: AttributeKey<kind::Text>,
                value: &V,
            ) {
                if let Some(value) = value.to_recorded() {
                    self.set_label(key.name(), value);
                }
            }
        }
    };
}

takes_attributes!(Beginning);
takes_attributes!(Ending);

/// The value as a label: a member's own text where it is one.
pub(super) fn label_text<K: EnumValue>(value: &Value) -> Recorded {
    let text = value.as_str();
    let member = K::MEMBERS.iter().find(|member| **member == text);
    member.map_or_else(|| Recorded::text(&text), |member| Recorded::fixed(member))
}

impl<'a> Beginning<'a> {
    #[inline]
    pub(super) fn of(operation: &'a mut Operation) -> Self {
        Self(match operation.active() {
            Some(_) => Target::Started(operation),
            None => Target::Nothing,
        })
    }

    #[inline]
    pub(super) const fn of_timed(call: &'a mut Call) -> Self {
        Self(Target::Timed(call))
    }

    /// Of an operation that does not start before [`place`](Self::place).
    pub(super) fn unplaced(operation: &'a mut Operation, callsite: &'static Callsite) -> Self {
        Self(if pipeline::any() {
            Target::Unplaced(operation, callsite)
        } else {
            Target::Nothing
        })
    }

    /// Whether it has to be said where the operation starts.
    #[must_use]
    pub const fn is_unplaced(&self) -> bool {
        matches!(self.0, Target::Unplaced(..) | Target::Later(_))
    }

    /// Starts the operation under this parent, with these links.
    pub fn place(
        &mut self,
        parent: &(impl IntoParent + ?Sized),
        links: &(impl IntoLinks + ?Sized),
    ) {
        let place = Place::new(parent, links);
        self.0 = match mem::replace(&mut self.0, Target::Nothing) {
            Target::Unplaced(operation, callsite) => {
                *operation = place.start(callsite);
                return *self = Self::of(operation);
            }
            Target::Later(captured) => {
                captured.more().place = Some(place);
                Target::Later(captured)
            }
            other => other,
        };
    }

    pub(super) fn later(captured: &'a mut Captured) -> Self {
        Self(Target::Later(captured))
    }

    /// Whether the span records: a value that only the span shows is of use.
    #[must_use]
    pub fn records(&self) -> bool {
        match &self.0 {
            Target::Nothing | Target::Timed(_) | Target::Unplaced(..) => false,
            Target::Started(operation) => operation.active().is_some_and(|active| active.records()),
            Target::Later(captured) => captured.spans,
        }
    }

    /// Whether metrics are on or the span records: a value that feeds an instrument is of use.
    #[must_use]
    pub fn measures(&self) -> bool {
        match &self.0 {
            Target::Nothing | Target::Unplaced(..) => false,
            Target::Started(operation) => {
                operation.active().is_some_and(|active| active.measures())
            }
            Target::Timed(call) => call.measures(),
            Target::Later(captured) => captured.spans || captured.metrics,
        }
    }

    /// Whether the span records, or is kept should the operation fail: a value that an error's span
    /// shows is of use.
    #[must_use]
    pub fn keeps(&self) -> bool {
        match &self.0 {
            Target::Nothing | Target::Timed(_) | Target::Unplaced(..) => false,
            Target::Started(operation) => operation.active().is_some_and(|active| active.keeps()),
            Target::Later(captured) => captured.spans,
        }
    }

    /// The operation's handle.
    #[must_use]
    pub fn handle(&mut self) -> Handle {
        self.operation().map_or_else(Handle::none, |operation| {
            operation.settle();
            operation.handle()
        })
    }

    /// The operation, where there is one to say something of.
    #[inline]
    fn operation(&mut self) -> Option<&mut Operation> {
        match &mut self.0 {
            Target::Started(operation) => Some(operation),
            Target::Timed(call) => call.grow(),
            Target::Nothing | Target::Unplaced(..) | Target::Later(_) => None,
        }
    }

    #[inline]
    fn active(&mut self) -> Option<&mut Active> {
        self.operation().and_then(Operation::active_mut)
    }

    #[inline]
    pub(super) fn set(&mut self, key: &'static str, value: Recorded) {
        if let Target::Later(captured) = &mut self.0 {
            captured.set.push((key, value));
        } else if let Some(active) = self.active() {
            active.tell(|core, facts| core.set(facts, key, value));
        }
    }

    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "a value would be copied for each call on its way"
    )]
    fn set_plain(&mut self, key: &'static str, value: Recorded) {
        match &mut self.0 {
            Target::Started(operation) => {
                if let Some(active) = operation.active_mut() {
                    active.attribute(key, value);
                }
            }
            _ => self.set_plain_elsewhere(key, value),
        }
    }

    #[inline(never)]
    fn set_plain_elsewhere(&mut self, key: &'static str, value: Recorded) {
        if let Target::Later(captured) = &mut self.0 {
            captured.set.push((key, value));
        } else if let Some(active) = self.active() {
            active.attribute(key, value);
        }
    }

    pub(super) fn set_label(&mut self, key: &'static str, label: Recorded) {
        if let Target::Later(captured) = &mut self.0 {
            captured.more().labels.push((key, label));
        } else if let Some(active) = self.active() {
            active.tell(|core, facts| core.label(facts, key, label));
        }
    }
}

impl<'a> Ending<'a> {
    #[inline]
    pub(super) const fn of(operation: &'a mut Operation) -> Self {
        Self {
            source: Source::Operation(operation),
            outcome: ReturnedOutcome::Ok,
        }
    }

    #[inline]
    pub(super) const fn of_call(call: &'a mut Call) -> Self {
        Self {
            source: Source::Call(call),
            outcome: ReturnedOutcome::Ok,
        }
    }

    /// Whether the span records: a value that only the span shows is of use.
    #[must_use]
    pub fn records(&self) -> bool {
        self.told().is_some_and(|active| active.will_be_kept())
    }

    /// Whether metrics are on or the span records: a value that feeds an instrument is of use.
    #[must_use]
    pub fn measures(&self) -> bool {
        match &self.source {
            Source::Operation(operation) => {
                operation.active().is_some_and(|active| active.measures())
            }
            Source::Call(call) => call.measures(),
        }
    }

    /// Whether the span records, or is kept because the operation failed: a value that an error's
    /// span shows is of use.
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.told().is_some_and(|active| active.keeps())
    }

    /// The operation, where it is more than timed.
    fn told(&self) -> Option<&Active> {
        match &self.source {
            Source::Operation(operation) => operation.active(),
            Source::Call(call) => call.active(),
        }
    }

    /// Reads what an exchange answered.
    pub fn response(&mut self, response: &(impl ExchangeResponse + ?Sized)) {
        if let Some(active) = self.active() {
            active.respond(&response);
        }
    }

    /// Adds to an attribute of the span, and to the measurement that it is: of an item of a stream, what all
    /// of them together come to.
    pub fn add<K: Amount, V: IntoValue<K> + ?Sized>(&mut self, key: AttributeKey<K>, value: &V) {
        if let Some(value) = value.to_recorded()
            && let Some(active) = self.active()
        {
            active.tell(|core, facts| core.add(facts, key.name(), value));
        }
    }

    /// Says how the function returned; unsaid, it returned well.
    #[inline]
    pub fn returned(&mut self, outcome: ReturnedOutcome<'a>) {
        self.outcome = outcome;
    }

    /// How the item of a stream is, whose operation goes on.
    pub(super) fn into_outcome(self) -> ReturnedOutcome<'a> {
        self.outcome
    }

    /// Ends the operation.
    pub(super) fn end(self) {
        let ended = Ended::Returned(self.outcome);
        match self.source {
            Source::Operation(operation) => operation.end(ended),
            Source::Call(call) => call.end(ended),
        }
    }

    #[inline]
    fn active(&mut self) -> Option<&mut Active> {
        match &mut self.source {
            Source::Operation(operation) => operation.active_mut(),
            Source::Call(call) => call.grow()?.active_mut(),
        }
    }

    #[inline]
    fn set_plain(&mut self, key: &'static str, value: Recorded) {
        if let Some(active) = self.active() {
            active.attribute(key, value);
        }
    }

    #[inline]
    fn set(&mut self, key: &'static str, value: Recorded) {
        if let Some(active) = self.active() {
            active.tell(|core, facts| core.set(facts, key, value));
        }
    }

    fn set_label(&mut self, key: &'static str, label: Recorded) {
        if let Some(active) = self.active() {
            active.tell(|core, facts| core.label(facts, key, label));
        }
    }
}
