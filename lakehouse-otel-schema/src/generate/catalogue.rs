//! `metrics/catalogue.rs` of the runtime: an accessor for each metric that a program records itself.

use std::collections::HashMap;

use super::metrics::{article, number};
use super::prose::grouped;
use super::target::Target;
use super::text::Text;
use crate::model::{
    Attribute, AttributeRef, AttributeType, Dialect, Instrument, Metric, Registry, Requirement,
};
use crate::names;

/// The namespaces of metrics that the library records by itself: a program has nothing to add to them.
const BY_THE_LIBRARY: &[&str] = &["container", "lakehouse", "otel", "process", "system"];

/// The methods that every measurement has; no label is called like one of them.
const METHODS: &[&str] = &["add", "add_to", "bind", "observe", "record", "track"];

/// What the signature of a method takes for a label, and how it is kept.
struct Parameter {
    declared: String,
    set: &'static str,
}

/// A label of a metric, with its name in Rust and its place among the metric's attributes.
struct Label<'r> {
    name: String,
    index: usize,
    mention: &'r AttributeRef,
    attribute: &'r Attribute,
    /// The path of its enum, where it has one.
    enumeration: String,
}

/// The metrics that have an accessor, with its name.
pub(super) fn recorded(registry: &Registry) -> impl Iterator<Item = (&Metric, String)> {
    let built_in = registry.dialect == Dialect::BuiltIn;
    registry.metrics.iter().filter_map(move |metric| {
        let name = metric.name.as_str();
        let by_the_library = built_in && BY_THE_LIBRARY.contains(&names::root(name));
        (!by_the_library).then(|| (metric, accessor(name, built_in)))
    })
}

/// `crypto.api.requests` is `api_requests`, `faas.coldstarts` is `faas_coldstarts`.
fn accessor(name: &str, built_in: bool) -> String {
    let ours = name.strip_prefix("crypto.").filter(|_| built_in);
    ours.unwrap_or(name).replace('.', "_")
}

pub(super) fn write(registry: &Registry) -> String {
    let mut out = Text::new();
    out.line("//! Every metric that a program records itself: a function each, which takes its labels by name and type.");
    out.line("//!");
    out.line("//! How to use them stands in [`metrics`](crate::metrics); what each is, and what else records it, in");
    out.line("//! `docs/metrics.md`.");
    out.line("");
    accessors(registry, Target::Runtime, &mut out);
    out.finish()
}

/// The accessors of the registry's own metrics, and the types of their measurements.
pub(super) fn accessors(registry: &Registry, target: Target, out: &mut Text) {
    out.line(&format!("use {}::{{", target.typed()));
    out.line("BatchRecorder, Counter, Gauge, Histogram, Label, Labels, Metric, Observation, Observer, Seconds, Tracked,");
    out.line("UpDownCounter,");
    out.line("};");
    match target {
        Target::Runtime => out.line("use crate::schema::{self, metrics};"),
        Target::Program => out.line("use super::metrics;"),
    }
    for (metric, accessor) in recorded(registry) {
        let labels = labels(metric, registry, target);
        if metric.is_observable() {
            observable(metric, &accessor, &labels, target, out);
        } else {
            measurement(metric, &accessor, &labels, target, out);
        }
    }
}

/// The labels of a metric. One is named after the macros' argument that sets its attribute, or else after its key.
fn labels<'r>(metric: &'r Metric, registry: &'r Registry, target: Target) -> Vec<Label<'r>> {
    let by_key = |key: &str| by_key(key, metric, target);
    let mut labels: Vec<Label<'r>> = metric
        .attributes
        .iter()
        .enumerate()
        .filter_map(|(index, mention)| {
            let key = mention.key.as_str();
            let attribute = registry.attribute(key)?;
            Some(Label {
                name: argument(key, registry).unwrap_or_else(|| by_key(key)),
                index,
                mention,
                attribute,
                enumeration: target.enumeration(attribute, registry),
            })
        })
        .collect();
    let mut uses: HashMap<String, usize> = HashMap::new();
    for label in &labels {
        *uses.entry(label.name.clone()).or_default() += 1;
    }
    for label in &mut labels {
        if uses[&label.name] > 1 || METHODS.contains(&label.name.as_str()) {
            label.name = full(label.mention.key.as_str());
        }
    }
    labels
}

/// The macros' argument that sets this attribute. A workflow's `name` says too little where there are other labels.
fn argument(key: &str, registry: &Registry) -> Option<String> {
    let all = registry.all().into_iter();
    let spans = all.flat_map(|registry| &registry.spans);
    let mentions = spans.flat_map(|span| &span.attributes);
    let mut arguments = mentions
        .filter(|mention| mention.key.value == key)
        .filter_map(|mention| mention.argument.as_ref());
    let name = &arguments.next()?.name.value;
    (name != "name").then(|| name.clone())
}

/// A program's own label is called without the namespace that it shares with the metric.
fn by_key(key: &str, metric: &Metric, target: Target) -> String {
    let same = names::root(key) == names::root(metric.name.as_str());
    if target == Target::Program && same {
        names::short(key).replace('.', "_")
    } else {
        full(key)
    }
}

/// `crypto.workflow_name` is `workflow_name`, `error.type` is `error_type`.
fn full(key: &str) -> String {
    let ours = key
        .strip_prefix("crypto.")
        .or_else(|| key.strip_prefix("lakehouse."));
    ours.unwrap_or(key).replace('.', "_")
}

impl Label<'_> {
    fn is_required(&self) -> bool {
        self.mention.requirement == Requirement::Required
    }

    fn brief(&self) -> &str {
        self.mention
            .brief
            .as_ref()
            .unwrap_or(&self.attribute.about.brief)
    }

    /// Texts are the program's own, so that there are few of them; but for those that are bounded as they come.
    fn parameter(&self, lifetime: &str) -> Parameter {
        let opt_in = self.mention.requirement == Requirement::OptIn;
        let any_text = opt_in || self.mention.key.value == "error.type";
        let (declared, set) = match &self.attribute.kind {
            AttributeType::Enum(_) => (
                format!("impl Label<{lifetime}, {}>", self.enumeration),
                "member",
            ),
            AttributeType::Int => ("i64".to_owned(), "int"),
            AttributeType::Bool => ("bool".to_owned(), "boolean"),
            // The check lets no other type label a metric.
            _ if any_text => (format!("&{lifetime} str"), "text"),
            _ => ("&'static str".to_owned(), "constant"),
        };
        Parameter { declared, set }
    }

    /// The argument of an example.
    fn example(&self) -> String {
        match &self.attribute.kind {
            AttributeType::Enum(members) => {
                let member = members.members.first();
                let member = member.map_or("other", |member| member.id.as_str());
                format!(
                    "{}::{}",
                    names::enum_name(self.attribute),
                    names::pascal(member)
                )
            }
            AttributeType::Int => "443".to_owned(),
            AttributeType::Bool => "true".to_owned(),
            _ => {
                let example = self.attribute.examples.first();
                format!("{:?}", example.map_or("example", String::as_str))
            }
        }
    }
}

/// What a metric is recorded with.
struct Amount {
    /// The type of the handle's parameter.
    handle: &'static str,
    /// The type in a signature.
    declared: &'static str,
    name: &'static str,
    method: &'static str,
    example: &'static str,
}

fn amount(metric: &Metric) -> Amount {
    let number = number(metric);
    let (handle, declared) = if number == "f64" && metric.unit.value == "s" {
        ("Seconds", "impl Into<Seconds>")
    } else {
        (number, number)
    };
    let (name, method) = match metric.instrument.value {
        Instrument::Counter if metric.is_observable() => ("total", "record"),
        _ if metric.is_observable() => ("value", "record"),
        Instrument::Counter => ("count", "add"),
        Instrument::UpDownCounter => ("change", "add"),
        Instrument::Histogram | Instrument::Gauge => ("value", "record"),
    };
    let example = match (handle, metric.unit.value.as_str()) {
        ("f64" | "Seconds", _) => "0.25",
        (_, "By") => "4_096",
        _ => "1",
    };
    Amount {
        handle,
        declared,
        name,
        method,
        example,
    }
}

/// `, exchange: impl Label<'l, schema::Exchange>`, and so on.
fn required(labels: &[Label<'_>], lifetime: &str) -> String {
    let required = labels.iter().filter(|label| label.is_required());
    let parameters = required.map(|label| {
        let declared = label.parameter(lifetime).declared;
        format!(", {}: {declared}", names::identifier(&label.name))
    });
    parameters.collect()
}

fn set_required(labels: &[Label<'_>], of: &str, lifetime: &str, out: &mut Text) {
    for label in labels.iter().filter(|label| label.is_required()) {
        out.line(&format!(
            "{of}.{}({}, {});",
            label.parameter(lifetime).set,
            label.index,
            names::identifier(&label.name)
        ));
    }
}

/// The head of a type's methods, whose lifetime has a name where a label's value lives so long.
fn implementation(kind: &str, lifetime: &str, labels: &[Label<'_>]) -> String {
    let is_named = |label: &Label<'_>| {
        let declared = label.parameter(lifetime).declared;
        declared.contains(&format!("{lifetime}, ")) || declared.contains(&format!("{lifetime} "))
    };
    if labels.iter().any(is_named) {
        format!("impl<{lifetime}> {kind}<{lifetime}> {{")
    } else {
        format!("impl {kind}<'_> {{")
    }
}

/// What the docs of a method with positional labels say of them.
fn describe_required(labels: &[Label<'_>], out: &mut Text) {
    let lines: Vec<String> = labels
        .iter()
        .filter(|label| label.is_required())
        .map(|label| format!("- `{}`: {}", label.name, label.brief()))
        .collect();
    if !lines.is_empty() {
        out.doc_paragraph(&lines.join("\n"));
    }
}

fn head(metric: &Metric, out: &mut Text) {
    out.line("");
    out.about(&metric.about);
    let observable = if metric.is_observable() {
        ", observed when metrics are collected"
    } else {
        ""
    };
    out.doc_paragraph(&format!(
        "`{}`, {} in `{}`{observable}.",
        metric.name.value,
        article(metric.instrument.value),
        metric.unit.value,
    ));
}

fn imports(labels: &[&Label<'_>]) -> Option<String> {
    let mut enums: Vec<String> = labels
        .iter()
        .filter(|label| matches!(label.attribute.kind, AttributeType::Enum(_)))
        .map(|label| names::enum_name(label.attribute))
        .collect();
    enums.sort();
    enums.dedup();
    match enums.as_slice() {
        [] => None,
        [one] => Some(format!("use lakehouse_otel::schema::{one};")),
        several => Some(format!(
            "use lakehouse_otel::schema::{{{}}};",
            several.join(", ")
        )),
    }
}

/// The required labels, and the first of the others, as an example shows them.
fn example_labels<'l, 'r>(labels: &'l [Label<'r>]) -> (Vec<&'l Label<'r>>, Option<&'l Label<'r>>) {
    let required = labels.iter().filter(|label| label.is_required()).collect();
    (required, labels.iter().find(|label| !label.is_required()))
}

fn example(metric: &Metric, accessor: &str, labels: &[Label<'_>], out: &mut Text) {
    let (required, further) = example_labels(labels);
    let amount = amount(metric);
    let mut arguments = vec![amount.example.to_owned()];
    arguments.extend(required.iter().map(|label| label.example()));
    let arguments = arguments.join(", ");
    let used: Vec<&Label<'_>> = required.iter().copied().chain(further).collect();
    out.line("///");
    out.line("/// ```");
    out.line("/// use lakehouse_otel::metrics;");
    if let Some(imports) = imports(&used) {
        out.line(&format!("/// {imports}"));
    }
    out.line("///");
    let further = further.map_or_else(String::new, |label| {
        format!(".{}({})", label.name, label.example())
    });
    if metric.is_observable() {
        let observer = accessor.rsplit('_').next().unwrap_or(accessor);
        out.line("/// // For as long as this is kept.");
        out.line(&format!(
            "/// let _observed = metrics::{accessor}().observe(|{observer}| {{"
        ));
        out.line(&format!(
            "///     {observer}{further}.{}({arguments});",
            amount.method
        ));
        out.line("/// });");
    } else {
        out.line(&format!(
            "/// metrics::{accessor}(){further}.{}({arguments});",
            amount.method
        ));
    }
    out.line("/// ```");
}

fn setter(label: &Label<'_>, receiver: &str, lifetime: &str, out: &mut Text) {
    let Parameter { declared, set } = label.parameter(lifetime);
    let name = names::identifier(&label.name);
    out.line("");
    out.doc(label.brief());
    out.doc_paragraph(&format!("Sets `{}`.", label.mention.key.value));
    let requirement = &label.mention.requirement;
    if let (Requirement::OptIn, Some(bound)) = (requirement, label.attribute.bound(requirement)) {
        out.doc_paragraph(&format!(
            "Its values may be many: the first {} have series of their own, and further ones share one.",
            grouped(bound, ',')
        ));
    }
    if receiver == "&self" {
        out.line("#[must_use = \"it observes nothing by itself\"]");
    }
    out.line(&format!(
        "pub fn {name}({receiver}, {name}: {declared}) -> Self {{"
    ));
    let own = if receiver == "&self" {
        out.line("let mut of = self.clone();");
        "of"
    } else {
        "self"
    };
    out.line(&format!("{own}.labels.{set}({}, {name});", label.index));
    out.line(own);
    out.line("}");
}

fn measurement(
    metric: &Metric,
    accessor: &str,
    labels: &[Label<'_>],
    target: Target,
    out: &mut Text,
) {
    let kind = names::pascal(accessor);
    let count = metric.attributes.len();
    let constant = names::constant(metric.name.as_str());
    head(metric, out);
    if target.has_examples() {
        example(metric, accessor, labels, out);
    }
    out.line("#[must_use = \"it records nothing by itself\"]");
    out.line(&format!("pub const fn {accessor}<'l>() -> {kind}<'l> {{"));
    out.line(&format!("{kind} {{ labels: Labels::new() }}"));
    out.line("}");
    out.line("");
    out.line(&format!(
        "/// A measurement for `{}`: its labels, then its number. Made by [`{accessor}`].",
        metric.name.value
    ));
    out.line("#[derive(Debug, Clone)]");
    out.line("#[must_use = \"it records nothing by itself\"]");
    out.line(&format!("pub struct {kind}<'l> {{"));
    out.line(&format!("labels: Labels<'l, {count}>,"));
    out.line("}");
    out.line("");
    out.line(&implementation(&kind, "'l", labels));
    out.line("fn metric() -> &'static Metric {");
    out.line(&format!(
        "static METRIC: Metric = Metric::new(&metrics::{constant});"
    ));
    out.line("&METRIC");
    out.line("}");
    for label in labels.iter().filter(|label| !label.is_required()) {
        setter(label, "mut self", "'l", out);
    }
    finishers(metric, labels, out);
    out.line("}");
}

fn finishers(metric: &Metric, labels: &[Label<'_>], out: &mut Text) {
    let Amount {
        handle,
        declared,
        name,
        method,
        ..
    } = amount(metric);
    let parameters = required(labels, "'l");
    let has_required = labels.iter().any(Label::is_required);
    let receiver = if has_required { "mut self" } else { "self" };

    out.line("");
    out.doc(match metric.instrument.value {
        Instrument::Counter => "Adds to the counter.",
        Instrument::UpDownCounter => "Adds to what there is, or takes away from it.",
        Instrument::Histogram => "Records one value of the distribution.",
        Instrument::Gauge => "Records the value that holds now.",
    });
    describe_required(labels, out);
    out.line(&format!(
        "pub fn {method}({receiver}, {name}: {declared}{parameters}) {{"
    ));
    set_required(labels, "self.labels", "'l", out);
    let value = if handle == "Seconds" {
        format!("{name}.into()")
    } else {
        name.to_owned()
    };
    out.line(&format!("Self::metric().record(&self.labels, {value});"));
    out.line("}");

    let instrument = match metric.instrument.value {
        Instrument::Counter => format!("Counter<{handle}>"),
        Instrument::UpDownCounter => "UpDownCounter".to_owned(),
        Instrument::Histogram => format!("Histogram<{handle}>"),
        Instrument::Gauge => format!("Gauge<{handle}>"),
    };
    let bare = instrument.split('<').next().unwrap_or(&instrument);
    out.line("");
    out.doc("The series with these labels, for code that records in it again and again.");
    describe_required(labels, out);
    out.line(&format!(
        "pub fn bind({receiver}{parameters}) -> {instrument} {{"
    ));
    set_required(labels, "self.labels", "'l", out);
    out.line(&format!("{bare}::bind(Self::metric(), &self.labels)"));
    out.line("}");

    let sums = matches!(
        metric.instrument.value,
        Instrument::Counter | Instrument::UpDownCounter
    );
    if sums {
        out.line("");
        out.doc("Adds to the sum that a batch keeps, which is recorded with the batch.");
        describe_required(labels, out);
        out.line(&format!(
            "pub fn add_to({receiver}, batch: &mut BatchRecorder, {name}: {declared}{parameters}) {{"
        ));
        set_required(labels, "self.labels", "'l", out);
        out.line(&format!(
            "batch.add(Self::metric(), &self.labels, {value});"
        ));
        out.line("}");
    }
    if metric.instrument.value == Instrument::UpDownCounter {
        out.line("");
        out.doc("One more now, and one less when what this returns is dropped.");
        describe_required(labels, out);
        out.line(&format!(
            "pub fn track({receiver}{parameters}) -> Tracked {{"
        ));
        set_required(labels, "self.labels", "'l", out);
        out.line("Tracked::new(Self::metric(), &self.labels)");
        out.line("}");
    }
}

fn observable(
    metric: &Metric,
    accessor: &str,
    labels: &[Label<'_>],
    target: Target,
    out: &mut Text,
) {
    let kind = names::pascal(accessor);
    let count = metric.attributes.len();
    let constant = names::constant(metric.name.as_str());
    let Amount {
        handle,
        declared,
        name,
        method,
        ..
    } = amount(metric);
    head(metric, out);
    if target.has_examples() {
        example(metric, accessor, labels, out);
    }
    out.line("#[must_use = \"it observes nothing by itself\"]");
    out.line(&format!("pub const fn {accessor}() -> {kind} {{"));
    out.line(&format!("{kind}(())"));
    out.line("}");
    out.line("");
    out.line(&format!(
        "/// What observes `{}`. Made by [`{accessor}`].",
        metric.name.value
    ));
    out.line("#[derive(Debug, Clone, Copy)]");
    out.line("#[must_use = \"it observes nothing by itself\"]");
    out.line(&format!("pub struct {kind}(());"));
    out.line("");
    out.line(&format!("impl {kind} {{"));
    out.doc(
        "Asks this callback whenever metrics are collected, until what this returns is dropped.",
    );
    out.doc_paragraph(match metric.instrument.value {
        Instrument::Gauge => {
            "It runs on the thread that collects, so it should be quick. Where it panics, it has no \
             values this time, and that is said once."
        }
        _ => {
            "It runs on the thread that collects, so it should be quick. Where it panics, what it \
             observed before stands, and that is said once."
        }
    });
    out.line(&format!(
        "pub fn observe(self, callback: impl Fn(&{kind}Observer<'_>) + Send + Sync + 'static) -> Observation {{"
    ));
    out.line(&format!(
        "Observation::new(&metrics::{constant}, move |observer| {{ callback(&{kind}Observer {{ observer, labels: Labels::new() }}); }})"
    ));
    out.line("}");
    out.line("}");
    out.line("");
    out.doc(&format!(
        "Takes the observed values of `{}`, with their labels.",
        metric.name.value
    ));
    out.line("#[derive(Debug, Clone)]");
    out.line(&format!("pub struct {kind}Observer<'o> {{"));
    out.line("observer: Observer<'o>,");
    out.line(&format!("labels: Labels<'o, {count}>,"));
    out.line("}");
    out.line("");
    out.line(&implementation(&format!("{kind}Observer"), "'o", labels));
    for label in labels.iter().filter(|label| !label.is_required()) {
        setter(label, "&self", "'o", out);
    }
    out.line("");
    out.doc(match metric.instrument.value {
        Instrument::Counter => "What the total is by now.",
        _ => "The value that holds now.",
    });
    describe_required(labels, out);
    let parameters = required(labels, "'o");
    out.line(&format!(
        "pub fn {method}(&self, {name}: {declared}{parameters}) {{"
    ));
    let has_required = labels.iter().any(Label::is_required);
    let own = if has_required {
        out.line("let mut labels = self.labels.clone();");
        set_required(labels, "labels", "'o", out);
        "&labels"
    } else {
        "&self.labels"
    };
    let value = if handle == "Seconds" {
        format!("{name}.into()")
    } else {
        name.to_owned()
    };
    out.line(&format!("self.observer.record({own}, {value});"));
    out.line("}");
    out.line("}");
}
