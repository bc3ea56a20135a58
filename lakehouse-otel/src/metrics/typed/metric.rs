//! A metric of the registry, found under whichever pipeline there is.

use std::sync::Arc;

use super::{Amount, Labels};
use crate::metrics::table::MetricTable;
use crate::pipeline::{self, PerPipeline};
use crate::schema::MetricDefinition;

/// A metric of the registry. It is one `static` for each, which costs nothing until its first measurement.
#[derive(Debug)]
pub struct Metric {
    definition: &'static MetricDefinition,
    /// Nothing where metrics are off.
    tables: PerPipeline<Option<Arc<MetricTable>>>,
}

impl Metric {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(definition: &'static MetricDefinition) -> Self {
        Self {
            definition,
            tables: PerPipeline::new(),
        }
    }

    pub(in crate::metrics) const fn definition(&self) -> &'static MetricDefinition {
        self.definition
    }

    /// Records one measurement.
    #[inline]
    #[doc(hidden)]
    pub fn record<const N: usize>(&self, labels: &Labels<'_, N>, amount: impl Amount) {
        self.with_table(|table| table.record(labels.given(), amount.number()));
    }

    /// What of this metric belongs to the pipeline of a measurement that is taken now; nothing where there is
    /// none, or no metrics.
    #[inline]
    pub(in crate::metrics) fn with_table<R>(
        &self,
        go_on: impl FnOnce(&MetricTable) -> R,
    ) -> Option<R> {
        if let Some(capture) = pipeline::capture() {
            let table = capture.instruments()?.table(self.definition);
            return Some(go_on(&table));
        }
        let number = pipeline::program();
        if number == 0 {
            return None;
        }
        let table = match self.tables.find(number) {
            Some(table) => table,
            None => self.resolve()?,
        };
        Some(go_on(table.as_deref()?))
    }

    #[cold]
    fn resolve(&self) -> Option<&Option<Arc<MetricTable>>> {
        let pipeline = pipeline::installed()?;
        let instruments = pipeline.instruments();
        let table = instruments.map(|instruments| instruments.table(self.definition));
        Some(self.tables.append(pipeline.id(), table))
    }
}
