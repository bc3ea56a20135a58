//! What the books hold.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use opentelemetry::KeyValue;

/// Which run of a workflow; unlike every other one's, in other programs too. It is the span's
/// `crypto.workflow_id`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WorkflowId(pub(super) Arc<str>);

impl AsRef<str> for WorkflowId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WorkflowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a workflow stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WorkflowState {
    /// It has not ended.
    Running,
    /// It ended well.
    Completed,
    /// It ended with an error.
    Failed,
    /// Nobody ended it, and it made room for others.
    Cancelled,
}

impl WorkflowState {
    /// `running`, `completed`, `failed` or `cancelled`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for WorkflowState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A run of a workflow.
///
/// With `serde`, as JSON:
///
/// ```
/// use lakehouse_otel::legacy::MetricsCollector;
///
/// let metrics = MetricsCollector::new();
/// let id = metrics.start_workflow("archive_collection");
/// let workflow = metrics.end_workflow(&id);
/// let json = serde_json::to_value(&workflow)?;
/// assert_eq!(json["name"], "archive_collection");
/// assert_eq!(json["state"], "completed");
/// assert!(json["start_time"].as_str().is_some_and(|time| time.ends_with('Z')));
/// assert!(json["duration_seconds"].is_f64());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct WorkflowMetrics {
    /// Which run it is.
    pub id: WorkflowId,
    /// The workflow's name.
    pub name: String,
    /// How it stands.
    pub state: WorkflowState,
    /// When it started.
    pub start_time: SystemTime,
    /// When it ended.
    pub end_time: Option<SystemTime>,
    /// How long it took, or has run so far; whatever was done to the time of day meanwhile.
    pub duration: Duration,
    /// How many events named it.
    pub events: u64,
    /// How many errors named it, the one that it ended with included.
    pub errors: u64,
    /// What the error said that it ended with.
    pub error: Option<String>,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RecordedEvent {
    /// What happened.
    pub event: String,
    /// When.
    pub time: SystemTime,
    /// The run of a workflow in which it happened, where the event named one.
    pub workflow_id: Option<String>,
    /// What else was said.
    pub attributes: Vec<KeyValue>,
}

/// Something that went wrong.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RecordedError {
    /// What the error says.
    pub error: String,
    /// The class of the error, as `error.type` has it: `_OTHER` where the attributes have none.
    pub error_type: String,
    /// When.
    pub time: SystemTime,
    /// The run of a workflow in which it happened, where the error named one.
    pub workflow_id: Option<String>,
    /// What else was said.
    pub attributes: Vec<KeyValue>,
}

/// The books, as they stand at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct CollectedMetrics {
    /// What the program said of itself.
    pub configuration: BTreeMap<String, String>,
    /// Workflows: those that ended, in the order in which they did, then those that run, in the order in
    /// which they started.
    pub workflows: Vec<WorkflowMetrics>,
    /// The last events, oldest first.
    pub events: Vec<RecordedEvent>,
    /// The last errors, oldest first.
    pub errors: Vec<RecordedError>,
    /// How many workflows ended, those included that the books hold no longer.
    pub workflows_ended: u64,
    /// How many of those nobody ended: they made room for others.
    pub workflows_cancelled: u64,
    /// How many events were recorded.
    pub events_recorded: u64,
    /// How many errors were recorded.
    pub errors_recorded: u64,
}
