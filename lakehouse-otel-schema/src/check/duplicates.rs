//! Nothing stands twice: no name on the wire, and no name that is made from one for Rust.

use std::collections::HashMap;

use crate::model::{Attribute, AttributeType, Dialect, EnumType, Registry, Span};
use crate::names;
use crate::source::{Located, Position, Report};

/// The types that stand beside the enums in the schema of the runtime.
const TAKEN: &[&str] = &[
    "AttributeKey",
    "EnumValue",
    "InstrumentKind",
    "IntoValue",
    "MetricAttribute",
    "MetricDefinition",
    "MetricSource",
    "NumberKind",
    "OperationDefinition",
    "OperationMetric",
    "UnknownMember",
];

/// What the enums of a program's own schema would hide besides.
const TAKEN_OF_RUST: &[&str] = &[
    "AsRef",
    "Box",
    "Cow",
    "Err",
    "Fn",
    "From",
    "FromStr",
    "Into",
    "None",
    "Ok",
    "Option",
    "Result",
    "Some",
    "String",
    "StringValue",
    "Value",
    "Vec",
];

/// What the types of its metrics would hide.
const TAKEN_OF_METRICS: &[&str] = &[
    "BatchRecorder",
    "InstrumentKind",
    "MetricAttribute",
    "MetricDefinition",
    "NumberKind",
    "UpDownCounter",
];

pub(super) fn check(registry: &Registry, report: &mut Report) {
    attributes(registry, report);
    metrics(registry, report);
    let mut events = Seen::new("the event");
    for Located { value, at } in registry.events.iter().map(|event| &event.name) {
        events.add(value, at, report);
    }
    let mut entities = Seen::new("the entity");
    for Located { value, at } in registry.entities.iter().map(|entity| &entity.entity_type) {
        entities.add(value, at, report);
    }
    spans(registry, report);
}

fn attributes(registry: &Registry, report: &mut Report) {
    let own = registry.dialect == Dialect::Own;
    let mut keys = Seen::new("the attribute");
    let mut constants = Seen::new("the Rust constant");
    let mut enums = Seen::new("the Rust enum");
    for used in used(registry) {
        for attribute in &used.attributes {
            keys.know(attribute.key.as_str(), &attribute.key.at);
            // Those of the built-in registry stand in the runtime.
            if used.dialect == Dialect::Own {
                constants.know(&constant_of(attribute), &attribute.key.at);
                if let AttributeType::Enum(_) = attribute.kind {
                    enums.know(&names::enum_name(attribute), &attribute.key.at);
                }
            }
        }
    }
    for attribute in &registry.attributes {
        let key = &attribute.key;
        let is_new = keys.add(key.as_str(), &key.at, report);
        if is_new {
            constants.add(&constant_of(attribute), &key.at, report);
        }
        if let AttributeType::Enum(set) = &attribute.kind {
            let at = attribute
                .rust_name
                .as_ref()
                .map_or(&key.at, |name| &name.at);
            let name = names::enum_name(attribute);
            if TAKEN.contains(&name.as_str()) || own && TAKEN_OF_RUST.contains(&name.as_str()) {
                report.at(
                    at,
                    format!(
                        "the Rust enum `{name}` would hide a type of the schema; set `rust_name`"
                    ),
                );
            } else if is_new {
                enums.add(&name, at, report);
            }
            members(attribute, set, report);
        }
    }
}

fn metrics(registry: &Registry, report: &mut Report) {
    let own = registry.dialect == Dialect::Own;
    let mut metrics = Seen::new("the metric");
    let mut constants = Seen::new("the Rust constant");
    for used in used(registry) {
        for Located { value, at } in used.metrics.iter().map(|metric| &metric.name) {
            metrics.know(value, at);
            if used.dialect == Dialect::Own {
                constants.know(&format!("metrics::{}", names::constant(value)), at);
            }
        }
    }
    for Located { value, at } in registry.metrics.iter().map(|metric| &metric.name) {
        if metrics.add(value, at, report) {
            constants.add(&format!("metrics::{}", names::constant(value)), at, report);
        }
        let kind = names::pascal(value);
        if own && TAKEN_OF_METRICS.contains(&kind.as_str()) {
            report.at(
                at,
                format!("the metric's Rust type `{kind}` would hide one of the runtime's; name the metric otherwise"),
            );
        }
    }
}

fn spans(registry: &Registry, report: &mut Report) {
    let own = registry.dialect == Dialect::Own;
    let mut spans = Seen::new("the span");
    for used in used(registry) {
        for span in &used.spans {
            spans.know(span.span_type.as_str(), &span.span_type.at);
        }
    }
    let mut macros = Seen::new("the macro");
    let mut constructors = Seen::new("the constructor");
    for span in &registry.spans {
        spans.add(span.span_type.as_str(), &span.span_type.at, report);
        if let Some(operation) = &span.operation {
            if own {
                let what = operation.constructor.value.as_str();
                if let Some(first) = constructors.first.get(what) {
                    report.at(
                        &span.span_type.at,
                        format!(
                            "the span `{}` and the one at {first} make the same Rust constant `operations::{}`",
                            span.span_type.value,
                            names::constant(what)
                        ),
                    );
                }
                constructors.know(what, &span.span_type.at);
                continue;
            }
            macros.add(
                operation.macro_name.as_str(),
                &operation.macro_name.at,
                report,
            );
            constructors.add(
                operation.constructor.as_str(),
                &operation.constructor.at,
                report,
            );
        }
        arguments(span, report);
    }
}

/// The registries that this one uses, each once.
fn used(registry: &Registry) -> impl Iterator<Item = &Registry> {
    registry.all().into_iter().skip(1)
}

/// `text_analysis::BATCH_SIZE`
fn constant_of(attribute: &Attribute) -> String {
    let key = attribute.key.as_str();
    format!("{}::{}", names::root(key), names::attribute_constant(key))
}

fn members(attribute: &Attribute, set: &EnumType, report: &mut Report) {
    let mut ids = Seen::new("the member");
    let mut values = Seen::new("the value");
    let mut variants = Seen::new("the Rust variant");
    for member in &set.members {
        values.add(member.value.as_str(), &member.value.at, report);
        let variant = names::pascal(member.id.as_str());
        if set.open && variant == "Other" {
            report.at(
                &member.id.at,
                format!(
                    "`{}` is open, so its enum has a variant `Other` for other values; this member needs another `id`",
                    attribute.key.value
                ),
            );
        }
        if variant == "Self" {
            report.at(
                &member.id.at,
                "`self` is Rust's own word; this member needs another `id`",
            );
        }
        if ids.add(member.id.as_str(), &member.id.at, report) {
            variants.add(&variant, &member.id.at, report);
        }
    }
}

fn arguments(span: &Span, report: &mut Report) {
    let mut arguments = Seen::new("the argument");
    for argument in span
        .attributes
        .iter()
        .filter_map(|mention| mention.argument.as_ref())
    {
        for name in std::iter::once(&argument.name).chain(&argument.aliases) {
            arguments.add(name.as_str(), &name.at, report);
        }
    }
}

/// The names of one kind, and where each stood first.
struct Seen {
    what: &'static str,
    first: HashMap<String, Position>,
}

impl Seen {
    fn new(what: &'static str) -> Self {
        Self {
            what,
            first: HashMap::new(),
        }
    }

    /// Notes a name of another registry, where the first one counts.
    fn know(&mut self, name: &str, at: &Position) {
        if !self.first.contains_key(name) {
            self.first.insert(name.to_owned(), at.clone());
        }
    }

    /// Whether the name is new.
    fn add(&mut self, name: &str, at: &Position, report: &mut Report) -> bool {
        if let Some(first) = self.first.get(name) {
            report.at(
                at,
                format!("{} `{name}` is there twice; first at {first}", self.what),
            );
            return false;
        }
        self.first.insert(name.to_owned(), at.clone());
        true
    }
}
