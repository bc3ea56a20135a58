//! Which of the ways to run a function is this one's: seen from its signature, never from its body.

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{
    AssocType, GenericArgument, PathArguments, PathSegment, ReturnType, Signature, Token, Type,
    TypeParamBound,
};

use crate::diagnostics::Code;

/// How the function's work runs.
pub(crate) enum Shape {
    /// When it is called.
    Sync,
    /// `async fn`.
    Async,
    /// As the future that it returns.
    Future {
        /// What the future gives.
        output: Box<Type>,
        boxed: bool,
    },
}

impl Shape {
    /// The shape, or why work of that shape cannot be timed.
    pub(crate) fn of(signature: &Signature) -> syn::Result<Self> {
        if signature.asyncness.is_some() {
            return Ok(Self::Async);
        }
        let ReturnType::Type(_, ty) = &signature.output else {
            return Ok(Self::Sync);
        };
        let seen = seen(ty);
        if let Some((output, boxed)) = future(seen) {
            return Ok(Self::Future {
                output: Box::new(output),
                boxed,
            });
        }
        if let Some(what) = untimed(seen) {
            let message = format!(
                "{what} does its work after this function has returned, and the attribute would time its construction; \
                 make it an `async fn`, or return `impl Future<Output = …>` or `Pin<Box<dyn Future<Output = …>>>`"
            );
            return Err(Code::Untimed.on(seen, message));
        }
        if let Some((what, part)) = wrapped(seen) {
            let message = format!(
                "{what} does its work after this function has returned, and the attribute would time its construction; \
                 annotate the function that does the work, as an `async fn`"
            );
            return Err(Code::Untimed.on(part, message));
        }
        Ok(Self::Sync)
    }
}

/// Without parentheses, and without the invisible groups that `macro_rules` leaves.
pub(crate) fn seen(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            _ => return ty,
        };
    }
}

/// What the future gives, and whether it is boxed.
fn future(ty: &Type) -> Option<(Type, bool)> {
    match ty {
        Type::ImplTrait(ty) => Some((output(&ty.bounds)?, false)),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            match last.ident.to_string().as_str() {
                "BoxFuture" | "LocalBoxFuture" => Some((last_argument(last)?.clone(), true)),
                "Pin" => {
                    let boxed = last_segment(last_argument(last)?)?;
                    if boxed.ident != "Box" {
                        return None;
                    }
                    let output = match last_argument(boxed)? {
                        Type::TraitObject(object) => output(&object.bounds)?,
                        Type::ImplTrait(object) => output(&object.bounds)?,
                        _ => return None,
                    };
                    Some((output, true))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// Work that runs later, in a form that is not followed.
fn untimed(ty: &Type) -> Option<&'static str> {
    let bounds = match ty {
        Type::ImplTrait(ty) => &ty.bounds,
        Type::TraitObject(ty) => &ty.bounds,
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            return match last.ident.to_string().as_str() {
                "BoxStream" | "LocalBoxStream" => Some("a stream"),
                "Box" | "Pin" => untimed(last_argument(last)?),
                _ => None,
            };
        }
        _ => return None,
    };
    let mut names = bounds.iter().filter_map(|bound| match bound {
        TypeParamBound::Trait(bound) => Some(bound.path.segments.last()?.ident.to_string()),
        _ => None,
    });
    names.find_map(|name| match name.as_str() {
        "Future" | "FusedFuture" | "IntoFuture" | "TryFuture" => Some("this future"),
        "Stream" | "TryStream" | "FusedStream" | "AsyncIterator" => Some("a stream"),
        _ => None,
    })
}

/// Work that runs later, in a type's arguments or a tuple: what, and where.
fn wrapped(ty: &Type) -> Option<(&'static str, &Type)> {
    let part = |part| {
        let part = seen(part);
        let what = untimed(part).or_else(|| is_future(part).then_some("this future"));
        what.map(|what| (what, part)).or_else(|| wrapped(part))
    };
    match ty {
        Type::Tuple(tuple) => tuple.elems.iter().find_map(part),
        Type::Array(array) => part(&array.elem),
        Type::Slice(slice) => part(&slice.elem),
        Type::Path(path) => {
            let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments
            else {
                return None;
            };
            arguments.args.iter().find_map(|argument| match argument {
                GenericArgument::Type(ty) => part(ty),
                _ => None,
            })
        }
        _ => None,
    }
}

/// Whether the type is a future by its name.
fn is_future(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|last| match last.ident.to_string().as_str() {
        "BoxFuture" | "LocalBoxFuture" => true,
        "Ready" => last_argument(last).is_some(),
        _ => false,
    })
}

/// `Output = T` of a bound `Future<Output = T>`.
fn output(bounds: &Punctuated<TypeParamBound, Token![+]>) -> Option<Type> {
    bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else {
            return None;
        };
        let last = bound.path.segments.last()?;
        if last.ident != "Future" {
            return None;
        }
        let PathArguments::AngleBracketed(arguments) = &last.arguments else {
            return None;
        };
        arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(AssocType { ident, ty, .. }) if ident == "Output" => {
                Some(ty.clone())
            }
            _ => None,
        })
    })
}

fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match seen(ty) {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

fn last_argument(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    arguments
        .args
        .iter()
        .rev()
        .find_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(seen(ty)),
            _ => None,
        })
}

/// Whether the function never returns.
pub(crate) fn is_never(ty: &Type) -> bool {
    matches!(seen(ty), Type::Never(_))
}

/// Whether the type is `()`.
pub(crate) fn is_unit(ty: &Type) -> bool {
    matches!(seen(ty), Type::Tuple(tuple) if tuple.elems.is_empty())
}

/// The type as a closure may name it: with `_` for each `impl …`, which only the compiler can name.
/// `None` where nothing is left to say.
pub(crate) fn nameable(ty: &Type) -> Option<proc_macro2::TokenStream> {
    if matches!(seen(ty), Type::ImplTrait(_) | Type::Infer(_)) {
        return None;
    }
    let mut ty = ty.clone();
    syn::visit_mut::VisitMut::visit_type_mut(&mut Unnamed, &mut ty);
    Some(ty.into_token_stream())
}

struct Unnamed;

impl syn::visit_mut::VisitMut for Unnamed {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::ImplTrait(opaque) = ty {
            let underscore_token = Token![_](opaque.impl_token.span);
            *ty = Type::Infer(syn::TypeInfer {
                attrs: Vec::new(),
                underscore_token,
            });
        } else {
            syn::visit_mut::visit_type_mut(self, ty);
        }
    }
}
