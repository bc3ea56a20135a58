//! Operations without the feature `enabled`: the same names, of no size, that do nothing.

#![expect(
    clippy::unused_self,
    reason = "the signatures are those of operations that do something"
)]

use std::borrow::Cow;
use std::time::Duration;

use futures_core::Stream;
use opentelemetry::trace::{SpanId, SpanKind, TraceId};
use opentelemetry::{Context, KeyValue};

use super::details::{DataStats, FileDetails, RequestDetails, ResponseDetails};
use super::place::{IntoLinks, IntoParent};
use super::returned::ReturnedOutcome;
use crate::exchange::ExchangeResponse;
use crate::performance::BudgetCheck;
use crate::schema::{Amount, AttributeKey, EnumValue, IntoValue, OperationDefinition, kind};

/// What one use of an operation knows of it before it runs; here, nothing.
#[derive(Debug, Clone, Copy)]
pub struct Callsite;

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

macro_rules! constructors {
    ($($name:ident)+) => {$(
        /// A callsite that does nothing.
        #[must_use]
        pub const fn $name(
            _function: &'static str,
            _module: &'static str,
            _file: &'static str,
            _line: u32,
        ) -> Self {
            Self
        }
    )+};
}

impl Callsite {
    constructors!(workflow stage processing api_request storage ingestion database invocation);

    /// A callsite that does nothing.
    #[must_use]
    pub const fn new(
        _definition: &'static OperationDefinition,
        _function: &'static str,
        _module: &'static str,
        _file: &'static str,
        _line: u32,
    ) -> Self {
        Self
    }

    /// With these attributes.
    #[must_use]
    pub const fn constants(self, _constants: &'static [(&'static str, Constant)]) -> Self {
        self
    }

    /// With these constants as labels.
    #[must_use]
    pub const fn labels(self, _keys: &'static [&'static str]) -> Self {
        self
    }

    /// With another span kind.
    #[must_use]
    pub const fn kind(self, _kind: SpanKind) -> Self {
        self
    }

    /// With a budget.
    #[must_use]
    pub const fn budget_nanos(self, _nanos: u64) -> Self {
        self
    }

    /// Without metrics.
    #[must_use]
    pub const fn without_metrics(self) -> Self {
        self
    }

    /// With a rate of its own.
    #[must_use]
    pub const fn sample(self, _rate: f64) -> Self {
        self
    }

    /// With a span that is kept in any case.
    #[must_use]
    pub const fn high_priority(self) -> Self {
        self
    }

    /// Called very often.
    #[must_use]
    pub const fn high_volume(self) -> Self {
        self
    }

    /// With the resources that it used.
    #[must_use]
    pub const fn resources(self) -> Self {
        self
    }

    /// The function's name; unknown here.
    #[must_use]
    pub const fn function(&self) -> &'static str {
        ""
    }
}

/// An operation that records nothing.
#[derive(Debug)]
#[must_use = "an operation that is dropped at once ends at once"]
pub struct Operation;

/// The handle of an operation that records nothing.
#[derive(Debug, Clone, Copy)]
pub struct Handle;

/// An operation that begins, and records nothing.
#[derive(Debug)]
pub struct Beginning<'a>(std::marker::PhantomData<&'a ()>);

/// An operation that ends, and recorded nothing.
#[derive(Debug)]
pub struct Ending<'a>(std::marker::PhantomData<&'a ()>);

macro_rules! takes_attributes {
    ($($type:ty),+) => {$(
        impl $type {
            /// Nothing records.
            #[must_use]
            pub const fn records(&self) -> bool {
                false
            }

            /// Nothing measures.
            #[must_use]
            pub const fn measures(&self) -> bool {
                false
            }

            /// Sets nothing.
            pub fn attribute<K, V: IntoValue<K> + ?Sized>(&mut self, _: AttributeKey<K>, _: &V) {}

            /// Sets nothing.
            pub fn measure<K, V: IntoValue<K> + ?Sized>(&mut self, _: AttributeKey<K>, _: &V) {}

            /// Sets nothing.
            pub fn label<K: EnumValue, V: IntoValue<K> + ?Sized>(
                &mut self,
                _: AttributeKey<K>,
                _: &V,
            ) {
            }

            /// Sets nothing.
            pub fn opted_in<V: IntoValue<kind::Text> + ?Sized>(
                &mut self,
                _: AttributeKey<kind::Text>,
                _: &V,
            ) {
            }
        }
    )+};
}

takes_attributes!(Beginning<'_>, Ending<'_>, Checked);

/// Checks the attributes of an annotated function that stays bare.
#[derive(Debug)]
pub struct Checked;

impl Checked {
    /// Starts nothing.
    pub fn place(&mut self, _: &(impl IntoParent + ?Sized), _: &(impl IntoLinks + ?Sized)) {}

    /// Reads nothing.
    pub fn response(&mut self, _response: &(impl ExchangeResponse + ?Sized)) {}

    /// Adds nothing.
    pub fn add<K: Amount, V: IntoValue<K> + ?Sized>(&mut self, _: AttributeKey<K>, _: &V) {}
}

impl Beginning<'_> {
    /// Nothing is kept.
    #[must_use]
    pub const fn keeps(&self) -> bool {
        false
    }

    /// A handle that does nothing.
    #[must_use]
    pub const fn handle(&self) -> Handle {
        Handle
    }
}

impl<'a> Ending<'a> {
    /// Nothing is kept.
    #[must_use]
    pub const fn keeps(&self) -> bool {
        false
    }

    /// Reads nothing.
    pub fn response(&mut self, _response: &(impl ExchangeResponse + ?Sized)) {}

    /// Adds nothing.
    pub fn add<K: Amount, V: IntoValue<K> + ?Sized>(&mut self, _: AttributeKey<K>, _: &V) {}

    /// Says nothing.
    pub fn returned(&mut self, _outcome: ReturnedOutcome<'a>) {}
}

/// An operation that does nothing.
pub fn begin(_: &'static Callsite, _: impl FnOnce(&mut Beginning<'_>)) -> Operation {
    Operation
}

impl Operation {
    /// A handle that does nothing.
    #[must_use]
    pub const fn handle(&self) -> Handle {
        Handle
    }

    /// The current context.
    #[must_use]
    pub fn context(&self) -> Context {
        Context::current()
    }

    /// Runs the work.
    pub fn run<R>(
        self,
        body: impl FnOnce() -> R,
        _observe: impl for<'a> FnOnce(&mut Ending<'a>, &'a R),
    ) -> R {
        body()
    }

    /// The work.
    pub fn instrument<F: Future>(
        self,
        future: F,
        _observe: impl for<'a> FnOnce(&mut Ending<'a>, &'a F::Output),
    ) -> impl Future<Output = F::Output> {
        future
    }

    /// The work.
    pub fn instrument_stream<S: Stream>(
        self,
        stream: S,
        _observe: impl for<'a> FnMut(&mut Ending<'a>, &'a S::Item),
    ) -> impl Stream<Item = S::Item> {
        stream
    }

    /// Runs the work.
    pub fn in_scope<R>(&self, work: impl FnOnce() -> R) -> R {
        work()
    }

    /// Ends it well.
    pub fn ok(self) {}

    /// Ends it with an error.
    pub fn error(self, _error: &(dyn std::error::Error + '_)) {}

    /// Ends it with what a function returned.
    pub fn returned(self, _outcome: ReturnedOutcome<'_>) {}
}

impl Handle {
    /// The handle in a bare function.
    #[must_use]
    pub const fn disabled() -> Self {
        Self
    }

    /// Nothing records.
    #[must_use]
    pub const fn is_recording(&self) -> bool {
        false
    }

    /// Sets nothing.
    pub fn set<K>(&self, _key: AttributeKey<K>, _value: impl IntoValue<K>) {}

    /// Sets nothing.
    pub fn set_attribute(&self, _attribute: KeyValue) {}

    /// Adds nothing.
    pub fn add_event(
        &self,
        _name: impl Into<Cow<'static, str>>,
        _attributes: impl IntoIterator<Item = KeyValue>,
    ) {
    }

    /// Records nothing.
    pub fn record_error(&self, _error: &(dyn std::error::Error + '_)) {}

    /// Sets nothing.
    pub fn set_request_details(&self, _details: RequestDetails) {}

    /// Sets nothing.
    pub fn set_response_details(&self, _details: ResponseDetails) {}

    /// Reads nothing.
    pub fn response(&self, _response: &(impl ExchangeResponse + ?Sized)) {}

    /// Records nothing.
    pub fn record_data_stats(&self, _stats: DataStats) {}

    /// Sets nothing.
    pub fn set_file_details(&self, _details: FileDetails) {}

    /// Sets nothing.
    pub fn set_processing_metric(&self, _name: &str, _value: f64) {}

    /// No budget, and no time.
    #[must_use]
    pub fn check_performance_budget(&self) -> BudgetCheck {
        BudgetCheck::default()
    }

    /// A stage that records nothing.
    pub const fn start_stage(&self, _stage: &'static str) -> Operation {
        Operation
    }

    /// The current context.
    #[must_use]
    pub fn context(&self) -> Context {
        Context::current()
    }

    /// No trace.
    #[must_use]
    pub const fn trace_id(&self) -> Option<TraceId> {
        None
    }

    /// No span.
    #[must_use]
    pub const fn span_id(&self) -> Option<SpanId> {
        None
    }
}

/// What every builder of an operation has in common; here, nothing.
#[derive(Debug)]
pub(crate) struct ManualOperation;

impl ManualOperation {
    pub(crate) const fn new(_: &'static OperationDefinition) -> Self {
        Self
    }

    pub(crate) fn constant<K>(&mut self, _: AttributeKey<K>, _: impl IntoValue<K>) {}

    pub(crate) fn attribute<K>(&mut self, _: AttributeKey<K>, _: impl IntoValue<K>) {}

    pub(crate) const fn sample(&mut self, _rate: f64) {}

    pub(crate) const fn high_priority(&mut self) {}

    pub(crate) const fn high_volume(&mut self) {}

    pub(crate) const fn resources(&mut self) {}

    pub(crate) const fn budget(&mut self, _budget: Duration) {}

    pub(crate) const fn label(&mut self, _: AttributeKey<kind::Text>) {}

    pub(crate) fn parent(&mut self, _: impl IntoParent) {}

    pub(crate) fn link(&mut self, _: impl IntoLinks) {}

    pub(crate) const fn start(self) -> Operation {
        Operation
    }
}
