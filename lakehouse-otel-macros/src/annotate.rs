//! The stages, one after the other.

use proc_macro2::{Span, TokenStream};

use crate::check::Around;
use crate::diagnostics::Diagnostics;
use crate::function::{Function, parameters};
use crate::shape::Shape;
use crate::tables::MacroTable;
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
    let mut diagnostics = Diagnostics::default();
    let arguments = args::parse(attribute, &mut diagnostics);
    let function = syn::parse2::<Function>(item.clone());
    let parameters = match &function {
        Ok(function) => parameters(&function.signature),
        Err(_) => Vec::new(),
    };
    let shape = match &function {
        Ok(function) => Shape::of(&function.signature),
        Err(error) => Err(error.clone()),
    };
    let around = Around {
        parameters: &parameters,
        has_locals: false,
        site: Span::call_site(),
        is_stream: shape.as_ref().ok().map(Shape::is_stream),
    };
    let checked = check::check(arguments, table, around, &mut diagnostics);
    let shape = shape.map_err(|error| diagnostics.add(error)).ok();
    match (diagnostics.into_tokens(), function.ok(), shape) {
        (None, Some(function), Some(shape)) => expand::expand(&function, &shape, &checked, enabled),
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
