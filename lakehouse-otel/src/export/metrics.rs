//! The metrics' side of the ledger: counts what goes through to the exporter.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData, ResourceMetrics};
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;

use crate::export::Account;
use crate::export::sink::{ExportFailure, MetricSink};
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
    pub(crate) sink: Box<dyn MetricSink>,
    pub(crate) target: String,
    pub(crate) data_points: DataPoints,
    pub(crate) diagnostics: Diagnostics,
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
        let exported = panic::catch_unwind(AssertUnwindSafe(|| self.sink.export(metrics)))
            .unwrap_or_else(|_| Err(ExportFailure::new("the exporter panicked")));
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
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        self.sink.temporality()
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
        .flat_map(|scope| scope.metrics())
        .map(|metric| match metric.data() {
            AggregatedMetrics::F64(data) => of(data),
            AggregatedMetrics::U64(data) => of(data),
            AggregatedMetrics::I64(data) => of(data),
        });
    counts.sum::<usize>() as u64
}
