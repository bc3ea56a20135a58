//! What an export's request really met, which opentelemetry-otlp keeps to itself.

use std::sync::{Arc, Mutex, PoisonError};

/// Filled by the transport, read after the export.
#[derive(Clone, Debug, Default)]
pub(super) struct Wire(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    rejected: u64,
    error: Option<String>,
}

impl Wire {
    pub(super) fn reset(&self) {
        *self.lock() = Seen::default();
    }

    pub(super) fn rejected(&self) -> u64 {
        self.lock().rejected
    }

    pub(super) fn error(&self) -> Option<String> {
        self.lock().error.clone()
    }

    pub(super) fn set_rejected(&self, count: u64) {
        self.lock().rejected = count;
    }

    pub(super) fn set_error(&self, error: String) {
        self.lock().error = Some(error);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
