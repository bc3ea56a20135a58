//! The metrics' side of the ledger: counts what goes through to the exporter.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use opentelemetry_sdk::metrics::data::{
    AggregatedMetrics, MetricData, ResourceMetrics, ScopeMetrics,
};

use crate::export::Account;
use crate::export::sink::{ExportFailure, Exported, MetricSink};
use crate::health::Diagnostics;

/// What became of the data points; shared with whoever asks.
#[derive(Clone, Debug, Default)]
pub(crate) struct DataPoints(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    account: Account,
    last_error: Option<String>,
    abandoned: bool,
}

impl DataPoints {
    pub(crate) fn account(&self) -> Account {
        self.lock().account
    }

    pub(crate) fn last_error(&self) -> Option<String> {
        self.lock().last_error.clone()
    }

    /// Writes off an export that is still under way.
    pub(crate) fn abandon(&self) {
        let mut state = self.lock();
        state.abandoned = true;
        state.account.dropped.unsent_at_shutdown += std::mem::take(&mut state.account.queued);
    }

    /// Counts an export that begins: how many points it has, or nothing where it comes too late.
    pub(crate) fn begin(&self, metrics: &[ResourceMetrics]) -> Option<u64> {
        let count = data_points(metrics);
        let mut state = self.lock();
        state.account.created += count;
        if state.abandoned {
            state.account.dropped.unsent_at_shutdown += count;
            return None;
        }
        state.account.queued += count;
        Some(count)
    }

    /// Counts what came of an export.
    pub(crate) fn end(&self, count: u64, exported: Exported) {
        let mut state = self.lock();
        if state.abandoned {
            return;
        }
        state.account.queued -= count;
        match exported {
            Ok(rejected) => {
                let rejected = rejected.0.min(count);
                state.account.rejected += rejected;
                state.account.exported += count - rejected;
                if rejected > 0 {
                    state.last_error = Some(format!("the backend rejected {rejected} data points"));
                }
            }
            Err(failure) => {
                state.account.failed += count;
                state.last_error = Some(failure.reason);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An exporter whose data points are counted and whose failures are said.
#[derive(Debug)]
pub(crate) struct CountingExporter {
    /// Gone after the shutdown, and what it runs on with it.
    sink: Option<Box<dyn MetricSink>>,
    target: String,
    data_points: DataPoints,
    diagnostics: Diagnostics,
}

impl CountingExporter {
    pub(crate) fn new(
        sink: Box<dyn MetricSink>,
        target: String,
        data_points: DataPoints,
        diagnostics: Diagnostics,
    ) -> Self {
        Self {
            sink: Some(sink),
            target,
            data_points,
            diagnostics,
        }
    }

    /// Exports what was read from one source, or from several.
    pub(crate) fn export(&mut self, metrics: &[ResourceMetrics]) {
        let Some(count) = self.data_points.begin(metrics) else {
            return;
        };
        let exported = self.deliver(metrics);
        match &exported {
            Ok(_) => self.diagnostics.succeeded(&self.target),
            Err(failure) => self.diagnostics.failed(&self.target, &failure.reason),
        }
        self.data_points.end(count, exported);
    }

    fn deliver(&mut self, metrics: &[ResourceMetrics]) -> Exported {
        match &mut self.sink {
            Some(sink) => panic::catch_unwind(AssertUnwindSafe(|| sink.export(metrics)))
                .unwrap_or_else(|_| Err(ExportFailure::new("the exporter panicked"))),
            None => Err(ExportFailure::new("it was shut down already")),
        }
    }

    /// Lets go of what the exporter holds.
    pub(crate) fn shut_down(&mut self) {
        self.sink = None;
    }
}

fn data_points(metrics: &[ResourceMetrics]) -> u64 {
    fn of<T>(data: &MetricData<T>) -> usize {
        match data {
            MetricData::Gauge(gauge) => gauge.data_points().count(),
            MetricData::Sum(sum) => sum.data_points().count(),
            MetricData::Histogram(histogram) => histogram.data_points().count(),
            MetricData::ExponentialHistogram(histogram) => histogram.data_points().count(),
        }
    }
    let counts = metrics
        .iter()
        .flat_map(ResourceMetrics::scope_metrics)
        .flat_map(ScopeMetrics::metrics)
        .map(|metric| match metric.data() {
            AggregatedMetrics::F64(data) => of(data),
            AggregatedMetrics::U64(data) => of(data),
            AggregatedMetrics::I64(data) => of(data),
        });
    counts.sum::<usize>() as u64
}
