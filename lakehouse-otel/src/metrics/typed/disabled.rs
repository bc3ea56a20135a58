//! The same names without the feature `enabled`: of no size, and they do nothing.

#![expect(
    clippy::unused_self,
    reason = "the signatures are those of metrics that are recorded"
)]

use std::marker::PhantomData;

use super::{Amount, Label, Seconds};
use crate::schema::{EnumValue, MetricDefinition};

/// The labels of one measurement; here, nothing.
#[derive(Debug, Clone)]
pub struct Labels<'l, const N: usize>(PhantomData<&'l ()>);

/// A label's value; here, nothing.
#[derive(Debug, Clone)]
pub struct LabelValue<'l>(PhantomData<&'l ()>);

impl<'l> LabelValue<'l> {
    pub(super) fn by_ref(&self) -> LabelValue<'_> {
        LabelValue(PhantomData)
    }

    pub(super) fn owned<E: EnumValue>(_value: &E) -> Self {
        Self(PhantomData)
    }

    pub(super) fn borrowed<E: EnumValue>(_value: &'l E) -> Self {
        Self(PhantomData)
    }
}

impl<'l, const N: usize> Labels<'l, N> {
    #[doc(hidden)]
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }

    #[doc(hidden)]
    pub fn member<E>(&mut self, _index: usize, _value: impl Label<'l, E>) {}

    #[doc(hidden)]
    pub fn constant(&mut self, _index: usize, _value: &'static str) {}

    #[doc(hidden)]
    pub fn text(&mut self, _index: usize, _value: &'l str) {}

    #[doc(hidden)]
    pub fn int(&mut self, _index: usize, _value: i64) {}

    #[doc(hidden)]
    pub fn boolean(&mut self, _index: usize, _value: bool) {}
}

/// A metric of the registry; here, nothing.
#[derive(Debug)]
pub struct Metric;

impl Metric {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(_definition: &'static MetricDefinition) -> Self {
        Self
    }

    #[doc(hidden)]
    pub fn record<const N: usize>(&self, _labels: &Labels<'_, N>, _amount: impl Amount) {}
}

macro_rules! handles {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        #[must_use = "it records nothing by itself"]
        pub struct $name<N>(PhantomData<fn(N)>);

        impl<N: Amount> $name<N> {
            #[doc(hidden)]
            pub fn bind<const L: usize>(
                _metric: &'static Metric,
                _labels: &Labels<'_, L>,
            ) -> Self {
                Self(PhantomData)
            }
        }
    )+};
}

handles! {
    /// A series of a counter.
    Counter;
    /// A series of a histogram.
    Histogram;
    /// A series of a gauge.
    Gauge;
}

impl<N: Amount> Counter<N> {
    /// Does nothing.
    pub fn add(&self, _count: N) {}

    /// One that does nothing.
    pub fn sampled(&self, _share: f64) -> Sampled<Self> {
        Sampled(PhantomData)
    }
}

impl<N: Amount> Histogram<N> {
    /// One that does nothing.
    pub fn sampled(&self, _share: f64) -> Sampled<Self> {
        Sampled(PhantomData)
    }
}

/// A series in which a share of the measurements is recorded.
#[derive(Debug, Clone)]
#[must_use = "it records nothing by itself"]
pub struct Sampled<H>(PhantomData<fn(H)>);

impl<N: Amount> Sampled<Counter<N>> {
    /// Does nothing.
    pub fn add(&self, _count: N) {}
}

macro_rules! recorded {
    ($($handle:ty: $given:ty;)+) => {$(
        impl $handle {
            /// Does nothing.
            pub fn record(&self, _value: $given) {}
        }
    )+};
}

recorded! {
    Histogram<Seconds>: impl Into<Seconds>;
    Histogram<u64>: u64;
    Histogram<f64>: f64;
    Gauge<Seconds>: impl Into<Seconds>;
    Gauge<i64>: i64;
    Gauge<f64>: f64;
    Sampled<Histogram<Seconds>>: impl Into<Seconds>;
    Sampled<Histogram<u64>>: u64;
    Sampled<Histogram<f64>>: f64;
}

/// A series of an updowncounter.
#[derive(Debug, Clone)]
#[must_use = "it records nothing by itself"]
pub struct UpDownCounter(());

impl UpDownCounter {
    #[doc(hidden)]
    pub fn bind<const L: usize>(_metric: &'static Metric, _labels: &Labels<'_, L>) -> Self {
        Self(())
    }

    /// Does nothing.
    pub fn add(&self, _change: i64) {}
}

/// Something that is there now, and is not counted.
#[derive(Debug)]
#[must_use = "it is counted down when this is dropped"]
pub struct Tracked(());

impl Tracked {
    #[doc(hidden)]
    pub fn new<const N: usize>(_metric: &'static Metric, _labels: &Labels<'_, N>) -> Self {
        Self(())
    }
}

/// A callback that is never asked.
#[derive(Debug)]
#[must_use = "it observes until it is dropped"]
pub struct Observation(());

impl Observation {
    #[doc(hidden)]
    pub fn new(
        _definition: &'static MetricDefinition,
        _callback: impl Fn(Observer<'_>) + Send + Sync + 'static,
    ) -> Self {
        Self(())
    }
}

/// Takes what a callback observes, of which there is nothing.
#[derive(Debug, Clone, Copy)]
pub struct Observer<'o>(PhantomData<&'o ()>);

impl Observer<'_> {
    #[doc(hidden)]
    pub fn record<const N: usize>(&self, _labels: &Labels<'_, N>, _amount: impl Amount) {}
}

/// Sums that are not kept.
#[derive(Debug, Default)]
#[must_use = "it records when it is dropped"]
pub struct BatchRecorder(());

impl BatchRecorder {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Does nothing.
    pub fn flush(&mut self) {}

    #[doc(hidden)]
    pub fn add<const N: usize>(
        &mut self,
        _metric: &'static Metric,
        _labels: &Labels<'_, N>,
        _amount: impl Amount,
    ) {
    }
}
