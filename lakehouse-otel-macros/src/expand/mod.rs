//! The function, instrumented. Nothing here can fail: what could be wrong was checked before.

/// Tokens of the expansion's own: all of one context, so that the compiler and its lints see
/// where they come from, and variables that no name in the function can meet.
macro_rules! generated {
    ($($tokens:tt)*) => {
        ::quote::quote_spanned!(::proc_macro2::Span::mixed_site()=> $($tokens)*)
    };
}

mod async_fn;
mod attributes;
mod callsite;
mod disabled;
mod flush;
mod inputs;
mod returned_future;
mod sync;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{format_ident, quote_spanned};
use syn::punctuated::Punctuated;
use syn::{FnArg, ReturnType, Token, Type};

use crate::check::CheckedArgs;
use crate::diagnostics::Code;
use crate::function::{Body, Function};
use crate::shape::{Shape, is_never, is_unit, nameable};

/// Expands the function, with its operation or, where telemetry is compiled out, without.
pub(crate) fn expand(
    function: &Function,
    shape: &Shape,
    args: &CheckedArgs,
    enabled: bool,
) -> TokenStream {
    let expansion = Expansion::new(function, args);
    if !enabled {
        return disabled::expand(&expansion, shape);
    }
    match shape {
        Shape::Sync => sync::expand(&expansion),
        Shape::Async => async_fn::expand(&expansion),
        Shape::Future { output, boxed } => returned_future::expand(&expansion, output, *boxed),
    }
}

/// Expands the function as it was, after errors. The name that its body has for the operation's
/// handle is there, so that no second error comes of the first.
pub(crate) fn bare(function: &Function, args: &CheckedArgs) -> TokenStream {
    let expansion = Expansion::new(function, args);
    let private = &expansion.private;
    let handle = args.context.as_ref();
    let handle =
        handle.map(|name| generated!(let #name = #private::unreachable::<#private::Handle>();));
    let statements = function.body.block.stream();
    expansion.function(Parts {
        is_async: true,
        body: generated!(#handle #statements),
        ..Parts::default()
    })
}

/// What every shape needs.
struct Expansion<'a> {
    function: &'a Function,
    args: &'a CheckedArgs,
    /// The runtime's hidden module.
    private: TokenStream,
    /// The variable of the operation, which no name in the function can meet.
    operation: Ident,
}

impl<'a> Expansion<'a> {
    fn new(function: &'a Function, args: &'a CheckedArgs) -> Self {
        let runtime = &args.runtime;
        Self {
            function,
            args,
            private: generated!(#runtime::__private),
            operation: word("operation"),
        }
    }

    /// The function with other arguments, another return type and another body.
    fn function(&self, parts: Parts) -> TokenStream {
        let Function {
            attributes,
            visibility,
            defaultness,
            signature,
            body,
        } = self.function;
        let mut signature = signature.clone();
        if !parts.is_async {
            signature.asyncness = None;
        }
        if let Some(inputs) = parts.inputs {
            signature.inputs = inputs;
        }
        let head = &body.inner_attributes;
        let deprecated = self.deprecated();
        let tokens = parts.body;
        let body = braced(body.span(), generated!(#head #deprecated #tokens));
        match parts.output {
            None => generated!(#(#attributes)* #visibility #defaultness #signature #body),
            Some(output) => {
                signature.output = ReturnType::Default;
                let where_clause = signature.generics.where_clause.take();
                generated! {
                    #(#attributes)* #visibility #defaultness #signature #output #where_clause #body
                }
            }
        }
    }

    /// Uses of deprecated names, at the places where they were written, for the compiler to warn of. What else it is to
    /// warn of is told in the same way, for a stable compiler takes no other.
    fn deprecated(&self) -> TokenStream {
        let former = self.args.deprecated.iter().map(|(name, replacement)| {
            let code = Code::FormerName;
            let note = format!("[{code}] this argument is called `{replacement}` now");
            (name, note)
        });
        let warnings = self.args.warnings.iter();
        let warnings = warnings.map(|(name, note)| (name, note.clone()));
        let uses = former.chain(warnings).map(|(name, note)| {
            generated! {
                const _: () = {
                    #[deprecated(note = #note)]
                    const fn #name() {}
                    #name()
                };
            }
        });
        generated!(#(#uses)*)
    }

    /// `let ctx = operation.handle();` for `context = ctx`.
    fn handle(&self) -> Option<TokenStream> {
        let name = self.args.context.as_ref()?;
        let operation = &self.operation;
        Some(generated!(let #name = #operation.handle();))
    }
}

/// What differs between a function and its expansion.
#[derive(Default)]
struct Parts {
    inputs: Option<Punctuated<FnArg, Token![,]>>,
    is_async: bool,
    /// `-> …`, where it differs.
    output: Option<TokenStream>,
    body: TokenStream,
}

/// What a function gives.
enum Gives<'a> {
    Nothing,
    Never,
    Value(&'a Type),
}

impl<'a> Gives<'a> {
    fn of(output: &'a ReturnType) -> Self {
        match output {
            ReturnType::Default => Self::Nothing,
            ReturnType::Type(_, ty) => Self::of_type(ty),
        }
    }

    fn of_type(ty: &'a Type) -> Self {
        if is_unit(ty) {
            Self::Nothing
        } else if is_never(ty) {
            Self::Never
        } else {
            Self::Value(ty)
        }
    }

    /// The type, as a closure may name it.
    fn nameable(&self) -> Option<TokenStream> {
        match self {
            Self::Nothing => Some(generated!(())),
            Self::Never => Some(infallible()),
            Self::Value(ty) => nameable(ty),
        }
    }
}

/// The type of a value that is never there, for `!` is none that can be named.
fn infallible() -> TokenStream {
    generated!(::core::convert::Infallible)
}

/// The body in braces of the expansion's own, after other statements: what its last expression
/// borrows for is dropped before what those bind. The label is for nobody, but keeps lints from
/// calling the body's own braces unnecessary.
fn enclosed(body: &Body, statements: &TokenStream) -> Group {
    let block = &body.block;
    let label = quote_spanned!(body.span().resolved_at(Span::mixed_site())=> '_body:);
    braced(body.span(), generated!(#statements #label #block))
}

/// Braces of the expansion's own, at this place.
fn braced(span: Span, tokens: TokenStream) -> Group {
    let mut group = Group::new(Delimiter::Brace, tokens);
    group.set_span(span.resolved_at(Span::mixed_site()));
    group
}

/// A word of the expansion's own.
fn word(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The hidden name of an argument that has none, or none that can be used.
fn hidden(index: usize) -> Ident {
    format_ident!("__arg{index}", span = Span::mixed_site())
}

/// `->`, at the place of the return type.
fn arrow(span: Span) -> TokenStream {
    quote_spanned!(span=> ->)
}
