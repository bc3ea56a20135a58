//! What an export met before it was cut short.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Why the last try failed; filled by the transport, read after the export.
#[derive(Debug, Default)]
pub(super) struct Wire(Mutex<Option<String>>);

impl Wire {
    pub(super) fn reset(&self) {
        *self.lock() = None;
    }

    pub(super) fn error(&self) -> Option<String> {
        self.lock().clone()
    }

    pub(super) fn set_error(&self, error: String) {
        *self.lock() = Some(error);
    }

    fn lock(&self) -> MutexGuard<'_, Option<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
