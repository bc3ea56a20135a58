//! A function that returns a stream: the attributes are evaluated at the call, and the stream is the work. What
//! the function does before it makes the stream keeps its place.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::Type;
use syn::spanned::Spanned;

use super::{Expansion, Gives, Parts, word};
use crate::check::{CheckedArgs, ItemSpans, Together};
use crate::diagnostics::Code;
use crate::shape::StreamForm;

pub(super) fn expand(expansion: &Expansion<'_>, item: &Type, form: StreamForm) -> TokenStream {
    let Expansion {
        function,
        private,
        operation,
        ..
    } = expansion;
    let callsite = expansion.callsite();
    let name = Expansion::callsite_name();
    let capture = expansion.capture();
    let handle = expansion.handle();
    let work = expansion.work(&Gives::of(&function.signature.output));
    let observer = expansion.observer(&Gives::of_type(item));
    let (items, with_items) = items(expansion);
    let stream = generated! {
        #private::prepared_stream(#operation, (#work)(), #observer) #with_items
    };
    let stream = match form {
        StreamForm::Opaque => stream,
        StreamForm::Pinned => generated!(#private::Box::pin(#stream)),
        StreamForm::Boxed => generated!(#private::Box::new(#stream)),
    };
    expansion.function(Parts {
        body: generated! {
            #callsite
            #items
            let #operation = #private::prepare(&#name, #capture);
            #handle
            return #stream
        },
        ..Parts::default()
    })
}

/// The callsite of what is done with the items, and its use.
fn items(expansion: &Expansion<'_>) -> (Option<TokenStream>, Option<TokenStream>) {
    let Expansion { args, private, .. } = expansion;
    let (constructor, together) = match &args.item_spans {
        None => return (None, None),
        Some(ItemSpans::Each) => (word("items_of"), generated!(1)),
        Some(ItemSpans::Batch(Together::Literal(number))) => (word("batches_of"), number.clone()),
        Some(ItemSpans::Batch(Together::Constant(_))) => {
            let together = word("__TOGETHER");
            (word("batches_of"), generated!(#together))
        }
    };
    let size = checked_size(args, &word("__TOGETHER"));
    let stream = Expansion::callsite_name();
    let items = word("__ITEMS");
    (
        Some(generated! {
            #size
            static #items: #private::Callsite = #private::Callsite::#constructor(&#stream);
        }),
        Some(generated!(.with_items(&#items, #together))),
    )
}

/// The size of a batch that is a constant, under this name: a number of items, or an error of the compiler at the
/// constant's place.
pub(super) fn checked_size(args: &CheckedArgs, name: &Ident) -> Option<TokenStream> {
    let Some(ItemSpans::Batch(Together::Constant(size))) = &args.item_spans else {
        return None;
    };
    let span = size.span().resolved_at(Span::mixed_site());
    let code = Code::StreamSpans;
    let message = format!("[{code}] a batch holds at least one item");
    Some(quote_spanned! {span=>
        const #name: ::core::primitive::usize = {
            let size: ::core::primitive::usize = #size;
            ::core::assert!(size > 0, #message);
            size
        };
    })
}
