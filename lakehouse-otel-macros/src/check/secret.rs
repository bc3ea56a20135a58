//! Expressions that no attribute may have.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Expr;

use super::Checker;
use crate::tokens;

impl Checker<'_> {
    /// Whether an attribute may have this value; an error otherwise.
    pub(super) fn expression(&mut self, value: &Expr) -> bool {
        let written = value.to_token_stream();
        let mut allowed = true;
        if let Some(span) = tokens::member(without_async(written.clone()), "await") {
            let message = "an attribute is recorded without waiting, so its value cannot `.await`; compute it in the body, and set it on the operation's handle (`context = operation`)";
            self.diagnostics.error(span, message);
            allowed = false;
        }
        if let Some(span) = tokens::member(written.clone(), "expose_secret") {
            let message = "this exposes a secret to telemetry, which leaves the process; record something else";
            self.diagnostics.error(span, message);
            return false;
        }
        for parameter in self.parameters {
            let Some(secret) = &parameter.secret else {
                continue;
            };
            let name = parameter.name.to_string();
            if let Some(span) = tokens::mention(written.clone(), &name) {
                let message = format!(
                    "`{name}` holds a secret (`{secret}`), which must not reach telemetry; record something else, such as an identifier of the account"
                );
                self.diagnostics.error(span, message);
                allowed = false;
            }
        }
        allowed
    }
}

/// Without the blocks after `async`, in which waiting is no matter of ours.
fn without_async(tokens: TokenStream) -> TokenStream {
    let mut after_async = false;
    tokens
        .into_iter()
        .filter(|token| match token {
            TokenTree::Ident(ident) => {
                after_async = ident == "async" || (after_async && ident == "move");
                true
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                !std::mem::take(&mut after_async)
            }
            _ => true,
        })
        .collect()
}
