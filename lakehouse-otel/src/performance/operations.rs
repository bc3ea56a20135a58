//! The history of this program's own operations.

use super::OperationHistory;
use crate::pipeline::{self, Pipeline};

/// How long the operations of this name, that of their spans, took of late; `None` where there were none,
/// or too many other names.
///
/// There is a history for operations with `resources = true` or a `budget`, of the calls since `init`,
/// traced or not; calls that were cancelled are left out. Under a `testing::capture` it is the capture's.
///
/// ```
/// use lakehouse_otel::performance::operation_history;
/// use lakehouse_otel::prelude::*;
///
/// #[track_processing(operation = "clean", resources = true, record_count = rows.len())]
/// fn clean(rows: &[u64]) {}
///
/// let capture = lakehouse_otel::testing::capture();
/// capture.run(|| {
///     clean(&[1, 2, 3]);
///     let history = operation_history("clean").unwrap();
///     println!("{} calls, 95 % of them within {:?}", history.count, history.p95);
/// });
/// ```
#[must_use]
pub fn operation_history(name: &str) -> Option<OperationHistory> {
    current(|pipeline| pipeline.history().snapshot(name))?
}

/// The names for which there is an [`operation_history`], sorted; 256 at most.
#[must_use]
pub fn operation_names() -> Vec<String> {
    current(|pipeline| pipeline.history().names()).unwrap_or_default()
}

fn current<R>(look: impl FnOnce(&Pipeline) -> R) -> Option<R> {
    match pipeline::capture() {
        Some(capture) => Some(look(&capture)),
        None => pipeline::installed().map(look),
    }
}
