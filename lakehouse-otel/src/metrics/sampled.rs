//! Recording a share of the measurements, for paths that are taken so often that a bound instrument costs too much.

use std::fmt;
use std::sync::LazyLock;

use super::instruments::Number;
use super::typed::{Amount, Counter, Histogram, Seconds};
use crate::pipeline;
use crate::trace::ids::Ids;

/// The smallest share: one in a million. A counter's sum would hang on too few draws below it.
const LEAST: f64 = 1e-6;

/// A series in which a share of the measurements is recorded. Made by [`Counter::sampled`] and
/// [`Histogram::sampled`].
///
/// Each measurement is drawn by itself, so that what is left out is chance and no pattern. Most cost a random number
/// and a comparison.
#[derive(Clone)]
#[must_use = "it records nothing by itself"]
pub struct Sampled<H> {
    handle: H,
    share: Share,
}

/// A share from one in a million to all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Share(f64);

impl Share {
    /// The nearest to this number; all where it is none.
    pub(super) fn new(share: f64) -> Self {
        let share = if share.is_nan() { 1.0 } else { share };
        Self(share.clamp(LEAST, 1.0))
    }

    pub(super) const fn get(self) -> f64 {
        self.0
    }

    /// Whether all are recorded.
    pub(super) const fn is_all(self) -> bool {
        self.0 >= 1.0
    }

    /// Whether this one is recorded.
    #[inline]
    fn takes(self) -> bool {
        self.is_all() || draw() < self.0
    }

    /// What one that is taken stands for. Of a whole number the fraction is drawn, so that on average none is lost.
    fn stands_for(self, number: Number) -> Number {
        if self.is_all() {
            return number;
        }
        match number {
            Number::Double(number) => Number::Double(number / self.0),
            number @ Number::Int(_) => {
                let exact = number.as_f64() / self.0;
                let up = draw() < exact.fract();
                Number::Double(exact.trunc() + if up { 1.0 } else { 0.0 })
            }
        }
    }
}

/// A number from 0 to 1, without the 1; from the seed of the capture, where it has one.
#[inline]
fn draw() -> f64 {
    static IDS: LazyLock<Ids> = LazyLock::new(Ids::default);
    let capture = pipeline::capture();
    let of_capture = capture.as_deref().and_then(|capture| capture.recorder());
    let bits = match of_capture {
        Some(recorder) => recorder.draw(),
        None => IDS.bits(),
    };
    // As many bits as an `f64` has: 53.
    #[expect(clippy::cast_precision_loss, reason = "so many are exact")]
    let fraction = (bits >> 11) as f64;
    fraction * (f64::EPSILON / 2.0)
}

impl<H> Sampled<H> {
    pub(super) const fn new(handle: H, share: Share) -> Self {
        Self { handle, share }
    }
}

impl<N: Amount> Sampled<Counter<N>> {
    /// Adds to the counter, with the share as its probability, as many as one that is recorded stands for.
    #[inline]
    pub fn add(&self, count: N) {
        if self.share.takes() {
            self.handle
                .record_number(self.share.stands_for(count.number()));
        }
    }
}

impl Sampled<Histogram<Seconds>> {
    /// Records one value of the distribution, with the share as its probability.
    #[inline]
    pub fn record(&self, value: impl Into<Seconds>) {
        if self.share.takes() {
            self.handle.record(value);
        }
    }
}

macro_rules! plain {
    ($($number:ty)+) => {$(
        impl Sampled<Histogram<$number>> {
            /// Records one value of the distribution, with the share as its probability.
            #[inline]
            pub fn record(&self, value: $number) {
                if self.share.takes() {
                    self.handle.record(value);
                }
            }
        }
    )+};
}

plain! { u64 f64 }

impl<H: fmt::Debug> fmt::Debug for Sampled<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sampled")
            .field("handle", &self.handle)
            .field("share", &self.share.0)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{Number, Share};

    #[test]
    fn a_share_is_one_that_can_be_drawn() {
        for (given, share) in [
            (2.0, 1.0),
            (f64::NAN, 1.0),
            (0.25, 0.25),
            (0.0, 1e-6),
            (-1.0, 1e-6),
        ] {
            assert_eq!(Share::new(given), Share(share), "{given}");
        }
    }

    #[test]
    fn all_are_recorded_as_they_are() {
        assert!(Share::new(1.0).takes());
        assert_eq!(Share::new(1.0).stands_for(Number::Int(3)), Number::Int(3));
        assert_eq!(
            Share::new(0.5).stands_for(Number::Int(3)),
            Number::Double(6.0)
        );
        assert_eq!(
            Share::new(0.5).stands_for(Number::Double(0.5)),
            Number::Double(1.0)
        );
    }
}
