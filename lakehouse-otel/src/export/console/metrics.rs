//! Metrics as a table, a line an instrument.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt::Write as _;

use opentelemetry_sdk::metrics::data::{ResourceMetrics, ScopeMetrics};

use super::format::{Style, fit};
use super::series::{Row, Series};
use super::{MAX_TABLE_ROWS, Output};
use crate::export::sink::{ExportFailure, Exported, MetricSink, Rejected};

const MAX_NAME: usize = 44;

/// Prints metrics, all series of an instrument in one line.
#[derive(Debug)]
pub(crate) struct ConsoleMetrics {
    output: Output,
    /// What was printed last: the same again is not.
    last: String,
}

impl ConsoleMetrics {
    pub(crate) fn new(output: Output) -> Self {
        Self {
            output,
            last: String::new(),
        }
    }
}

impl MetricSink for ConsoleMetrics {
    fn export(&mut self, metrics: &[ResourceMetrics]) -> Exported {
        let table = table(
            metrics,
            Style {
                colour: self.output.colour,
            },
        );
        if self.last != table {
            self.output
                .print(&table)
                .map_err(|error| ExportFailure::new(error.to_string()))?;
            self.last = table;
        }
        Ok(Rejected(0))
    }
}

fn table(metrics: &[ResourceMetrics], style: Style) -> String {
    // A metric may come in several scopes; it has one line.
    let mut metrics_by_name: BTreeMap<(bool, &str), (&str, Series)> = BTreeMap::new();
    let scopes = metrics.iter().flat_map(ResourceMetrics::scope_metrics);
    for metric in scopes.flat_map(ScopeMetrics::metrics) {
        // The SDK's counts of itself are the ledger's matter.
        if metric.name().starts_with("otel.sdk.") {
            continue;
        }
        let ours = ["crypto.", "lakehouse."];
        let others = !ours.iter().any(|prefix| metric.name().starts_with(prefix));
        let series = Series::of(metric);
        match metrics_by_name.entry((others, metric.name())) {
            Entry::Vacant(entry) => drop(entry.insert((metric.unit(), series))),
            Entry::Occupied(mut entry) => entry.get_mut().1.join(series),
        }
    }
    let instruments = metrics_by_name.len();
    let rows: BTreeMap<(bool, &str), Row> = metrics_by_name
        .into_iter()
        .filter_map(|(key, (unit, series))| Some((key, series.row(unit)?)))
        .collect();
    let at_zero = instruments - rows.len();
    if rows.is_empty() {
        return String::new();
    }
    let mut head = format!("metrics · {instruments} instruments");
    // Writing to a string cannot fail.
    if at_zero > 0 {
        let _ = write!(head, ", {at_zero} of them at zero");
    }
    let mut text = format!("{}\n", style.dim(&head));
    let left_out = rows.len().saturating_sub(MAX_TABLE_ROWS);
    let shown = || rows.iter().take(MAX_TABLE_ROWS);
    let widest = |of: fn((&(bool, &str), &Row)) -> usize| shown().map(of).max().unwrap_or(0);
    let names = widest(|((_, name), _)| name.chars().count()).min(MAX_NAME);
    let values = widest(|(_, row)| row.value.chars().count());
    for ((_, name), Row { value, rest }) in shown() {
        let name = style.bold(&format!("{:names$}", fit(name, MAX_NAME)));
        let line = format!("{name}  {value:>values$}  {rest}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    if left_out > 0 {
        text += &style.dim(&format!("… and {left_out} more\n"));
    }
    text
}
