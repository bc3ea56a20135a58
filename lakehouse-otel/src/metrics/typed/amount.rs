//! The numbers that instruments take.

use std::time::Duration;

/// A duration as a metric in `s` takes it: a [`Duration`], or a number of seconds.
///
/// ```
/// use std::time::Duration;
///
/// use lakehouse_otel::metrics::{self, Seconds};
///
/// assert_eq!(Seconds::from(Duration::from_millis(250)), Seconds::from(0.25));
/// metrics::data_freshness().record(Duration::from_secs(3));
/// metrics::data_freshness().record(3.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Seconds(f64);

impl Seconds {
    /// How many they are.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl From<Duration> for Seconds {
    fn from(duration: Duration) -> Self {
        Self(duration.as_secs_f64())
    }
}

impl From<f64> for Seconds {
    fn from(seconds: f64) -> Self {
        Self(seconds)
    }
}

/// A number that an instrument takes: `u64`, `i64`, `f64` or [`Seconds`], as the registry has it for the metric.
pub trait Amount: sealed::Sealed + Copy {
    /// The number, whatever its type.
    #[cfg(feature = "enabled")]
    #[doc(hidden)]
    fn number(self) -> sealed::Number;
}

pub(crate) mod sealed {
    pub trait Sealed {}

    /// A number, whatever its type.
    #[cfg(feature = "enabled")]
    #[derive(Debug, Clone, Copy, PartialEq)]
    pub enum Number {
        Int(i64),
        Double(f64),
    }
}

macro_rules! amounts {
    ($($type:ty: $variant:ident($convert:expr);)+) => {$(
        impl sealed::Sealed for $type {}

        impl Amount for $type {
            #[cfg(feature = "enabled")]
            #[inline]
            fn number(self) -> sealed::Number {
                let convert: fn(Self) -> _ = $convert;
                sealed::Number::$variant(convert(self))
            }
        }
    )+};
}

amounts! {
    // Nothing is counted past 2^63.
    u64: Int(|count| i64::try_from(count).unwrap_or(i64::MAX));
    i64: Int(|number| number);
    f64: Double(|number| number);
    Seconds: Double(Seconds::get);
}
