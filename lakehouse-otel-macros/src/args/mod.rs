//! The attribute's tokens as arguments, each with its spans. What they mean is for `check` to say.

mod parse;

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::{Expr, Ident};

pub(crate) use parse::parse;

/// Everything between the attribute's parentheses, in the order written.
#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) assignments: Vec<Assignment>,
    pub(crate) observers: Vec<Observer>,
    pub(crate) keeps: Vec<Keep>,
    pub(crate) labels: Vec<Keep>,
}

/// `key = value`.
pub(crate) struct Assignment {
    pub(crate) key: Key,
    /// The `+=` of a value that is added.
    pub(crate) adds: Option<Span>,
    /// `None` where the value did not parse: that is reported, and the key still counts as given.
    pub(crate) value: Option<Expr>,
}

/// A name, or several with dots between them.
pub(crate) struct Key {
    pub(crate) parts: Vec<Ident>,
}

/// `ok(|pattern| key = value, …)` or `err(…)`.
pub(crate) struct Observer {
    pub(crate) name: Ident,
    /// The closure's parameter, with its type where one is written.
    pub(crate) pattern: TokenStream,
    /// The names that the parameter binds.
    pub(crate) bindings: Vec<Ident>,
    pub(crate) assignments: Vec<Assignment>,
}

/// `keep(name, …)` or `labels(name, …)`.
pub(crate) struct Keep {
    pub(crate) name: Ident,
    pub(crate) keys: Vec<Key>,
}

impl Key {
    /// The name as it is on the wire: `r#type` is `type`.
    pub(crate) fn name(&self) -> String {
        let parts: Vec<_> = self
            .parts
            .iter()
            .map(|part| part.unraw().to_string())
            .collect();
        parts.join(".")
    }

    pub(crate) fn is_dotted(&self) -> bool {
        self.parts.len() > 1
    }

    pub(crate) fn first(&self) -> &Ident {
        &self.parts[0]
    }

    pub(crate) fn last(&self) -> &Ident {
        &self.parts[self.parts.len() - 1]
    }

    /// The span that an error about this key gets.
    pub(crate) fn span(&self) -> Span {
        let first = self.first().span();
        first.join(self.last().span()).unwrap_or(first)
    }
}
