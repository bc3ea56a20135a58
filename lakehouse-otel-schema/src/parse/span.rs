//! Spans, and the operations that record them.

use super::{about, annotations, reference};
use crate::fields::{Fields, text};
use crate::model::{Dialect, MetricSource, Operation, OperationMetric, Planned, Span, SpanKind};
use crate::names;
use crate::source::{Located, Report};
use crate::suggest::unknown;
use crate::yaml::{Node, Value};

/// The macro that records the spans of a program's own.
const OWN_MACRO: &str = "trace_operation";

/// The type of a program's own operations.
const OWN_TYPE: &str = "custom";

pub(super) fn parse(node: &Node, dialect: Dialect, report: &mut Report) -> Option<Span> {
    let known = [
        "type",
        "kind",
        "name",
        "brief",
        "note",
        "stability",
        "deprecated",
        "attributes",
        "annotations",
    ];
    let fields = Fields::of(node, "a span", &known, report)?;
    let span_type = fields.required_text("type", report);
    let kind = fields.required_choice("kind", SpanKind::NAMES, report);
    let name = fields.required("name", report).and_then(|node| {
        Fields::of(node, "a span's name", &["note"], report)?.required_text("note", report)
    });
    let about = about(&fields, report);
    let mut attributes = reference::of_span(&fields, report);
    let known: &[&str] = match dialect {
        Dialect::BuiltIn => &[
            "macro",
            "constructor",
            "operation_type",
            "planned",
            "metrics",
        ],
        Dialect::Own => &["metrics"],
    };
    let ours = fields
        .get("annotations")
        .and_then(|node| annotations::of(node, "a span", known, report));
    let operation = match dialect {
        Dialect::BuiltIn => ours.as_ref().and_then(|ours| operation(ours, report)),
        Dialect::Own => span_type
            .as_ref()
            .map(|span_type| own_operation(span_type, ours.as_ref(), report)),
    };
    if ours.is_some() && operation.is_none() {
        // The operation's mistake is told; that its arguments have no operation is not another one.
        for mention in &mut attributes {
            mention.argument = None;
        }
    }
    Some(Span {
        span_type: span_type?,
        kind: kind.unwrap_or(SpanKind::Internal),
        name: name.unwrap_or_else(|| Located::new(String::new(), fields.at.clone())),
        about,
        attributes,
        operation,
    })
}

fn operation(fields: &Fields<'_>, report: &mut Report) -> Option<Operation> {
    let macro_name = fields.required_text("macro", report);
    let constructor = fields.required_text("constructor", report);
    let operation_type = fields.required_text("operation_type", report);
    let planned = [("macro", Planned::Macro), ("all", Planned::All)];
    let planned = fields.choice("planned", &planned, report);
    let metrics = metrics(fields, report);
    Some(Operation {
        macro_name: macro_name?,
        constructor: constructor?,
        operation_type: operation_type?,
        planned,
        metrics,
    })
}

/// Every span of a program's own schema is an operation.
fn own_operation(
    span_type: &Located<String>,
    fields: Option<&Fields<'_>>,
    report: &mut Report,
) -> Operation {
    let here = |value: &str| Located::new(value.to_owned(), span_type.at.clone());
    Operation {
        macro_name: here(OWN_MACRO),
        constructor: here(&names::short(span_type.as_str()).replace('.', "_")),
        operation_type: here(OWN_TYPE),
        planned: None,
        metrics: fields
            .map(|fields| metrics(fields, report))
            .unwrap_or_default(),
    }
}

/// Operations are called after their span without its namespace; those that would be called the same, with it.
pub(super) fn name_operations(spans: &mut [Span]) {
    let name = |span: &Span| Some(span.operation.as_ref()?.constructor.value.clone());
    let short: Vec<_> = spans.iter().filter_map(name).collect();
    for span in spans {
        let Some(operation) = &mut span.operation else {
            continue;
        };
        let name = &mut operation.constructor.value;
        if short.iter().filter(|other| *other == name).count() > 1 {
            *name = span.span_type.value.replace('.', "_");
        }
    }
}

fn metrics(fields: &Fields<'_>, report: &mut Report) -> Vec<OperationMetric> {
    let nodes = fields.list("metrics", report).iter();
    nodes.filter_map(|node| metric(node, report)).collect()
}

fn metric(node: &Node, report: &mut Report) -> Option<OperationMetric> {
    let fields = Fields::of(node, "a metric of an operation", &["ref", "source"], report)?;
    let metric = fields.required_text("ref", report);
    let source = fields
        .required("source", report)
        .and_then(|node| source(node, report));
    Some(OperationMetric {
        metric: metric?,
        source: source?,
    })
}

/// `count` and its kin, or `{attribute: key}`, or `{rate: key}`.
fn source(node: &Node, report: &mut Report) -> Option<MetricSource> {
    let names = [
        "count",
        "successes",
        "duration",
        "active",
        "errors",
        "rate_limited",
        "over_budget",
    ];
    if let Value::Mapping(_) = node.value {
        let fields = Fields::of(node, "a source", &["attribute", "rate"], report)?;
        if let Some(key) = fields.text("attribute", report) {
            return Some(MetricSource::Attribute(key));
        }
        return fields.required_text("rate", report).map(MetricSource::Rate);
    }
    let name = text(node, "source", report)?;
    match name.as_str() {
        "count" => Some(MetricSource::Count),
        "successes" => Some(MetricSource::Successes),
        "duration" => Some(MetricSource::Duration),
        "active" => Some(MetricSource::Active),
        "errors" => Some(MetricSource::Errors),
        "over_budget" => Some(MetricSource::OverBudget),
        "rate_limited" => Some(MetricSource::RateLimited),
        other => {
            let message = unknown("source", other, &names);
            report.at(
                &node.at,
                format!("{message}, `{{attribute: key}}`, `{{rate: key}}`"),
            );
            None
        }
    }
}
