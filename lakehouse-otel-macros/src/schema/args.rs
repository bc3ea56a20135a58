//! What was written in `schema!(…)`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, LitStr, Path, Token, parenthesized};

use crate::diagnostics::{Code, listed};
use crate::nearest::suggestion;

const NAMES: [&str; 2] = ["uses", "crate"];

/// The arguments of `schema!`.
pub(super) struct Arguments {
    /// The registry's file or folder, seen from the crate's folder.
    pub(super) path: LitStr,
    /// The schemas of other crates that it uses.
    pub(super) uses: Vec<Path>,
    /// The runtime, where it goes by another name.
    runtime: Option<Path>,
}

impl Arguments {
    pub(super) fn runtime(&self) -> TokenStream {
        let named = self.runtime.as_ref().map(ToTokens::to_token_stream);
        named.unwrap_or_else(|| quote_spanned!(Span::mixed_site()=> ::lakehouse_otel))
    }
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if !input.peek(LitStr) {
            let message = "`schema!` takes the path of a registry, seen from the crate's folder: \
                           `schema!(\"telemetry/registry.yaml\")`";
            return Err(Code::SchemaArguments.at(input.span(), message));
        }
        let mut arguments = Self {
            path: input.parse()?,
            uses: Vec::new(),
            runtime: None,
        };
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            arguments.further(input)?;
        }
        Ok(arguments)
    }
}

impl Arguments {
    fn further(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let name = input.call(Ident::parse_any)?;
        match name.to_string().as_str() {
            "crate" if self.runtime.is_none() => {
                input.parse::<Token![=]>()?;
                self.runtime = Some(input.parse()?);
            }
            "uses" if self.uses.is_empty() => {
                let paths;
                parenthesized!(paths in input);
                let paths = Punctuated::<Path, Token![,]>::parse_terminated(&paths)?;
                self.uses = paths.into_iter().collect();
            }
            given @ ("crate" | "uses") => {
                let message = format!("`{given}` is given twice");
                return Err(Code::SchemaArguments.at(name.span(), message));
            }
            other => {
                let message = format!(
                    "unknown argument `{other}`{}\n`schema!` takes the path of a registry, and {}",
                    suggestion(other, NAMES),
                    listed(NAMES)
                );
                return Err(Code::SchemaArguments.at(name.span(), message));
            }
        }
        Ok(())
    }
}

impl ToTokens for Arguments {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { path, uses, .. } = self;
        let runtime = self.runtime.as_ref().map(|path| quote!(, crate = #path));
        tokens.extend(quote!(#path #runtime, uses(#(#uses),*)));
    }
}
