//! Functions that return a stream.

use syn::punctuated::Punctuated;
use syn::{
    AngleBracketedGenericArguments, AssocType, GenericArgument, PathArguments, Token, TraitBound,
    Type, TypeParamBound, parse_quote,
};

use super::{last_argument, last_segment};

/// How a stream is returned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum StreamForm {
    /// `impl Stream`.
    Opaque,
    /// `Pin<Box<dyn Stream>>`, also by another name.
    Pinned,
    /// `Box<dyn Stream + Unpin>`.
    Boxed,
}

type Bounds = Punctuated<TypeParamBound, Token![+]>;

/// What the stream gives, and how it is returned.
pub(super) fn of(ty: &Type) -> Option<(Type, StreamForm)> {
    let path = match ty {
        Type::ImplTrait(ty) => return Some((item(&ty.bounds)?, StreamForm::Opaque)),
        Type::Path(path) => path,
        _ => return None,
    };
    let last = path.path.segments.last()?;
    let in_box = |boxed: &Type| match boxed {
        Type::TraitObject(object) => Some(object.bounds.clone()),
        Type::ImplTrait(object) => Some(object.bounds.clone()),
        _ => None,
    };
    match last.ident.to_string().as_str() {
        "BoxStream" | "LocalBoxStream" => Some((last_argument(last)?.clone(), StreamForm::Pinned)),
        "Pin" => {
            let boxed = last_segment(last_argument(last)?)?;
            if boxed.ident != "Box" {
                return None;
            }
            let bounds = in_box(last_argument(boxed)?)?;
            Some((item(&bounds)?, StreamForm::Pinned))
        }
        "Box" => {
            let bounds = in_box(last_argument(last)?)?;
            let is_unpin = traits(&bounds).any(|bound| is_called(bound, "Unpin"));
            Some((item(&bounds).filter(|_| is_unpin)?, StreamForm::Boxed))
        }
        _ => None,
    }
}

/// The items of a stream that is bound like this; `_` where they are not named.
fn item(bounds: &Bounds) -> Option<Type> {
    let streams = || {
        traits(bounds).filter(|bound| {
            ["Stream", "FusedStream", "TryStream"]
                .iter()
                .any(|name| is_called(bound, name))
        })
    };
    let result = |bound| {
        let (ok, error) = (bound_type(bound, "Ok")?, bound_type(bound, "Error")?);
        Some(parse_quote!(::core::result::Result<#ok, #error>))
    };
    streams().next()?;
    let named = streams().find_map(|bound| bound_type(bound, "Item").cloned());
    let named = named.or_else(|| streams().find_map(result));
    Some(named.unwrap_or_else(|| parse_quote!(_)))
}

fn traits(bounds: &Bounds) -> impl Iterator<Item = &TraitBound> {
    bounds.iter().filter_map(|bound| match bound {
        TypeParamBound::Trait(bound) => Some(bound),
        _ => None,
    })
}

fn is_called(bound: &TraitBound, name: &str) -> bool {
    let mut segments = bound.path.segments.iter();
    segments.next_back().is_some_and(|last| last.ident == name)
}

/// `name = T` of a bound.
fn bound_type<'a>(bound: &'a TraitBound, name: &str) -> Option<&'a Type> {
    let PathArguments::AngleBracketed(AngleBracketedGenericArguments { args, .. }) =
        &bound.path.segments.last()?.arguments
    else {
        return None;
    };
    args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(AssocType { ident, ty, .. }) if ident == name => Some(ty),
        _ => None,
    })
}
