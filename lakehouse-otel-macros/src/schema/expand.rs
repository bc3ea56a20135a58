//! What `schema!` becomes: the module of the schema, with the files that it depends on and its answers to macros.

use std::path::Path;
use std::str::FromStr;

use lakehouse_otel_schema::SourceFile;
use lakehouse_otel_schema::generate::{OwnSchema, RUNTIME, own};
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};

use super::args::Arguments;
use super::files::{self, Loaded};
use super::registry::Registry;
use crate::diagnostics::{Code, Diagnostics};

/// The schema of a registry, which may use those that are known.
pub(super) fn expand(arguments: &Arguments, known: Vec<Registry>) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let Loaded { sources, model } = files::load(&arguments.path, &known, &mut diagnostics);
    // Where there are mistakes the module is there all the same, so that only they are told.
    let OwnSchema { module, table } = match &model {
        Some(model) => own(model),
        None => OwnSchema {
            module: String::new(),
            table: "by_hand".to_owned(),
        },
    };
    let description = model
        .as_ref()
        .map_or("", |model| &model.manifest.description);
    let doc = if description.is_empty() {
        "The schema of this crate: its attributes, enums, metrics and operations."
    } else {
        description
    };
    let module = placed(tokens(&module), arguments);
    let table = tokens(&table);
    let depends = sources.files.iter().map(depends_on);
    let answers = answers(
        &table,
        &Registry::of(&sources, known),
        &arguments.path.value(),
    );
    let errors = diagnostics.into_tokens();
    quote! {
        #errors
        #[doc = #doc]
        #[allow(
            dead_code,
            deprecated,
            unreachable_pub,
            unused_imports,
            clippy::all,
            clippy::pedantic,
            clippy::nursery,
            clippy::restriction,
        )]
        pub mod schema {
            #module
            #(#depends)*
            #answers
        }
    }
}

/// The generator writes Rust, and what it writes is tested.
fn tokens(rust: &str) -> TokenStream {
    TokenStream::from_str(rust).unwrap_or_else(|error| {
        let message = format!("the generated schema is no Rust: {error}");
        Code::SchemaMistake
            .at(Span::call_site(), message)
            .into_compile_error()
    })
}

/// The paths in the places that are held for them.
fn placed(tokens: TokenStream, arguments: &Arguments) -> TokenStream {
    let mut paths = vec![(RUNTIME.to_owned(), arguments.runtime())];
    for (number, path) in arguments.uses.iter().enumerate() {
        paths.push((files::used(number).to_string(), path.to_token_stream()));
    }
    in_place(tokens, &paths)
}

fn in_place(tokens: TokenStream, paths: &[(String, TokenStream)]) -> TokenStream {
    let replaced = |token: TokenTree| match token {
        TokenTree::Ident(ident) => match paths.iter().find(|(name, _)| ident == name) {
            Some((_, path)) => path.clone(),
            None => ident.into_token_stream(),
        },
        TokenTree::Group(group) => {
            let mut new = Group::new(group.delimiter(), in_place(group.stream(), paths));
            new.set_span(group.span());
            new.into_token_stream()
        }
        other => other.into_token_stream(),
    };
    tokens.into_iter().map(replaced).collect()
}

/// Makes the compiler look at the file, so that it compiles the crate again when the file changes.
fn depends_on(file: &SourceFile) -> TokenStream {
    let path = file.path.display().to_string();
    let path = if Path::new(&path).is_absolute() {
        quote!(#path)
    } else {
        quote!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", #path))
    };
    quote!(
        const _: &[::core::primitive::u8] = ::core::include_bytes!(#path);
    )
}

/// The macro that tells others what is in the schema: its table, or its files for a schema that uses it.
fn answers(table: &TokenStream, registry: &Registry, path: &str) -> TokenStream {
    let name = exported_name(path);
    quote! {
        #[doc(hidden)]
        #[macro_export]
        macro_rules! #name {
            ({ $($callback:tt)* } $($state:tt)*) => {
                $($callback)*! { { #table } $($state)* }
            };
            (registry { $($callback:tt)* } $($state:tt)*) => {
                $($callback)*! { { #registry } $($state)* }
            };
        }
        #[doc(hidden)]
        pub use #name as __table;
    }
}

/// Exported macros share one namespace in a crate, and a crate may have several schemas.
fn exported_name(path: &str) -> Ident {
    let plain: String = path
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '_'
            }
        })
        .collect();
    format_ident!("__lakehouse_otel_schema_{plain}")
}
