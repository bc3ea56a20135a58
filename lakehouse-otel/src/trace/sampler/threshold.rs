//! Thresholds and the randomness that is held against them, as the specification encodes both.

use std::fmt;
use std::num::NonZeroU64;

use opentelemetry::trace::TraceId;

/// How many values there are: 2^56.
const VALUES: u64 = 1 << 56;

/// The same, as a number that is exact.
const VALUES_F64: f64 = 72_057_594_037_927_936.0;

/// A bit above all values, set in each of them, so that none is zero and an `Option` of one is no larger.
const MARK: u64 = 1 << 63;

/// Hexadecimal digits of a value.
const DIGITS: u32 = 14;

/// Significant digits of a threshold that is made from a probability; what the specification recommends.
const PRECISION: u32 = 4;

/// A rejection threshold: of 2^56 equally likely values of [`Randomness`], how many are dropped.
///
/// It prints as the specification writes it in `ot=th:…`: hexadecimal, without trailing zeros.
///
/// ```
/// use lakehouse_otel::trace::sampler::Threshold;
///
/// let threshold = Threshold::from_probability(0.01);
/// assert_eq!(threshold.to_string(), "fd70a");
/// assert_eq!(Threshold::parse("fd70a"), Some(threshold));
/// assert!((threshold.adjusted_count() - 100.0).abs() < 0.01);
/// ```
///
/// Source: *Probability Sampling* and *Trace State Handling* in OpenTelemetry's specification.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Threshold(NonZeroU64);

impl Threshold {
    /// Nothing is dropped: `th:0`.
    pub const ALWAYS: Self = Self(marked(0));
    /// All is dropped. It prints `never`; a tracestate never says it, for nothing that is kept has it.
    pub const NEVER: Self = Self(marked(VALUES));

    /// The threshold of a probability from 0 to 1, with four significant digits, as the specification
    /// recommends. What is below 0 is 0, what is above 1 is 1, what is no number is 0.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the product lies between 0 and 2^56"
    )]
    pub const fn from_probability(probability: f64) -> Self {
        if probability.is_nan() || probability <= 0.0 {
            return Self::NEVER;
        }
        if probability >= 1.0 {
            return Self::ALWAYS;
        }
        let kept = match (probability * VALUES_F64).round() as u64 {
            0 => 1,
            kept => kept,
        };
        // Leading `f`s tell nothing: precision begins after them.
        let halvings = 1022_u64.saturating_sub(probability.to_bits() >> 52);
        let digits = PRECISION + (halvings / 4) as u32;
        let exact = VALUES - kept;
        if digits >= DIGITS {
            return Self(marked(exact));
        }
        let shift = 4 * (DIGITS - digits);
        let rounded = ((exact + (1 << (shift - 1))) >> shift) << shift;
        Self(marked(if rounded < VALUES { rounded } else { exact }))
    }

    /// The share that is kept, from 0 to 1.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "what 53 bits lose is below any rate"
    )]
    pub const fn probability(self) -> f64 {
        (VALUES - self.as_u64()) as f64 / VALUES_F64
    }

    /// How many each kept one stands for; infinitely many under [`NEVER`](Self::NEVER).
    #[must_use]
    pub const fn adjusted_count(self) -> f64 {
        1.0 / self.probability()
    }

    /// Reads the value of `th`: 1 to 14 hexadecimal digits in lower case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let length = u32::try_from(text.len()).ok()?;
        (1..=DIGITS)
            .contains(&length)
            .then(|| hexadecimal(text))?
            .map(|value| Self(marked(value << (4 * (DIGITS - length)))))
    }

    /// Whether it keeps what has this randomness.
    #[inline]
    #[must_use]
    pub const fn keeps(self, randomness: Randomness) -> bool {
        randomness.0.get() >= self.0.get()
    }

    /// The threshold that says what share this one keeps of those that `before` kept already. For what was exported with
    /// certainty, and then passed a sampler that went by its randomness: `before` says of which it was.
    ///
    /// ```
    /// use lakehouse_otel::trace::sampler::Threshold;
    ///
    /// let [quarter, half] = [0.25, 0.5].map(Threshold::from_probability);
    /// assert_eq!(quarter.given(half), half);
    /// assert_eq!(half.given(half), Threshold::ALWAYS);
    /// ```
    #[must_use]
    pub fn given(self, before: Self) -> Self {
        let [kept, of] = [self, before].map(|threshold| VALUES - threshold.as_u64());
        if kept >= of {
            return Self::ALWAYS;
        }
        let share = u128::from(kept) * u128::from(VALUES) / u128::from(of);
        Self(marked(VALUES - u64::try_from(share).unwrap_or(VALUES)))
    }

    /// The threshold as a number from 0 to 2^56.
    #[inline]
    #[must_use]
    pub const fn as_u64(self) -> u64 {
        self.0.get() & !MARK
    }

    /// Randomness that this threshold keeps, each value as likely as any other, made of 64 random bits.
    /// There is none under [`NEVER`](Self::NEVER).
    #[inline]
    pub(super) fn draw(self, bits: u64) -> Randomness {
        let width = u128::from(VALUES - self.as_u64());
        // Below the width, so that the sum is below 2^56.
        let offset = (u128::from(bits) * width) >> 64;
        Randomness::from_bits(self.as_u64() + u64::try_from(offset).unwrap_or_default())
    }
}

/// The threshold whose lowest kept randomness is this one.
impl From<Randomness> for Threshold {
    fn from(randomness: Randomness) -> Self {
        Self(randomness.0)
    }
}

/// Nothing is dropped.
impl Default for Threshold {
    fn default() -> Self {
        Self::ALWAYS
    }
}

impl fmt::Debug for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Threshold({self})")
    }
}

/// The value of `th`.
impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::NEVER {
            return f.write_str("never");
        }
        let value = self.as_u64();
        let zeros = (value.trailing_zeros() / 4).min(DIGITS - 1);
        let digits = (DIGITS - zeros) as usize;
        write!(f, "{:0digits$x}", value >> (4 * zeros))
    }
}

/// 56 random bits, the same for all that is decided together: the last seven bytes of the trace id,
/// unless `ot=rv:…` says others.
///
/// It prints as the specification writes it in `rv`: 14 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Randomness(NonZeroU64);

impl Randomness {
    /// The last seven bytes of a trace id.
    #[inline]
    #[must_use]
    pub const fn from_trace_id(trace_id: TraceId) -> Self {
        let [.., b6, b5, b4, b3, b2, b1, b0] = trace_id.to_bytes();
        Self::from_bits(u64::from_be_bytes([0, b6, b5, b4, b3, b2, b1, b0]))
    }

    /// The low 56 of these bits.
    #[inline]
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(marked(bits & (VALUES - 1)))
    }

    /// Reads the value of `rv`: 14 hexadecimal digits in lower case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == DIGITS as usize)
            .then(|| hexadecimal(text))?
            .map(Self::from_bits)
    }

    /// The 56 bits.
    #[inline]
    #[must_use]
    pub const fn as_u64(self) -> u64 {
        self.0.get() & !MARK
    }
}

impl fmt::Debug for Randomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Randomness({self})")
    }
}

/// The value of `rv`.
impl fmt::Display for Randomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:014x}", self.as_u64())
    }
}

const fn marked(value: u64) -> NonZeroU64 {
    match NonZeroU64::new(value | MARK) {
        Some(marked) => marked,
        None => NonZeroU64::MIN,
    }
}

/// Digits as the specification allows them: no sign, no upper case.
fn hexadecimal(text: &str) -> Option<u64> {
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.bytes()
        .all(digit)
        .then(|| u64::from_str_radix(text, 16).ok())?
}
