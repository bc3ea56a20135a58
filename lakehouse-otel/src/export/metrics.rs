//! The metrics' side of the ledger: counts what goes through to the exporter.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::{
    AggregatedMetrics, MetricData, ResourceMetrics, ScopeMetrics,
};
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;

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

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An exporter whose data points are counted and whose failures are said.
#[derive(Debug)]
pub(crate) struct CountingExporter {
    /// Gone after the shutdown, and what it runs on with it; providers may live on as globals.
    sink: Mutex<Option<Box<dyn MetricSink>>>,
    temporality: Temporality,
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
            temporality: sink.temporality(),
            sink: Mutex::new(Some(sink)),
            target,
            data_points,
            diagnostics,
        }
    }

    fn deliver(&self, metrics: &ResourceMetrics) -> Exported {
        // Exports and the shutdown come from one thread: nobody waits for this lock.
        let sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        match &*sink {
            Some(sink) => panic::catch_unwind(AssertUnwindSafe(|| sink.export(metrics)))
                .unwrap_or_else(|_| Err(ExportFailure::new("the exporter panicked"))),
            None => Err(ExportFailure::new("it was shut down already")),
        }
    }
}

impl PushMetricExporter for CountingExporter {
    /// Runs to its end when first polled: the reader's own thread is there to be kept waiting.
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        let count = data_points(metrics);
        {
            let mut state = self.data_points.lock();
            state.account.created += count;
            if state.abandoned {
                state.account.dropped.unsent_at_shutdown += count;
                return Err(OTelSdkError::AlreadyShutdown);
            }
            state.account.queued += count;
        }
        let exported = self.deliver(metrics);
        match &exported {
            Ok(_) => self.diagnostics.succeeded(&self.target),
            Err(failure) => self.diagnostics.failed(&self.target, &failure.reason),
        }

        let mut state = self.data_points.lock();
        if state.abandoned {
            return Err(OTelSdkError::AlreadyShutdown);
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
                Ok(())
            }
            Err(failure) => {
                state.account.failed += count;
                state.last_error = Some(failure.reason.clone());
                Err(OTelSdkError::InternalFailure(failure.reason))
            }
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        drop(
            self.sink
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        self.temporality
    }
}

fn data_points(metrics: &ResourceMetrics) -> u64 {
    fn of<T>(data: &MetricData<T>) -> usize {
        match data {
            MetricData::Gauge(gauge) => gauge.data_points().count(),
            MetricData::Sum(sum) => sum.data_points().count(),
            MetricData::Histogram(histogram) => histogram.data_points().count(),
            MetricData::ExponentialHistogram(histogram) => histogram.data_points().count(),
        }
    }
    let counts = metrics
        .scope_metrics()
        .flat_map(ScopeMetrics::metrics)
        .map(|metric| match metric.data() {
            AggregatedMetrics::F64(data) => of(data),
            AggregatedMetrics::U64(data) => of(data),
            AggregatedMetrics::I64(data) => of(data),
        });
    counts.sum::<usize>() as u64
}
