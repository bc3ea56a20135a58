//! An `async fn`. It becomes the function that the compiler makes of it anyway, so that arguments are
//! stored once and dropped in the same order.

use proc_macro2::{Ident, Span, TokenStream};

use super::{Expansion, Gives, Parts, enclosed};

pub(super) fn expand(expansion: &Expansion<'_>) -> TokenStream {
    let gives = Gives::of(&expansion.function.signature.output);
    let stays_async = matches!(gives, Gives::Never) || is_must_use(expansion);
    if stays_async {
        inside(expansion, &gives)
    } else {
        desugared(expansion, &gives)
    }
}

/// `fn(…) -> impl Future`.
fn desugared(expansion: &Expansion<'_>, gives: &Gives<'_>) -> TokenStream {
    let Expansion {
        function, private, ..
    } = expansion;
    let inputs = expansion.async_inputs();
    let future = future(expansion, gives, &inputs.early, &inputs.body);
    let callsite = expansion.callsite();
    let output = match gives {
        Gives::Value(ty) => generated!(#ty),
        Gives::Nothing | Gives::Never => generated!(()),
    };
    let arrow = super::arrow(function.output_span());
    // A keyword of this crate's edition: the future borrows from every argument, as in an `async fn`.
    let opaque = Ident::new(
        "impl",
        Span::mixed_site().located_at(function.output_span()),
    );
    expansion.function(Parts {
        inputs: Some(inputs.signature),
        output: Some(generated!(#arrow #opaque #private::Future<Output = #output>)),
        body: generated!(#callsite #future),
        ..Parts::default()
    })
}

/// `async fn(…)` that awaits the operation: `!` is no type that a future can name, and `#[must_use]`
/// means the value only on an `async fn`.
fn inside(expansion: &Expansion<'_>, gives: &Gives<'_>) -> TokenStream {
    let inputs = expansion.inner_inputs();
    let future = future(expansion, gives, &inputs.early, &inputs.body);
    let callsite = expansion.callsite();
    let awaited = match gives {
        Gives::Never => generated!(match #future.await {}),
        Gives::Nothing | Gives::Value(_) => generated!(#future.await),
    };
    expansion.function(Parts {
        inputs: Some(inputs.signature),
        is_async: true,
        body: generated!(#callsite #awaited),
        ..Parts::default()
    })
}

fn future(
    expansion: &Expansion<'_>,
    gives: &Gives<'_>,
    early: &TokenStream,
    rebound: &TokenStream,
) -> TokenStream {
    let Expansion {
        function,
        args,
        private,
        operation,
    } = expansion;
    let callsite = Expansion::callsite_name();
    let captures = expansion.captures(&args.captures);
    let handle = expansion.handle();
    let parameter = if args.captures.is_empty() && handle.is_none() {
        generated!(_)
    } else {
        generated!(#operation)
    };
    // Names the block's type, which an async block cannot do itself.
    let named = gives
        .nameable()
        .map(|ty| generated!(if false { return #private::unreachable::<#ty>(); }));
    let block = enclosed(&function.body, &generated!(#rebound #named));
    let observer = expansion.observer(gives);
    let tell_deadline = expansion.tell_deadline();
    let future = generated! {
        #private::future(&#callsite, move |#parameter| {
            #early
            #tell_deadline
            #captures
            #handle
            async move #block
        }, #observer)
    };
    expansion.flushed(&future, None)
}

fn is_must_use(expansion: &Expansion<'_>) -> bool {
    let mut attributes = expansion.function.attributes.iter();
    attributes.any(|attribute| attribute.path().is_ident("must_use"))
}
