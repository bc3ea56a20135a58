//! The stages, one after the other.
//!
//! Where the attribute names something of the user's own schema, that schema's table is needed, which another macro has. The
//! expansion is then a call of that macro, `crate::schema::__table!`, which hands its table on to [`with_table`], with
//! all that was given here.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::{ParseStream, Parser};
use syn::{Token, braced};

use crate::args::Arguments;
use crate::block;
use crate::check::{Around, Own};
use crate::diagnostics::{Code, Diagnostics};
use crate::function::{Function, parameters};
use crate::shape::Shape;
use crate::tables::{MACROS, MacroTable, OwnSchema};
use crate::{args, check, expand};

/// What an attribute with these arguments makes of an item.
///
/// Where something is wrong the item is emitted as it was, after the errors, so that nothing else
/// breaks for want of it.
pub(crate) fn annotate(
    table: &'static MacroTable,
    attribute: TokenStream,
    item: TokenStream,
    enabled: bool,
) -> TokenStream {
    if let Some(expanded) = block::annotate(table, &attribute, &item) {
        return expanded;
    }
    let mut diagnostics = Diagnostics::default();
    let arguments = args::parse(attribute.clone(), &mut diagnostics);
    let own = Own::new(&arguments, None);
    let at = Span::call_site();
    match own.table(&arguments, table) {
        Some(schema_table) => {
            let runtime = check::runtime(&arguments);
            let macro_name = Ident::new(table.macro_name, at);
            let errors = diagnostics.into_tokens();
            let attribute = Group::new(Delimiter::Brace, attribute);
            // Errors are reported once.
            let reported = errors.is_some().then(|| quote!(!));
            quote_spanned! {Span::mixed_site()=>
                #errors
                #schema_table! {
                    { #runtime::__private::annotate }
                    #macro_name #reported #attribute { #item }
                }
            }
        }
        None => finish(Given {
            table,
            arguments,
            own,
            at,
            item,
            reported: false,
            enabled,
            diagnostics,
        }),
    }
}

/// The same, once the table of the user's own schema is here: in braces, before all that [`annotate`] got.
pub(crate) fn with_table(tokens: TokenStream, enabled: bool) -> TokenStream {
    let parts = |input: ParseStream<'_>| {
        let (schema, attribute, item);
        braced!(schema in input);
        let macro_name: Ident = input.parse()?;
        let reported = input.parse::<Option<Token![!]>>()?;
        braced!(attribute in input);
        braced!(item in input);
        let schema: TokenStream = schema.parse()?;
        let attribute: TokenStream = attribute.parse()?;
        let item: TokenStream = item.parse()?;
        Ok((schema, macro_name, reported, attribute, item))
    };
    let (schema, macro_name, reported, attribute, item) = match parts.parse2(tokens) {
        Ok(parts) => parts,
        Err(error) => return Code::SchemaTable.unless_coded(error).into_compile_error(),
    };
    let mut tables = MACROS.iter().copied();
    let Some(table) = tables.find(|table| macro_name == table.macro_name) else {
        return item;
    };
    let mut diagnostics = Diagnostics::default();
    let mut syntax = Diagnostics::default();
    let at = macro_name.span();
    let arguments = args::parse(
        attribute,
        match reported {
            Some(_) => &mut syntax,
            None => &mut diagnostics,
        },
    );
    let schema = OwnSchema::of(&schema);
    let schema = schema.map_err(|error| {
        diagnostics.add(table_error(at, &error));
    });
    finish(Given {
        table,
        own: Own::new(&arguments, schema.ok()),
        arguments,
        at,
        item,
        reported: reported.is_some(),
        enabled,
        diagnostics,
    })
}

/// What is wrong with the table of the user's own schema.
pub(crate) fn table_error(at: Span, error: &syn::Error) -> syn::Error {
    let message = format!(
        "the table of the schema cannot be read: {error}\n\
         `lakehouse_otel::schema!(…)` and this macro are of different versions of lakehouse-otel, or the table is written by hand"
    );
    Code::SchemaTable.at(at, message)
}

/// All that is to be checked and expanded.
struct Given {
    table: &'static MacroTable,
    arguments: Arguments,
    own: Own,
    /// Where the attribute stands.
    at: Span,
    item: TokenStream,
    /// Whether a mistake is reported already.
    reported: bool,
    enabled: bool,
    diagnostics: Diagnostics,
}

fn finish(given: Given) -> TokenStream {
    let Given {
        table,
        mut arguments,
        own,
        at,
        item,
        reported,
        enabled,
        mut diagnostics,
    } = given;
    let function = syn::parse2::<Function>(item.clone());
    let parameters = match &function {
        Ok(function) => {
            if check::is_custom(&arguments, table) {
                arguments.name_after(&function.signature.ident);
            }
            parameters(&function.signature)
        }
        Err(_) => Vec::new(),
    };
    let shape = match &function {
        Ok(function) => Shape::of(&function.signature),
        Err(error) => Err(error.clone()),
    };
    let around = Around {
        parameters: &parameters,
        has_locals: false,
        site: at,
        is_stream: shape.as_ref().ok().map(Shape::is_stream),
    };
    let checked = check::check(arguments, table, &own, around, &mut diagnostics);
    let shape = shape.map_err(|error| diagnostics.add(error)).ok();
    match (diagnostics.into_tokens(), function.ok(), shape) {
        (None, Some(function), Some(shape)) if !reported => {
            expand::expand(&function, &shape, &checked, enabled)
        }
        (errors, function, _) => {
            let mut tokens = errors.unwrap_or_default();
            tokens.extend(match function {
                Some(function) => expand::bare(&function, &checked),
                None => item,
            });
            tokens
        }
    }
}
