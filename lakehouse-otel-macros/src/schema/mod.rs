//! `schema!("telemetry/registry.yaml")`: the schema of a program's own.
//!
//! | file | holds |
//! |---|---|
//! | `args` | what was written |
//! | `registry` | the form in which a schema hands its registry to those that use it |
//! | `files` | the registry's files, and their mistakes |
//! | `expand` | what it becomes |
//!
//! A macro sees its own tokens and its crate's files, and nothing of other crates. So a schema that uses others asks
//! each for its registry: the module of a schema has a macro `__table!`, which calls back with what it knows.

mod args;
mod expand;
mod files;
mod registry;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{Path, Token, braced};

use args::Arguments;
use registry::Registry;

use crate::diagnostics::Code;

/// What `schema!(…)` becomes.
pub(crate) fn schema(input: TokenStream) -> TokenStream {
    match syn::parse2::<Arguments>(input) {
        Ok(arguments) => go_on(&arguments, Vec::new()),
        Err(error) => Code::SchemaArguments
            .unless_coded(error)
            .into_compile_error(),
    }
}

/// What another schema's answer becomes: the next question, or the schema.
pub(crate) fn answered(input: TokenStream) -> TokenStream {
    match syn::parse2::<Answer>(input) {
        Ok(answer) => go_on(&answer.arguments, answer.known),
        Err(error) => Code::SchemaTable.unless_coded(error).into_compile_error(),
    }
}

/// Asks the first of the other schemas that is not known yet; with all of them, writes the schema.
fn go_on(arguments: &Arguments, known: Vec<Registry>) -> TokenStream {
    let Some(next) = arguments.uses.get(known.len()) else {
        return expand::expand(arguments, known);
    };
    let runtime = arguments.runtime();
    // With the place of the path, so that an error about it points there.
    let table = with_table(next);
    let span = Span::mixed_site();
    let callback = quote_spanned!(span=> #runtime::__private::schema_answered);
    quote! {
        #table! { registry { #callback } { #arguments } { #(#known)* } }
    }
}

fn with_table(module: &Path) -> TokenStream {
    let span = syn::spanned::Spanned::span(module);
    quote_spanned!(span=> #module::__table)
}

/// What a schema hands over, and what was asked for: `{ registry } { arguments } { known registries }`.
struct Answer {
    arguments: Arguments,
    known: Vec<Registry>,
}

impl Parse for Answer {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (answer, arguments, before);
        braced!(answer in input);
        let answer: Registry = answer.parse()?;
        braced!(arguments in input);
        let arguments = arguments.parse()?;
        braced!(before in input);
        let mut known = Vec::new();
        while !before.is_empty() {
            known.push(before.parse()?);
        }
        known.push(answer);
        let _: Option<Token![;]> = input.parse()?;
        Ok(Self { arguments, known })
    }
}
