//! A callsite: everything about an operation that is known when it is compiled.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::trace::SpanKind;
use opentelemetry::{Array, KeyValue, StringValue, Value};

use super::bound::{Bound, FirstBound};
use super::hold::Hold;
use crate::pipeline::{self, Pipeline};
use crate::schema::{OperationDefinition, operations};
use crate::trace::sampler::Traits;

/// What one annotated function, or one use of the manual API, knows of its operation before it runs.
///
/// The macros put one into a `static` of each function. It costs nothing until its first call; its
/// instruments are bound then, and again after each `init`.
pub struct Callsite {
    pub(super) definition: &'static OperationDefinition,
    pub(super) function: &'static str,
    pub(super) module: &'static str,
    pub(super) file: &'static str,
    pub(super) line: u32,
    pub(super) constants: &'static [(&'static str, Constant)],
    /// The constants that label metrics because the callsite asks for it.
    pub(super) labels: &'static [&'static str],
    pub(super) kind: Option<SpanKind>,
    pub(super) budget: Option<Duration>,
    pub(super) metrics: bool,
    /// What the sampler wants to know of it.
    pub(super) traits: Traits,
    pub(super) resources: bool,
    /// Where it is of what is done with a stream's items: the stream.
    pub(super) stream: Option<&'static Callsite>,
    bound: FirstBound,
}

/// The value of an attribute that is known when the callsite is compiled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Constant {
    /// A string.
    Text(&'static str),
    /// An integer.
    Int(i64),
    /// A floating-point number.
    Double(f64),
    /// A truth value.
    Bool(bool),
    /// A list of strings.
    TextList(&'static [&'static str]),
}

impl Constant {
    pub(crate) fn to_value(self) -> Value {
        match self {
            Self::Text(text) => Value::String(StringValue::from(text)),
            Self::Int(number) => Value::I64(number),
            Self::Double(number) => Value::F64(number),
            Self::Bool(truth) => Value::Bool(truth),
            Self::TextList(texts) => Value::Array(Array::String(
                texts.iter().copied().map(StringValue::from).collect(),
            )),
        }
    }
}

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident => $definition:ident;)+) => {$(
        $(#[$doc])*
        #[must_use]
        pub const fn $name(
            function: &'static str,
            module: &'static str,
            file: &'static str,
            line: u32,
        ) -> Self {
            Self::new(&operations::$definition, function, module, file, line)
        }
    )+};
}

impl Callsite {
    constructors! {
        /// The callsite of a workflow.
        workflow => WORKFLOW;
        /// The callsite of a stage of a workflow.
        stage => STAGE;
        /// The callsite of data processing.
        processing => PROCESSING;
        /// The callsite of a request to an exchange.
        api_request => API_REQUEST;
        /// The callsite of an operation on storage.
        storage => STORAGE;
        /// The callsite of taking in records from a source.
        ingestion => INGESTION;
        /// The callsite of a call to a database.
        database => DATABASE;
        /// The callsite of an invocation.
        invocation => INVOCATION;
        /// The callsite of an operation of no other type.
        custom => CUSTOM;
    }

    /// A callsite of this operation, at this place in the source.
    #[must_use]
    pub const fn new(
        definition: &'static OperationDefinition,
        function: &'static str,
        module: &'static str,
        file: &'static str,
        line: u32,
    ) -> Self {
        Self {
            definition,
            function,
            module,
            file,
            line,
            constants: &[],
            labels: &[],
            kind: None,
            budget: None,
            metrics: true,
            traits: Traits {
                operation: Some(definition.operation_type),
                sample: None,
                high_priority: false,
                high_volume: false,
            },
            resources: false,
            stream: None,
            bound: FirstBound::new(),
        }
    }

    /// The callsite of what is done with the items of a stream.
    #[must_use]
    pub const fn items_of(stream: &'static Callsite) -> Self {
        Self::of_items(&super::stream::ITEM, stream)
    }

    /// The callsite of what is done with batches of a stream's items.
    #[must_use]
    pub const fn batches_of(stream: &'static Callsite) -> Self {
        Self::of_items(&super::stream::BATCH, stream)
    }

    const fn of_items(definition: &'static OperationDefinition, stream: &'static Callsite) -> Self {
        let mut callsite = Self::new(definition, definition.span_type, "", "", 0).without_metrics();
        callsite.stream = Some(stream);
        callsite
    }

    /// With these attributes, known at compile time; the labels among them label the metrics.
    #[must_use]
    pub const fn constants(mut self, constants: &'static [(&'static str, Constant)]) -> Self {
        self.constants = constants;
        self
    }

    /// With these constants as labels of the metrics that declare them `opt_in`.
    #[must_use]
    pub const fn labels(mut self, keys: &'static [&'static str]) -> Self {
        self.labels = keys;
        self
    }

    /// With another span kind than the operation's own.
    #[must_use]
    pub const fn kind(mut self, kind: SpanKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// With a budget: a longer run is counted and marked.
    #[must_use]
    pub const fn budget_nanos(mut self, nanos: u64) -> Self {
        self.budget = Some(Duration::from_nanos(nanos));
        self
    }

    /// Without metrics: the span alone.
    #[must_use]
    pub const fn without_metrics(mut self) -> Self {
        self.metrics = false;
        self
    }

    /// With a rate of its own, from 0 to 1: the share of its calls whose spans are kept.
    #[must_use]
    pub const fn sample(mut self, rate: f64) -> Self {
        self.traits.sample = Some(rate);
        self
    }

    /// With a span that is kept in any case.
    #[must_use]
    pub const fn high_priority(mut self) -> Self {
        self.traits.high_priority = true;
        self
    }

    /// Called so often that `OTEL_HIGH_VOLUME_SAMPLE_RATE` holds for it.
    #[must_use]
    pub const fn high_volume(mut self) -> Self {
        self.traits.high_volume = true;
        self
    }

    /// With the resources that it used on its span: CPU time, memory and load.
    #[must_use]
    pub const fn resources(mut self) -> Self {
        self.resources = true;
        self
    }

    /// The function's name.
    #[must_use]
    pub const fn function(&self) -> &'static str {
        self.function
    }

    pub(super) fn constant(&self, key: &str) -> Option<Constant> {
        let (_, constant) = self.constants.iter().find(|(name, _)| *name == key)?;
        Some(*constant)
    }

    /// The span's name: the definition's template, filled from the constants.
    pub(super) fn span_name(&self) -> Cow<'static, str> {
        if let Some(stream) = self.stream {
            return format!("{} {}", stream.span_name(), self.definition.span_name).into();
        }
        let mut parts = Vec::new();
        for part in self.definition.span_name.split(' ') {
            match part
                .strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'))
            {
                None => parts.push(part),
                Some(key) => {
                    if let Some(Constant::Text(text)) = self.constant(key) {
                        parts.push(text);
                    }
                }
            }
        }
        match parts[..] {
            [] => Cow::Borrowed(self.function),
            [name] => Cow::Borrowed(name),
            _ => Cow::Owned(parts.join(" ")),
        }
    }

    /// The attributes that every span of this callsite has.
    pub(super) fn span_attributes(&self) -> Vec<KeyValue> {
        let mut attributes = vec![KeyValue::new(
            "crypto.operation_type",
            self.definition.operation_type.as_str(),
        )];
        if let Some(stream) = self.stream {
            // It is where the stream is, and about the same.
            attributes.extend(stream.span_attributes().into_iter().filter(|of_stream| {
                !matches!(
                    of_stream.key.as_str(),
                    "crypto.operation_type" | "crypto.operation.budget"
                )
            }));
        }
        // One of the manual API is at no place that is known.
        if !self.file.is_empty() {
            // Counted, for each exported span has a copy.
            let name: Arc<str> = format!("{}::{}", self.module, self.function).into();
            attributes.extend([
                KeyValue::new("code.function.name", StringValue::from(name)),
                KeyValue::new("code.file.path", self.file),
                KeyValue::new("code.line.number", i64::from(self.line)),
            ]);
        }
        if let Some(budget) = self.budget {
            attributes.push(KeyValue::new(
                "crypto.operation.budget",
                budget.as_secs_f64(),
            ));
        }
        for (key, constant) in self.constants {
            attributes.push(KeyValue::new(*key, constant.to_value()));
            if *key == "crypto.endpoint" {
                attributes.push(KeyValue::new("url.template", constant.to_value()));
            }
        }
        attributes
    }

    /// The pipeline for an operation that starts now, and what of this callsite belongs to it.
    #[inline]
    pub(super) fn resolve(&'static self) -> Option<(Hold<Pipeline>, Hold<Bound>)> {
        if let Some(capture) = pipeline::capture() {
            let bound = capture.bound_of(self);
            return Some((Hold::Capture(capture), Hold::Capture(bound)));
        }
        let number = pipeline::program();
        if number == 0 {
            return None;
        }
        let bound = match Bound::find(&self.bound, number) {
            Some(bound) => bound,
            None => self.bind()?,
        };
        let pipeline = bound.program()?;
        Some((Hold::Program(pipeline), Hold::Program(bound)))
    }

    #[cold]
    fn bind(&'static self) -> Option<&'static Bound> {
        let pipeline = pipeline::installed()?;
        Some(
            Bound::new(self, pipeline)
                .of_program(pipeline)
                .append(&self.bound),
        )
    }
}

impl fmt::Debug for Callsite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callsite")
            .field(
                "function",
                &format_args!("{}::{}", self.module, self.function),
            )
            .field("operation", &self.definition.operation_type)
            .field("constants", &self.constants)
            .finish_non_exhaustive()
    }
}
