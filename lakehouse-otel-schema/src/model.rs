//! What a registry declares.

use crate::source::Located;

/// A registry: all its files together.
#[derive(Debug, Default)]
pub struct Registry {
    /// Whose it is.
    pub dialect: Dialect,
    /// The registries that it may mention things of, the built-in one among them.
    pub uses: Vec<Used>,
    /// `manifest.yaml`.
    pub manifest: Manifest,
    /// The attributes, in the order of the files (by name) and lines.
    pub attributes: Vec<Attribute>,
    /// The entities: what a resource describes.
    pub entities: Vec<Entity>,
    /// The events.
    pub events: Vec<Event>,
    /// The metrics.
    pub metrics: Vec<Metric>,
    /// The spans.
    pub spans: Vec<Span>,
}

impl Registry {
    /// This registry and those that it uses, each once.
    #[must_use]
    pub fn all(&self) -> Vec<&Self> {
        let mut all = vec![self];
        for used in self.uses.iter().flat_map(|used| used.registry.all()) {
            if !all.iter().any(|known| known.is(used)) {
                all.push(used);
            }
        }
        all
    }

    /// Whether both are the registry of one package.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.dialect == other.dialect && self.manifest.package == other.manifest.package
    }

    /// The attribute of that key, here or in a registry that this one uses.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<&Attribute> {
        let mut own = self.attributes.iter();
        own.find(|attribute| attribute.key.value == key)
            .or_else(|| self.uses.iter().find_map(|of| of.registry.attribute(key)))
    }

    /// The metric of that name, here or in a registry that this one uses.
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<&Metric> {
        let mut own = self.metrics.iter();
        own.find(|metric| metric.name.value == name)
            .or_else(|| self.uses.iter().find_map(|of| of.registry.metric(name)))
    }

    /// The built-in registry, where this one uses it.
    #[must_use]
    pub fn built_in(&self) -> Option<&Self> {
        self.all()
            .into_iter()
            .skip(1)
            .find(|registry| registry.dialect == Dialect::BuiltIn)
    }
}

/// Whose a registry is: some annotations are the built-in one's alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Dialect {
    /// The runtime's.
    #[default]
    BuiltIn,
    /// A program's.
    Own,
}

/// A registry that another one mentions things of.
#[derive(Debug)]
pub struct Used {
    /// The path of the module that was made of it.
    pub module: String,
    /// The registry.
    pub registry: Registry,
}

/// What `manifest.yaml` says of the registry.
#[derive(Debug, Default)]
pub struct Manifest {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The package that it stands in; empty for the built-in one.
    pub package: String,
    /// Where its schema is published; goes into the telemetry as the schema URL.
    pub schema_url: String,
    /// The registries from which some of its names come.
    pub dependencies: Vec<Dependency>,
}

/// A registry that this one takes names from.
#[derive(Debug)]
pub struct Dependency {
    /// Its name.
    pub name: String,
    /// Where its schema is published.
    pub schema_url: String,
}

/// What every entry says of itself.
#[derive(Debug)]
pub struct About {
    /// One line.
    pub brief: String,
    /// More lines.
    pub note: Option<String>,
    /// How much it may still change.
    pub stability: Stability,
    /// Whether something else took its place.
    pub deprecated: Option<Deprecated>,
}

/// How much an entry may still change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stability {
    /// It does not change.
    Stable,
    /// It is about to become stable.
    ReleaseCandidate,
    /// It may change a little.
    Beta,
    /// It may change.
    Alpha,
    /// It is being worked on.
    Development,
}

impl Stability {
    /// The names in a registry.
    pub const NAMES: &'static [(&'static str, Self)] = &[
        ("stable", Self::Stable),
        ("release_candidate", Self::ReleaseCandidate),
        ("beta", Self::Beta),
        ("alpha", Self::Alpha),
        ("development", Self::Development),
    ];

    /// The name in a registry.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, stability)| *stability == self)
            .map_or("", |(name, _)| name)
    }
}

/// Why something should no longer be used.
#[derive(Debug)]
pub enum Deprecated {
    /// It has another name now.
    Renamed(Located<String>, Option<String>),
    /// It is no longer valid; the note says why.
    Obsoleted(String),
    /// The note says what to do.
    Uncategorized(String),
}

/// An attribute.
#[derive(Debug)]
pub struct Attribute {
    /// Its key on the wire.
    pub key: Located<String>,
    /// The values that it takes.
    pub kind: AttributeType,
    /// What it means.
    pub about: About,
    /// Example values.
    pub examples: Vec<String>,
    /// Whether its values are few enough to label a metric.
    pub cardinality: Cardinality,
    /// How many values it has as a label of one metric, where it says so.
    pub values: Option<u64>,
    /// The name of its enum, where it is not made from the key.
    pub rust_name: Option<Located<String>>,
    /// Whether its integers are milliseconds since the Unix epoch.
    pub is_time: bool,
}

impl Attribute {
    /// The most values that a label has, and what an opted-in one has unless its attribute says fewer.
    pub const MOST_VALUES: u64 = 2_000;

    /// What another label has unless its attribute says.
    const USUAL_VALUES: u64 = 100;

    /// How many values a metric that mentions it so tells apart: texts, or what an open enum has beside its members.
    /// None where it has members alone, truth values or numbers.
    #[must_use]
    pub fn bound(&self, requirement: &Requirement) -> Option<u64> {
        let is_bounded = match &self.kind {
            AttributeType::Text => true,
            AttributeType::Enum(set) => set.open,
            AttributeType::Int
            | AttributeType::Double
            | AttributeType::Bool
            | AttributeType::TextList => false,
        };
        let unsaid = match requirement {
            Requirement::OptIn => Self::MOST_VALUES,
            _ => Self::USUAL_VALUES,
        };
        is_bounded.then(|| self.values.unwrap_or(unsaid))
    }
}

/// The values that an attribute takes.
#[derive(Debug)]
pub enum AttributeType {
    /// A string.
    Text,
    /// A 64-bit integer.
    Int,
    /// A 64-bit floating-point number.
    Double,
    /// A truth value.
    Bool,
    /// A list of strings.
    TextList,
    /// One of some members.
    Enum(EnumType),
}

/// The members of an attribute.
#[derive(Debug)]
pub struct EnumType {
    /// Whether other values are allowed.
    pub open: bool,
    /// The known values.
    pub members: Vec<Member>,
}

/// A known value of an attribute.
#[derive(Debug)]
pub struct Member {
    /// Its name.
    pub id: Located<String>,
    /// Its value on the wire.
    pub value: Located<String>,
    /// What it means.
    pub brief: Option<String>,
    /// How much it may still change.
    pub stability: Stability,
}

/// How many values an attribute has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cardinality {
    /// Few enough to label a metric.
    Low,
    /// Too many, unless a call asks for it.
    High,
}

/// A mention of an attribute by a span, metric, event or entity.
#[derive(Debug)]
pub struct AttributeRef {
    /// The attribute's key.
    pub key: Located<String>,
    /// When it is there.
    pub requirement: Requirement,
    /// What it means here, where that is more than what it means everywhere.
    pub brief: Option<String>,
    /// The macro's argument that sets it.
    pub argument: Option<Argument>,
}

/// When an attribute is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requirement {
    /// Always.
    Required,
    /// Always under this condition.
    ConditionallyRequired(String),
    /// Unless it costs too much.
    Recommended,
    /// Where a call asks for it.
    OptIn,
}

/// An argument of a macro.
#[derive(Debug)]
pub struct Argument {
    /// Its name in the macro.
    pub name: Located<String>,
    /// What becomes of its value.
    pub role: Role,
    /// Its former names, which still work with a warning.
    pub aliases: Vec<Located<String>>,
    /// Further attributes that the same value sets.
    pub also: Vec<Located<String>>,
}

/// What becomes of an argument's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It labels the operation's metrics.
    Label,
    /// It feeds an instrument or the outcome.
    Measurement,
    /// It is on the span only.
    Span,
}

/// A metric.
#[derive(Debug)]
pub struct Metric {
    /// Its name on the wire.
    pub name: Located<String>,
    /// What it counts or measures.
    pub about: About,
    /// The kind of instrument.
    pub instrument: Located<Instrument>,
    /// The unit, in UCUM.
    pub unit: Located<String>,
    /// Whether its numbers have a fraction.
    pub double: bool,
    /// The attributes that it may carry.
    pub attributes: Vec<AttributeRef>,
    /// The bucket boundaries of a histogram.
    pub boundaries: Option<Located<Vec<f64>>>,
    /// How many attribute sets it may have, beside those with attributes that a call opted in to.
    pub cardinality_limit: u64,
    /// Whether its numbers are asked for when metrics are collected, where the registry says so.
    pub observable: Option<Located<bool>>,
    /// The functions of the runtime that record it, beside its own accessor.
    pub functions: Vec<Located<String>>,
}

impl Metric {
    /// Whether its numbers are asked for when metrics are collected.
    #[must_use]
    pub fn is_observable(&self) -> bool {
        self.observable.as_ref().is_some_and(|it| it.value)
    }
}

/// The kinds of instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instrument {
    /// A sum that only grows.
    Counter,
    /// A sum that grows and shrinks.
    UpDownCounter,
    /// A distribution.
    Histogram,
    /// The last value.
    Gauge,
}

impl Instrument {
    /// The names in a registry.
    pub const NAMES: &'static [(&'static str, Self)] = &[
        ("counter", Self::Counter),
        ("updowncounter", Self::UpDownCounter),
        ("histogram", Self::Histogram),
        ("gauge", Self::Gauge),
    ];

    /// The name in a registry.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, instrument)| *instrument == self)
            .map_or("", |(name, _)| name)
    }
}

/// A span.
#[derive(Debug)]
pub struct Span {
    /// Its type, unique in the registry.
    pub span_type: Located<String>,
    /// Its kind.
    pub kind: SpanKind,
    /// Its name, with keys of attributes in braces.
    pub name: Located<String>,
    /// What it stands for.
    pub about: About,
    /// Its attributes.
    pub attributes: Vec<AttributeRef>,
    /// The operation that records it.
    pub operation: Option<Operation>,
}

/// The kinds of span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanKind {
    /// Work inside the program.
    Internal,
    /// A request to another program.
    Client,
    /// A request from another program.
    Server,
    /// Something put where others take it from.
    Producer,
    /// Something taken from where others put it.
    Consumer,
}

impl SpanKind {
    /// The names in a registry.
    pub const NAMES: &'static [(&'static str, Self)] = &[
        ("internal", Self::Internal),
        ("client", Self::Client),
        ("server", Self::Server),
        ("producer", Self::Producer),
        ("consumer", Self::Consumer),
    ];

    /// The name in a registry.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("", |(name, _)| name)
    }
}

/// The operation behind a span: its macro, and the metrics that it feeds.
#[derive(Debug)]
pub struct Operation {
    /// The macro's name.
    pub macro_name: Located<String>,
    /// The name of the callsite's constructor; the definition and the builder are named after it.
    pub constructor: Located<String>,
    /// The value of `crypto.operation_type`.
    pub operation_type: Located<String>,
    /// What of it is to come.
    pub planned: Option<Planned>,
    /// The metrics that it feeds.
    pub metrics: Vec<OperationMetric>,
}

/// What of an operation is declared, and not generated yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planned {
    /// The macro; the builder is there.
    Macro,
    /// Everything.
    All,
}

/// A metric that an operation feeds.
#[derive(Debug)]
pub struct OperationMetric {
    /// The metric's name.
    pub metric: Located<String>,
    /// What is recorded in it.
    pub source: MetricSource,
}

/// What an operation records in a metric.
#[derive(Debug)]
pub enum MetricSource {
    /// One for each operation.
    Count,
    /// One for each operation that ended well.
    Successes,
    /// Its duration.
    Duration,
    /// One up at its start, one down at its end.
    Active,
    /// One for each failure.
    Errors,
    /// One for each answer that says that the caller asked too often.
    RateLimited,
    /// One for each operation that took longer than its budget.
    OverBudget,
    /// The value of an attribute; one for each operation of which a truth value is true.
    Attribute(Located<String>),
    /// The value of an attribute by second.
    Rate(Located<String>),
    /// The time that has passed since the time that an attribute is.
    Age(Located<String>),
}

/// An event.
#[derive(Debug)]
pub struct Event {
    /// Its name on the wire.
    pub name: Located<String>,
    /// What happened.
    pub about: About,
    /// Its attributes.
    pub attributes: Vec<AttributeRef>,
}

/// Something that a resource describes.
#[derive(Debug)]
pub struct Entity {
    /// Its type, unique in the registry.
    pub entity_type: Located<String>,
    /// What it is.
    pub about: About,
    /// The attributes that tell one from another.
    pub identity: Vec<AttributeRef>,
    /// The attributes that describe it further.
    pub description: Vec<AttributeRef>,
}
