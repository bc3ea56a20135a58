//! A function that works when it is called.

use proc_macro2::TokenStream;

use super::{Expansion, Gives, Parts};

pub(super) fn expand(expansion: &Expansion<'_>) -> TokenStream {
    let Expansion {
        function,
        operation,
        ..
    } = expansion;
    let gives = Gives::of(&function.signature.output);
    let callsite = expansion.callsite();
    let start = expansion.begun();
    let flush = expansion.flush_at_end();
    let work = expansion.work(&gives);
    let observer = expansion.observer(&gives);
    let run = generated!(#operation.run(#work, #observer));
    let run = match gives {
        Gives::Never => generated!(match #run {}),
        Gives::Nothing => generated!(#run;),
        Gives::Value(_) => generated!(return #run),
    };
    expansion.function(Parts {
        body: generated! {
            #callsite
            #flush
            #start
            #run
        },
        ..Parts::default()
    })
}

impl Expansion<'_> {
    /// The operation, begun where it stays, and its handle.
    pub(super) fn begun(&self) -> TokenStream {
        let (private, operation) = (&self.private, &self.operation);
        let name = Self::callsite_name();
        let begin = self.starter("begin", "begin_placed");
        let capture = self.capture();
        let handle = self.handle();
        generated! {
            let mut #operation = #private::Call::off();
            #operation.#begin(&#name, #capture);
            #handle
        }
    }

    /// The body as a closure.
    pub(super) fn work(&self, gives: &Gives<'_>) -> TokenStream {
        let block = &self.function.body.block;
        let output = gives.nameable().map(|ty| {
            let arrow = super::arrow(self.function.output_span());
            generated!(#arrow #ty)
        });
        generated!(move || #output #block)
    }
}
