//! The table that a schema hands to the macros: what they check a program's attributes and spans by.
//!
//! All of it is plain tokens, in this form, with `…` for any number of what stands before it:
//!
//! ```text
//! enums {
//!     Language open { En "en", De "de", }      // the enum in the schema; `open` or `closed`; variant and value
//!     …
//! }
//! attributes {
//!     // key, module of its constant, constant, kind, `label` where its values are few or `plain`, and where it
//!     // is no longer to be used: what to do instead.
//!     "text_analysis.language" text_analysis LANGUAGE enum Language label;
//!     "text_analysis.sentences" text_analysis SENTENCES int plain deprecated "use `text_analysis.sentence_count`";
//!     …
//! }
//! spans {
//!     // type, definition in `operations`, kind of span
//!     "text_analysis.embedding" EMBEDDING internal
//!         attributes {
//!             // key; when it is there; what becomes of its value
//!             "text_analysis.embedding.batch_size" required measurement,
//!             …
//!         }
//!         feeds { "text_analysis.embedding.batch_size", … }   // attributes whose values a metric records
//!         opt_in { "text_analysis.document_id", … }           // labels that a call may ask for; where there are some
//!     ;
//!     …
//! }
//! ```
//!
//! | where | one of |
//! |---|---|
//! | kind of an attribute | `text`, `int`, `double`, `bool`, `text_list`, `enum` with the enum's name |
//! | kind of a span | `internal`, `client`, `server`, `producer`, `consumer` |
//! | when it is there | `required`, `recommended`, `opt_in` |
//! | what becomes of it | `span`: it stands on the span alone; `label`: it labels metrics too; `measurement`: a metric records it |
//!
//! In place of all this, `by_hand` says that only the compiler knows what is in the schema: its registry has mistakes, or
//! there is none.
//!
//! Module and constant are Rust's names: a module that is a keyword is written raw (`r#type`). Attributes of the built-in
//! registry stand in the macros' own tables, and here by their key in spans alone. What the schemas declare that this
//! one uses is in its table too.

use std::fmt::Write as _;

use crate::generate::operations;
use crate::generate::text::deprecation;
use crate::model::{
    Attribute, AttributeRef, AttributeType, Cardinality, Dialect, Metric, MetricSource, Operation,
    Registry, Requirement, Span,
};
use crate::names;

/// What the runtime sets by itself: nobody has to give it.
const BY_THE_RUNTIME: &[&str] = &["crypto.operation_type", "crypto.outcome", "error.type"];

pub(super) fn write(registry: &Registry) -> String {
    let all = registry.all();
    let own = || {
        all.iter()
            .filter(|registry| registry.dialect == Dialect::Own)
    };
    let mut out = String::new();
    out.push_str("enums {\n");
    for attribute in own().flat_map(|registry| &registry.attributes) {
        enumeration(attribute, &mut out);
    }
    out.push_str("}\nattributes {\n");
    for attribute in own().flat_map(|registry| &registry.attributes) {
        entry(attribute, &mut out);
    }
    out.push_str("}\nspans {\n");
    let mut taken = Vec::new();
    for registry in own() {
        for (of, operation) in operations::generated(registry) {
            let constant = operations::constant(operation);
            if !taken.contains(&constant) {
                span(of, operation, &constant, registry, &mut out);
                taken.push(constant);
            }
        }
    }
    out.push_str("}\n");
    out
}

fn enumeration(attribute: &Attribute, out: &mut String) {
    let AttributeType::Enum(set) = &attribute.kind else {
        return;
    };
    let open = if set.open { "open" } else { "closed" };
    let _ = write!(out, "{} {open} {{", names::enum_name(attribute));
    for member in &set.members {
        let variant = names::pascal(member.id.as_str());
        let _ = write!(out, " {variant} {:?},", member.value.value);
    }
    out.push_str(" }\n");
}

fn entry(attribute: &Attribute, out: &mut String) {
    let key = attribute.key.as_str();
    let kind = match attribute.kind {
        AttributeType::Text => "text".to_owned(),
        AttributeType::Int => "int".to_owned(),
        AttributeType::Double => "double".to_owned(),
        AttributeType::Bool => "bool".to_owned(),
        AttributeType::TextList => "text_list".to_owned(),
        AttributeType::Enum(_) => format!("enum {}", names::enum_name(attribute)),
    };
    let cardinality = match attribute.cardinality {
        Cardinality::Low => "label",
        Cardinality::High => "plain",
    };
    let _ = write!(
        out,
        "{key:?} {} {} {kind} {cardinality}",
        names::identifier(names::root(key)),
        names::attribute_constant(key)
    );
    if let Some(deprecated) = &attribute.about.deprecated {
        let _ = write!(out, " deprecated {:?}", deprecation(deprecated));
    }
    out.push_str(";\n");
}

fn span(span: &Span, operation: &Operation, constant: &str, registry: &Registry, out: &mut String) {
    let _ = writeln!(
        out,
        "{:?} {constant} {} attributes {{",
        span.span_type.value,
        span.kind.as_str()
    );
    let metrics: Vec<&Metric> = operation
        .metrics
        .iter()
        .filter_map(|of| registry.metric(of.metric.as_str()))
        .collect();
    let feeds = feeds(operation);
    for mention in &span.attributes {
        let _ = writeln!(
            out,
            "{:?} {} {},",
            mention.key.value,
            requirement(mention),
            role(mention, &metrics, &feeds, registry)
        );
    }
    let list = |keys: &[&str]| {
        let quoted = keys.iter().map(|key| format!("{key:?}, "));
        quoted.collect::<String>()
    };
    let mut opt_in: Vec<&str> = Vec::new();
    for label in metrics.iter().flat_map(|metric| &metric.attributes) {
        let key = label.key.as_str();
        if label.requirement == Requirement::OptIn && !opt_in.contains(&key) {
            opt_in.push(key);
        }
    }
    let _ = write!(out, "}} feeds {{ {}}}", list(&feeds));
    if !opt_in.is_empty() {
        let _ = write!(out, " opt_in {{ {}}}", list(&opt_in));
    }
    out.push_str(";\n");
}

/// The attributes whose values a metric of the operation records.
fn feeds(operation: &Operation) -> Vec<&str> {
    let mut keys: Vec<&str> = Vec::new();
    for metric in &operation.metrics {
        if let MetricSource::Attribute(key) | MetricSource::Rate(key) = &metric.source
            && !keys.contains(&key.as_str())
        {
            keys.push(key.as_str());
        }
    }
    keys
}

fn requirement(mention: &AttributeRef) -> &'static str {
    let key = mention.key.as_str();
    let by_the_runtime = BY_THE_RUNTIME.contains(&key) || key.starts_with("code.");
    match mention.requirement {
        Requirement::Required if !by_the_runtime => "required",
        Requirement::OptIn => "opt_in",
        Requirement::Required
        | Requirement::ConditionallyRequired(_)
        | Requirement::Recommended => "recommended",
    }
}

/// An attribute labels the operation's metrics where one of them declares it, and a call need not ask for it.
fn role(
    mention: &AttributeRef,
    metrics: &[&Metric],
    feeds: &[&str],
    registry: &Registry,
) -> &'static str {
    let key = mention.key.as_str();
    let labels = metrics.iter().flat_map(|metric| &metric.attributes);
    let is_label = labels
        .filter(|label| label.requirement != Requirement::OptIn)
        .any(|label| label.key.value == key);
    let is_low = registry
        .attribute(key)
        .is_some_and(|attribute| attribute.cardinality == Cardinality::Low);
    if feeds.contains(&key) {
        "measurement"
    } else if is_label && is_low {
        "label"
    } else {
        "span"
    }
}
