//! The collector's own counters.

use crate::metrics;

/// Counts an event in `crypto.workflow.events`.
pub(super) fn count_event(event: &'static str, workflow: Option<&'static str>) {
    let events = metrics::workflow_events();
    match workflow {
        Some(workflow) => events.workflow_name(workflow).add(1, event),
        None => events.add(1, event),
    }
}

/// Counts an error in `crypto.workflow.errors`.
pub(super) fn count_error(class: &'static str, workflow: Option<&'static str>) {
    let errors = metrics::workflow_errors();
    match workflow {
        Some(workflow) => errors.workflow_name(workflow).add(1, class),
        None => errors.add(1, class),
    }
}
