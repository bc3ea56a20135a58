//! A counter and a histogram by hand, around a contender that has none of its own.

use std::marker::PhantomData;
use std::sync::{LazyLock, OnceLock};
use std::time::{Duration, Instant};

use opentelemetry::KeyValue;
use opentelemetry::metrics::noop::NoopMeterProvider;
use opentelemetry::metrics::{BoundCounter, BoundHistogram, Counter, Histogram, MeterProvider};
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};

use super::{Account, Contender, Parent, Running, Setup, State};
use crate::export::DropMetrics;
use crate::work::{CONSTANTS, Outcome};

/// How the instruments are used.
pub(crate) trait How {
    fn record(instruments: &Instruments, ok: bool, duration: Duration);
}

/// `add` and `record` with the attributes, as OpenTelemetry's stable API has it. The attributes are made once,
/// one list for each outcome, as a careful user would.
pub(crate) struct Unbound;

/// Bound once for each outcome, with the SDK's experimental feature.
pub(crate) struct Bound;

/// The contender with instruments around its function.
pub(crate) struct Measured<C, H>(PhantomData<(C, H)>);

/// A counter and a histogram.
pub(crate) struct Instruments {
    pub(super) count: Counter<u64>,
    pub(super) duration: Histogram<f64>,
    pub(super) bound_ok: (BoundCounter<u64>, BoundHistogram<f64>),
    bound_error: (BoundCounter<u64>, BoundHistogram<f64>),
}

static INSTRUMENTS: OnceLock<Instruments> = OnceLock::new();
pub(super) static OK: LazyLock<Vec<KeyValue>> = LazyLock::new(|| labels("ok"));
static ERROR: LazyLock<Vec<KeyValue>> = LazyLock::new(|| labels("error"));

fn labels(outcome: &'static str) -> Vec<KeyValue> {
    let constants = CONSTANTS
        .iter()
        .map(|(key, value)| KeyValue::new(*key, *value));
    constants
        .chain([KeyValue::new("crypto.outcome", outcome)])
        .collect()
}

impl How for Unbound {
    #[inline]
    fn record(instruments: &Instruments, ok: bool, duration: Duration) {
        let labels = if ok { &*OK } else { &*ERROR };
        instruments.unbound(labels, duration);
    }
}

impl How for Bound {
    #[inline]
    fn record(instruments: &Instruments, ok: bool, duration: Duration) {
        instruments.bound(ok, duration);
    }
}

impl Instruments {
    fn new(provider: &impl MeterProvider) -> Self {
        let meter = provider.meter("by hand");
        let count = meter.u64_counter("requests").build();
        let boundaries = vec![
            0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
        ];
        let duration = meter
            .f64_histogram("duration")
            .with_unit("s")
            .with_boundaries(boundaries)
            .build();
        Self {
            bound_ok: (count.bind(&OK), duration.bind(&OK)),
            bound_error: (count.bind(&ERROR), duration.bind(&ERROR)),
            count,
            duration,
        }
    }

    #[inline]
    pub(crate) fn unbound(&self, labels: &[KeyValue], duration: Duration) {
        self.count.add(1, labels);
        self.duration.record(duration.as_secs_f64(), labels);
    }

    #[inline]
    pub(crate) fn bound(&self, ok: bool, duration: Duration) {
        let (count, histogram) = if ok {
            &self.bound_ok
        } else {
            &self.bound_error
        };
        count.add(1);
        histogram.record(duration.as_secs_f64());
    }
}

/// The instruments of this process.
#[inline]
pub(crate) fn instruments() -> &'static Instruments {
    INSTRUMENTS.get().expect("set up before the first call")
}

/// What keeps the instruments alive.
pub(crate) struct Provider(
    #[expect(dead_code, reason = "held, not read")] Option<SdkMeterProvider>,
);

impl Running for Provider {
    fn flush(&mut self, _made: u64) -> Account {
        Account::default()
    }
}

/// Makes the instruments of this process. The reader exports once a minute: never in a round.
pub(crate) fn start<H: How>(setup: &Setup) -> Provider {
    if setup.state == State::Off {
        drop(INSTRUMENTS.set(Instruments::new(&NoopMeterProvider::new())));
        return Provider(None);
    }
    let reader = PeriodicReader::builder(DropMetrics).build();
    let provider = SdkMeterProvider::builder().with_reader(reader).build();
    drop(INSTRUMENTS.set(Instruments::new(&provider)));
    Provider(Some(provider))
}

impl<R: Running> Running for (R, Provider) {
    fn flush(&mut self, made: u64) -> Account {
        self.0.flush(made)
    }
}

impl<C: Contender, H: How> Contender for Measured<C, H> {
    type Running = (C::Running, Provider);
    const EXPORTS: bool = C::EXPORTS;

    fn start(setup: &Setup) -> Self::Running {
        (C::start(setup), start::<H>(setup))
    }

    #[inline]
    fn call(symbol: &str) -> Outcome {
        let started = Instant::now();
        let outcome = C::call(symbol);
        H::record(instruments(), outcome.is_ok(), started.elapsed());
        outcome
    }

    #[inline]
    fn root(symbol: &str) -> Outcome {
        let started = Instant::now();
        let outcome = C::root(symbol);
        H::record(instruments(), outcome.is_ok(), started.elapsed());
        outcome
    }

    async fn call_async(symbol: &str, pauses: u32) -> Outcome {
        let started = Instant::now();
        let outcome = C::call_async(symbol, pauses).await;
        H::record(instruments(), outcome.is_ok(), started.elapsed());
        outcome
    }

    fn under(parent: Parent, work: &mut dyn FnMut()) {
        C::under(parent, work);
    }
}
