//! The `static` that holds everything known at compile time.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use super::{Expansion, word};
use crate::check::{Constant, Rate, Value};
use crate::diagnostics::Code;
use crate::tables::EnumTable;

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
        let definition = self.args.definition.as_ref();
        let definition = definition.map(|definition| generated!(&#definition,));
        let ident = &self.function.signature.ident;
        let name = &self.name;
        // With the function's own span, all of it, so that it is the function's line and not the attribute's.
        let line = quote_spanned!(ident.span()=> ::core::line!());
        let constants = self.constants();
        let labels = &self.args.labels;
        let labels = (!labels.is_empty()).then(|| generated!(.labels(&[#(#labels),*])));
        let kind = self.args.kind.map(|kind| {
            let kind = word(kind);
            generated!(.kind(#private::SpanKind::#kind))
        });
        let budget = self.args.budget_nanos.map(|nanos| {
            let nanos = proc_macro2::Literal::u64_unsuffixed(nanos);
            generated!(.budget_nanos(#nanos))
        });
        let sampling = self.sampling();
        let metrics = (!self.args.metrics).then(|| generated!(.without_metrics()));
        let checks = self.member_checks();
        generated! {
            #checks
            static #callsite: #private::Callsite = #private::Callsite::#constructor(
                #definition #name, #private::module_path!(), #private::file!(), #line,
            ) #constants #labels #kind #budget #sampling #metrics;
        }
    }

    /// What it says of which spans are kept, and of what they show.
    fn sampling(&self) -> TokenStream {
        let sampling = &self.args.sampling;
        let sample = sampling.sample.as_ref().map(|rate| {
            let rate = match rate {
                Rate::Literal(rate) => rate.clone(),
                Rate::Constant(rate) => checked_rate(rate),
            };
            generated!(.sample(#rate))
        });
        let setter = |set: bool, name: &str| {
            let name = word(name);
            set.then(|| generated!(.#name()))
        };
        let priority = setter(sampling.high_priority, "high_priority");
        let volume = setter(sampling.high_volume, "high_volume");
        let resources = setter(self.args.resources, "resources");
        generated!(#sample #priority #volume #resources)
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
                let key = match &key.path {
                    Some(path) => generated!(#path.name()),
                    None => key.name.to_token_stream(),
                };
                Some(generated!((#key, #private::Constant::#variant(#tokens))))
            })
            .collect();
        (!constants.is_empty()).then(|| generated!(.constants(&[#(#constants),*])))
    }

    /// A member that was written as a path is checked, and counts as a use of what is imported.
    pub(super) fn member_checks(&self) -> TokenStream {
        let checks = self
            .args
            .constants
            .iter()
            .filter_map(|(_, value)| match value {
                Value::Member {
                    table,
                    path: Some(path),
                    owner,
                    ..
                } => {
                    let name = self.members_type(table, owner.as_ref());
                    Some(generated!(const _: fn() -> #name = || #path;))
                }
                _ => None,
            });
        generated!(#(#checks)*)
    }

    /// The enum, in the schema of the runtime or in the user's own.
    pub(super) fn members_type(
        &self,
        table: &EnumTable,
        owner: Option<&TokenStream>,
    ) -> TokenStream {
        let name = word(table.rust_name);
        let private = &self.private;
        owner.map_or_else(
            || generated!(#private::schema::#name),
            |schema| generated!(#schema::#name),
        )
    }
}

/// The constant's value, which is a share or an error of the compiler at the constant's place.
pub(super) fn checked_rate(rate: &Expr) -> TokenStream {
    let span = rate.span().resolved_at(Span::mixed_site());
    let code = Code::SampleRate;
    let message = format!("[{code}] `sample` is the share of calls to keep, from 0 to 1");
    quote_spanned! {span=> {
        let rate: ::core::primitive::f64 = #rate;
        ::core::assert!(rate >= 0.0 && rate <= 1.0, #message);
        rate
    }}
}
