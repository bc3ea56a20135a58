//! `operations.rs`: a definition for each operation.

use super::target::Target;
use super::text::{Text, list};
use crate::model::{MetricSource, Operation, Planned, Registry, Span, SpanKind};
use crate::names;

/// The spans whose operation is generated now.
pub(super) fn generated(registry: &Registry) -> impl Iterator<Item = (&Span, &Operation)> {
    registry
        .spans
        .iter()
        .filter_map(|span| Some((span, span.operation.as_ref()?)))
        .filter(|(_, operation)| operation.planned != Some(Planned::All))
}

/// The spans whose operation has a macro now.
pub(super) fn annotated(registry: &Registry) -> impl Iterator<Item = (&Span, &Operation)> {
    generated(registry).filter(|(_, operation)| operation.planned.is_none())
}

pub(super) fn write(registry: &Registry) -> String {
    let mut out = Text::new();
    out.line("//! The definitions of the operations.");
    out.line("");
    definitions(registry, Target::Runtime, &mut out);
    let all = list(generated(registry), |(_, operation)| {
        format!("&{}", constant(operation))
    });
    out.line("");
    out.line("/// All of them.");
    out.line(&format!("pub static ALL: &[&OperationDefinition] = {all};"));
    out.finish()
}

/// The definitions of the registry's own operations.
pub(super) fn definitions(registry: &Registry, target: Target, out: &mut Text) {
    let runtime = target.runtime();
    out.line(&format!("use {}::trace::SpanKind;", target.opentelemetry()));
    out.line("");
    match target {
        Target::Runtime => out.line("use crate::schema::metrics;"),
        Target::Program => out.line("use super::metrics;"),
    }
    out.line(&format!(
        "use {runtime}::schema::{{MetricSource, OperationDefinition, OperationMetric, OperationType}};",
    ));
    for (span, operation) in generated(registry) {
        definition(span, operation, registry, target, out);
    }
}

/// The name of the operation's definition.
pub(super) fn constant(operation: &Operation) -> String {
    names::constant(operation.constructor.as_str())
}

fn definition(
    span: &Span,
    operation: &Operation,
    registry: &Registry,
    target: Target,
    out: &mut Text,
) {
    out.line("");
    out.about(&span.about);
    out.doc_paragraph(&match target {
        Target::Runtime => format!(
            "Recorded by `#[{}]` as the span `{}`.",
            operation.macro_name.value, span.span_type.value
        ),
        Target::Program => format!(
            "Recorded by `#[{}(span = {})]`.",
            operation.macro_name.value, span.span_type.value
        ),
    });
    out.line(&format!(
        "pub static {}: OperationDefinition = OperationDefinition {{",
        constant(operation)
    ));
    out.line(&format!(
        "operation_type: OperationType::{},",
        operation_type_variant(operation, registry)
    ));
    out.line(&format!("span_type: {:?},", span.span_type.value));
    out.line(&format!("macro_name: {:?},", operation.macro_name.value));
    let kind = match span.kind {
        SpanKind::Internal => "Internal",
        SpanKind::Client => "Client",
        SpanKind::Server => "Server",
        SpanKind::Producer => "Producer",
        SpanKind::Consumer => "Consumer",
    };
    out.line(&format!("kind: SpanKind::{kind},"));
    out.line(&format!("span_name: {:?},", span.name.value));
    let metrics = list(&operation.metrics, |metric| {
        let source = match &metric.source {
            MetricSource::Count => "Count".to_owned(),
            MetricSource::Successes => "Successes".to_owned(),
            MetricSource::Duration => "Duration".to_owned(),
            MetricSource::Active => "Active".to_owned(),
            MetricSource::Errors => "Errors".to_owned(),
            MetricSource::RateLimited => "RateLimited".to_owned(),
            MetricSource::OverBudget => "OverBudget".to_owned(),
            MetricSource::Attribute(key) => format!("Attribute({:?})", key.value),
            MetricSource::Rate(key) => format!("Rate({:?})", key.value),
            MetricSource::Age(key) => format!("Age({:?})", key.value),
        };
        format!(
            "OperationMetric {{ definition: &{}, source: MetricSource::{source} }}",
            target.metric(metric.metric.as_str(), registry)
        )
    });
    out.line(&format!("metrics: {metrics},"));
    out.line("};");
}

/// The member of `crypto.operation_type` with that value; the check made sure of it.
fn operation_type_variant(operation: &Operation, registry: &Registry) -> String {
    let value = operation.operation_type.as_str();
    registry
        .attribute(crate::check::OPERATION_TYPE)
        .and_then(|attribute| match &attribute.kind {
            crate::model::AttributeType::Enum(members) => members
                .members
                .iter()
                .find(|member| member.value.value == value),
            _ => None,
        })
        .map_or_else(
            || names::pascal(value),
            |member| names::pascal(member.id.as_str()),
        )
}
