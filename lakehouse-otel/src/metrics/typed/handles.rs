//! One series of a metric, for code that records in it again and again.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::{Amount, Given, Labels, Metric, Seconds};
use crate::metrics::instruments::{BoundInstrument, Number};
use crate::metrics::sampled::{Sampled, Share};
use crate::pipeline::{self, PerPipeline};

/// A series, found anew under each pipeline. It may be made before there is one.
#[derive(Clone)]
struct Handle(Arc<Bound>);

struct Bound {
    metric: &'static Metric,
    labels: Box<[Given<'static>]>,
    /// Nothing where metrics are off. It is bound with the first number, for a series that never had one would say zero.
    instruments: PerPipeline<Option<BoundInstrument>>,
}

impl Handle {
    fn new<const N: usize>(metric: &'static Metric, labels: &Labels<'_, N>) -> Self {
        Self(Arc::new(Bound {
            metric,
            labels: labels.given().iter().map(Given::to_owned).collect(),
            instruments: PerPipeline::new(),
        }))
    }

    /// The series of which only this share is recorded, which says so.
    fn with_share(&self, share: Share) -> Self {
        if share.is_all() {
            return self.clone();
        }
        let labels = self.0.labels.iter().map(Given::to_owned);
        let share = Given::Share(share.get().to_bits());
        Self(Arc::new(Bound {
            metric: self.0.metric,
            labels: labels.chain([share]).collect(),
            instruments: PerPipeline::new(),
        }))
    }

    #[inline]
    fn record(&self, number: Number) {
        let Bound {
            metric,
            labels,
            instruments,
        } = &*self.0;
        if pipeline::capture().is_some() {
            metric.with_table(|table| table.record(labels, number));
            return;
        }
        let program = pipeline::program();
        if program == 0 {
            return;
        }
        let instrument = match instruments.find(program) {
            Some(instrument) => instrument.as_ref(),
            None if !number.is_fit_for(metric.definition().instrument) => return,
            None => self.bind(),
        };
        if let Some(instrument) = instrument {
            instrument.record(number);
        }
    }

    #[cold]
    fn bind(&self) -> Option<&BoundInstrument> {
        let pipeline = pipeline::installed()?;
        let instruments = pipeline.instruments();
        let bound = instruments.map(|instruments| {
            let table = instruments.table(self.0.metric.definition());
            table.bind(&self.0.labels)
        });
        self.0.instruments.append(pipeline.id(), bound).as_ref()
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle")
            .field("metric", &self.0.metric.definition().name)
            .field("labels", &self.0.labels)
            .finish_non_exhaustive()
    }
}

macro_rules! handles {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        #[must_use = "it records nothing by itself"]
        pub struct $name<N> {
            handle: Handle,
            amount: PhantomData<fn(N)>,
        }

        impl<N: Amount> $name<N> {
            #[doc(hidden)]
            pub fn bind<const L: usize>(
                metric: &'static Metric,
                labels: &Labels<'_, L>,
            ) -> Self {
                Self { handle: Handle::new(metric, labels), amount: PhantomData }
            }
        }
    )+};
}

handles! {
    /// A series of a counter, bound to its labels. A number that is negative, or none at all, is not added.
    ///
    /// It can be made at any time, also before [`init`](crate::init); it is cheap to clone, and its clones are the same
    /// series.
    ///
    /// ```
    /// use lakehouse_otel::metrics;
    /// use lakehouse_otel::schema::{Exchange, Outcome};
    ///
    /// let answered = metrics::api_requests().endpoint("/api/v3/klines").bind(Exchange::Binance, Outcome::Ok);
    /// for _page in 0..10 {
    ///     answered.add(1);
    /// }
    /// ```
    Counter;
    /// A series of a histogram, bound to its labels. A value that is negative, or no finite number, is not recorded.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use lakehouse_otel::metrics;
    /// use lakehouse_otel::schema::{Exchange, Outcome};
    ///
    /// let took = metrics::api_request_duration().bind(Exchange::Binance, Outcome::Ok);
    /// took.record(Duration::from_millis(80));
    /// ```
    Histogram;
    /// A series of a gauge, bound to its labels. What is no finite number is not recorded.
    ///
    /// ```
    /// use lakehouse_otel::metrics;
    /// use lakehouse_otel::schema::Exchange;
    ///
    /// let used = metrics::api_rate_limit_used().bind(Exchange::Binance);
    /// used.record(240);
    /// ```
    Gauge;
}

impl<N: Amount> Counter<N> {
    /// Adds to the counter.
    #[inline]
    pub fn add(&self, count: N) {
        self.handle.record(count.number());
    }

    /// The same series, in which a measurement is recorded with this probability and then counts for as many as it
    /// stands for: with a share of 0.01 one in a hundred is recorded, and adds 100 times its number. On average nothing
    /// is lost; one in a million is the least share, and a number that is none counts as 1.
    ///
    /// ```
    /// use lakehouse_otel::metrics;
    ///
    /// let rows = metrics::data_processed().operation("parse").bind().sampled(0.01);
    /// for _row in 0..1_000 {
    ///     rows.add(1);
    /// }
    /// ```
    pub fn sampled(&self, share: f64) -> Sampled<Self> {
        Sampled::new(self.clone(), Share::new(share))
    }

    #[inline]
    pub(in crate::metrics) fn record_number(&self, number: Number) {
        self.handle.record(number);
    }
}

impl<N: Amount> Histogram<N> {
    /// A series with the same labels, of which only this share is recorded, each value as it is. Its points say so by
    /// `lakehouse.sampling.share`: counts and sums divided by it estimate those of all values. One in a million is the
    /// least share, and a number that is none counts as 1.
    ///
    /// ```
    /// use lakehouse_otel::metrics;
    ///
    /// let latency = metrics::data_latency().bind().sampled(0.1);
    /// for seconds in [0.5, 0.25, 1.0] {
    ///     latency.record(seconds);
    /// }
    /// ```
    pub fn sampled(&self, share: f64) -> Sampled<Self> {
        let share = Share::new(share);
        let handle = Self {
            handle: self.handle.with_share(share),
            amount: PhantomData,
        };
        Sampled::new(handle, share)
    }
}

impl Histogram<Seconds> {
    /// Records one value of the distribution.
    #[inline]
    pub fn record(&self, value: impl Into<Seconds>) {
        self.handle.record(value.into().number());
    }
}

impl Gauge<Seconds> {
    /// Records the value that holds now.
    #[inline]
    pub fn record(&self, value: impl Into<Seconds>) {
        self.handle.record(value.into().number());
    }
}

macro_rules! plain {
    ($($handle:ident<$number:ty>: $doc:literal;)+) => {$(
        impl $handle<$number> {
            #[doc = $doc]
            #[inline]
            pub fn record(&self, value: $number) {
                self.handle.record(value.number());
            }
        }
    )+};
}

plain! {
    Histogram<u64>: "Records one value of the distribution.";
    Histogram<f64>: "Records one value of the distribution.";
    Gauge<i64>: "Records the value that holds now.";
    Gauge<f64>: "Records the value that holds now.";
}

/// A series of an updowncounter, bound to its labels.
///
/// ```
/// use lakehouse_otel::metrics;
///
/// let waiting = metrics::processing_queue_size().bind("trades_to_clean");
/// waiting.add(100);
/// waiting.add(-40);
/// ```
#[derive(Debug, Clone)]
#[must_use = "it records nothing by itself"]
pub struct UpDownCounter(Handle);

impl UpDownCounter {
    #[doc(hidden)]
    pub fn bind<const L: usize>(metric: &'static Metric, labels: &Labels<'_, L>) -> Self {
        Self(Handle::new(metric, labels))
    }

    /// Adds to what there is, or takes away from it.
    #[inline]
    pub fn add(&self, change: i64) {
        self.0.record(Number::Int(change));
    }
}

/// Something that is there now: it was counted up when this was made, and is counted down when this is dropped, in the
/// same series, whatever was shut down or started meanwhile.
///
/// ```
/// use lakehouse_otel::metrics;
/// use lakehouse_otel::schema::Exchange;
///
/// {
///     let _connection = metrics::active_connections().exchange(Exchange::Kraken).track();
///     // One connection more.
/// }
/// // And one less.
/// ```
#[derive(Debug)]
#[must_use = "it is counted down when this is dropped"]
pub struct Tracked(Option<BoundInstrument>);

impl Tracked {
    #[doc(hidden)]
    pub fn new<const N: usize>(metric: &'static Metric, labels: &Labels<'_, N>) -> Self {
        let bound = metric.with_table(|table| table.bind(labels.given()));
        if let Some(bound) = &bound {
            bound.record(Number::Int(1));
        }
        Self(bound)
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        if let Some(bound) = &self.0 {
            bound.record(Number::Int(-1));
        }
    }
}
