//! `tables/generated.rs` of the macro crate: what each macro takes, and every attribute for the dotted form.

use std::collections::BTreeMap;

use super::operations::annotated;
use super::text::{Text, list};
use crate::model::{
    Argument, Attribute, AttributeRef, AttributeType, Cardinality, Deprecated, EnumType,
    MetricSource, Operation, Registry, Requirement, Role, Span,
};
use crate::names;

pub(super) fn write(registry: &Registry) -> String {
    let mut out = Text::new();
    out.line(
        "//! The arguments of the macros, the attributes, and the members of those that have some.",
    );
    out.line("");
    out.line("use super::{Argument, Attribute, EnumTable, MacroTable, Role, ValueKind};");
    for (span, operation) in annotated(registry) {
        macro_table(span, operation, registry, &mut out);
    }
    out.line("");
    out.line("/// Every macro's table.");
    let macros = list(annotated(registry), |(_, operation)| {
        format!("&{}", names::constant(operation.macro_name.as_str()))
    });
    out.line(&format!(
        "pub(crate) static MACROS: &[&MacroTable] = {macros};"
    ));
    attributes(registry, &mut out);
    for attribute in &registry.attributes {
        if let AttributeType::Enum(members) = &attribute.kind {
            enum_table(attribute, members, &mut out);
        }
    }
    out.finish()
}

fn macro_table(span: &Span, operation: &Operation, registry: &Registry, out: &mut Text) {
    let macro_name = operation.macro_name.as_str();
    out.line("");
    out.line(&format!("/// `#[{macro_name}]`"));
    out.line(&format!(
        "pub(crate) static {}: MacroTable = MacroTable {{",
        names::constant(macro_name)
    ));
    out.line(&format!("macro_name: {macro_name:?},"));
    out.line(&format!("constructor: {:?},", operation.constructor.value));
    out.line(&format!(
        "operation: {:?},",
        names::constant(operation.constructor.as_str())
    ));
    out.line(&format!("kind: {:?},", span.kind.as_str()));
    out.line("arguments: &[");
    for (of, argument, attribute) in arguments(span, registry) {
        argument_entry(of, argument, attribute, out);
    }
    out.line("],");
    out.line(&format!("feeds: &[{}],", feeds(operation).join(", ")));
    out.line(&format!(
        "labels: &[{}],",
        labels(operation, registry).join(", ")
    ));
    out.line("};");
}

/// The attributes whose values an instrument of this operation records.
fn feeds(operation: &Operation) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for metric in &operation.metrics {
        if let MetricSource::Attribute(key) | MetricSource::Rate(key) | MetricSource::Age(key) =
            &metric.source
        {
            let key = format!("{:?}", key.as_str());
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    keys
}

/// The attributes that label a metric of this operation and whose values may be texts: each with
/// whether it does so only where a call asks for it.
fn labels(operation: &Operation, registry: &Registry) -> Vec<String> {
    let mut keys: BTreeMap<&str, bool> = BTreeMap::new();
    let metrics = operation.metrics.iter();
    let metrics = metrics.filter_map(|of| registry.metric(of.metric.as_str()));
    for mention in metrics.flat_map(|metric| &metric.attributes) {
        let key = mention.key.as_str();
        let is_text = registry.attribute(key).is_some_and(|attribute| {
            matches!(attribute.kind, AttributeType::Text | AttributeType::Enum(_))
        });
        // These are the runtime's own.
        if is_text
            && !matches!(
                key,
                "crypto.operation_type" | "crypto.outcome" | "error.type"
            )
        {
            let opt_in = mention.requirement == Requirement::OptIn;
            *keys.entry(key).or_insert(true) &= opt_in;
        }
    }
    keys.iter()
        .map(|(key, opt_in)| format!("({key:?}, {opt_in})"))
        .collect()
}

/// The arguments of a span's macro, with the attributes that they set.
pub(super) fn arguments<'r>(
    span: &'r Span,
    registry: &'r Registry,
) -> impl Iterator<Item = (&'r AttributeRef, &'r Argument, &'r Attribute)> {
    span.attributes.iter().filter_map(|of| {
        Some((
            of,
            of.argument.as_ref()?,
            registry.attribute(of.key.as_str())?,
        ))
    })
}

fn argument_entry(of: &AttributeRef, argument: &Argument, attribute: &Attribute, out: &mut Text) {
    let key = of.key.as_str();
    let role = match argument.role {
        Role::Label => "Label",
        Role::Measurement => "Measurement",
        Role::Span => "Span",
    };
    out.line("Argument {");
    out.line(&format!("name: {:?},", argument.name.value));
    out.line(&format!("key: {key:?},"));
    out.line(&format!("module: {:?},", names::root(key)));
    out.line(&format!("constant: {:?},", names::attribute_constant(key)));
    out.line(&format!("value: {},", value_kind(attribute)));
    out.line(&format!(
        "required: {},",
        of.requirement == Requirement::Required
    ));
    out.line(&format!("role: Role::{role},"));
    out.line(&format!(
        "brief: {:?},",
        of.brief.as_ref().unwrap_or(&attribute.about.brief)
    ));
    out.line(&format!(
        "deprecated_aliases: {},",
        list(&argument.aliases, |alias| format!("{:?}", alias.value))
    ));
    out.line(&format!(
        "also: {},",
        list(&argument.also, |key| format!("{:?}", key.value))
    ));
    out.line("},");
}

fn value_kind(attribute: &Attribute) -> String {
    match &attribute.kind {
        AttributeType::Text => "ValueKind::Text".to_owned(),
        AttributeType::Int => "ValueKind::Int".to_owned(),
        AttributeType::Double => "ValueKind::Double".to_owned(),
        AttributeType::Bool => "ValueKind::Bool".to_owned(),
        AttributeType::TextList => "ValueKind::TextList".to_owned(),
        AttributeType::Enum(_) => format!("ValueKind::Enum(&{})", enum_constant(attribute)),
    }
}

/// `ErrorSeverity` is `ERROR_SEVERITY`.
fn enum_constant(attribute: &Attribute) -> String {
    let mut constant = String::new();
    for letter in names::enum_name(attribute).chars() {
        if letter.is_uppercase() && !constant.is_empty() {
            constant.push('_');
        }
        constant.extend(letter.to_uppercase());
    }
    constant
}

fn attributes(registry: &Registry, out: &mut Text) {
    out.line("");
    out.line("/// Every attribute of the registry, sorted by key.");
    out.line("pub(crate) static ATTRIBUTES: &[Attribute] = &[");
    let mut sorted: Vec<&Attribute> = registry.attributes.iter().collect();
    sorted.sort_by_key(|attribute| attribute.key.as_str());
    for attribute in sorted {
        let key = attribute.key.as_str();
        let deprecated = match &attribute.about.deprecated {
            None => "None".to_owned(),
            Some(Deprecated::Renamed(to, _)) => {
                format!("Some({:?})", format!("use `{}`", to.value))
            }
            Some(Deprecated::Obsoleted(note) | Deprecated::Uncategorized(note)) => {
                format!("Some({note:?})")
            }
        };
        out.line("Attribute {");
        out.line(&format!("key: {key:?},"));
        out.line(&format!("module: {:?},", names::root(key)));
        out.line(&format!("constant: {:?},", names::attribute_constant(key)));
        out.line(&format!("value: {},", value_kind(attribute)));
        out.line(&format!(
            "label: {},",
            attribute.cardinality == Cardinality::Low
        ));
        out.line(&format!("deprecated: {deprecated},"));
        out.line("},");
    }
    out.line("];");
}

fn enum_table(attribute: &Attribute, members: &EnumType, out: &mut Text) {
    out.line("");
    out.line(&format!(
        "pub(crate) static {}: EnumTable = EnumTable {{",
        enum_constant(attribute)
    ));
    out.line(&format!("rust_name: {:?},", names::enum_name(attribute)));
    out.line(&format!("closed: {},", !members.open));
    let pairs = list(&members.members, |member| {
        format!(
            "({:?}, {:?})",
            names::pascal(member.id.as_str()),
            member.value.value
        )
    });
    out.line(&format!("members: {pairs},"));
    out.line("};");
}
