//! What `ot=` in a tracestate says of sampling.

use std::fmt::{self, Write as _};

use opentelemetry::trace::{TraceId, TraceState};

use super::{Randomness, Threshold};

/// The entry of OpenTelemetry.
const ENTRY: &str = "ot";

/// How long its value may be.
const MAX_LENGTH: usize = 256;

/// What `ot=` says: with which threshold something was kept, and by which randomness.
///
/// ```
/// use lakehouse_otel::opentelemetry::trace::TraceState;
/// use lakehouse_otel::trace::sampler::{SamplingState, Threshold};
///
/// let incoming: TraceState = "vendor=x,ot=th:8;rv:c0000000000000;k1:13".parse().unwrap();
/// let mut state = SamplingState::parse(&incoming);
/// assert_eq!(state.threshold, Threshold::parse("8"));
///
/// state.threshold = None;
/// let outgoing = state.merge_into(Some(&incoming));
/// assert_eq!(outgoing.header(), "ot=rv:c0000000000000;k1:13,vendor=x");
/// ```
#[derive(Clone, Copy, Default, Debug, PartialEq)]
pub struct SamplingState {
    /// The largest threshold that was applied; `None` where it is unknown, or nothing was kept.
    pub threshold: Option<Threshold>,
    /// The randomness; `None` where it is the trace id's.
    pub randomness: Option<Randomness>,
    /// Under an unknown threshold: the largest that was applied in this process since. It tells a lower
    /// rate, which is drawn, from the same one again, which is not.
    since_unknown: Threshold,
}

impl SamplingState {
    /// Kept in any case: `th:0`.
    pub const ALWAYS: Self = Self::new(Some(Threshold::ALWAYS), None);

    /// A state.
    #[inline]
    #[must_use]
    pub const fn new(threshold: Option<Threshold>, randomness: Option<Randomness>) -> Self {
        Self {
            threshold,
            randomness,
            since_unknown: Threshold::ALWAYS,
        }
    }

    /// What a tracestate says. What is not written as the specification has it is ignored.
    #[must_use]
    pub fn parse(trace_state: &TraceState) -> Self {
        let mut state = Self::default();
        if *trace_state == TraceState::NONE {
            return state;
        }
        for (key, value) in members(trace_state) {
            match key {
                "th" => state.threshold = Threshold::parse(value),
                "rv" => state.randomness = Randomness::parse(value),
                _ => {}
            }
        }
        state
    }

    /// A tracestate that says this, with what others said before: entries of other vendors, and other
    /// keys of OpenTelemetry's. OpenTelemetry's entry comes first where it has anything to say.
    #[must_use]
    pub fn merge_into(self, others: Option<&TraceState>) -> TraceState {
        let mut value = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut value);
        let none = TraceState::NONE;
        let others = others.unwrap_or(&none);
        for (key, other) in members(others) {
            let separator = usize::from(!value.is_empty());
            let length = value.len() + separator + key.len() + 1 + other.len();
            if key != "th" && key != "rv" && length <= MAX_LENGTH {
                let separator = if separator == 0 { "" } else { ";" };
                let _ = write!(value, "{separator}{key}:{other}");
            }
        }
        let merged = match (&*value, others.get(ENTRY)) {
            ("", None) => return others.clone(),
            ("", Some(_)) => others.delete(ENTRY),
            _ => others.insert(ENTRY, value),
        };
        // The key is valid, and the value is made of what was.
        merged.unwrap_or_else(|_| others.clone())
    }

    /// A tracestate that says this and nothing else, written to `header`: the same as that of
    /// [`merge_into`](Self::merge_into), without an allocation.
    #[cfg(feature = "__otlp")]
    pub(crate) fn write_header(self, header: &mut impl fmt::Write) -> fmt::Result {
        if self.says_anything() {
            write!(header, "{ENTRY}=")?;
            self.write(header)?;
        }
        Ok(())
    }

    /// Whether its entry says anything of its own.
    #[cfg(feature = "__otlp")]
    pub(crate) fn says_anything(&self) -> bool {
        self.told_threshold().is_some() || self.randomness.is_some()
    }

    /// What its entry says of its own.
    fn write(self, entry: &mut impl fmt::Write) -> fmt::Result {
        let threshold = self.told_threshold();
        if let Some(threshold) = threshold {
            write!(entry, "th:{threshold}")?;
        }
        if let Some(randomness) = self.randomness {
            let separator = if threshold.is_none() { "" } else { ";" };
            write!(entry, "{separator}rv:{randomness}")?;
        }
        Ok(())
    }

    /// The threshold that others are told: what nothing passes says nothing of what did.
    fn told_threshold(&self) -> Option<Threshold> {
        self.threshold
            .filter(|threshold| *threshold < Threshold::NEVER)
    }

    /// The randomness: what is said, or the trace id's.
    #[inline]
    pub(super) fn randomness_of(&self, trace_id: TraceId) -> Randomness {
        match self.randomness {
            Some(randomness) => randomness,
            None => Randomness::from_trace_id(trace_id),
        }
    }

    /// The state of something kept under a parent of this state, as it is; a threshold that contradicts the randomness is
    /// erased.
    #[inline]
    pub(super) fn checked(self, trace_id: TraceId) -> Self {
        match self.threshold {
            Some(threshold) if !threshold.keeps(self.randomness_of(trace_id)) => {
                Self::new(None, self.randomness)
            }
            _ => self,
        }
    }

    /// The largest threshold that is known to have been applied.
    #[inline]
    pub(super) fn applied(&self) -> Threshold {
        self.threshold.unwrap_or(self.since_unknown)
    }

    /// The state after this threshold, with this randomness.
    #[inline]
    pub(super) fn raised(self, threshold: Threshold, randomness: Option<Randomness>) -> Self {
        match self.threshold {
            Some(_) => Self::new(Some(threshold), randomness),
            None => Self {
                threshold: None,
                randomness,
                since_unknown: threshold,
            },
        }
    }

    /// The state of what was not kept.
    #[inline]
    pub(super) fn dropped(self) -> Self {
        Self::new(None, self.randomness)
    }
}

/// The keys of OpenTelemetry's entry, each with its value.
fn members(trace_state: &TraceState) -> impl Iterator<Item = (&str, &str)> {
    trace_state
        .get(ENTRY)
        .unwrap_or_default()
        .split(';')
        .filter_map(|member| member.split_once(':'))
}
