//! What is evaluated at run time: before the work, and from what it returned.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use super::{Expansion, Gives, local};
use crate::check::{Capture, Constant, Observed, Value};
use crate::tables::Role;

impl Expansion<'_> {
    /// The closure that sets the attributes known before the work.
    pub(super) fn capture(&self) -> TokenStream {
        let captures = self.captures(&self.args.captures);
        if captures.is_empty() {
            return quote!(|_| {});
        }
        let operation = &self.operation;
        quote!(|#operation| { #captures })
    }

    /// The attributes, in the order written; neighbours of one condition share it.
    pub(super) fn captures(&self, captures: &[Capture]) -> TokenStream {
        let operation = &self.operation;
        let runs = captures.chunk_by(|one, next| condition(one.role) == condition(next.role));
        let runs = runs.map(|run| {
            let condition = format_ident!("{}", condition(run[0].role));
            let calls = run.iter().map(|capture| self.set(capture));
            quote!(if #operation.#condition() { #(#calls)* })
        });
        quote!(#(#runs)*)
    }

    /// The attributes without their conditions, to be checked and never run.
    pub(super) fn unconditional(&self, captures: &[Capture]) -> TokenStream {
        captures.iter().map(|capture| self.set(capture)).collect()
    }

    fn set(&self, capture: &Capture) -> TokenStream {
        let operation = &self.operation;
        let method = match capture.role {
            Role::Label => format_ident!("label"),
            Role::Measurement => format_ident!("measure"),
            Role::Span => format_ident!("attribute"),
        };
        let key = capture.key.tokens(&self.private);
        let value = self.value(&capture.value);
        quote!(#operation.#method(#key, #value);)
    }

    /// A reference to the value, at the value's place, so that an error about its type points there.
    fn value(&self, value: &Value) -> TokenStream {
        let private = &self.private;
        match value {
            Value::Constant(Constant { tokens, .. }) => quote!(&#tokens),
            Value::Member { path: Some(path), .. } => quote!(&#path),
            Value::Member { table, member: (name, _), .. } => {
                let table = format_ident!("{}", table.rust_name);
                let name = format_ident!("{name}");
                quote!(&#private::schema::#table::#name)
            }
            Value::Expression(expression) => {
                let span = expression.span().resolved_at(Span::mixed_site());
                if binds_as_tightly_as_a_reference(expression) {
                    quote_spanned!(span=> &#expression)
                } else {
                    quote_spanned!(span=> &(#expression))
                }
            }
        }
    }

    /// The closure that sees what was returned: `completed` where there is nothing to see.
    pub(super) fn observer(&self, gives: &Gives<'_>) -> TokenStream {
        let private = &self.private;
        let args = self.args;
        match gives {
            Gives::Nothing if args.ok.is_none() && args.err.is_none() => {
                return quote!(#private::completed);
            }
            Gives::Never => {
                let infallible = super::infallible();
                return quote!(|_, never: &#infallible| match *never {});
            }
            Gives::Nothing | Gives::Value(_) => {}
        }
        let operation = &self.operation;
        let returned = local("returned");
        let annotation = match gives {
            Gives::Nothing => Some(quote!(: &())),
            _ => gives.nameable().map(|ty| quote!(: &#ty)),
        };
        let observed = self.observed(&returned, |captures| self.captures(captures));
        if observed.is_empty() {
            return quote! {
                |#operation, #returned #annotation| {
                    #operation.returned(#private::Returned::new(#returned).outcome());
                }
            };
        }
        quote! {
            |#operation, #returned #annotation| {
                let #returned = #private::Returned::new(#returned);
                #observed
                #operation.returned(#returned.outcome());
            }
        }
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
            let method = format_ident!("{method}");
            let captures = set(captures);
            let seen = local("seen");
            Some(quote! {
                if let #private::Option::Some(#seen) = #returned.#method() {
                    let #pattern = #seen;
                    #captures
                }
            })
        };
        let ok = part(&self.args.ok, "value");
        let err = part(&self.args.err, "error");
        quote!(#ok #err)
    }
}

/// What has to be true for the value to be of use.
fn condition(role: Role) -> &'static str {
    match role {
        Role::Label | Role::Measurement => "measures",
        Role::Span => "records",
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
