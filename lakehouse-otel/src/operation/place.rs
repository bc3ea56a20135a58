//! Where an operation stands in its trace, where that is not under the current one: `parent = …`, `links = …`.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use opentelemetry::Context;
use opentelemetry::trace::{Link, SpanContext, TraceContextExt, TraceState};

use super::{Handle, Operation};

/// The parent of an operation that starts: what `parent = …` and the builders' `parent(…)` make of a value.
///
/// ```
/// use lakehouse_otel::operation::{Parent, Workflow};
///
/// // A trace of its own, whatever runs here.
/// let nightly = Workflow::new("nightly").parent(Parent::root()).start();
/// nightly.ok();
/// ```
#[derive(Debug, Clone)]
pub struct Parent(pub(super) Kind);

/// What a parent is.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// The current operation or span, as without the argument.
    Current,
    /// None: the operation begins a trace.
    Root,
    Context(Context),
    Span(SpanContext),
}

impl Parent {
    /// The operation or span that is current, as where no parent is given.
    #[must_use]
    pub const fn current() -> Self {
        Self(Kind::Current)
    }

    /// None: the operation begins a trace of its own. `parent = root` is short for it.
    #[must_use]
    pub const fn root() -> Self {
        Self(Kind::Root)
    }
}

/// What can be the parent of an operation, in `parent = …` and the builders' `parent(…)`.
///
/// | value | the operation |
/// |---|---|
/// | [`Context`] | starts, and its work runs, as though this context were the current one, with its baggage; where it has no span the operation begins a trace |
/// | [`SpanContext`] | is a child of this span, here or in another process; an invalid one begins a trace |
/// | [`Handle`], [`Operation`] | is a child of that operation |
/// | [`Parent`] | as that says; [`Parent::root`] begins a trace |
/// | `Option` of one of them | as the value says; where there is none, as without the argument |
///
/// References, boxes and counted references of those work too. Under a capture of [`testing`](crate::testing) the operation stays
/// under it, and where telemetry is suppressed it stays suppressed, whatever the parent.
///
/// ```
/// use lakehouse_otel::prelude::*;
/// use opentelemetry::Context;
///
/// struct Message { context: Option<Context> }
///
/// #[track_processing(operation = "clean", parent = message.context)]
/// async fn clean(message: Message) { /* … */ }
/// ```
#[diagnostic::on_unimplemented(
    message = "[LO0103] `{Self}` is no parent of an operation",
    label = "a parent is a `Context`, a `SpanContext`, or the handle of an operation",
    note = "references and `Option`s of those work too; `parent = root` begins a trace of its own",
    note = "headers of a request become a `Context` by a propagator: `propagator.extract(&headers)`"
)]
pub trait IntoParent {
    /// The parent.
    fn to_parent(&self) -> Parent;
}

impl IntoParent for Parent {
    fn to_parent(&self) -> Parent {
        self.clone()
    }
}

impl IntoParent for Context {
    fn to_parent(&self) -> Parent {
        Parent(Kind::Context(self.clone()))
    }
}

impl IntoParent for SpanContext {
    fn to_parent(&self) -> Parent {
        Parent(Kind::Span(self.clone()))
    }
}

impl IntoParent for Handle {
    fn to_parent(&self) -> Parent {
        Parent(Kind::Context(self.context()))
    }
}

impl IntoParent for Operation {
    fn to_parent(&self) -> Parent {
        Parent(Kind::Context(self.context()))
    }
}

#[diagnostic::do_not_recommend]
impl<P: IntoParent> IntoParent for Option<P> {
    fn to_parent(&self) -> Parent {
        self.as_ref()
            .map_or(Parent::current(), IntoParent::to_parent)
    }
}

/// What an operation is linked to, in `links = …` and the builders' `link(…)`: spans that it has to do with and that are
/// not its parent, such as those of the messages of a batch.
///
/// | value | the link |
/// |---|---|
/// | [`SpanContext`] | to this span |
/// | [`Context`] | to the span of this context |
/// | [`Handle`], [`Operation`] | to the span of this operation |
/// | [`Link`] | this one, with its attributes |
/// | `Option` of one of them, slices, arrays and vectors | to each that is there |
///
/// References, boxes and counted references of those work too. What is no valid span is left out, unless the link has
/// attributes or a trace state, as the [specification](https://opentelemetry.io/docs/specs/otel/trace/api/#link) says. There are at
/// most as many as `OTEL_SPAN_LINK_COUNT_LIMIT` says.
///
/// ```
/// use lakehouse_otel::prelude::*;
/// use opentelemetry::trace::SpanContext;
///
/// #[track_processing(operation = "merge", links = sources, record_count = sources.len())]
/// fn merge(sources: &[SpanContext]) { /* … */ }
/// ```
#[diagnostic::on_unimplemented(
    message = "[LO0104] an operation cannot be linked to `{Self}`",
    label = "links are a `SpanContext`, a `Context`, a `Link`, the handle of an operation, or a list of those",
    note = "references and `Option`s of those work too; lists are slices, arrays and vectors"
)]
pub trait IntoLinks {
    /// Adds the links.
    fn add_to(&self, links: &mut Links);
}

/// The links of an operation that starts.
#[derive(Debug, Default)]
pub struct Links(Vec<Link>);

impl Links {
    /// Adds a link to a span.
    pub fn push(&mut self, link: Link) {
        let says_something = link.span_context.is_valid()
            || !link.attributes.is_empty()
            || *link.span_context.trace_state() != TraceState::NONE;
        if says_something {
            self.0.push(link);
        }
    }

    #[cfg(feature = "enabled")]
    pub(super) fn into_vec(self) -> Vec<Link> {
        self.0
    }
}

/// None.
impl IntoLinks for () {
    fn add_to(&self, _links: &mut Links) {}
}

impl IntoLinks for SpanContext {
    fn add_to(&self, links: &mut Links) {
        links.push(Link::with_context(self.clone()));
    }
}

impl IntoLinks for Context {
    fn add_to(&self, links: &mut Links) {
        self.span().span_context().add_to(links);
    }
}

impl IntoLinks for Link {
    fn add_to(&self, links: &mut Links) {
        links.push(self.clone());
    }
}

impl IntoLinks for Handle {
    fn add_to(&self, links: &mut Links) {
        // Where the operation has no span there is nothing to link to, whatever runs here.
        if self.span_id().is_some() {
            self.context().add_to(links);
        }
    }
}

impl IntoLinks for Operation {
    fn add_to(&self, links: &mut Links) {
        self.handle().add_to(links);
    }
}

#[diagnostic::do_not_recommend]
impl<L: IntoLinks> IntoLinks for Option<L> {
    fn add_to(&self, links: &mut Links) {
        if let Some(one) = self {
            one.add_to(links);
        }
    }
}

#[diagnostic::do_not_recommend]
impl<L: IntoLinks> IntoLinks for [L] {
    fn add_to(&self, links: &mut Links) {
        for one in self {
            one.add_to(links);
        }
    }
}

#[diagnostic::do_not_recommend]
impl<L: IntoLinks> IntoLinks for Vec<L> {
    fn add_to(&self, links: &mut Links) {
        self.as_slice().add_to(links);
    }
}

#[diagnostic::do_not_recommend]
impl<L: IntoLinks, const N: usize> IntoLinks for [L; N] {
    fn add_to(&self, links: &mut Links) {
        self.as_slice().add_to(links);
    }
}

macro_rules! through_pointers {
    ($($pointer:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: IntoParent + ?Sized> IntoParent for $pointer {
            fn to_parent(&self) -> Parent {
                (**self).to_parent()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: IntoLinks + ?Sized> IntoLinks for $pointer {
            fn add_to(&self, links: &mut Links) {
                (**self).add_to(links);
            }
        }
    )+};
}

through_pointers!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

#[diagnostic::do_not_recommend]
impl<T: IntoParent + Clone> IntoParent for Cow<'_, T> {
    fn to_parent(&self) -> Parent {
        (**self).to_parent()
    }
}
