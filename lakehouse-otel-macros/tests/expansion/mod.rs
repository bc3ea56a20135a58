//! What the attributes expand to: `cases/<case>.rs` beside `cases/<case>.expanded.rs` and, with
//! telemetry compiled out, `cases/<case>.disabled.rs`. `cases/<case>.table` is the table of
//! the case's own schema, which is written by hand otherwise.
//!
//! `BLESS=1 cargo test -p lakehouse-otel-macros` renews them.

mod half_typed;

use std::path::{Path, PathBuf};
use std::{env, fs};

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Expr, ImplItem, Item, ItemFn, ItemImpl, Meta, TraitItem};

use crate::annotate::{annotate, with_table};
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
            let table = fs::read_to_string(case.with_extension("table"));
            let table = table.unwrap_or_else(|_| "by_hand".to_owned());
            let expanded = expanded(&source, &table, enabled);
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
            !stem.contains('.') && path.extension().is_some_and(|extension| extension == "rs")
        })
        .collect();
    cases.sort();
    cases
}

/// The file with its attributes expanded, formatted.
fn expanded(source: &str, table: &str, enabled: bool) -> String {
    let file = syn::parse_file(source).expect("a case parses");
    let table: TokenStream = table.parse().expect("a table has tokens");
    let expander = Expander { table, enabled };
    let items: TokenStream = file
        .items
        .into_iter()
        .map(|item| expander.item(item))
        .collect();
    prettyplease::unparse(&syn::parse2(items).expect("an expansion parses"))
}

struct Expander {
    table: TokenStream,
    enabled: bool,
}

impl Expander {
    fn item(&self, mut item: Item) -> TokenStream {
        match &mut item {
            Item::Fn(ItemFn { attrs, .. }) | Item::Impl(ItemImpl { attrs, .. }) => {
                if let Some((macro_table, arguments)) = attribute(attrs) {
                    let tokens = self.annotated(macro_table, arguments, item.to_token_stream());
                    // What is stacked, or stands in a block, expands next.
                    let item = syn::parse2(tokens.clone());
                    return self.item(item.unwrap_or_else(|error| panic!("{error}: {tokens}")));
                }
            }
            _ => {}
        }
        match item {
            Item::Fn(mut function) => {
                let enabled = self.enabled;
                Inline { enabled }.visit_block_mut(&mut function.block);
                function.into_token_stream()
            }
            Item::Impl(mut block) => {
                for item in &mut block.items {
                    if let ImplItem::Fn(method) = item
                        && let Some((table, arguments)) = attribute(&mut method.attrs)
                    {
                        let tokens = self.annotated(table, arguments, method.to_token_stream());
                        *item = ImplItem::Verbatim(tokens);
                    }
                }
                block.into_token_stream()
            }
            Item::Trait(mut block) => {
                for item in &mut block.items {
                    if let TraitItem::Fn(method) = item
                        && let Some((table, arguments)) = attribute(&mut method.attrs)
                    {
                        let tokens = self.annotated(table, arguments, method.to_token_stream());
                        *item = TraitItem::Verbatim(tokens);
                    }
                }
                block.into_token_stream()
            }
            other => other.into_token_stream(),
        }
    }

    /// What the attribute expands to, by way of the own schema's table where that is asked for.
    fn annotated(
        &self,
        table: &'static MacroTable,
        arguments: TokenStream,
        item: TokenStream,
    ) -> TokenStream {
        let tokens = annotate(table, arguments, item, self.enabled);
        let Ok(Item::Macro(call)) = syn::parse2::<Item>(tokens.clone()) else {
            return tokens;
        };
        let mut state = call.mac.tokens.into_iter();
        state.next().expect("the callback");
        let (state, table): (TokenStream, _) = (state.collect(), &self.table);
        with_table(quote!({ #table } #state), self.enabled)
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
            let tokens = inline::annotate(&call.mac.tokens, self.enabled);
            *expression = syn::parse2(tokens).expect("an expansion parses");
        }
    }
}

/// Takes the first of our attributes.
fn attribute(attributes: &mut Vec<Attribute>) -> Option<(&'static MacroTable, TokenStream)> {
    let table = |attribute: &Attribute| {
        let last = attribute.path().segments.last()?;
        let mut tables = MACROS.iter().copied();
        tables.find(|table| last.ident == table.macro_name)
    };
    let index = attributes
        .iter()
        .position(|attribute| table(attribute).is_some())?;
    let attribute = attributes.remove(index);
    let table = table(&attribute)?;
    let arguments = match attribute.meta {
        Meta::List(list) => list.tokens,
        _ => TokenStream::new(),
    };
    Some((table, arguments))
}
