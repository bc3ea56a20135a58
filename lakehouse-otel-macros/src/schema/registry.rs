//! The form in which a schema hands its registry to those that use it:
//!
//! ```text
//! registry "text-core" { "telemetry/registry.yaml" "file_format: definition/2…" … } uses { registry "…" {…} uses {…} … }
//! ```

use std::path::Path;

use lakehouse_otel_schema::{SourceFile, Sources};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitStr, braced};

/// The files of a registry, and those of the registries that it uses.
pub(super) struct Registry {
    package: String,
    files: Vec<(String, String)>,
    uses: Vec<Self>,
}

impl Registry {
    pub(super) fn of(sources: &Sources, uses: Vec<Self>) -> Self {
        let file = |file: &SourceFile| (file.path.display().to_string(), file.text.clone());
        Self {
            package: sources.package.clone(),
            files: sources.files.iter().map(file).collect(),
            uses,
        }
    }

    /// The files, for the loader. Messages name them with the package that they stand in.
    pub(super) fn sources(&self) -> Sources {
        let package = self.package.split(' ').next().unwrap_or_default();
        let file = |(path, text): &(String, String)| SourceFile {
            path: Path::new(package).join(path),
            text: text.clone(),
        };
        // All that these declare is found where the one is that uses them.
        let uses = self.uses.iter();
        Sources {
            package: self.package.clone(),
            files: self.files.iter().map(file).collect(),
            uses: uses.map(|used| (String::new(), used.sources())).collect(),
            complete: true,
        }
    }
}

impl Parse for Registry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (contents, others);
        let _registry: Ident = input.parse()?;
        let package: LitStr = input.parse()?;
        braced!(contents in input);
        let mut files = Vec::new();
        while !contents.is_empty() {
            let (path, text): (LitStr, LitStr) = (contents.parse()?, contents.parse()?);
            files.push((path.value(), text.value()));
        }
        let _uses: Ident = input.parse()?;
        braced!(others in input);
        let mut uses = Vec::new();
        while !others.is_empty() {
            uses.push(others.parse()?);
        }
        Ok(Self {
            package: package.value(),
            files,
            uses,
        })
    }
}

impl ToTokens for Registry {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self {
            package,
            files,
            uses,
        } = self;
        let files = files.iter().map(|(path, text)| quote!(#path #text));
        tokens.extend(quote!(registry #package { #(#files)* } uses { #(#uses)* }));
    }
}
