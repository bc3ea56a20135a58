//! Meters: the SDK's, each instrument on the lane that its name says.

use opentelemetry::InstrumentationScope;
use opentelemetry::metrics::{
    AsyncInstrumentBuilder, Counter, Gauge, Histogram, HistogramBuilder, InstrumentBuilder,
    InstrumentProvider, Meter, MeterProvider as _, ObservableCounter, ObservableGauge,
    ObservableUpDownCounter, UpDownCounter,
};

use super::callbacks::Observes;
use super::provider::{Lane, Provider};

/// What makes the instruments of one scope.
pub(super) struct LaneInstruments {
    provider: Provider,
    scope: InstrumentationScope,
}

impl LaneInstruments {
    pub(super) fn new(provider: Provider, scope: InstrumentationScope) -> Self {
        Self { provider, scope }
    }

    /// The lane of an instrument, and the SDK's meter there.
    fn lane(&self, name: &str) -> (&Lane, Meter) {
        let lane = self.provider.lane(name);
        (lane, lane.sdk.meter_with_scope(self.scope.clone()))
    }
}

/// What an instrument of ours has, on one of the SDK's.
macro_rules! like {
    ($builder:ident, $made:expr) => {{
        let mut made = $made;
        if let Some(description) = $builder.description {
            made = made.with_description(description);
        }
        if let Some(unit) = $builder.unit {
            made = made.with_unit(unit);
        }
        made
    }};
}

macro_rules! instruments {
    ($($kind:ident: $instrument:ty),+ $(,)?) => {$(
        fn $kind(&self, builder: InstrumentBuilder<'_, $instrument>) -> $instrument {
            let (_, meter) = self.lane(&builder.name);
            like!(builder, meter.$kind(builder.name)).build()
        }
    )+};
}

macro_rules! histograms {
    ($($kind:ident: $instrument:ty),+ $(,)?) => {$(
        fn $kind(&self, builder: HistogramBuilder<'_, $instrument>) -> $instrument {
            let (_, meter) = self.lane(&builder.name);
            let mut made = like!(builder, meter.$kind(builder.name));
            if let Some(boundaries) = builder.boundaries {
                made = made.with_boundaries(boundaries);
            }
            made.build()
        }
    )+};
}

macro_rules! observables {
    ($($kind:ident: $instrument:ty, $number:ty, $observes:ident);+ $(;)?) => {$(
        fn $kind(&self, builder: AsyncInstrumentBuilder<'_, $instrument, $number>) -> $instrument {
            let (lane, meter) = self.lane(&builder.name);
            // Callbacks are kept where somebody calls them.
            if builder.callbacks.is_empty() || !self.provider.reads(&builder.name) {
                return like!(builder, meter.$kind(builder.name)).build();
            }
            let fold = self.provider.fold(&builder.name, &self.scope);
            let observed = lane
                .callbacks
                .add(&builder.name, Observes::$observes, fold, builder.callbacks);
            like!(builder, meter.$kind(builder.name))
                .with_callback(move |observer| observed.tell(observer))
                .build()
        }
    )+};
}

impl InstrumentProvider for LaneInstruments {
    instruments! {
        u64_counter: Counter<u64>,
        f64_counter: Counter<f64>,
        i64_up_down_counter: UpDownCounter<i64>,
        f64_up_down_counter: UpDownCounter<f64>,
        u64_gauge: Gauge<u64>,
        i64_gauge: Gauge<i64>,
        f64_gauge: Gauge<f64>,
    }

    histograms! {
        u64_histogram: Histogram<u64>,
        f64_histogram: Histogram<f64>,
    }

    observables! {
        u64_observable_counter: ObservableCounter<u64>, u64, Totals;
        f64_observable_counter: ObservableCounter<f64>, f64, Totals;
        i64_observable_up_down_counter: ObservableUpDownCounter<i64>, i64, Sums;
        f64_observable_up_down_counter: ObservableUpDownCounter<f64>, f64, Sums;
        u64_observable_gauge: ObservableGauge<u64>, u64, Levels;
        i64_observable_gauge: ObservableGauge<i64>, i64, Levels;
        f64_observable_gauge: ObservableGauge<f64>, f64, Levels;
    }
}
