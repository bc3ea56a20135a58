//! What is generated from a program's own registry: the module of its schema, and the table for the macros.

mod exported;
mod table;

use std::collections::BTreeMap;

use super::attributes::keys;
use super::target::Target;
use super::text::Text;
use super::{catalogue, enums, events, metrics, operations};
use crate::model::{Attribute, AttributeType, Registry};
use crate::names;
use exported::Exported;

/// What is generated from a program's own registry, as Rust. [`RUNTIME`](super::RUNTIME) stands for the runtime's path,
/// and the paths of other schemas are those that they were [used](crate::model::Used) under.
#[derive(Debug)]
pub struct OwnSchema {
    /// What stands in the module of the schema.
    pub module: String,
    /// What the macros need to know of it: see `table.rs` for its form.
    pub table: String,
}

/// What is generated from a program's own registry.
#[must_use]
pub fn own(registry: &Registry) -> OwnSchema {
    let exported = Exported::of(registry);
    let mut out = Text::new();
    namespaces(registry, &exported, &mut out);
    part(
        "__enums",
        |out| inner(&enums::write(registry, Target::Program), out),
        &mut out,
    );
    if registry.attributes.iter().any(is_enum) {
        out.line("pub use __enums::*;");
    }
    exported.enums(&mut out);
    out.line("/// The metrics: a function for each, which takes its labels by name and type, and their definitions.");
    let measured = |out: &mut Text| {
        exported.metrics(out);
        if !registry.metrics.is_empty() {
            metrics::definitions(registry, Target::Program, out);
            catalogue::accessors(registry, Target::Program, out);
        }
    };
    part("pub metrics", measured, &mut out);
    out.line("/// The operations: a definition for each span.");
    let operated = |out: &mut Text| {
        exported.operations(out);
        if !registry.spans.is_empty() {
            operations::definitions(registry, Target::Program, out);
        }
    };
    part("pub operations", operated, &mut out);
    if !registry.events.is_empty() {
        out.line("/// The names of the events.");
        part(
            "pub events",
            |out| inner(&events::write(registry), out),
            &mut out,
        );
    }
    OwnSchema {
        module: out.finish(),
        table: table::write(registry),
    }
}

fn is_enum(attribute: &Attribute) -> bool {
    matches!(attribute.kind, AttributeType::Enum(_))
}

/// A module. Whether the program has a prelude is its own affair, so this one names its own.
fn part(name: &str, write: impl FnOnce(&mut Text), out: &mut Text) {
    match name.strip_prefix("pub ") {
        Some(name) => out.line(&format!("pub mod {name} {{")),
        None => out.line(&format!("mod {name} {{")),
    }
    out.line("use ::std::prelude::rust_2024::*;");
    write(out);
    out.line("}");
}

/// A file's contents without its `//!`, which stand first or nowhere.
fn inner(file: &str, out: &mut Text) {
    for line in file.lines().filter(|line| !line.starts_with("//!")) {
        out.line(line);
    }
}

/// A module for each root namespace, with the keys that other schemas declare in it.
fn namespaces(registry: &Registry, exported: &Exported<'_>, out: &mut Text) {
    let mut modules: BTreeMap<&str, Vec<&Attribute>> = BTreeMap::new();
    for root in exported.namespaces() {
        modules.entry(root).or_default();
    }
    for attribute in &registry.attributes {
        let root = names::root(attribute.key.as_str());
        modules.entry(root).or_default().push(attribute);
    }
    for (root, attributes) in modules {
        out.line(&format!("/// The `{root}.*` attributes."));
        let name = format!("pub {}", names::identifier(root));
        let write = |out: &mut Text| {
            exported.keys(root, out);
            if !attributes.is_empty() {
                keys(&attributes, Target::Program, out);
            }
        };
        part(&name, write, out);
    }
}
