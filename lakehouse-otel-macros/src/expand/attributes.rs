//! What is evaluated at run time: before the work, and from what it returned.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::{Expr, Type};

use super::{Expansion, Gives, word};
use crate::check::{Capture, Constant, KeyPath, Observed, Value};
use crate::shape::seen;
use crate::tables::Role;

impl Expansion<'_> {
    /// The closure that sets the attributes known before the work.
    pub(super) fn capture(&self) -> TokenStream {
        let place = self.place();
        let captures = self.captures(&self.args.captures);
        if place.is_none() && captures.is_empty() {
            return generated!(|_| {});
        }
        let operation = &self.operation;
        generated!(|#operation| { #place #captures })
    }

    /// The attributes, in the order written; neighbours of one condition share it.
    pub(super) fn captures(&self, captures: &[Capture]) -> TokenStream {
        let operation = &self.operation;
        let runs = captures.chunk_by(|one, next| conditions(one) == conditions(next));
        let runs = runs.map(|run| {
            let conditions = conditions(&run[0]).iter().map(|condition| word(condition));
            let calls = run.iter().map(|capture| self.set(capture));
            generated!(if #(#operation.#conditions())||* { #(#calls)* })
        });
        generated!(#(#runs)*)
    }

    /// The attributes without their conditions, to be checked and never run.
    pub(super) fn unconditional(&self, captures: &[Capture]) -> TokenStream {
        captures.iter().map(|capture| self.set(capture)).collect()
    }

    fn set(&self, capture: &Capture) -> TokenStream {
        let operation = &self.operation;
        if let KeyPath::Response = capture.key {
            let value = self.value(&capture.value);
            return generated!(#operation.response(#value););
        }
        let method = match capture.role {
            _ if capture.adds => word("add"),
            Role::Label => word("label"),
            Role::OptedIn => word("opted_in"),
            Role::Measurement => word("measure"),
            Role::Span => word("attribute"),
        };
        let key = capture.key.tokens(&self.private);
        let value = self.value(&capture.value);
        generated!(#operation.#method(#key, #value);)
    }

    /// A reference to the value, at the value's place, so that an error about its type points there.
    pub(super) fn value(&self, value: &Value) -> TokenStream {
        match value {
            Value::Constant(Constant { tokens, .. }) => generated!(&#tokens),
            Value::Member {
                path: Some(path), ..
            } => generated!(&#path),
            Value::Member {
                table,
                member: (name, _),
                owner,
                ..
            } => {
                let ty = self.members_type(table, owner.as_ref());
                let name = word(name);
                generated!(&#ty::#name)
            }
            Value::Expression(expression) => reference(expression),
        }
    }

    /// The closure that sees what was returned: `completed` where there is nothing to see.
    pub(super) fn observer(&self, gives: &Gives<'_>) -> TokenStream {
        let private = &self.private;
        let args = self.args;
        match gives {
            Gives::Nothing if args.ok.is_none() && args.err.is_none() => {
                return generated!(#private::completed);
            }
            Gives::Never => {
                let infallible = super::infallible();
                return generated!(|_, never: &#infallible| match *never {});
            }
            Gives::Nothing | Gives::Value(_) => {}
        }
        let operation = &self.operation;
        let returned = word("returned");
        let known = self.known(gives, &returned);
        let annotation = match gives {
            Gives::Nothing => Some(generated!(: &())),
            // Clippy would have `Option<&T>` in place of `&Option<&T>`, which is not ours to choose.
            Gives::Value(ty) if is_option(ty) => gives
                .nameable()
                .map(|ty| generated!(: &#private::Same<#ty>)),
            _ => gives.nameable().map(|ty| generated!(: &#ty)),
        };
        let observed = self.observed(&returned, |captures| self.captures(captures));
        if observed.is_empty() {
            return generated! {
                |#operation, #returned #annotation| {
                    #known
                    #operation.returned(#private::Returned::new(#returned).outcome());
                }
            };
        }
        generated! {
            |#operation, #returned #annotation| {
                #known
                let #returned = #private::Returned::new(#returned);
                #observed
                #operation.returned(#returned.outcome());
            }
        }
    }

    /// Where the type has no name here it has to be known, or what is asked of it would decide what it is.
    fn known(&self, gives: &Gives<'_>, returned: &syn::Ident) -> Option<TokenStream> {
        let private = &self.private;
        matches!(gives, Gives::Value(syn::Type::Infer(_))).then(|| {
            generated! {
                use #private::Known as _;
                #returned.known();
            }
        })
    }

    /// What `ok(…)` and `err(…)` record.
    pub(super) fn observed(
        &self,
        returned: &syn::Ident,
        set: impl Fn(&[Capture]) -> TokenStream,
    ) -> TokenStream {
        let private = &self.private;
        let part = |observed: &Option<Observed>, method: &str| {
            let Observed { pattern, captures } = observed.as_ref()?;
            let method = word(method);
            let captures = set(captures);
            if is_name(pattern) {
                return Some(generated! {
                    if let #private::Option::Some(#pattern) = #returned.#method() { #captures }
                });
            }
            // Apart, so that it may have a type, and has to fit every value.
            let seen = word("seen");
            Some(generated! {
                if let #private::Option::Some(#seen) = #returned.#method() {
                    let #pattern = #seen;
                    #captures
                }
            })
        };
        let ok = part(&self.args.ok, "value");
        let err = part(&self.args.err, "error");
        generated!(#ok #err)
    }
}

/// Whether the type is an `Option`, as far as its name says.
fn is_option(ty: &Type) -> bool {
    match seen(ty) {
        Type::Path(path) => {
            let last = path.path.segments.last();
            last.is_some_and(|last| last.ident == "Option")
        }
        _ => false,
    }
}

/// Whether the pattern is a name, which fits every value.
fn is_name(pattern: &TokenStream) -> bool {
    let mut tokens = pattern.clone().into_iter();
    let (Some(TokenTree::Ident(name)), None) = (tokens.next(), tokens.next()) else {
        return false;
    };
    name != "_" && !name.to_string().starts_with(char::is_uppercase)
}

/// One of these has to be true for the value to be of use. Without metrics nothing measures, and
/// what is kept is of use all the same.
fn conditions(capture: &Capture) -> &'static [&'static str] {
    match (capture.role, capture.kept) {
        (Role::Label | Role::OptedIn | Role::Measurement, false) => &["measures"],
        (Role::Label | Role::OptedIn | Role::Measurement, true) => &["measures", "keeps"],
        (Role::Span, false) => &["records"],
        (Role::Span, true) => &["keeps"],
    }
}

/// A reference to the expression's value, at its place, so that an error about its type points there.
pub(super) fn reference(expression: &Expr) -> TokenStream {
    let span = expression.span().resolved_at(Span::mixed_site());
    if binds_as_tightly_as_a_reference(expression) {
        quote_spanned!(span=> &#expression)
    } else {
        quote_spanned!(span=> &(#expression))
    }
}

/// Whether `&expression` takes a reference to all of it.
fn binds_as_tightly_as_a_reference(expression: &Expr) -> bool {
    matches!(
        expression,
        Expr::Array(_)
            | Expr::Call(_)
            | Expr::Field(_)
            | Expr::Index(_)
            | Expr::Lit(_)
            | Expr::Macro(_)
            | Expr::MethodCall(_)
            | Expr::Paren(_)
            | Expr::Path(_)
            | Expr::Reference(_)
            | Expr::Tuple(_)
            | Expr::Unary(_)
    )
}
