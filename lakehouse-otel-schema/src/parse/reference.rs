//! `attributes` of a span, metric, event or entity: mentions of attributes that stand elsewhere.

use super::annotations;
use crate::fields::{Fields, Scalar, describe, scalar};
use crate::model::{Argument, AttributeRef, Requirement, Role};
use crate::source::Report;
use crate::suggest::unknown;
use crate::yaml::{Node, Value};

const LEVELS: [&str; 4] = [
    "required",
    "conditionally_required",
    "recommended",
    "opt_in",
];

const FIELDS: [&str; 9] = [
    "ref",
    "requirement_level",
    "brief",
    "note",
    "examples",
    "stability",
    "deprecated",
    "annotations",
    // Of spans alone.
    "sampling_relevant",
];

/// The mentions of a metric, an event or an entity.
pub(super) fn list(fields: &Fields<'_>, name: &str, report: &mut Report) -> Vec<AttributeRef> {
    mentions(fields, name, &FIELDS[..FIELDS.len() - 1], report)
}

/// The mentions of a span.
pub(super) fn of_span(fields: &Fields<'_>, report: &mut Report) -> Vec<AttributeRef> {
    mentions(fields, "attributes", &FIELDS, report)
}

fn mentions(
    fields: &Fields<'_>,
    name: &str,
    known: &[&str],
    report: &mut Report,
) -> Vec<AttributeRef> {
    let nodes = fields.list(name, report);
    nodes
        .iter()
        .filter_map(|node| parse(node, known, report))
        .collect()
}

fn parse(node: &Node, known: &[&str], report: &mut Report) -> Option<AttributeRef> {
    let fields = Fields::of(node, "a mention of an attribute", known, report)?;
    let key = fields.required_text("ref", report);
    let requirement = fields
        .get("requirement_level")
        .map_or(Some(Requirement::Recommended), |node| level(node, report));
    fields.boolean("sampling_relevant", report);
    let ours = fields.get("annotations").and_then(|node| {
        annotations::of(
            node,
            "a mention",
            &["argument", "role", "aliases", "also"],
            report,
        )
    });
    let argument = ours.and_then(|ours| {
        let roles = [
            ("label", Role::Label),
            ("measurement", Role::Measurement),
            ("span", Role::Span),
        ];
        let name = ours.required_text("argument", report);
        let role = ours.choice("role", &roles, report).unwrap_or(Role::Span);
        Some(Argument {
            aliases: ours.texts("aliases", report),
            also: ours.texts("also", report),
            name: name?,
            role,
        })
    });
    Some(AttributeRef {
        key: key?,
        requirement: requirement.unwrap_or(Requirement::Recommended),
        brief: fields.text("brief", report).map(|brief| brief.value),
        argument,
    })
}

/// A level's name, or a mapping of it to the condition or the reason.
fn level(node: &Node, report: &mut Report) -> Option<Requirement> {
    if let Value::Mapping(entries) = &node.value
        && let [(key, reason)] = entries.as_slice()
    {
        let reason = crate::fields::text(reason, key.as_str(), report)?.value;
        return named(key.as_str(), Some(reason), &key.at, report);
    }
    if let Some(Scalar::Text(name)) = scalar(node) {
        return named(name, None, &node.at, report);
    }
    report.at(
        &node.at,
        format!(
            "`requirement_level` is one of {}, found {}",
            crate::suggest::allowed(&LEVELS),
            describe(node)
        ),
    );
    None
}

fn named(
    name: &str,
    reason: Option<String>,
    at: &crate::source::Position,
    report: &mut Report,
) -> Option<Requirement> {
    match (name, reason) {
        ("required", None) => Some(Requirement::Required),
        ("recommended", _) => Some(Requirement::Recommended),
        ("opt_in", _) => Some(Requirement::OptIn),
        ("conditionally_required", Some(condition)) => {
            Some(Requirement::ConditionallyRequired(condition))
        }
        ("conditionally_required", None) => {
            report.at(
                at,
                "`conditionally_required` names its condition: `{conditionally_required: when there is one}`",
            );
            None
        }
        ("required", Some(_)) => {
            report.at(
                at,
                "`required` has no condition; `conditionally_required` has",
            );
            None
        }
        _ => {
            report.at(at, unknown("requirement level", name, &LEVELS));
            None
        }
    }
}
