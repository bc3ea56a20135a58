//! What other schemas declare, exported again from the one that uses them, so that all is found in one place.

use crate::generate::catalogue;
use crate::generate::operations;
use crate::generate::text::Text;
use crate::model::{AttributeType, Dialect, Registry};
use crate::names;

/// The registries that another one uses, each with the path of the module in which it is found.
pub(super) struct Exported<'r> {
    from: Vec<(&'r str, &'r Registry)>,
    /// The one that uses them.
    by: &'r Registry,
}

impl<'r> Exported<'r> {
    pub(super) fn of(by: &'r Registry) -> Self {
        let mut from: Vec<(&str, &Registry)> = Vec::new();
        for used in &by.uses {
            for registry in used.registry.all() {
                let is_new = !from.iter().any(|(_, known)| known.is(registry));
                if registry.dialect == Dialect::Own && is_new {
                    from.push((&used.module, registry));
                }
            }
        }
        Self { from, by }
    }

    /// The root namespaces that they have keys in.
    pub(super) fn namespaces(&self) -> impl Iterator<Item = &'r str> {
        let attributes = self
            .from
            .iter()
            .flat_map(|(_, registry)| &registry.attributes);
        attributes.map(|attribute| names::root(attribute.key.as_str()))
    }

    /// Their keys in this namespace.
    pub(super) fn keys(&self, root: &str, out: &mut Text) {
        let module = names::identifier(root);
        for (path, registry) in &self.from {
            for attribute in &registry.attributes {
                let key = attribute.key.as_str();
                if names::root(key) == root {
                    let constant = names::attribute_constant(key);
                    out.line(&format!("pub use {path}::{module}::{constant};"));
                }
            }
        }
    }

    pub(super) fn enums(&self, out: &mut Text) {
        for (path, registry) in &self.from {
            for attribute in &registry.attributes {
                if let AttributeType::Enum(_) = attribute.kind {
                    let name = names::enum_name(attribute);
                    out.line(&format!("pub use {path}::{name};"));
                }
            }
        }
    }

    pub(super) fn metrics(&self, out: &mut Text) {
        for (path, registry) in &self.from {
            for (metric, accessor) in catalogue::recorded(registry) {
                let constant = names::constant(metric.name.as_str());
                out.line(&format!(
                    "pub use {path}::metrics::{{{constant}, {accessor}}};"
                ));
            }
        }
    }

    /// The definitions of their operations, under the names that they have where they stand. One that is called like
    /// another has the name of the schema that it comes from alone.
    pub(super) fn operations(&self, out: &mut Text) {
        let own =
            operations::generated(self.by).map(|(_, operation)| operations::constant(operation));
        let mut taken: Vec<String> = own.collect();
        for (path, registry) in &self.from {
            for (_, operation) in operations::generated(registry) {
                let constant = operations::constant(operation);
                if !taken.contains(&constant) {
                    out.line(&format!("pub use {path}::operations::{constant};"));
                    taken.push(constant);
                }
            }
        }
    }
}
