//! The arguments of the expanded function, and how its body gets the names that it knows.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, Pat, PatIdent, PatType, Receiver, ReceiverKind, Token};

use super::{Expansion, hidden};
use crate::check::{Capture, Value};
use crate::function::bindings;
use crate::tokens::mention;

/// The arguments of the expanded function, and the statements that bind them again.
pub(super) struct Inputs {
    pub(super) signature: Punctuated<FnArg, Token![,]>,
    /// Before the attributes are evaluated.
    pub(super) early: TokenStream,
    /// At the head of the body.
    pub(super) body: TokenStream,
}

impl Expansion<'_> {
    /// For a body in an async block inside an `async fn`: what is `mut` is bound again in it, for a
    /// captured variable could not be assigned a reference into the body, as an argument can.
    pub(super) fn inner_inputs(&self) -> Inputs {
        let mut body = TokenStream::new();
        let signature = self.each_argument(|_, argument| {
            let names = mutable(argument.pat.to_token_stream());
            if names.is_empty() {
                return argument.clone();
            }
            let attributes = for_binding(&argument.attrs);
            for (mutability, name) in &names {
                body.extend(generated!(#(#attributes)* let #mutability #name = #name;));
            }
            with_pattern(argument, immutable(argument.pat.to_token_stream()))
        });
        Inputs {
            signature,
            early: TokenStream::new(),
            body,
        }
    }

    /// For a body in an async block: every argument is moved into it and dropped with it, as in an
    /// `async fn`.
    pub(super) fn async_inputs(&self) -> Inputs {
        let mut early = TokenStream::new();
        let mut body = TokenStream::new();
        if let Some(receiver) = self.function.signature.receiver() {
            body.extend(held(receiver));
        }
        let signature = self.each_argument(|index, argument| {
            let pattern = &argument.pat;
            let attributes = for_binding(&argument.attrs);
            let attributes = generated!(#(#attributes)*);
            match &**pattern {
                Pat::Ident(name) if self.keeps_its_name(name) => {
                    let PatIdent {
                        mutability, ident, ..
                    } = name;
                    let used = self.used(ident, &attributes);
                    body.extend(generated!(#attributes let #mutability #ident = #ident; #used));
                    return with_pattern(argument, generated!(#ident));
                }
                _ => {}
            }
            let mut name = hidden(index);
            name.set_span(name.span().located_at(pattern.span()));
            let names = bindings(pattern);
            let is_used = names.iter().any(|name| self.captures_mention(name));
            if matches!(**pattern, Pat::Wild(_)) {
                body.extend(generated!(#attributes let #name = #name;));
            } else if matches!(&**pattern, Pat::Ident(_)) && !is_used {
                // In a tuple, for a binding of `_name` alone looks to a lint as if it did nothing.
                body.extend(generated!(#attributes let (#pattern,) = (#name,);));
            } else if !is_used {
                body.extend(generated!(#attributes let #pattern = #name;));
            } else if has_reference(pattern) {
                // It moves nothing, so it can be bound twice.
                early.extend(generated!(#attributes let #pattern = #name;));
                body.extend(generated!(#attributes let #pattern = #name;));
            } else {
                let mutable = mutable(pattern.to_token_stream());
                let taken = immutable(pattern.to_token_stream());
                early.extend(generated!(#attributes let #taken = #name;));
                for name in &names {
                    let mutability = mutable.iter().find(|(_, mutable)| mutable == name);
                    let mutability = mutability.map(|(mutability, _)| mutability);
                    let used = self.used(name, &attributes);
                    body.extend(generated!(#attributes let #mutability #name = #name; #used));
                }
            }
            with_pattern(argument, generated!(#name))
        });
        Inputs {
            signature,
            early,
            body,
        }
    }

    fn each_argument(
        &self,
        mut change: impl FnMut(usize, &PatType) -> PatType,
    ) -> Punctuated<FnArg, Token![,]> {
        let mut inputs = self.function.signature.inputs.clone();
        for (index, input) in inputs.iter_mut().enumerate() {
            if let FnArg::Typed(argument) = input {
                *argument = change(index, argument);
            }
        }
        inputs
    }

    /// Whether the argument's name can stay in the signature and be bound again under it. A use of
    /// `_name` would be a lint's business, so it is hidden where no attribute needs it.
    fn keeps_its_name(&self, name: &PatIdent) -> bool {
        name.by_ref.is_none()
            && name.subpat.is_none()
            && (!name.ident.to_string().starts_with('_') || self.captures_mention(&name.ident))
    }

    /// An argument that the attribute names is used, whether the body names it or not.
    fn used(&self, name: &Ident, attributes: &TokenStream) -> Option<TokenStream> {
        let is_used = self.captures_mention(name);
        is_used.then(|| generated!(#attributes let _ = &#name;))
    }

    fn captures_mention(&self, name: &Ident) -> bool {
        let name = name.to_string();
        let mentions = |capture: &Capture| match &capture.value {
            Value::Expression(expression) => mention(expression.to_token_stream(), &name).is_some(),
            Value::Constant(_) | Value::Member { .. } => false,
        };
        let deadline = self
            .args
            .flush
            .as_ref()
            .and_then(|flush| flush.deadline.as_ref());
        self.args.captures.iter().any(mentions)
            || deadline.is_some_and(|until| mention(until.to_token_stream(), &name).is_some())
    }
}

/// `self` cannot be bound again; mentioned, it is captured, and lives as long as the work.
fn held(receiver: &Receiver) -> Option<TokenStream> {
    let this = receiver.self_token;
    match receiver.kind {
        ReceiverKind::Reference(..) => None,
        _ => Some(generated!(let _ = &#this;)),
    }
}

/// The attributes of an argument that the binding in its place needs too: whether it is there, and
/// the levels of lints.
fn for_binding(attributes: &[Attribute]) -> Vec<&Attribute> {
    const NAMES: [&str; 6] = ["cfg", "cfg_attr", "allow", "warn", "deny", "forbid"];
    let is_for_binding = |attribute: &&Attribute| {
        let path = attribute.path();
        NAMES.iter().any(|name| path.is_ident(name)) || path.is_ident("expect")
    };
    attributes.iter().filter(is_for_binding).collect()
}

fn with_pattern(argument: &PatType, pattern: TokenStream) -> PatType {
    let mut argument = argument.clone();
    // An expectation is met once, by the binding.
    argument
        .attrs
        .retain(|attribute| !attribute.path().is_ident("expect"));
    argument.pat = Box::new(Pat::Verbatim(pattern));
    argument
}

/// The `mut` of a pattern's bindings, each with the name after it.
fn mutable(pattern: TokenStream) -> Vec<(Ident, Ident)> {
    let mut names = Vec::new();
    let mut before = Before::Other;
    let mut mutability = None;
    for token in pattern {
        match (&token, mutability.take()) {
            (TokenTree::Ident(name), Some(mutability)) => names.push((mutability, name.clone())),
            (TokenTree::Group(group), _) => names.extend(mutable(group.stream())),
            _ => {}
        }
        before = before.next(&token);
        if let (TokenTree::Ident(keyword), Before::Mut) = (&token, before) {
            mutability = Some(keyword.clone());
        }
    }
    names
}

/// The pattern without the `mut` of its bindings.
fn immutable(pattern: TokenStream) -> TokenStream {
    let mut before = Before::Other;
    let mut tokens = TokenStream::new();
    for token in pattern {
        let next = before.next(&token);
        match token {
            TokenTree::Group(group) => {
                let mut inner =
                    proc_macro2::Group::new(group.delimiter(), immutable(group.stream()));
                inner.set_span(group.span());
                tokens.extend([TokenTree::Group(inner)]);
            }
            _ if next == Before::Mut => {}
            token => tokens.extend([token]),
        }
        before = next;
    }
    tokens
}

/// What stands before a token of a pattern.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    /// `mut` that makes a binding mutable, and not `&mut` or `ref mut`.
    Mut,
    Reference,
    Other,
}

impl Before {
    fn next(self, token: &TokenTree) -> Self {
        match token {
            TokenTree::Ident(ident) if ident == "mut" && self != Self::Reference => Self::Mut,
            TokenTree::Ident(ident) if ident == "ref" => Self::Reference,
            TokenTree::Punct(punct) if punct.as_char() == '&' => Self::Reference,
            _ => Self::Other,
        }
    }
}

/// Whether it binds by `ref`.
fn has_reference(pattern: &Pat) -> bool {
    fn has_ref(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => ident == "ref",
            TokenTree::Group(group) => has_ref(group.stream()),
            _ => false,
        })
    }
    has_ref(pattern.to_token_stream())
}
