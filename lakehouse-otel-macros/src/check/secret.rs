//! Expressions that no attribute may have.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Expr;
use syn::ext::IdentExt;

use super::Checker;
use crate::diagnostics::Code;
use crate::tokens;

impl Checker<'_> {
    /// Whether an attribute may have this value; an error otherwise.
    pub(super) fn expression(&mut self, value: &Expr) -> bool {
        let written = value.to_token_stream();
        let mut allowed = true;
        if let Some(span) = tokens::member(without_async(written.clone()), "await") {
            let message = "an attribute is recorded without waiting, so its value cannot `.await`; compute it in the body, and set it on the operation's handle (`context = operation`)";
            self.diagnostics.add(Code::Awaits.at(span, message));
            allowed = false;
        }
        if let Some(span) = [
            "expose",
            "expose_secret",
            "expose_secret_mut",
            "into_exposed",
        ]
        .iter()
        .find_map(|method| tokens::member(written.clone(), method))
        {
            let message = "this exposes a secret to telemetry, which leaves the process; record something else";
            self.diagnostics.add(Code::Secret.at(span, message));
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
                self.diagnostics.add(Code::Secret.at(span, message));
                allowed = false;
            }
        }
        if allowed && let Some((name, span)) = secret_name(written) {
            let message = format!(
                "`{name}` is the name of a secret, which must not reach telemetry; record something else, such as whether it is there"
            );
            self.diagnostics.add(Code::Secret.at(span, message));
            allowed = false;
        }
        allowed
    }
}

/// Names of values that never belong in telemetry.
const NAMES: &[&str] = &[
    "access_token",
    "api_key",
    "api_secret",
    "bearer_token",
    "client_secret",
    "credentials",
    "listen_key",
    "passphrase",
    "passwd",
    "password",
    "private_key",
    "refresh_token",
    "secret",
    "secret_access_key",
    "secret_key",
    "security_token",
    "session_token",
];

/// Methods that give the same value in another form.
const FORMS: &[&str] = &[
    "as_bytes",
    "as_deref",
    "as_ref",
    "as_str",
    "borrow",
    "clone",
    "cloned",
    "deref",
    "expect",
    "get",
    "into",
    "into_inner",
    "to_owned",
    "to_string",
    "to_vec",
    "trim",
    "unwrap",
    "unwrap_or_default",
];

/// The first variable, field or method with a secret's name whose value is used. What is asked of it,
/// as in `password.is_some()` and `credentials.account_id`, is another value.
fn secret_name(tokens: TokenStream) -> Option<(&'static str, Span)> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let punct = |at: Option<usize>, wanted: char| {
        let token = at.and_then(|at| tokens.get(at));
        matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
    };
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1);
        let found = match token {
            TokenTree::Ident(ident) => {
                let name = NAMES.iter().find(|name| ident.unraw() == **name);
                // `secret::of(…)` and `vault::secret(…)` name a module and a function.
                let in_path = punct(before, ':') || punct(Some(at + 1), ':');
                let called = !punct(before, '.')
                    && matches!(tokens.get(at + 1), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis);
                name.filter(|_| !in_path && !called && is_final(&tokens[at + 1..]))
                    .map(|name| (*name, ident.span()))
            }
            TokenTree::Group(group) if punct(before, '!') => {
                let name = NAMES
                    .iter()
                    .find_map(|name| Some((*name, tokens::captured(group.stream(), name)?)));
                name.or_else(|| secret_name(group.stream()))
            }
            TokenTree::Group(group) => secret_name(group.stream()),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// Whether nothing but another form of the value is taken in the tokens after its name.
fn is_final(after: &[TokenTree]) -> bool {
    match after {
        [TokenTree::Group(_), rest @ ..] => is_final(rest),
        [TokenTree::Punct(punct), rest @ ..] if punct.as_char() == '?' => is_final(rest),
        [TokenTree::Punct(punct), TokenTree::Literal(_), rest @ ..] if punct.as_char() == '.' => {
            is_final(rest)
        }
        [TokenTree::Punct(punct), TokenTree::Ident(name), rest @ ..] if punct.as_char() == '.' => {
            FORMS.iter().any(|form| name == form) && is_final(rest)
        }
        _ => true,
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
