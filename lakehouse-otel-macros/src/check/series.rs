//! How many series the labels of one callsite could make.

use std::collections::BTreeMap;

use proc_macro2::Span;
use syn::Ident;

use super::key::KeyPath;
use super::{Capture, CheckedArgs};
use crate::diagnostics::Code;
use crate::tables::{Role, ValueKind};

/// More series than this of one metric, and the compiler warns.
const LIMIT: usize = 2_000;

/// How an operation may end, which labels its metrics too.
const OUTCOMES: usize = 4;

/// Warns where the enums that label the operation's metrics have too many combinations: of those whose value is known
/// at the call only, for a constant is one. An open set counts with its members. A label that only some of the operation's
/// metrics have counts as one of them all.
pub(super) fn check(checked: &mut CheckedArgs) {
    if !checked.metrics {
        return;
    }
    let observed = [&checked.ok, &checked.err].into_iter().flatten();
    let captures = observed.flat_map(|observed| &observed.captures);
    let captures = checked.captures.iter().chain(captures);
    let labels: BTreeMap<_, _> = captures.filter_map(label).collect();
    let series = labels.values().fold(OUTCOMES, |series, (_, members)| {
        series.saturating_mul(*members)
    });
    // At the label with the most members: a constant there helps most.
    let Some((place, _)) = labels.values().max_by_key(|(_, members)| *members) else {
        return;
    };
    if series <= LIMIT {
        return;
    }
    let factors: Vec<_> = labels
        .iter()
        .map(|(name, (_, members))| format!("{members} of `{name}`"))
        .collect();
    let code = Code::ManySeries;
    let message = format!(
        "[{code}] a metric of this operation could have {series} series, more than {LIMIT}: {OUTCOMES} outcomes × {}; \
         make one of them a constant, record it in the body (`context = operation`), or keep metrics off (`metrics = false`)",
        factors.join(" × ")
    );
    let place = Ident::new("labels", *place);
    checked.warnings.push((place, message));
}

/// An evaluated label: its name, and its key's place with how many members there are.
fn label(capture: &Capture) -> Option<(&str, (Span, usize))> {
    let (Role::Label, Some(ValueKind::Enum(table))) = (capture.role, capture.kind) else {
        return None;
    };
    let place = match &capture.key {
        KeyPath::Registry { constant, .. } => constant.span(),
        KeyPath::User(path) => path.clone().into_iter().last()?.span(),
        KeyPath::Response => return None,
    };
    let members = match capture.value {
        super::Value::Expression(_) => table.members.len(),
        // In `ok(…)`, where it is evaluated as everything is.
        super::Value::Constant(_) | super::Value::Member { .. } => 1,
    };
    Some((&capture.name, (place, members)))
}
