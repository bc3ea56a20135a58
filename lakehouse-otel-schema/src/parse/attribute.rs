//! Attributes, and the members of those that have a set of values.

use super::{about, annotations};
use crate::fields::{Fields, Scalar, describe, scalar};
use crate::model::{Attribute, AttributeType, Cardinality, EnumType, Member, Stability};
use crate::source::{Located, Report};
use crate::suggest::unknown;
use crate::yaml::{Node, Value};

const TYPES: [&str; 5] = ["string", "int", "double", "boolean", "string[]"];

pub(super) fn parse(node: &Node, report: &mut Report) -> Option<Attribute> {
    let known = [
        "key",
        "type",
        "brief",
        "note",
        "examples",
        "stability",
        "deprecated",
        "annotations",
    ];
    let fields = Fields::of(node, "an attribute", &known, report)?;
    let key = fields.required_text("key", report);
    let mut kind = fields
        .required("type", report)
        .and_then(|node| kind(node, report));
    let about = about(&fields, report);
    let ours = fields.get("annotations").and_then(|node| {
        annotations::of(
            node,
            "an attribute",
            &["cardinality", "open", "rust_name", "time", "values"],
            report,
        )
    });
    let mut cardinality = match kind {
        Some(AttributeType::Enum(_) | AttributeType::Bool) | None => Cardinality::Low,
        Some(_) => Cardinality::High,
    };
    let mut values = None;
    let mut rust_name = None;
    let mut is_time = false;
    if let Some(ours) = &ours {
        let levels = [("low", Cardinality::Low), ("high", Cardinality::High)];
        if let Some(level) = ours.choice("cardinality", &levels, report) {
            cardinality = level;
        }
        let open = ours.boolean("open", report);
        rust_name = ours.text("rust_name", report);
        is_time = ours.boolean("time", report).unwrap_or(false);
        if let (true, Some(node), Some(kind)) = (is_time, ours.get("time"), &kind)
            && !matches!(kind, AttributeType::Int)
        {
            report.at(&node.at, "`time` is for attributes of type `int`");
        }
        match &mut kind {
            Some(AttributeType::Enum(members)) => members.open = open.unwrap_or(true),
            Some(_) => {
                for name in ["open", "rust_name"] {
                    if let Some(node) = ours.get(name) {
                        report.at(&node.at, format!("`{name}` is for attributes with members"));
                    }
                }
            }
            None => {}
        }
        values = ours.get("values").and_then(|node| {
            let values = bound(node, report);
            let unfit = kind.as_ref().and_then(has_no_bound);
            if let Some(unfit) = unfit {
                let message = format!("`values` is for texts and open sets of members: {unfit}");
                report.at(&node.at, message);
            }
            values
        });
    }
    let examples = fields.get("examples").map(examples).unwrap_or_default();
    Some(Attribute {
        key: key?,
        // What stands in for a type that is no type draws no further messages.
        kind: kind.unwrap_or(AttributeType::Int),
        about,
        examples,
        cardinality,
        values,
        rust_name,
        is_time,
    })
}

/// How many values an attribute has as a label of one metric.
fn bound(node: &Node, report: &mut Report) -> Option<u64> {
    if let Some(Scalar::Integer(value)) = scalar(node)
        && let Ok(values @ 1..=Attribute::MOST_VALUES) = u64::try_from(value)
    {
        return Some(values);
    }
    report.at(
        &node.at,
        format!(
            "`values` is a whole number from 1 to 2,000, found {}; 2,000 is the most, for the SDK reserves memory for \
             each series that a metric may have",
            describe(node)
        ),
    );
    None
}

/// Why a label of this type has no bound of its own.
fn has_no_bound(kind: &AttributeType) -> Option<&'static str> {
    match kind {
        AttributeType::Text => None,
        AttributeType::Enum(set) if set.open => None,
        AttributeType::Enum(_) => Some("a closed one has its members, and no others"),
        AttributeType::Bool => Some("a truth value is one of two"),
        AttributeType::Int => {
            Some("numbers are not counted, and the metric's `cardinality_limit` bounds them")
        }
        AttributeType::Double => Some("a floating-point number cannot label a metric"),
        AttributeType::TextList => Some("a list cannot label a metric"),
    }
}

fn kind(node: &Node, report: &mut Report) -> Option<AttributeType> {
    if let Value::Mapping(_) = &node.value {
        return members(node, report).map(AttributeType::Enum);
    }
    let Some(Scalar::Text(name)) = scalar(node) else {
        report.at(
            &node.at,
            format!(
                "`type` is the name of a type or a mapping with `members`, found {}",
                describe(node)
            ),
        );
        return None;
    };
    match name {
        "string" => Some(AttributeType::Text),
        "int" => Some(AttributeType::Int),
        "double" => Some(AttributeType::Double),
        "boolean" => Some(AttributeType::Bool),
        "string[]" => Some(AttributeType::TextList),
        _ => {
            let message = unknown("type", name, &TYPES);
            report.at(&node.at, format!("{message}, or a mapping with `members`"));
            None
        }
    }
}

fn members(node: &Node, report: &mut Report) -> Option<EnumType> {
    let fields = Fields::of(node, "a type", &["members"], report)?;
    let list = fields.required("members", report)?;
    let nodes = fields.list("members", report);
    if nodes.is_empty() && matches!(list.value, Value::Sequence(_)) {
        report.at(
            &list.at,
            "`members` is empty; an attribute without members is a `string`",
        );
    }
    Some(EnumType {
        open: true,
        members: nodes
            .iter()
            .filter_map(|node| member(node, report))
            .collect(),
    })
}

fn member(node: &Node, report: &mut Report) -> Option<Member> {
    let known = [
        "id",
        "value",
        "brief",
        "note",
        "stability",
        "deprecated",
        "annotations",
    ];
    let fields = Fields::of(node, "a member", &known, report)?;
    let id = fields.required_text("id", report);
    let value = fields.required_text("value", report);
    let brief = fields.text("brief", report).map(|brief| brief.value);
    let stability = fields.choice("stability", Stability::NAMES, report);
    Some(Member {
        id: id?,
        value: value?,
        brief,
        stability: stability.unwrap_or(Stability::Development),
    })
}

/// One example, or a list of them; for lists of texts, a list of lists.
fn examples(node: &Node) -> Vec<String> {
    fn show(node: &Node) -> Located<String> {
        let text = match &node.value {
            Value::Scalar { text, .. } => text.clone(),
            Value::Sequence(nodes) => {
                let items: Vec<String> = nodes.iter().map(|node| show(node).value).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Mapping(_) => String::new(),
        };
        Located::new(text, node.at.clone())
    }
    match &node.value {
        Value::Sequence(nodes) => nodes.iter().map(|node| show(node).value).collect(),
        _ => vec![show(node).value],
    }
}
