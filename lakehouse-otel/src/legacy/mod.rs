//! Books about workflows, for programs that keep them by hand.
//!
//! [`MetricsCollector`] is what many pipelines have already: it is told when a workflow starts and ends, and
//! what happened in it, and gives a summary that can be printed or stored. Here each call goes to telemetry
//! too. New code annotates its functions instead: `docs/legacy-metrics.md` shows how to get there step by
//! step.
//!
//! ```
//! use lakehouse_otel::legacy::{MetricsCollector, WorkflowState};
//! use lakehouse_otel::opentelemetry::KeyValue;
//!
//! let metrics = MetricsCollector::new().configuration([("exchange", "binance")]);
//! let id = metrics.start_workflow("archive_collection");
//! metrics.record_event(
//!     "page_fetched",
//!     [KeyValue::new("workflow_id", id.to_string()), KeyValue::new("records", 1_000)],
//! );
//! let workflow = metrics.end_workflow(&id).expect("it was running");
//! assert_eq!(workflow.state, WorkflowState::Completed);
//! println!("{} took {:?}", workflow.name, workflow.duration);
//! ```
//!
//! | call | in the books | as telemetry |
//! |---|---|---|
//! | [`start_workflow`](MetricsCollector::start_workflow) | a running workflow | `crypto.workflows.active`; a span starts |
//! | [`end_workflow`](MetricsCollector::end_workflow) | it completed | `crypto.workflow.executions` and `.duration` with the outcome `ok`; the span ends |
//! | [`fail_workflow`](MetricsCollector::fail_workflow) | it failed, and why | the same with the outcome `error`, and `crypto.workflow.errors` |
//! | [`record_event`](MetricsCollector::record_event) | the event | `crypto.workflow.events`; an event of the workflow's span |
//! | [`record_error`](MetricsCollector::record_error) | the error | `crypto.workflow.errors`; an `exception` event of the workflow's span |
//!
//! The books are kept whether telemetry runs or not, also without the feature `enabled`; they hold the last
//! [`KEPT`] of the workflows that ended, of the events, and of the errors. Of workflows that nobody ends there are at most
//! [`MOST_RUNNING`]; past that the oldest is cancelled, with the outcome `cancelled`, and counted in
//! [`CollectedMetrics::workflows_cancelled`].
//!
//! # What labels a metric
//!
//! The workflow's name, the event's name and the error's type, and nothing else: no attribute and no text of
//! an error gets there. Of names there are at most 100, of types 32; further ones, and those that are no
//! names but sentences, count as `_OTHER`; the span of such a workflow is called so too. The books have all names as
//! they were given.

mod books;
mod collector;
mod labels;
mod record;
mod reported;
mod serialize;
mod telemetry;

pub use books::{KEPT, MOST_RUNNING};
pub use collector::MetricsCollector;
pub use record::{
    CollectedMetrics, RecordedError, RecordedEvent, WorkflowId, WorkflowMetrics, WorkflowState,
};
