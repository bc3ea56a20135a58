//! `annotations`: ours are under `lakehouse`; those of other tools pass unread.

use crate::fields::{Fields, describe};
use crate::source::Report;
use crate::yaml::{Node, Value};

/// Our annotations, whose names are checked.
pub(super) fn of<'n>(
    node: &'n Node,
    what: &'static str,
    known: &[&str],
    report: &mut Report,
) -> Option<Fields<'n>> {
    let ours = section(node, "lakehouse", report)?;
    if known.is_empty() {
        report.at(&ours.at, format!("{what} has no `lakehouse` annotations"));
        return None;
    }
    Fields::of(ours, "the `lakehouse` annotation", known, report)
}

/// What OpenTelemetry's own code generators read.
pub(super) fn code_generation<'n>(
    node: &'n Node,
    known: &[&str],
    report: &mut Report,
) -> Option<Fields<'n>> {
    let section = section(node, "code_generation", report)?;
    Fields::of(section, "the `code_generation` annotation", known, report)
}

fn section<'n>(node: &'n Node, name: &str, report: &mut Report) -> Option<&'n Node> {
    let Value::Mapping(entries) = &node.value else {
        report.at(
            &node.at,
            format!(
                "`annotations` is a mapping of a tool's name to its annotations, found {}",
                describe(node)
            ),
        );
        return None;
    };
    entries
        .iter()
        .find(|(key, _)| key.value == name)
        .map(|(_, node)| node)
}
