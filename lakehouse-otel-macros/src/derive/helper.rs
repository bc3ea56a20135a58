//! The helper attributes of derives: `#[attribute(…)]` and `#[error_class(…)]`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Ident, Lit, Token};

use crate::diagnostics::{Code, Diagnostics, listed};
use crate::nearest::suggestion;

/// A helper attribute, and what it takes in one place.
pub(super) struct Helper {
    /// Its name.
    pub(super) name: &'static str,
    /// Where it stands, for messages.
    pub(super) place: &'static str,
    /// The names of its arguments, each with how it is written.
    pub(super) arguments: &'static [(&'static str, &'static str)],
}

/// `name` or `name = value`.
pub(super) struct Argument {
    pub(super) name: Ident,
    value: Option<Expr>,
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any)?;
        let value = match input.parse::<Option<Token![=]>>()? {
            Some(_) => Some(input.parse()?),
            None => None,
        };
        Ok(Self { name, value })
    }
}

impl Helper {
    /// The arguments that stand here; those that cannot are reported.
    pub(super) fn read(
        &self,
        attributes: &[Attribute],
        diagnostics: &mut Diagnostics,
    ) -> Vec<Argument> {
        let mut known: Vec<Argument> = Vec::new();
        for attribute in attributes {
            if !attribute.path().is_ident(self.name) {
                continue;
            }
            let list = Punctuated::<Argument, Token![,]>::parse_terminated;
            let arguments = match attribute.parse_args_with(list) {
                Ok(arguments) => arguments,
                Err(error) => {
                    let message = format!("{error}: `#[{}(…)]` takes {}", self.name, self.usage());
                    diagnostics.add(Code::DeriveArgument.at(error.span(), message));
                    continue;
                }
            };
            for argument in arguments {
                match self.refused(&argument, &known) {
                    Some(error) => diagnostics.add(error),
                    None => known.push(argument),
                }
            }
        }
        known
    }

    fn refused(&self, argument: &Argument, known: &[Argument]) -> Option<syn::Error> {
        let name = argument.name.to_string();
        let names = || self.arguments.iter().map(|(name, _)| *name);
        if !names().any(|known| known == name) {
            let hint = suggestion(&name, names());
            let message = format!(
                "unknown argument `{name}`{hint}\n`#[{}(…)]` on {} takes {}",
                self.name,
                self.place,
                self.usage()
            );
            return Some(Code::DeriveArgument.at(argument.name.span(), message));
        }
        let twice = known.iter().any(|known| known.name == argument.name);
        twice.then(|| {
            Code::Duplicate.at(
                argument.name.span(),
                format_args!("`{name}` is given twice"),
            )
        })
    }

    fn usage(&self) -> String {
        listed(self.arguments.iter().map(|(_, usage)| *usage))
    }
}

impl Argument {
    pub(super) fn is(&self, name: &str) -> bool {
        self.name == name
    }

    /// The value, where there has to be one.
    pub(super) fn value(&self) -> syn::Result<&Expr> {
        self.value.as_ref().ok_or_else(|| {
            let message = format!("`{0}` needs a value: `{0} = …`", self.name);
            Code::DeriveArgument.at(self.name.span(), message)
        })
    }

    /// The value, which is a text.
    pub(super) fn text(&self) -> syn::Result<String> {
        let value = self.value()?;
        let text = text(value).ok_or_else(|| {
            let message = format!("`{0}` takes a text: `{0} = \"…\"`", self.name);
            Code::DeriveValue.on(value, message)
        })?;
        if text.trim().is_empty() {
            let message = format!("`{}` is empty, and tells nothing", self.name);
            return Err(Code::DeriveValue.on(value, message));
        }
        Ok(text)
    }

    /// That there is no value.
    pub(super) fn alone(&self) -> syn::Result<()> {
        match &self.value {
            None => Ok(()),
            Some(value) => {
                let message = format!("`{}` stands alone, without a value", self.name);
                Err(Code::DeriveValue.on(value, message))
            }
        }
    }

    /// The runtime's path, of `crate = path`.
    pub(super) fn path(&self) -> syn::Result<TokenStream> {
        match self.value()? {
            Expr::Path(path) if path.qself.is_none() => Ok(path.to_token_stream()),
            value => {
                let message =
                    "`crate` takes the path of the runtime: `crate = ::renamed_lakehouse_otel`";
                Err(Code::RuntimePath.on(value, message))
            }
        }
    }
}

/// The text that a literal is.
pub(super) fn text(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// The runtime's hidden module, under this path.
pub(super) fn private(runtime: Option<TokenStream>) -> TokenStream {
    let site = Span::mixed_site();
    let runtime = runtime.unwrap_or_else(|| quote_spanned!(site=> ::lakehouse_otel));
    quote_spanned!(site=> #runtime::__private)
}
