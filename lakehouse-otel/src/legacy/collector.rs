//! The collector.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use opentelemetry::KeyValue;

use super::books::{Books, Ids, Running};
use super::labels::{self, ERROR_TYPES, EVENTS, OTHER, WORKFLOWS};
use super::record::{
    CollectedMetrics, RecordedError, RecordedEvent, WorkflowId, WorkflowMetrics, WorkflowState,
};
use super::reported::Reported;
use super::telemetry;
use crate::clock::{Clock, SystemClock};
use crate::operation::{Operation, Returned, Workflow};
use crate::redact::Redactor;
use crate::thrown::discard;

/// Keeps books about workflows, and tells telemetry of each entry.
///
/// It can be shared between threads as it is, in an `Arc` or a `static`. Nothing that telemetry does or
/// fails to do reaches the caller, and no lock is held while it does.
///
/// A workflow that is never ended stays in the books and counts as active, until the collector is dropped, or until there
/// are [`MOST_RUNNING`](super::MOST_RUNNING) and it is the oldest when one more starts: then it was cancelled.
///
/// ```
/// use std::sync::LazyLock;
/// use lakehouse_otel::legacy::MetricsCollector;
///
/// static METRICS: LazyLock<MetricsCollector> = LazyLock::new(MetricsCollector::new);
///
/// let id = METRICS.start_workflow("archive_collection");
/// METRICS.record_error("the page was empty", []);
/// METRICS.end_workflow(&id);
/// println!("{}", serde_json::to_string_pretty(&METRICS.get_metrics())?);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub struct MetricsCollector {
    configuration: BTreeMap<String, String>,
    clock: Arc<dyn Clock>,
    ids: Ids,
    books: Mutex<Books>,
}

impl MetricsCollector {
    /// A collector with empty books.
    #[must_use]
    pub fn new() -> Self {
        Self {
            configuration: BTreeMap::new(),
            clock: Arc::new(SystemClock::new()),
            ids: Ids::new(),
            books: Mutex::default(),
        }
    }

    /// What the program says of itself, for [`CollectedMetrics::configuration`]. Values whose name speaks of a
    /// secret (`api_key`, `password`, …) are `REDACTED` there; nothing else in the books is.
    #[must_use]
    pub fn configuration<K, V>(mut self, entries: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: Into<String>,
        V: Into<String>,
    {
        let entries = entries.into_iter().map(|(key, value)| {
            let key = key.into();
            let value = if is_secret(&key) {
                "REDACTED".to_owned()
            } else {
                value.into()
            };
            (key, value)
        });
        self.configuration.extend(entries);
        self
    }

    /// Another clock; the system's by default. The operations keep the one of telemetry.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Starts a run of the workflow of this name, as an operation under the current context.
    ///
    /// The name labels metrics: see [what does](super#what-labels-a-metric).
    pub fn start_workflow(&self, name: impl Into<String>) -> WorkflowId {
        let name = name.into();
        let label = WORKFLOWS.label(&name);
        let id = self.ids.next();
        let operation = Workflow::new(label).workflow_id(id.as_ref()).start();
        let running = Running {
            id: id.clone(),
            name,
            label,
            started: self.clock.now(),
            events: 0,
            errors: 0,
            operation,
        };
        let number = self.ids.number_of(&id.0);
        // What makes room ends when this returns, outside of the lock.
        let _cancelled = self.books().start(number, running, self.clock.now());
        id
    }

    /// Ends a run well; what the books say of it. `None` where no such run is under way.
    pub fn end_workflow(&self, id: impl AsRef<str>) -> Option<WorkflowMetrics> {
        let (workflow, operation) = self.end(id.as_ref(), None)?;
        operation.ok();
        Some(workflow)
    }

    /// Records an error, as [`record_error`](Self::record_error) does, and ends a run with it; what the
    /// books say of the run. `None` where no such run is under way: the error is in the books all the same.
    ///
    /// ```
    /// use lakehouse_otel::legacy::{MetricsCollector, WorkflowState};
    /// use lakehouse_otel::opentelemetry::KeyValue;
    ///
    /// let metrics = MetricsCollector::new();
    /// let id = metrics.start_workflow("archive_collection");
    /// let timeout = [KeyValue::new("error.type", "timeout")];
    /// let workflow = metrics.fail_workflow(&id, "no answer after 30 s", timeout);
    /// assert_eq!(workflow.expect("it was running").state, WorkflowState::Failed);
    /// ```
    pub fn fail_workflow(
        &self,
        id: impl AsRef<str>,
        error: impl Display,
        attributes: impl IntoIterator<Item = KeyValue>,
    ) -> Option<WorkflowMetrics> {
        let reported = self.error(&error, attributes, Some(id.as_ref()), false);
        let (workflow, operation) = self.end(id.as_ref(), Some(&reported))?;
        operation.returned(Returned::new(&Err::<(), _>(reported)).outcome());
        Some(workflow)
    }

    /// Records that something happened. An attribute `workflow_id` (or `crypto.workflow_id`) says in which run
    /// of a workflow; then it is an event of that run's span too.
    ///
    /// The event labels a metric: see [what does](super#what-labels-a-metric).
    pub fn record_event(
        &self,
        event: impl Into<String>,
        attributes: impl IntoIterator<Item = KeyValue>,
    ) {
        let event = event.into();
        let attributes: Vec<_> = attributes.into_iter().collect();
        let workflow_id = workflow_of(&attributes);
        let recorded = RecordedEvent {
            event: event.clone(),
            time: self.clock.now().into(),
            workflow_id: workflow_id.clone(),
            attributes: attributes.clone(),
        };
        let named = {
            let mut books = self.books();
            books.events.push(recorded);
            let running = workflow_id.and_then(|id| books.run(self.ids.number_of(&id), &id));
            running.map(|running| {
                running.events += 1;
                running.telemetry()
            })
        };
        let workflow = named.map(|(label, handle)| {
            handle.add_event(event.clone(), attributes);
            label
        });
        telemetry::count_event(EVENTS.label(&event), workflow);
    }

    /// Records that something went wrong and the work went on. An attribute `workflow_id` says in which run of a
    /// workflow, as with [`record_event`](Self::record_event); an attribute `error.type` gives the class of the
    /// error, and labels a metric.
    ///
    /// What the error says is in the books and on the run's span, and never in a metric.
    pub fn record_error(
        &self,
        error: impl Display,
        attributes: impl IntoIterator<Item = KeyValue>,
    ) {
        self.error(&error, attributes, None, true);
    }

    /// The books as they stand.
    #[must_use]
    pub fn get_metrics(&self) -> CollectedMetrics {
        let books = self.books();
        let now = self.clock.now();
        let running = books
            .running()
            .map(|running| running.metrics(now, WorkflowState::Running, None));
        CollectedMetrics {
            configuration: self.configuration.clone(),
            workflows: books.ended.kept.iter().cloned().chain(running).collect(),
            events: books.events.kept.iter().cloned().collect(),
            errors: books.errors.kept.iter().cloned().collect(),
            workflows_ended: books.ended.count,
            workflows_cancelled: books.cancelled,
            events_recorded: books.events.count,
            errors_recorded: books.errors.count,
        }
    }

    /// Puts an error in the books and the metrics, and on the run's span where that goes on.
    fn error(
        &self,
        error: &impl Display,
        attributes: impl IntoIterator<Item = KeyValue>,
        workflow: Option<&str>,
        goes_on: bool,
    ) -> Reported {
        let attributes: Vec<_> = attributes.into_iter().collect();
        let class = labels::text_of(&attributes, &["error.type"]);
        let reported = Reported {
            text: said(error),
            class: class.map_or(OTHER, |class| ERROR_TYPES.label(&class)),
        };
        let workflow_id = workflow
            .map(str::to_owned)
            .or_else(|| workflow_of(&attributes));
        let recorded = RecordedError {
            error: reported.text.clone(),
            error_type: reported.class.to_owned(),
            time: self.clock.now().into(),
            workflow_id: workflow_id.clone(),
            attributes,
        };
        let named = {
            let mut books = self.books();
            books.errors.push(recorded);
            let running = workflow_id.and_then(|id| books.run(self.ids.number_of(&id), &id));
            running.map(|running| {
                running.errors += 1;
                running.telemetry()
            })
        };
        let workflow = named.map(|(label, handle)| {
            if goes_on {
                handle.record_error(&reported);
            }
            label
        });
        telemetry::count_error(reported.class, workflow);
        reported
    }

    /// Takes a run out of those under way.
    fn end(&self, id: &str, error: Option<&Reported>) -> Option<(WorkflowMetrics, Operation)> {
        let mut books = self.books();
        let state = error.map_or(WorkflowState::Completed, |_| WorkflowState::Failed);
        let text = error.map(|error| error.text.clone());
        books.end(self.ids.number_of(id), id, self.clock.now(), state, text)
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MetricsCollector {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MetricsCollector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let books = self.books();
        f.debug_struct("MetricsCollector")
            .field("running", &books.running().len())
            .field("ended", &books.ended.count)
            .field("events", &books.events.count)
            .field("errors", &books.errors.count)
            .finish_non_exhaustive()
    }
}

fn workflow_of(attributes: &[KeyValue]) -> Option<String> {
    labels::text_of(attributes, &["workflow_id", "crypto.workflow_id"])
}

/// What the error says. Its code is the program's, and may panic: that is nobody's reason to fail.
fn said(error: &impl Display) -> String {
    panic::catch_unwind(AssertUnwindSafe(|| error.to_string())).unwrap_or_else(|payload| {
        discard(payload);
        "an error whose text could not be made".to_owned()
    })
}

/// Whether a value of the configuration is a secret, by its name: what redaction goes by, and whatever is about secrets,
/// tokens and credentials.
fn is_secret(name: &str) -> bool {
    let words = ["secret", "token", "credential", "passw"];
    let lowercase = name.to_lowercase();
    Redactor::new().is_secret_key(name) || words.iter().any(|word| lowercase.contains(word))
}
