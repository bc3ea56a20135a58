//! Names: lowercase, in dotted namespaces, `snake_case` inside a part.

use crate::model::{AttributeType, Dialect, Registry};
use crate::names::{is_keyword, root};
use crate::source::{Located, Report};

/// What every macro takes, which no attribute's argument can be called.
const COMMON_ARGUMENTS: &[&str] = &[
    "kind",
    "context",
    "parent",
    "links",
    "budget",
    "ok",
    "err",
    "labels",
    "keep",
    "sample",
    "priority",
    "high_volume",
    "resources",
    "metrics",
    "crate",
    "schema",
];

/// What every builder has besides, which no attribute's argument can be called either.
const BUILDER_METHODS: &[&str] = &["new", "start", "high_priority"];

/// The modules of a schema that hold no keys.
const MODULES: &[&str] = &["events", "metrics", "operations"];

pub(super) fn check(registry: &Registry, report: &mut Report) {
    for attribute in &registry.attributes {
        dotted(&attribute.key, "an attribute", 2, report);
        if registry.dialect == Dialect::Own {
            namespace(&attribute.key, registry, report);
        }
        // `crate`, `self` and their kin cannot even be written raw.
        if ["crate", "self", "super"].contains(&root(attribute.key.as_str())) {
            report.at(
                &attribute.key.at,
                format!(
                    "`{}` cannot be a namespace: the word is Rust's own",
                    root(attribute.key.as_str())
                ),
            );
        }
        if let Some(name) = &attribute.rust_name
            && !is_pascal(name.as_str())
        {
            report.at(
                &name.at,
                format!(
                    "`{}` is not the name of an enum; one is like `StorageSystem`",
                    name.value
                ),
            );
        }
        if let AttributeType::Enum(members) = &attribute.kind {
            for member in &members.members {
                snake(&member.id, "a member", "funding_rates", report);
                if member.value.value.is_empty() {
                    report.at(&member.value.at, "a member's value is empty");
                }
            }
        }
    }
    for metric in &registry.metrics {
        dotted(&metric.name, "a metric", 2, report);
        if metric.name.value.rsplit(['.', '_']).next() == Some("total") {
            report.at(
                &metric.name.at,
                format!(
                    "`{}` ends with `total`, which Prometheus exporters add; leave it out",
                    metric.name.value
                ),
            );
        }
    }
    for event in &registry.events {
        dotted(&event.name, "an event", 1, report);
    }
    for entity in &registry.entities {
        dotted(&entity.entity_type, "an entity", 1, report);
    }
    for span in &registry.spans {
        dotted(&span.span_type, "a span", 1, report);
        if let Some(operation) = &span.operation
            && registry.dialect == Dialect::BuiltIn
        {
            snake(&operation.macro_name, "a macro", "track_storage", report);
            snake(&operation.constructor, "a constructor", "storage", report);
        }
        for argument in span
            .attributes
            .iter()
            .filter_map(|mention| mention.argument.as_ref())
        {
            if registry.dialect == Dialect::Own {
                report.at(
                    &argument.name.at,
                    "an argument is for the macros of the built-in registry; here an attribute is given by its key",
                );
                continue;
            }
            for name in std::iter::once(&argument.name).chain(&argument.aliases) {
                snake(name, "an argument", "data_type", report);
                if COMMON_ARGUMENTS.contains(&name.as_str()) || is_keyword(name.as_str()) {
                    report.at(
                        &name.at,
                        format!("`{}` cannot be an argument: every macro has it, or it is Rust's own word", name.value),
                    );
                } else if BUILDER_METHODS.contains(&name.as_str()) {
                    report.at(
                        &name.at,
                        format!(
                            "`{}` cannot be an argument: every builder has a method of this name",
                            name.value
                        ),
                    );
                }
            }
        }
    }
}

/// A program's attributes are in namespaces that the built-in registry has not.
fn namespace(key: &Located<String>, registry: &Registry, report: &mut Report) {
    let root = root(key.as_str());
    if MODULES.contains(&root) {
        report.at(
            &key.at,
            format!("`{root}` cannot be a namespace: the schema has a module of that name"),
        );
    }
    let taken = registry.built_in().is_some_and(|built_in| {
        let mut roots = built_in.attributes.iter();
        roots.any(|attribute| crate::names::root(attribute.key.as_str()) == root)
    });
    if taken
        && registry
            .built_in()
            .and_then(|of| of.attribute(key.as_str()))
            .is_none()
    {
        report.at(
            &key.at,
            format!(
                "`{root}.…` is a namespace of the built-in registry; attributes of your own need another one, \
                 `ref` mentions those that are there"
            ),
        );
    }
}

fn dotted(name: &Located<String>, what: &str, parts: usize, report: &mut Report) {
    let fits = name.value.split('.').all(is_snake) && name.value.split('.').count() >= parts;
    if !fits {
        let namespaces = if parts > 1 {
            "with a namespace before the first dot, "
        } else {
            ""
        };
        report.at(
            &name.at,
            format!(
                "`{}` is not the name of {what}: it is lowercase, {namespaces}`snake_case` between dots, like \
                 `crypto.data_type`",
                name.value
            ),
        );
    }
}

fn snake(name: &Located<String>, what: &str, example: &str, report: &mut Report) {
    if !is_snake(name.as_str()) {
        report.at(
            &name.at,
            format!(
                "`{}` is not the name of {what}: it is `snake_case`, like `{example}`",
                name.value
            ),
        );
    }
}

fn is_snake(part: &str) -> bool {
    part.starts_with(|letter: char| letter.is_ascii_lowercase())
        && part
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
        && !part.ends_with('_')
        && !part.contains("__")
}

fn is_pascal(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_uppercase())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric())
        && name != "Self"
}
