//! `#[derive(AttributeValue)]`: a fieldless enum as the values of an attribute.

use std::collections::HashMap;

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::ext::IdentExt;
use syn::{Fields, Generics, Ident, Item, ItemEnum};

use super::case;
use super::helper::{Argument, Helper, private};
use crate::diagnostics::{Code, Diagnostics, listed};
use crate::nearest::suggestion;

const OF_ENUM: Helper = Helper {
    name: "attribute",
    place: "the enum",
    arguments: &[
        ("rename_all", "rename_all = \"…\""),
        ("key", "key = \"…\""),
        ("crate", "crate = …"),
    ],
};

const OF_VARIANT: Helper = Helper {
    name: "attribute",
    place: "a variant",
    arguments: &[("rename", "rename = \"…\"")],
};

/// What the derive needs.
struct Values<'a> {
    private: TokenStream,
    name: &'a Ident,
    generics: &'a Generics,
    /// The attribute whose values these are.
    key: String,
    /// The variants, with their values on the wire.
    members: Vec<(&'a Ident, String)>,
}

/// The implementations for the item, after the errors where there are some.
pub(crate) fn derive(input: TokenStream, enabled: bool) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let item = match syn::parse2(input) {
        Ok(Item::Enum(item)) => item,
        Ok(Item::Struct(item)) => return refused(item.ident.span(), "a struct"),
        Ok(Item::Union(item)) => return refused(item.ident.span(), "a union"),
        Ok(_) => return refused(Span::call_site(), "none"),
        Err(error) => return Code::DeriveTarget.unless_coded(error).into_compile_error(),
    };
    let values = values(&item, &mut diagnostics);
    let mut tokens = diagnostics.into_tokens().unwrap_or_default();
    tokens.extend(values.tokens(enabled));
    tokens
}

fn refused(span: Span, what: &str) -> TokenStream {
    let message = format!(
        "`AttributeValue` is derived of an enum, whose variants are the values, and this is {what}; \
         give an attribute a part of it: `value.name.as_str()`, `value.len()`"
    );
    Code::DeriveTarget.at(span, message).into_compile_error()
}

/// The rule of `rename_all`.
fn renamed(argument: &Argument) -> syn::Result<case::Rule> {
    let text = argument.text()?;
    let value = argument.value()?;
    case::rule(&text).ok_or_else(|| {
        let hint = suggestion(&text, case::names());
        let names = listed(case::names());
        let message = format!("no rule `{text}`{hint}\n`rename_all` takes {names}");
        Code::DeriveValue.on(value, message)
    })
}

fn values<'a>(item: &'a ItemEnum, diagnostics: &mut Diagnostics) -> Values<'a> {
    let mut runtime = None;
    let mut key = None;
    let mut rule = case::rule("snake_case");
    for argument in OF_ENUM.read(&item.attrs, diagnostics) {
        let result = if argument.is("crate") {
            argument.path().map(|path| runtime = Some(path))
        } else if argument.is("key") {
            argument.text().map(|text| key = Some(text))
        } else {
            renamed(&argument).map(|found| rule = Some(found))
        };
        if let Err(error) = result {
            diagnostics.add(error);
        }
    }
    if item.variants.is_empty() {
        let message = "an enum without variants has no values, so no attribute can have one";
        diagnostics.add(Code::DeriveTarget.at(item.ident.span(), message));
    }
    let mut members = Vec::new();
    let mut seen: HashMap<String, &Ident> = HashMap::new();
    for variant in &item.variants {
        if !matches!(variant.fields, Fields::Unit) {
            let message = format!(
                "`{}` has fields, so its values are without number; `AttributeValue` is for variants without",
                variant.ident
            );
            diagnostics.add(Code::DeriveTarget.on(&variant.fields, message));
        }
        let mut value = rule.map(|rule| rule(&case::words(&variant.ident.unraw().to_string())));
        for argument in OF_VARIANT.read(&variant.attrs, diagnostics) {
            match argument.text() {
                Ok(text) => value = Some(text),
                Err(error) => diagnostics.add(error),
            }
        }
        let value = value.unwrap_or_default();
        if let Some(other) = seen.insert(value.clone(), &variant.ident) {
            let message = format!(
                "`{other}` and `{}` have the same value, `{value}`; give one another: `#[attribute(rename = \"…\")]`",
                variant.ident
            );
            diagnostics.add(Code::SameValue.at(variant.ident.span(), message));
        }
        members.push((&variant.ident, value));
    }
    Values {
        private: private(runtime),
        name: &item.ident,
        generics: &item.generics,
        key: key.unwrap_or_else(|| case::snake(&item.ident.unraw().to_string())),
        members,
    }
}

impl Values<'_> {
    fn tokens(&self, enabled: bool) -> TokenStream {
        let site = Span::mixed_site();
        let Self {
            private, name, key, ..
        } = self;
        let (generics, arguments, bounds) = self.generics.split_for_impl();
        let texts: Vec<_> = self.members.iter().map(|(_, value)| value).collect();
        let variants: Vec<_> = self.members.iter().map(|(variant, _)| variant).collect();
        let indices = 0..self.members.len();
        // What has no variants is refused.
        let (text, index) = if self.members.is_empty() {
            (
                quote_spanned!(site=> ""),
                quote_spanned!(site=> #private::Option::None),
            )
        } else {
            (
                quote_spanned!(site=> match self { #(Self::#variants { .. } => #texts,)* }),
                quote_spanned! {site=>
                    #private::Option::Some(match self { #(Self::#variants { .. } => #indices,)* })
                },
            )
        };
        let recorded = enabled.then(|| {
            quote_spanned! {site=>
                #[inline]
                fn to_recorded(&self) -> #private::Option<#private::schema::Recorded> {
                    #private::recorded_member(self)
                }
            }
        });
        let kinds = [
            quote_spanned!(site=> #name #arguments),
            quote_spanned!(site=> #private::schema::kind::Text),
        ];
        quote_spanned! {site=>
            #[automatically_derived]
            impl #generics #private::schema::EnumValue for #name #arguments #bounds {
                const ATTRIBUTE: &'static ::core::primitive::str = #key;
                const OPEN: ::core::primitive::bool = false;
                const MEMBERS: &'static [&'static ::core::primitive::str] = &[#(#texts),*];

                fn as_str(&self) -> &::core::primitive::str {
                    #text
                }

                fn index(&self) -> #private::Option<::core::primitive::usize> {
                    #index
                }
            }
            #(
                #[automatically_derived]
                #[diagnostic::do_not_recommend]
                impl #generics #private::schema::IntoValue<#kinds> for #name #arguments #bounds {
                    fn to_value(&self) -> #private::Option<#private::opentelemetry::Value> {
                        #private::member(self)
                    }
                    #recorded
                }
            )*
        }
    }
}
