//! The instruments, and what they say.

use super::*;

/// The instruments on a system, under a provider of their own.
pub(super) struct Observing {
    pub(super) clock: Arc<ManualClock>,
    pub(super) sampler: Arc<Sampler>,
    pub(super) metrics: readers::Source,
    _provider: Provider,
}

impl Observing {
    pub(super) fn of(root: &Path) -> Self {
        let clock = Arc::new(ManualClock::new());
        let diagnostics = Diagnostics::new(Arc::new(|said| panic!("{said}")));
        Self::with(Proc::with_root(root), clock, &diagnostics)
    }

    pub(super) fn with(
        source: impl ReadSystem + 'static,
        clock: Arc<ManualClock>,
        diagnostics: &Diagnostics,
    ) -> Self {
        let (provider, metrics) = Provider::for_capture(diagnostics.clone());
        let of_test = Arc::<ManualClock>::clone(&clock);
        let sampler = Arc::new(Sampler::new(source, of_test, diagnostics));
        let meter = provider.meter_with_scope(scope());
        observed::register(&meter, &sampler);
        Self {
            clock,
            sampler,
            metrics,
            _provider: provider,
        }
    }

    /// Lets time pass, and reads.
    pub(super) fn read_after(&self, passed: Duration) {
        self.clock.advance(passed);
        self.sampler.read(Duration::ZERO);
    }

    pub(super) fn find(&self, name: &str) -> Option<CapturedMetric> {
        let metrics = testing::read(&self.metrics);
        metrics.into_iter().find(|metric| metric.name() == name)
    }

    /// The points of a metric: the values of their attributes, and their number.
    pub(super) fn points(&self, name: &str) -> Vec<(String, f64)> {
        let Some(metric) = self.find(name) else {
            return Vec::new();
        };
        let point = |point: &CapturedPoint| {
            let mut attributes = point.attributes().to_vec();
            attributes.sort_by(|a, b| a.key.cmp(&b.key));
            let values: Vec<_> = attributes.iter().map(|it| it.value.to_string()).collect();
            (values.join(" "), point.sum())
        };
        let mut points: Vec<_> = metric.points().iter().map(point).collect();
        points.sort_by(|a, b| a.0.cmp(&b.0));
        points
    }

    #[track_caller]
    pub(super) fn expect(&self, name: &str, expected: &[(&str, f64)]) {
        let found = self.points(name);
        let close = found.len() == expected.len()
            && found.iter().zip(expected).all(|(found, expected)| {
                found.0 == expected.0 && (found.1 - expected.1).abs() < 1e-9
            });
        assert!(close, "{name}: {found:?} and not {expected:?}");
    }
}
