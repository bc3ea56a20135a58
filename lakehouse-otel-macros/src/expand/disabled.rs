//! The bare function, where telemetry is compiled out. Its attribute is checked all the same, by a
//! branch that never runs.

use proc_macro2::TokenStream;

use super::callsite::checked_rate;
use super::{Expansion, Gives, Parts, word};
use crate::check::{Constant, Rate, Value};
use crate::shape::Shape;

pub(super) fn expand(expansion: &Expansion<'_>, shape: &Shape) -> TokenStream {
    let Expansion {
        function,
        args,
        private,
        ..
    } = expansion;
    let constants = args.constants.iter().filter_map(|(_, value)| match value {
        Value::Constant(Constant {
            variant: "Text",
            tokens,
        }) if !is_literal(tokens) => Some(generated!(const _: &str = #tokens;)),
        _ => None,
    });
    // The keys and the span of the user's own schema.
    let keys = args.constants.iter().filter_map(|(key, _)| {
        let path = key.path.as_ref()?;
        Some(generated!(const _: &str = #path.name();))
    });
    let definition = args
        .definition
        .as_ref()
        .map(|definition| generated!(const _: fn() = || { let _ = &#definition; };));
    let rate = match &args.sampling.sample {
        Some(Rate::Constant(rate)) => {
            let rate = checked_rate(rate);
            Some(generated!(const _: ::core::primitive::f64 = #rate;))
        }
        Some(Rate::Literal(_)) | None => None,
    };
    let members = expansion.member_checks();
    let check = check(expansion, shape);
    let handle = args
        .context
        .as_ref()
        .map(|name| generated!(let #name = #private::Handle::disabled();));
    let statements = function.body.block.stream();
    expansion.function(Parts {
        is_async: true,
        body: generated!(#definition #(#keys)* #(#constants)* #rate #members #check #handle #statements),
        ..Parts::default()
    })
}

/// The expressions of the attribute, with their types checked, and never run.
fn check(expansion: &Expansion<'_>, shape: &Shape) -> Option<TokenStream> {
    let Expansion {
        function,
        args,
        private,
        operation,
    } = expansion;
    let captures = expansion.unconditional(&args.captures);
    let observed = observed(
        expansion,
        &match shape {
            Shape::Sync | Shape::Async => Gives::of(&function.signature.output),
            Shape::Future { output, .. } => Gives::of_type(output),
        },
    );
    let deadline = expansion.check_deadline();
    if captures.is_empty() && observed.is_none() && deadline.is_none() {
        return None;
    }
    Some(generated! {
        if false {
            let mut #operation = #private::Checked;
            #captures
            #deadline
            #observed
        }
    })
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

/// Whether no part of the type is an `impl …`.
fn names_all(ty: &syn::Type) -> bool {
    struct Opaque(bool);

    impl<'ast> syn::visit::Visit<'ast> for Opaque {
        fn visit_type_impl_trait(&mut self, _: &'ast syn::TypeImplTrait) {
            self.0 = true;
        }
    }

    let mut opaque = Opaque(false);
    syn::visit::Visit::visit_type(&mut opaque, ty);
    !opaque.0
}

fn is_literal(tokens: &TokenStream) -> bool {
    tokens
        .clone()
        .into_iter()
        .all(|token| matches!(token, proc_macro2::TokenTree::Literal(_)))
}
