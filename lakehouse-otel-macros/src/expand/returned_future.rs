//! A function that returns a future: the attributes are evaluated at the call, and the future is the
//! work. What the function does before it makes the future keeps its place.

use proc_macro2::TokenStream;
use syn::Type;

use super::{Expansion, Gives, Parts};

pub(super) fn expand(expansion: &Expansion<'_>, output: &Type, boxed: bool) -> TokenStream {
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
    let observer = expansion.observer(&Gives::of_type(output));
    let future = generated!(#private::prepared_future(#operation, (#work)(), #observer));
    // The work that makes the future may move what the deadline is taken from.
    let future = expansion.flushed(&future, expansion.tell_deadline().as_ref());
    let future = if boxed {
        generated!(#private::Box::pin(#future))
    } else {
        future
    };
    expansion.function(Parts {
        body: generated! {
            #callsite
            let #operation = #private::prepare(&#name, #capture);
            #handle
            #future
        },
        ..Parts::default()
    })
}
