//! The `static` that holds everything known at compile time.

use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;
use syn::ext::IdentExt;

use super::{Expansion, word};
use crate::check::{Constant, Value};

impl Expansion<'_> {
    /// Its name, which is seen in the function's body as items are.
    pub(super) fn callsite_name() -> Ident {
        word("__CALLSITE")
    }

    /// The static's definition, and the checks of paths that it has the values of.
    pub(super) fn callsite(&self) -> TokenStream {
        let private = &self.private;
        let callsite = Self::callsite_name();
        let constructor = word(self.args.constructor);
        let ident = &self.function.signature.ident;
        let name = ident.unraw().to_string();
        // With the function's own span, so that it is the function's line and not the attribute's.
        let line = quote_spanned!(ident.span()=> line!());
        let constants = self.constants();
        let kind = self.args.kind.map(|kind| {
            let kind = word(kind);
            generated!(.kind(#private::SpanKind::#kind))
        });
        let budget = self.args.budget_nanos.map(|nanos| {
            let nanos = proc_macro2::Literal::u64_unsuffixed(nanos);
            generated!(.budget_nanos(#nanos))
        });
        let metrics = (!self.args.metrics).then(|| generated!(.without_metrics()));
        let checks = self.member_checks();
        generated! {
            #checks
            static #callsite: #private::Callsite = #private::Callsite::#constructor(
                #name, #private::module_path!(), #private::file!(), #private::#line,
            ) #constants #kind #budget #metrics;
        }
    }

    fn constants(&self) -> Option<TokenStream> {
        let private = &self.private;
        let constants: Vec<_> = self
            .args
            .constants
            .iter()
            .filter_map(|(key, value)| {
                let (variant, tokens) = match value {
                    Value::Constant(Constant { variant, tokens }) => (*variant, tokens.clone()),
                    Value::Member {
                        member: (_, wire), ..
                    } => ("Text", generated!(#wire)),
                    Value::Expression(_) => return None,
                };
                let variant = word(variant);
                Some(generated!((#key, #private::Constant::#variant(#tokens))))
            })
            .collect();
        (!constants.is_empty()).then(|| generated!(.constants(&[#(#constants),*])))
    }

    /// A member that was written as a path is checked, and counts as a use of what is imported.
    pub(super) fn member_checks(&self) -> TokenStream {
        let private = &self.private;
        let checks = self
            .args
            .constants
            .iter()
            .filter_map(|(_, value)| match value {
                Value::Member {
                    table,
                    path: Some(path),
                    ..
                } => {
                    let name = word(table.rust_name);
                    Some(generated!(const _: fn() -> #private::schema::#name = || #path;))
                }
                _ => None,
            });
        generated!(#(#checks)*)
    }
}
