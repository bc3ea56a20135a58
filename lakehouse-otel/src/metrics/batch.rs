//! Sums that are kept on the spot and recorded at once.

use std::collections::HashMap;
use std::fmt;
use std::hash::BuildHasherDefault;

use super::instruments::Number;
use super::labels::{AsItIs, Key};
use super::typed::{Amount, Given, Labels, Metric};

/// How many sets of labels a batch keeps sums for. Before it takes one more it records those that it has.
const SETS: usize = 4_096;

/// Sums for counters and updowncounters, a sum for each set of labels, which are recorded at once: for loops over
/// millions of rows.
///
/// What a row adds to is on this thread and shared with no other, so it costs a look into a map and no more, and
/// nothing is allocated for labels that were there before. The sums are recorded by [`flush`](Self::flush) and when the
/// batch is dropped, in the telemetry that there is then.
///
/// ```
/// use lakehouse_otel::metrics::{self, BatchRecorder};
/// use lakehouse_otel::schema::Exchange;
///
/// let trades = [("BTCUSDT", 0.5), ("ETHUSDT", 2.0), ("BTCUSDT", 0.25)];
///
/// let mut batch = BatchRecorder::new();
/// for (symbol, quantity) in trades {
///     metrics::trades_volume().exchange(Exchange::Binance).symbol(symbol).add_to(&mut batch, quantity);
/// }
/// batch.flush(); // Two measurements.
/// ```
///
/// It keeps 4,096 sets of labels at most; the one after them has those recorded first.
#[derive(Default)]
#[must_use = "it records when it is dropped"]
pub struct BatchRecorder {
    sums: HashMap<u64, Sum, BuildHasherDefault<AsItIs>>,
}

struct Sum {
    metric: &'static Metric,
    labels: Box<[Given<'static>]>,
    /// Nothing where it was recorded and nothing came since.
    number: Option<Number>,
}

impl BatchRecorder {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Records the sums, and begins anew.
    pub fn flush(&mut self) {
        for sum in self.sums.values_mut() {
            sum.record();
        }
    }

    #[doc(hidden)]
    pub fn add<const N: usize>(
        &mut self,
        metric: &'static Metric,
        labels: &Labels<'_, N>,
        amount: impl Amount,
    ) {
        let number = amount.number();
        if !number.is_fit_for(metric.definition().instrument) {
            return;
        }
        let labels = labels.given();
        // The metric is a `static`: its address is its name.
        let address = std::ptr::from_ref(metric).addr() as u64;
        let key = Key::new(labels).hash() ^ address.rotate_left(32);
        if let Some(sum) = self.sums.get_mut(&key) {
            if sum.is_of(metric, labels) {
                sum.add(number);
                return;
            }
            // Another set of the same hash makes room.
            sum.record();
        } else if self.sums.len() >= SETS {
            self.flush();
            self.sums.clear();
        }
        let sum = Sum {
            metric,
            labels: labels.iter().map(Given::to_owned).collect(),
            number: Some(number),
        };
        self.sums.insert(key, sum);
    }
}

impl Drop for BatchRecorder {
    fn drop(&mut self) {
        self.flush();
    }
}

impl fmt::Debug for BatchRecorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchRecorder")
            .field("sums", &self.sums.len())
            .finish_non_exhaustive()
    }
}

impl Sum {
    fn is_of(&self, metric: &'static Metric, labels: &[Given<'_>]) -> bool {
        std::ptr::eq(self.metric, metric) && *self.labels == *labels
    }

    fn add(&mut self, number: Number) {
        self.number = Some(match self.number {
            Some(sum) => sum.plus(number),
            None => number,
        });
    }

    fn record(&mut self) {
        if let Some(number) = self.number.take() {
            self.metric
                .with_table(|table| table.record(&self.labels, number));
        }
    }
}
