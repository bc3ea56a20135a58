//! The stages, one after the other.

use proc_macro2::TokenStream;

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
    let function = syn::parse2::<Function>(item.clone()).and_then(|function| {
        let shape = Shape::of(&function.signature)?;
        Ok((function, shape))
    });
    let parameters = match &function {
        Ok((function, _)) => parameters(&function.signature),
        Err(_) => Vec::new(),
    };
    let checked = check::check(arguments, table, &parameters, &mut diagnostics);
    let function = match function {
        Ok(function) => Some(function),
        Err(error) => {
            diagnostics.add(error);
            None
        }
    };
    match (diagnostics.into_tokens(), function) {
        (None, Some((function, shape))) => expand::expand(&function, &shape, &checked, enabled),
        (errors, function) => {
            let mut tokens = errors.unwrap_or_default();
            tokens.extend(match function {
                Some((function, _)) => expand::bare(&function, &checked),
                None => item,
            });
            tokens
        }
    }
}
