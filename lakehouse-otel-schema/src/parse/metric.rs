//! Metrics.

use super::{about, annotations, reference};
use crate::fields::{Fields, Scalar, describe, list, number, scalar};
use crate::model::{Instrument, Metric};
use crate::source::{Located, Report};
use crate::yaml::Node;

/// How many attribute sets a metric has where the registry does not say.
const CARDINALITY_LIMIT: u64 = 850;

pub(super) fn parse(node: &Node, report: &mut Report) -> Option<Metric> {
    let known = [
        "name",
        "brief",
        "note",
        "instrument",
        "unit",
        "stability",
        "deprecated",
        "attributes",
        "annotations",
    ];
    let fields = Fields::of(node, "a metric", &known, report)?;
    let name = fields.required_text("name", report);
    let about = about(&fields, report);
    let instrument = fields.required_choice("instrument", Instrument::NAMES, report);
    let unit = fields.required_text("unit", report);
    let attributes = reference::list(&fields, "attributes", report);

    let mut double = unit.as_ref().is_some_and(|unit| is_fraction(unit.as_str()));
    let mut boundaries = None;
    let mut cardinality_limit = CARDINALITY_LIMIT;
    let mut observable = None;
    let mut functions = Vec::new();
    if let Some(annotations) = fields.get("annotations") {
        if let Some(code) =
            annotations::code_generation(annotations, &["metric_value_type"], report)
        {
            let types = [("int", false), ("double", true)];
            double = code
                .choice("metric_value_type", &types, report)
                .unwrap_or(double);
        }
        if let Some(ours) = annotations::of(
            annotations,
            "a metric",
            &["boundaries", "cardinality_limit", "functions", "observable"],
            report,
        ) {
            boundaries = ours.get("boundaries").map(|node| {
                let nodes = list(node, "boundaries", report).iter();
                let numbers = nodes
                    .filter_map(|node| number(node, "boundaries", report))
                    .collect();
                Located::new(numbers, node.at.clone())
            });
            if let Some(node) = ours.get("cardinality_limit") {
                cardinality_limit = limit(node, report);
            }
            functions = ours.texts("functions", report);
            observable = ours.get("observable").and_then(|node| {
                let value = ours.boolean("observable", report)?;
                Some(Located::new(value, node.at.clone()))
            });
        }
    }
    // What stands in for a field that is missing or wrong draws no further messages.
    let at = |name| {
        fields
            .get(name)
            .map_or_else(|| fields.at.clone(), |node| node.at.clone())
    };
    if instrument.is_none() {
        boundaries = None;
    }
    Some(Metric {
        name: name?,
        about,
        instrument: Located::new(instrument.unwrap_or(Instrument::Counter), at("instrument")),
        unit: unit.unwrap_or_else(|| Located::new("s".to_owned(), at("unit"))),
        double,
        attributes,
        boundaries,
        cardinality_limit,
        observable,
        functions,
    })
}

/// Times and rates have fractions, counts and bytes do not.
fn is_fraction(unit: &str) -> bool {
    matches!(unit, "s" | "ms" | "us" | "ns" | "min" | "h" | "d") || unit.contains('/')
}

fn limit(node: &Node, report: &mut Report) -> u64 {
    if let Some(Scalar::Integer(value)) = scalar(node)
        && let Ok(limit @ 1..) = u64::try_from(value)
    {
        return limit;
    }
    report.at(
        &node.at,
        format!(
            "`cardinality_limit` is a whole number from 1, found {}",
            describe(node)
        ),
    );
    CARDINALITY_LIMIT
}
