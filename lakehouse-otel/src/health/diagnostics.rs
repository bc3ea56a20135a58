//! What the library says about itself: little, and each thing once.

use std::collections::HashMap;
use std::fmt;
use std::io::Write as _;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, PoisonError};

use crate::redact::Redactor;

/// Takes what the library has to say, a line at a time; standard error by default.
pub type Sink = Arc<dyn Fn(&str) + Send + Sync>;

/// Says each trouble once and counts it from then on.
#[derive(Clone)]
pub struct Diagnostics {
    sink: Sink,
    endpoints: Arc<Mutex<HashMap<String, Health>>>,
}

/// How an endpoint is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// How many exports failed.
    pub failures: u64,
    /// How often an export went through after one that failed.
    pub recoveries: u64,
    /// Whether the last export failed.
    pub failing: bool,
    /// Why the last failed export failed.
    pub last_error: Option<String>,
}

impl Diagnostics {
    /// Diagnostics that go to `sink`.
    #[must_use]
    pub fn new(sink: Sink) -> Self {
        Self {
            sink,
            endpoints: Arc::default(),
        }
    }

    /// Diagnostics that go to standard error.
    #[must_use]
    pub fn stderr() -> Self {
        // A closed standard error is nobody's reason to fail.
        Self::new(Arc::new(|line| drop(writeln!(std::io::stderr(), "{line}"))))
    }

    /// Says a warning. What takes it is the program's, and may panic: that is nobody's reason to fail.
    pub fn warn(&self, warning: &str) {
        // An endpoint may hold a password, and a transport's error the endpoint.
        let line = format!("lakehouse-otel: {}", Redactor::new().text(warning));
        let said = AssertUnwindSafe(|| (self.sink)(&line));
        drop(panic::catch_unwind(said));
    }

    /// Counts an export that failed. The first one for `endpoint` is said, whichever signal it was.
    pub fn failed(&self, endpoint: &str, reason: &str) {
        let first = {
            let mut endpoints = self
                .endpoints
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let health = endpoints.entry(endpoint.to_owned()).or_default();
            health.failures += 1;
            health.failing = true;
            health.last_error = Some(Redactor::new().text(reason).into_owned());
            health.failures == 1
        };
        if first {
            self.warn(&format!(
                "telemetry could not be delivered to {endpoint} ({reason}); the program goes on, and this is said once"
            ));
        }
    }

    /// Counts an export that went through.
    pub fn succeeded(&self, endpoint: &str) {
        let mut endpoints = self
            .endpoints
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(health) = endpoints.get_mut(endpoint)
            && health.failing
        {
            health.failing = false;
            health.recoveries += 1;
        }
    }

    /// How `endpoint` is doing; `None` where no export to it failed so far.
    #[must_use]
    pub fn health(&self, endpoint: &str) -> Option<Health> {
        let endpoints = self
            .endpoints
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        endpoints.get(endpoint).cloned()
    }
}

impl fmt::Debug for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Diagnostics")
            .field("endpoints", &self.endpoints)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_said_once_and_recoveries_are_counted() {
        let said = Arc::new(Mutex::new(Vec::new()));
        let diagnostics = Diagnostics::new(Arc::new({
            let said = Arc::clone(&said);
            move |line: &str| said.lock().unwrap().push(line.to_owned())
        }));
        for _ in 0..3 {
            diagnostics.failed("http://a", "connection refused");
        }
        diagnostics.succeeded("http://a");
        diagnostics.succeeded("http://a");
        diagnostics.failed("http://a", "no answer");
        let health = diagnostics.health("http://a").unwrap();
        assert_eq!(
            (health.failures, health.recoveries, health.failing),
            (4, 1, true)
        );
        assert_eq!(health.last_error.unwrap(), "no answer");
        let said = said.lock().unwrap();
        assert_eq!(said.len(), 1);
        assert!(
            said[0].contains("http://a (connection refused)"),
            "{said:?}"
        );
    }
}
