//! Spans' names, and the operations behind spans: their types, the metrics that they feed, their arguments.

use super::{OPERATION_TYPE, resolved};
use crate::model::{
    AttributeType, Cardinality, Instrument, Metric, MetricSource, Operation, Registry, Requirement,
    Role, Span,
};
use crate::source::{Located, Report};
use crate::suggest::{did_you_mean, unknown};

pub(super) fn check(registry: &Registry, report: &mut Report) {
    for span in &registry.spans {
        name(span, report);
        let Some(operation) = &span.operation else {
            for argument in span
                .attributes
                .iter()
                .filter_map(|mention| mention.argument.as_ref())
            {
                report.at(
                    &argument.name.at,
                    "an argument is for a span with a macro: `annotations: {lakehouse: {macro: …}}`",
                );
            }
            continue;
        };
        operation_type(operation, registry, report);
        for of in &operation.metrics {
            if let Some(metric) = registry.metric(of.metric.as_str()) {
                source(&of.source, &of.metric, metric, report);
            }
            if let MetricSource::Attribute(key) | MetricSource::Rate(key) = &of.source {
                let counts = registry
                    .metric(of.metric.as_str())
                    .is_some_and(|metric| metric.instrument.value == Instrument::Counter);
                measured(key, counts, span, registry, report);
            }
        }
        arguments(span, operation, registry, report);
    }
}

/// The keys in the braces of a span's name are attributes of the span.
fn name(span: &Span, report: &mut Report) {
    let mut rest = span.name.as_str();
    while let Some((_, after)) = rest.split_once('{') {
        let Some((key, after)) = after.split_once('}') else {
            report.at(&span.name.at, "a `}` is missing in the span's name");
            return;
        };
        if !span
            .attributes
            .iter()
            .any(|mention| mention.key.value == key)
        {
            let keys = span.attributes.iter().map(|mention| mention.key.as_str());
            let meant = did_you_mean(key, keys);
            report.at(
                &span.name.at,
                format!(
                    "the span's name has `{{{key}}}`, which is no attribute of the span{meant}"
                ),
            );
        }
        rest = after;
    }
}

fn operation_type(operation: &Operation, registry: &Registry, report: &mut Report) {
    let value = &operation.operation_type;
    let Some(AttributeType::Enum(set)) = registry
        .attribute(OPERATION_TYPE)
        .map(|attribute| &attribute.kind)
    else {
        report.at(
            &value.at,
            format!("an operation needs an attribute `{OPERATION_TYPE}` with members, of which its type is one"),
        );
        return;
    };
    let values: Vec<&str> = set
        .members
        .iter()
        .map(|member| member.value.as_str())
        .collect();
    if !values.contains(&value.as_str()) {
        report.at(
            &value.at,
            unknown("operation type", value.as_str(), &values),
        );
    }
}

/// The instrument fits what is recorded in it.
fn source(source: &MetricSource, name: &Located<String>, metric: &Metric, report: &mut Report) {
    let instrument = metric.instrument.value;
    let (what, fits, needs) = match source {
        MetricSource::Count
        | MetricSource::Successes
        | MetricSource::Errors
        | MetricSource::RateLimited
        | MetricSource::OverBudget => ("a count", instrument == Instrument::Counter, "a counter"),
        MetricSource::Duration => (
            "a duration",
            instrument == Instrument::Histogram && metric.unit.value == "s",
            "a histogram in `s`",
        ),
        MetricSource::Active => (
            "what is active",
            instrument == Instrument::UpDownCounter,
            "an updowncounter",
        ),
        MetricSource::Rate(_) => (
            "a rate",
            metric.unit.value.ends_with("/s"),
            "a unit by `/s`",
        ),
        MetricSource::Attribute(_) => return,
    };
    if !fits {
        report.at(
            &name.at,
            format!(
                "{what} needs {needs}; `{}` is a {} in `{}`",
                metric.name.value,
                instrument.as_str(),
                metric.unit.value
            ),
        );
    }
}

/// An attribute whose value is recorded is one of the span's, and a number; or a truth value, for a counter.
fn measured(
    key: &Located<String>,
    counts: bool,
    span: &Span,
    registry: &Registry,
    report: &mut Report,
) {
    let Some((_, attribute)) =
        resolved(&span.attributes, registry).find(|(mention, _)| mention.key.value == key.value)
    else {
        let meant = did_you_mean(
            key.as_str(),
            span.attributes.iter().map(|mention| mention.key.as_str()),
        );
        report.at(
            &key.at,
            format!("`{}` is no attribute of the span{meant}", key.value),
        );
        return;
    };
    let is_counted = counts && matches!(attribute.kind, AttributeType::Bool);
    if !is_counted && !matches!(attribute.kind, AttributeType::Int | AttributeType::Double) {
        report.at(
            &key.at,
            format!(
                "`{}` is not a number, so no instrument can record it",
                key.value
            ),
        );
    }
}

fn arguments(span: &Span, operation: &Operation, registry: &Registry, report: &mut Report) {
    let metrics: Vec<&Metric> = operation
        .metrics
        .iter()
        .filter_map(|of| registry.metric(of.metric.as_str()))
        .collect();
    for (mention, attribute) in resolved(&span.attributes, registry) {
        let Some(argument) = &mention.argument else {
            continue;
        };
        let at = &argument.name.at;
        let name = &argument.name.value;
        let labelled = metrics
            .iter()
            .flat_map(|metric| &metric.attributes)
            .any(|label| {
                label.key.value == mention.key.value && label.requirement != Requirement::OptIn
            });
        match argument.role {
            Role::Label if attribute.cardinality == Cardinality::High => report.at(
                at,
                format!(
                    "`{name}` cannot be a label: `{}` has too many values",
                    mention.key.value
                ),
            ),
            Role::Label if !labelled => report.at(
                at,
                format!(
                    "`{name}` is a label, and no metric of the operation has `{}`",
                    mention.key.value
                ),
            ),
            Role::Measurement
                if !matches!(
                    attribute.kind,
                    AttributeType::Int | AttributeType::Double | AttributeType::Bool
                ) =>
            {
                report.at(
                    at,
                    format!(
                        "`{name}` is a measurement, and `{}` is neither a number nor a truth value",
                        mention.key.value
                    ),
                );
            }
            _ => {}
        }
    }
}
