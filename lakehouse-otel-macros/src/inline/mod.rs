//! `operation!(macro(arguments), work)`: the stages for what no attribute can stand on.

mod leaving;
mod work;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::{ParseStream, Parser};
use syn::{Path, Token, braced, parenthesized};

use crate::annotate::table_error;
use crate::check::{Around, Own};
use crate::diagnostics::{Code, Diagnostics, listed};
use crate::nearest::suggestion;
use crate::tables::{MACROS, MacroTable, OwnSchema};
use crate::{args, check, expand, tokens};

pub(crate) use leaving::marked;
pub(crate) use work::{Closure, Work};

const USAGE: &str = "`operation!` takes a macro with its arguments, and a block or closure: `operation!(track_processing(operation = \"parse\"), { … })`";

/// What stands between the parentheses.
struct Inline {
    path: Path,
    arguments: TokenStream,
    work: Work,
}

impl Inline {
    /// Where an error about all of it stands.
    fn site(&self) -> Span {
        let last = self.path.segments.last();
        last.map_or_else(Span::call_site, |last| last.ident.span())
    }
}

/// What the invocation becomes. Where something is wrong the work is emitted as it was, after the errors, so that
/// nothing else breaks for want of it.
///
/// Where it names something of the user's own schema, it becomes a call of that schema's macro, which hands its table
/// on to [`with_table`], as of the attributes.
pub(crate) fn annotate(tokens: &TokenStream, enabled: bool) -> TokenStream {
    let inline = match parse.parse2(tokens.clone()) {
        Ok(inline) => inline,
        Err(error) => return Code::InlineForm.unless_coded(error).into_compile_error(),
    };
    if let Ok(table) = table(&inline.path) {
        // What is wrong is reported once, when all is known.
        let arguments = args::parse(inline.arguments.clone(), &mut Diagnostics::default());
        if let Some(schema_table) = Own::new(&arguments, None).table(&arguments, table) {
            let runtime = check::runtime(&arguments);
            return quote_spanned! {Span::mixed_site()=>
                #schema_table! { { #runtime::__private::operation } { #tokens } }
            };
        }
    }
    finish(&inline, None, Diagnostics::default(), enabled)
}

/// The same, once the table of the user's own schema is here: in braces, before all that [`annotate`] got.
pub(crate) fn with_table(tokens: TokenStream, enabled: bool) -> TokenStream {
    let parts = |input: ParseStream<'_>| {
        let (schema, inline);
        braced!(schema in input);
        braced!(inline in input);
        let schema: TokenStream = schema.parse()?;
        Ok((schema, inline.call(parse)?))
    };
    let (schema, inline) = match parts.parse2(tokens) {
        Ok(parts) => parts,
        Err(error) => return Code::InlineForm.unless_coded(error).into_compile_error(),
    };
    let mut diagnostics = Diagnostics::default();
    let schema = OwnSchema::of(&schema);
    let schema = schema.map_err(|error| {
        diagnostics.add(table_error(inline.site(), &error));
    });
    finish(&inline, schema.ok(), diagnostics, enabled)
}

fn finish(
    inline: &Inline,
    schema: Option<&'static OwnSchema>,
    mut diagnostics: Diagnostics,
    enabled: bool,
) -> TokenStream {
    let table = table(&inline.path).map_err(|error| diagnostics.add(error));
    let checked = table.map(|table| {
        let site = inline.site();
        let arguments = args::parse(inline.arguments.clone(), &mut diagnostics);
        let own = Own::new(&arguments, schema);
        let parameters = inline.work.parameters();
        let around = Around {
            parameters: &parameters,
            has_locals: true,
            site,
            is_stream: Some(false),
        };
        check::check(arguments, table, &own, around, &mut diagnostics)
    });
    match &inline.work {
        Work::Block(block) => {
            if let Some(waits) = tokens::waits(block.stream()) {
                let message = "the block waits, and its context would stay attached to this thread meanwhile; make it `async { … }`, and await that";
                diagnostics.add(Code::WaitingBlock.at(waits, message));
            }
        }
        Work::Async { capture: None, .. } => {
            if let Ok(checked) = &checked
                && let Some(name) = &checked.context
            {
                let message = format!(
                    "the block borrows `{name}`, which is gone when it runs; make it `async move {{ … }}`"
                );
                diagnostics.add(Code::BorrowedContext.on(name, message));
            }
        }
        Work::Async { .. } | Work::Closure(_) => {}
    }
    match (diagnostics.into_tokens(), &checked) {
        (None, Ok(checked)) => expand::expand_inline(&inline.work, &inline.path, checked, enabled),
        (errors, checked) => {
            let work = &inline.work;
            let handle = checked.as_ref().ok();
            let handle = handle.and_then(expand::handle_after_errors);
            quote!({ #errors #handle #work })
        }
    }
}

/// `macro(arguments), work`.
fn parse(input: ParseStream<'_>) -> syn::Result<Inline> {
    let usage = |error: syn::Error| Code::InlineForm.at(error.span(), USAGE);
    let path = input.call(Path::parse_mod_style).map_err(usage)?;
    if !input.peek(syn::token::Paren) {
        return Err(Code::InlineForm.on(path, USAGE));
    }
    let content;
    parenthesized!(content in input);
    let arguments = content.parse()?;
    if input.is_empty() {
        let message = format!("there is nothing to trace after the arguments\n{USAGE}");
        return Err(Code::InlineForm.on(path, message));
    }
    input.parse::<Token![,]>().map_err(usage)?;
    let work = input.call(Work::parse)?;
    Ok(Inline {
        path,
        arguments,
        work,
    })
}

/// The macro of this name.
fn table(path: &Path) -> syn::Result<&'static MacroTable> {
    let name = path.segments.last().map(|last| last.ident.to_string());
    let name = name.unwrap_or_default();
    let found = MACROS.iter().find(|table| table.macro_name == name);
    found.copied().ok_or_else(|| {
        let names = || MACROS.iter().map(|table| table.macro_name);
        let message = format!(
            "no macro `{}`{}\nthe macros are {}",
            path.to_token_stream(),
            suggestion(&name, names()),
            listed(names())
        );
        Code::UnknownMacro.on(path, message)
    })
}
