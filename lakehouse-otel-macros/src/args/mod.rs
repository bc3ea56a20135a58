//! The attribute's tokens as arguments, each with its spans. What they mean is for `check` to say.

mod parse;

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::{Expr, Ident, LitStr, Path, parse_quote};

use crate::check::seen;
pub(crate) use parse::parse;

/// Everything between the attribute's parentheses, in the order written.
#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) assignments: Vec<Assignment>,
    pub(crate) observers: Vec<Observer>,
    pub(crate) keeps: Vec<Keep>,
    pub(crate) labels: Vec<Keep>,
    pub(crate) spans: Vec<SpanName>,
}

/// `span = text_analysis.embedding`.
pub(crate) struct SpanName {
    /// The word `span`.
    pub(crate) name: Ident,
    /// `None` where the value is no name: that is reported.
    pub(crate) span: Option<Key>,
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

impl Arguments {
    /// Every attribute that is set, wherever.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Key> {
        let observed = self
            .observers
            .iter()
            .flat_map(|observer| &observer.assignments);
        self.assignments
            .iter()
            .chain(observed)
            .map(|assignment| &assignment.key)
    }

    /// Gives the operation the function's name, where it has none.
    pub(crate) fn name_after(&mut self, function: &Ident) {
        let is_name = |key: &Key| matches!(&*key.name(), "name" | "crypto.operation.name");
        if self.assignments.iter().any(|given| is_name(&given.key)) {
            return;
        }
        let text = LitStr::new(&function.unraw().to_string(), function.span());
        let key = Key {
            parts: vec![Ident::new("name", function.span())],
        };
        let value = Some(parse_quote!(#text));
        self.assignments.push(Assignment {
            key,
            adds: None,
            value,
        });
    }

    /// The path that this argument is.
    pub(crate) fn path(&self, name: &str) -> Option<&Path> {
        let mut assignments = self.assignments.iter();
        let given = assignments.find(|assignment| {
            assignment.key.parts.len() == 1 && *assignment.key.first() == name
        })?;
        match seen(given.value.as_ref()?) {
            Expr::Path(path) if path.qself.is_none() => Some(&path.path),
            _ => None,
        }
    }
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
