//! Numbers as floating point.

/// For shares and rates, which need no more than the 53 bits of a float.
#[expect(
    clippy::cast_precision_loss,
    reason = "a share or a rate is as good without its last bits"
)]
pub(super) const fn float(number: u64) -> f64 {
    number as f64
}

/// A share in `0..=1`; `None` of what is no number.
pub(super) fn share(part: f64, whole: f64) -> Option<f64> {
    let share = part / whole;
    (whole > 0.0 && share.is_finite()).then(|| share.clamp(0.0, 1.0))
}
