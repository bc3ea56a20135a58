//! What the attributes expand to: `cases/<case>.rs` beside `cases/<case>.expanded.rs` and, with
//! telemetry compiled out, `cases/<case>.disabled.rs`.
//!
//! `BLESS=1 cargo test -p lakehouse-otel-macros` renews them.

mod half_typed;

use std::path::{Path, PathBuf};
use std::{env, fs};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Expr, ImplItem, Item, ItemFn, Meta, TraitItem};

use crate::annotate::annotate;
use crate::inline;
use crate::tables::{MACROS, MacroTable};

#[test]
fn snapshots() {
    let mut stale = Vec::new();
    let cases = cases();
    assert!(!cases.is_empty(), "no cases");
    for case in cases {
        let source = fs::read_to_string(&case).expect("a case is readable");
        for (extension, enabled) in [("expanded.rs", true), ("disabled.rs", false)] {
            let expanded = expanded(&source, enabled);
            let snapshot = case.with_extension(extension);
            if env::var_os("BLESS").is_some() {
                fs::write(&snapshot, expanded).expect("a snapshot is writable");
            } else if fs::read_to_string(&snapshot).ok().as_ref() != Some(&expanded) {
                stale.push(format!("{}, now:\n{expanded}", snapshot.display()));
            }
        }
    }
    assert!(
        stale.is_empty(),
        "expansions differ from their snapshots; look at the difference after `BLESS=1 cargo test -p lakehouse-otel-macros`\n{}",
        stale.join("\n")
    );
}

/// Every macro has a snapshot.
#[test]
fn all_macros() {
    let sources: Vec<_> = cases()
        .iter()
        .map(|case| fs::read_to_string(case).unwrap_or_default())
        .collect();
    for table in MACROS {
        let attribute = format!("#[{}(", table.macro_name);
        assert!(
            sources.iter().any(|source| source.contains(&attribute)),
            "no case for {attribute}"
        );
    }
}

/// Every macro's documentation has its arguments and what it emits, as the registry has them.
#[test]
fn all_macros_are_documented() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = fs::read_to_string(folder.join("src/lib.rs")).unwrap_or_default();
    for table in MACROS {
        let page = format!("#[doc = include_str!(\"docs/{}.md\")]", table.macro_name);
        assert!(
            source.contains(&page),
            "`#[{}]` has no {page}",
            table.macro_name
        );
    }
}

/// An async function with five attributes costs no more than this in tokens, its own not counted.
#[test]
fn size() {
    const LIMIT: usize = 1_500;
    let source =
        fs::read_to_string(folder().join("five_attributes.rs")).expect("the case is there");
    let mut file = syn::parse_file(&source).expect("the case parses");
    let Some(Item::Fn(function)) = file.items.first_mut() else {
        panic!("the case is a function");
    };
    let (table, arguments) = attribute(&mut function.attrs).expect("it is annotated");
    let written = function.to_token_stream();
    let expanded = annotate(table, arguments, written.clone(), true);
    let added = expanded.to_string().len() - written.to_string().len();
    assert!(
        added <= LIMIT,
        "the expansion adds {added} bytes of tokens, more than {LIMIT}:\n{expanded}"
    );
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expansion/cases")
}

fn cases() -> Vec<PathBuf> {
    let files = fs::read_dir(folder()).expect("the folder of cases is readable");
    let mut cases: Vec<_> = files
        .map(|file| file.expect("the folder of cases is readable").path())
        .filter(|path| {
            let stem = path
                .file_stem()
                .and_then(|stem| stem.to_str())
                .unwrap_or_default();
            !stem.contains('.')
        })
        .collect();
    cases.sort();
    cases
}

/// The file with its attributes expanded, formatted.
fn expanded(source: &str, enabled: bool) -> String {
    let file = syn::parse_file(source).expect("a case parses");
    let items: TokenStream = file
        .items
        .into_iter()
        .map(|item| expanded_item(item, enabled))
        .collect();
    prettyplease::unparse(&syn::parse2(items).expect("an expansion parses"))
}

fn expanded_item(item: Item, enabled: bool) -> TokenStream {
    match item {
        Item::Fn(ItemFn {
            mut attrs,
            vis,
            modifiers,
            sig,
            block,
        }) => {
            let Some((table, arguments)) = attribute(&mut attrs) else {
                let mut block = block;
                Inline { enabled }.visit_block_mut(&mut block);
                return ItemFn {
                    attrs,
                    vis,
                    modifiers,
                    sig,
                    block,
                }
                .into_token_stream();
            };
            let function = ItemFn {
                attrs,
                vis,
                modifiers,
                sig,
                block,
            };
            let tokens = annotate(table, arguments, function.into_token_stream(), enabled);
            // What is stacked expands next.
            expanded_item(syn::parse2(tokens).expect("an expansion parses"), enabled)
        }
        Item::Impl(mut block) => {
            for item in &mut block.items {
                if let ImplItem::Fn(method) = item
                    && let Some((table, arguments)) = attribute(&mut method.attrs)
                {
                    *item = ImplItem::Verbatim(annotate(
                        table,
                        arguments,
                        method.to_token_stream(),
                        enabled,
                    ));
                }
            }
            block.into_token_stream()
        }
        Item::Trait(mut block) => {
            for item in &mut block.items {
                if let TraitItem::Fn(method) = item
                    && let Some((table, arguments)) = attribute(&mut method.attrs)
                {
                    *item = TraitItem::Verbatim(annotate(
                        table,
                        arguments,
                        method.to_token_stream(),
                        enabled,
                    ));
                }
            }
            block.into_token_stream()
        }
        other => other.into_token_stream(),
    }
}

/// Expands `operation!(…)`.
struct Inline {
    enabled: bool,
}

impl VisitMut for Inline {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        visit_mut::visit_expr_mut(self, expression);
        if let Expr::Macro(call) = expression
            && call.mac.path.is_ident("operation")
        {
            let tokens = inline::annotate(call.mac.tokens.clone(), self.enabled);
            *expression = syn::parse2(tokens).expect("an expansion parses");
        }
    }
}

/// Takes the first of our attributes.
fn attribute(attributes: &mut Vec<Attribute>) -> Option<(&'static MacroTable, TokenStream)> {
    let table = |attribute: &Attribute| {
        MACROS
            .iter()
            .copied()
            .find(|table| attribute.path().is_ident(table.macro_name))
    };
    let index = attributes
        .iter()
        .position(|attribute| table(attribute).is_some())?;
    let attribute = attributes.remove(index);
    let table = table(&attribute)?;
    let Meta::List(list) = attribute.meta else {
        return None;
    };
    Some((table, list.tokens))
}
