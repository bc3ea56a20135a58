//! `attributes.rs`: a module for each root namespace, a typed key for each attribute.

use std::collections::BTreeMap;

use super::target::Target;
use super::text::{Text, deprecation_note};
use crate::model::{Attribute, AttributeType, Registry};
use crate::names;

pub(super) fn write(registry: &Registry) -> String {
    let mut modules: BTreeMap<&str, Vec<&Attribute>> = BTreeMap::new();
    for attribute in &registry.attributes {
        modules
            .entry(names::root(attribute.key.as_str()))
            .or_default()
            .push(attribute);
    }
    let mut out = Text::new();
    out.line("//! The keys of the attributes, a module for each root namespace.");
    for (root, attributes) in modules {
        out.line("");
        out.line(&format!("/// The `{root}.*` attributes."));
        out.line(&format!("pub mod {} {{", names::identifier(root)));
        keys(&attributes, Target::Runtime, &mut out);
        out.line("}");
    }
    out.finish()
}

/// What stands in the module of a namespace.
pub(super) fn keys(attributes: &[&Attribute], target: Target, out: &mut Text) {
    let schema = format!("{}::schema", target.runtime());
    let kinds = attributes
        .iter()
        .any(|attribute| !matches!(attribute.kind, AttributeType::Enum(_)));
    if kinds {
        out.line(&format!("use {schema}::{{AttributeKey, kind}};"));
    } else {
        out.line(&format!("use {schema}::AttributeKey;"));
    }
    for attribute in attributes {
        out.line("");
        constant(attribute, target, out);
    }
}

fn constant(attribute: &Attribute, target: Target, out: &mut Text) {
    let key = attribute.key.as_str();
    out.about(&attribute.about);
    if !attribute.examples.is_empty() {
        let examples: Vec<String> = attribute
            .examples
            .iter()
            .map(|example| format!("`{example}`"))
            .collect();
        out.doc_paragraph(&format!("Examples: {}.", examples.join(", ")));
    }
    out.doc_paragraph(&format!(
        "`{key}`, {}.",
        attribute.about.stability.as_str().replace('_', " ")
    ));
    if let Some(deprecated) = &attribute.about.deprecated {
        out.line(&format!(
            "#[deprecated(note = {:?})]",
            deprecation_note(deprecated)
        ));
    }
    let name = names::attribute_constant(key);
    let kind = match attribute.kind {
        AttributeType::Text => "kind::Text".to_owned(),
        AttributeType::Int if attribute.is_time => "kind::Time".to_owned(),
        AttributeType::Int => "kind::Int".to_owned(),
        AttributeType::Double => "kind::Double".to_owned(),
        AttributeType::Bool => "kind::Bool".to_owned(),
        AttributeType::TextList => "kind::TextList".to_owned(),
        AttributeType::Enum(_) => {
            let name = names::enum_name(attribute);
            match target {
                Target::Runtime => format!("crate::schema::{name}"),
                Target::Program => format!("super::{name}"),
            }
        }
    };
    out.line(&format!(
        "pub const {name}: AttributeKey<{kind}> = AttributeKey::new({key:?});"
    ));
}
