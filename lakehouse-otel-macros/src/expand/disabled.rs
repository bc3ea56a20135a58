//! The bare function, where telemetry is compiled out. Its attribute is checked all the same, by a
//! branch that never runs.

use proc_macro2::TokenStream;

use super::callsite::checked_rate;
use super::{Expansion, Gives, Parts, returned_stream, word};
use crate::check::{Constant, Rate, Value};
use crate::shape::Shape;

pub(super) fn expand(expansion: &Expansion<'_>, shape: &Shape) -> TokenStream {
    let function = expansion.function;
    let constants = expansion.constant_checks();
    let check = expansion.check(&match shape {
        Shape::Sync | Shape::Async => Gives::of(&function.signature.output),
        Shape::Future { output, .. } => Gives::of_type(output),
        Shape::Stream { item, .. } => Gives::of_type(item),
    });
    let handle = expansion.disabled_handle();
    let statements = function.body.block.stream();
    expansion.function(Parts {
        is_async: true,
        body: generated!(#constants #check #handle #statements),
        ..Parts::default()
    })
}

impl Expansion<'_> {
    /// What is known at compile time, with its types checked.
    pub(super) fn constant_checks(&self) -> TokenStream {
        let args = self.args;
        let constants = args.constants.iter().filter_map(|(_, value)| match value {
            Value::Constant(Constant {
                variant: "Text",
                tokens,
            }) if !is_literal(tokens) => Some(generated!(const _: &str = #tokens;)),
            Value::Constant(Constant {
                variant: "TextList",
                tokens,
            }) if names_constants(tokens) => Some(generated!(const _: &[&str] = #tokens;)),
            _ => None,
        });
        let rate = match &args.sampling.sample {
            Some(Rate::Constant(rate)) => {
                let rate = checked_rate(rate);
                Some(generated!(const _: ::core::primitive::f64 = #rate;))
            }
            Some(Rate::Literal(_)) | None => None,
        };
        let together = returned_stream::checked_size(args, &word("_"));
        let members = self.member_checks();
        // The keys and the span of the user's own schema.
        let keys = args.constants.iter().filter_map(|(key, _)| {
            let path = key.path.as_ref()?;
            Some(generated!(const _: &str = #path.name();))
        });
        let definition = args
            .definition
            .as_ref()
            .map(|definition| generated!(const _: fn() = || { let _ = &#definition; };));
        generated!(#definition #(#keys)* #(#constants)* #rate #together #members)
    }

    /// The expressions of the attribute, with their types checked, and never run.
    pub(super) fn check(&self, gives: &Gives<'_>) -> Option<TokenStream> {
        let (private, operation) = (&self.private, &self.operation);
        let place = self.place_unconditionally();
        let captures = self.unconditional(&self.args.captures);
        let deadline = self.check_deadline();
        let observed = observed(self, gives);
        if place.is_none() && captures.is_empty() && observed.is_none() && deadline.is_none() {
            return None;
        }
        Some(generated! {
            if false {
                let mut #operation = #private::Checked;
                #place
                #captures
                #deadline
                #observed
            }
        })
    }

    /// The handle that does nothing, for `context = ctx`.
    pub(super) fn disabled_handle(&self) -> Option<TokenStream> {
        let private = &self.private;
        let name = self.args.context.as_ref()?;
        Some(generated!(let #name = #private::Handle::disabled();))
    }
}

/// `ok(…)` and `err(…)`, where the type that they look at has a name.
fn observed(expansion: &Expansion<'_>, gives: &Gives<'_>) -> Option<TokenStream> {
    let Expansion { args, private, .. } = expansion;
    let runtime = &args.runtime;
    let returned = word("returned");
    let observed = expansion.observed(&returned, |captures| expansion.unconditional(captures));
    if observed.is_empty() {
        return None;
    }
    let ty = match gives {
        Gives::Nothing => generated!(()),
        Gives::Value(ty) if names_all(ty) => generated!(#ty),
        Gives::Never | Gives::Value(_) => return None,
    };
    Some(generated! {
        let #returned = #private::unreachable::<#ty>();
        let #returned = #runtime::operation::Returned::new(&#returned);
        #observed
    })
}

/// Whether no part of the type is an `impl …` or `_`.
fn names_all(ty: &syn::Type) -> bool {
    struct Opaque(bool);

    impl<'ast> syn::visit::Visit<'ast> for Opaque {
        fn visit_type_impl_trait(&mut self, _: &'ast syn::TypeImplTrait) {
            self.0 = true;
        }

        fn visit_type_infer(&mut self, _: &'ast syn::TypeInfer) {
            self.0 = true;
        }
    }

    let mut opaque = Opaque(false);
    syn::visit::Visit::visit_type(&mut opaque, ty);
    !opaque.0
}

/// Whether there is a name among the tokens.
fn names_constants(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        proc_macro2::TokenTree::Ident(_) => true,
        proc_macro2::TokenTree::Group(group) => names_constants(&group.stream()),
        _ => false,
    })
}

fn is_literal(tokens: &TokenStream) -> bool {
    tokens
        .clone()
        .into_iter()
        .all(|token| matches!(token, proc_macro2::TokenTree::Literal(_)))
}
