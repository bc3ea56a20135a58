//! `builders.rs`: what starts an operation by hand, a type for each operation.

use super::macro_tables::arguments;
use super::operations::{constant, generated};
use super::text::Text;
use crate::model::{
    Argument, Attribute, AttributeRef, AttributeType, Operation, Registry, Requirement, Role, Span,
};
use crate::names;

/// What every builder takes besides its attributes.
const SETTINGS: &[Setting] = &[
    Setting {
        name: "sample",
        doc: "Sets the share of such operations whose spans are kept, from 0 to 1: with `0.1` one in ten.\n\
              Less than 0 counts as 0; more than 1, or no number at all, as 1.\n\
              \n\
              Without it the rate of its type and environment holds. Metrics count every operation. The rates\n\
              in use should be few: each makes a callsite, which is never freed. Past 4,000 of these in a program it is the\n\
              next percent, past 6,000 what holds for its type.",
        parameter: Some(("rate", "f64")),
    },
    Setting {
        name: "high_priority",
        doc: "Keeps the span in any case.",
        parameter: None,
    },
    Setting {
        name: "high_volume",
        doc: "Says that there are very many such operations: `OTEL_HIGH_VOLUME_SAMPLE_RATE` is the share of\n\
              their spans that is kept.",
        parameter: None,
    },
    Setting {
        name: "resources",
        doc: "Puts what the operation used on its span: processor time, memory and load.",
        parameter: None,
    },
    Setting {
        name: "budget",
        doc: "Sets how long it may take. A longer run is counted in `crypto.operation.budget.exceeded`, and its\n\
              span is marked and kept.\n\
              \n\
              The budgets in use should be few: each makes a callsite, which is never freed. Past 4,000 of these in a program\n\
              the next larger one of one digit holds (5 s for 4.2 s), past 6,000 none.",
        parameter: Some(("budget", "Duration")),
    },
];

/// What says where the operation stands in its trace, and what labels its metrics.
const PLACE: &[Setting] = &[
    Setting {
        name: "parent",
        doc: "Sets the parent: a `Context`, a `SpanContext`, the handle of an operation, or an `Option` of one;\n\
              [`Parent::root()`](crate::operation::Parent::root) begins a trace. Without it the current one is the parent.",
        parameter: Some(("parent", "impl IntoParent")),
    },
    Setting {
        name: "link",
        doc: "Links the span to others: a `SpanContext`, a `Context`, a `Link`, the handle of an operation, or a list\n\
              of those. It may be called several times.",
        parameter: Some(("to", "impl IntoLinks")),
    },
    Setting {
        name: "label",
        doc: "Lets an attribute of text label the metrics that declare it, as `labels(…)` of the macros does. Give the\n\
              attribute too.",
        parameter: Some(("key", "AttributeKey<kind::Text>")),
    },
];

/// A setter that every builder has.
struct Setting {
    name: &'static str,
    doc: &'static str,
    parameter: Option<(&'static str, &'static str)>,
}

impl Setting {
    fn write(&self, out: &mut Text) {
        let Self { name, doc, .. } = self;
        out.line("");
        out.doc(doc);
        let (declared, given) = match self.parameter {
            Some((parameter, kind)) => (format!(", {parameter}: {kind}"), parameter),
            None => (String::new(), ""),
        };
        out.line(&format!("pub fn {name}(mut self{declared}) -> Self {{"));
        out.line(&format!("self.operation.{name}({given});"));
        out.line("self");
        out.line("}");
    }
}

pub(super) fn write(registry: &Registry) -> String {
    let mut out = Text::new();
    out.line("//! The builders of operations that are started by hand.");
    out.line("");
    out.line("use std::time::Duration;");
    out.line("");
    out.line("use crate::operation::{IntoLinks, IntoParent, ManualOperation, Operation};");
    out.line("use crate::schema::{self, AttributeKey, IntoValue, kind, operations};");
    for (span, operation) in generated(registry) {
        builder(span, operation, registry, &mut out);
    }
    out.finish()
}

fn builder(span: &Span, operation: &Operation, registry: &Registry, out: &mut Text) {
    let name = names::pascal(operation.constructor.as_str());
    out.line("");
    out.about(&span.about);
    out.line("///");
    let recorded = match operation.planned {
        None => format!("It is what `#[{}]` records. ", operation.macro_name.value),
        Some(_) => String::new(),
    };
    out.line(&format!(
        "/// {recorded}Give it its attributes, then [start](Self::start) it."
    ));
    out.line("#[derive(Debug)]");
    out.line("#[must_use = \"it records nothing before it is started\"]");
    out.line(&format!("pub struct {name} {{"));
    out.line("operation: ManualOperation,");
    out.line("}");
    out.line("");
    out.line(&format!("impl {name} {{"));
    constructor(span, operation, registry, out);
    for (of, argument, attribute) in arguments(span, registry) {
        if of.requirement != Requirement::Required {
            setter(of, argument, attribute, out);
        }
    }
    for setting in SETTINGS.iter().chain(PLACE) {
        setting.write(out);
    }
    out.line("");
    out.line("/// Starts the operation under its parent: where none was given, under the current context.");
    out.line("#[must_use = \"an operation that is dropped at once was cancelled\"]");
    out.line("pub fn start(self) -> Operation {");
    out.line("self.operation.start()");
    out.line("}");
    out.line("}");
}

fn constructor(span: &Span, operation: &Operation, registry: &Registry, out: &mut Text) {
    let required: Vec<_> = arguments(span, registry)
        .filter(|(of, ..)| of.requirement == Requirement::Required)
        .collect();
    let briefs: Vec<String> = required
        .iter()
        .map(|(of, argument, attribute)| {
            format!("- `{}`: {}", argument.name.value, brief(of, attribute))
        })
        .collect();
    let parameters: Vec<String> = required
        .iter()
        .map(|(_, argument, attribute)| {
            format!(
                "{}: {}",
                argument.name.value,
                parameter(argument, attribute)
            )
        })
        .collect();
    out.doc("One with these attributes:");
    out.doc_paragraph(&briefs.join("\n"));
    out.line(&format!("pub fn new({}) -> Self {{", parameters.join(", ")));
    out.line(&format!(
        "let mut manual = ManualOperation::new(&operations::{});",
        constant(operation)
    ));
    for (_, argument, attribute) in required {
        out.line(&format!("manual.{}", call(argument, attribute)));
    }
    out.line("Self { operation: manual }");
    out.line("}");
}

fn setter(of: &AttributeRef, argument: &Argument, attribute: &Attribute, out: &mut Text) {
    let name = argument.name.as_str();
    out.line("");
    out.doc(brief(of, attribute));
    out.doc_paragraph(&format!("Sets `{}`.", attribute.key.value));
    out.line(&format!(
        "pub fn {name}(mut self, {name}: {}) -> Self {{",
        parameter(argument, attribute)
    ));
    out.line(&format!("self.operation.{}", call(argument, attribute)));
    out.line("self");
    out.line("}");
}

fn brief<'r>(of: &'r AttributeRef, attribute: &'r Attribute) -> &'r str {
    of.brief.as_ref().unwrap_or(&attribute.about.brief)
}

/// Labels are constants or members of an enum, so that their values stay few.
fn parameter(argument: &Argument, attribute: &Attribute) -> String {
    let label = argument.role == Role::Label;
    match &attribute.kind {
        AttributeType::Enum(_) if label => format!("schema::{}", names::enum_name(attribute)),
        AttributeType::Enum(_) => {
            format!("impl IntoValue<schema::{}>", names::enum_name(attribute))
        }
        AttributeType::Text if label => "&'static str".to_owned(),
        AttributeType::Text => "impl IntoValue<kind::Text>".to_owned(),
        AttributeType::Int if attribute.is_time => "impl IntoValue<kind::Time>".to_owned(),
        AttributeType::Int => "impl IntoValue<kind::Int>".to_owned(),
        AttributeType::Double => "impl IntoValue<kind::Double>".to_owned(),
        AttributeType::Bool => "impl IntoValue<kind::Bool>".to_owned(),
        AttributeType::TextList => "impl IntoValue<kind::TextList>".to_owned(),
    }
}

fn call(argument: &Argument, attribute: &Attribute) -> String {
    let method = match argument.role {
        Role::Label => "constant",
        Role::Measurement | Role::Span => "attribute",
    };
    let key = attribute.key.as_str();
    format!(
        "{method}(schema::{}::{}, {});",
        names::identifier(names::root(key)),
        names::attribute_constant(key),
        argument.name.value
    )
}
