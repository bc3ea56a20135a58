//! `metrics.rs`: a definition for each metric.

use super::prose::grouped;
use super::target::Target;
use super::text::{Text, list};
use crate::model::{AttributeRef, Instrument, Metric, Registry, Requirement};
use crate::names;

pub(super) fn write(registry: &Registry) -> String {
    let mut out = Text::new();
    out.line("//! The definitions of the metrics.");
    out.line("");
    definitions(registry, Target::Runtime, &mut out);
    let all = list(&registry.metrics, |metric| {
        names::constant(metric.name.as_str())
    });
    out.line("");
    out.line("/// All of them.");
    out.line(&format!("pub static ALL: &[MetricDefinition] = {all};"));
    out.finish()
}

/// The definitions of the registry's own metrics.
pub(super) fn definitions(registry: &Registry, target: Target, out: &mut Text) {
    out.line(&format!(
        "use {}::schema::{{InstrumentKind, MetricAttribute, MetricDefinition, NumberKind}};",
        target.runtime()
    ));
    for metric in &registry.metrics {
        definition(metric, registry, out);
    }
}

fn definition(metric: &Metric, registry: &Registry, out: &mut Text) {
    let name = metric.name.as_str();
    out.line("");
    out.about(&metric.about);
    out.doc_paragraph(&format!(
        "`{name}`, {} in `{}`.",
        article(metric.instrument.value),
        metric.unit.value
    ));
    out.line(&format!(
        "pub const {}: MetricDefinition = MetricDefinition {{",
        names::constant(name)
    ));
    out.line(&format!("name: {name:?},"));
    let instrument = match metric.instrument.value {
        Instrument::Counter => "Counter",
        Instrument::UpDownCounter => "UpDownCounter",
        Instrument::Histogram => "Histogram",
        Instrument::Gauge => "Gauge",
    };
    out.line(&format!("instrument: InstrumentKind::{instrument},"));
    let number = number(metric).to_uppercase();
    out.line(&format!("number: NumberKind::{number},"));
    out.line(&format!("unit: {:?},", metric.unit.value));
    out.line(&format!("description: {:?},", metric.about.brief));
    let attributes = list(&metric.attributes, |mention| label(mention, registry));
    out.line(&format!("attributes: {attributes},"));
    let boundaries = metric
        .boundaries
        .as_ref()
        .map_or(&[][..], |boundaries| &boundaries.value);
    out.line(&format!(
        "boundaries: {},",
        list(boundaries, |boundary| boundary_literal(*boundary))
    ));
    out.line(&format!(
        "cardinality_limit: {},",
        integer(metric.cardinality_limit)
    ));
    out.line(&format!("observable: {},", metric.is_observable()));
    out.line("};");
}

fn label(mention: &AttributeRef, registry: &Registry) -> String {
    let attribute = registry.attribute(mention.key.as_str());
    let bound = attribute.and_then(|attribute| attribute.bound(&mention.requirement));
    let values = bound.map_or_else(
        || "None".to_owned(),
        |bound| format!("Some({})", integer(bound)),
    );
    format!(
        "MetricAttribute {{ key: {:?}, opt_in: {}, values: {values} }}",
        mention.key.value,
        mention.requirement == Requirement::OptIn
    )
}

/// The type of the numbers that it records.
pub(super) fn number(metric: &Metric) -> &'static str {
    match (metric.double, metric.instrument.value) {
        (true, _) => "f64",
        (false, Instrument::Counter | Instrument::Histogram) => "u64",
        (false, Instrument::UpDownCounter | Instrument::Gauge) => "i64",
    }
}

pub(super) fn article(instrument: Instrument) -> &'static str {
    match instrument {
        Instrument::Counter => "a counter",
        Instrument::UpDownCounter => "an up-down counter",
        Instrument::Histogram => "a histogram",
        Instrument::Gauge => "a gauge",
    }
}

/// As clippy wants long literals: `1_048_576.0`.
fn boundary_literal(boundary: f64) -> String {
    let text = format!("{boundary:?}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, "0"));
    whole.parse().map_or(text.clone(), |whole| {
        format!("{}.{fraction}", integer(whole))
    })
}

fn integer(number: u64) -> String {
    grouped(number, '_')
}
