//! What must hold of a registry as a whole, one concern a file.

mod duplicates;
mod metrics;
mod names;
mod operations;
mod references;

use crate::model::{Attribute, AttributeRef, Registry};
use crate::source::Report;

/// The attribute whose members are the types of operation.
pub(crate) const OPERATION_TYPE: &str = "crypto.operation_type";

/// Adds to the report what does not hold. Where a file could not be read, what it declares is not missed.
pub(crate) fn registry(registry: &Registry, complete: bool, report: &mut Report) {
    names::check(registry, report);
    duplicates::check(registry, report);
    metrics::check(registry, report);
    if complete {
        references::check(registry, report);
        operations::check(registry, report);
    }
}

/// The mentions that stand in the registry, with the attributes that they mention.
fn resolved<'r>(
    mentions: &'r [AttributeRef],
    registry: &'r Registry,
) -> impl Iterator<Item = (&'r AttributeRef, &'r Attribute)> {
    mentions
        .iter()
        .filter_map(|mention| Some((mention, registry.attribute(mention.key.as_str())?)))
}
