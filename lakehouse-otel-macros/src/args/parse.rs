//! Parses arguments one by one; a wrong one is reported and skipped, so that the next are seen too.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Expr, Ident, Pat, Token, Type, token};

use super::{Arguments, Assignment, Keep, Key, Observer, SpanName};
use crate::diagnostics::{Code, Diagnostics};
use crate::function::bindings;

/// Never fails: what could not be read is in the diagnostics.
pub(crate) fn parse(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Arguments {
    let mut arguments = Arguments::default();
    let parsed = (|input: ParseStream<'_>| {
        each(input, diagnostics, |input, diagnostics| {
            if is_called(input, "keep") {
                arguments.keeps.push(keep(input, diagnostics)?);
            } else if is_called(input, "labels") {
                arguments.labels.push(keep(input, diagnostics)?);
            } else if is_word(input, "span") {
                arguments.spans.push(span_name(input, diagnostics)?);
            } else if input.peek(Ident::peek_any) && input.peek2(token::Paren) {
                arguments.observers.push(observer(input, diagnostics)?);
            } else {
                arguments.assignments.push(assignment(input, diagnostics)?);
            }
            Ok(())
        });
        Ok(())
    })
    .parse2(tokens);
    if let Err(error) = parsed {
        diagnostics.add(error);
    }
    arguments
}

/// Reads items between commas until the input ends, whatever is wrong with some.
fn each(
    input: ParseStream<'_>,
    diagnostics: &mut Diagnostics,
    mut item: impl FnMut(ParseStream<'_>, &mut Diagnostics) -> syn::Result<()>,
) {
    while !input.is_empty() {
        let read = item(input, diagnostics);
        if let Err(error) = read {
            diagnostics.add(error);
        } else if !input.is_empty() && !input.peek(Token![,]) {
            diagnostics.add(input.error("expected a comma between two arguments"));
        }
        while !input.is_empty() && !input.peek(Token![,]) {
            let _: syn::Result<TokenTree> = input.parse();
        }
        let _: syn::Result<Option<Token![,]>> = input.parse();
    }
}

fn assignment(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Assignment> {
    let key = key(input)?;
    if input.is_empty() || input.peek(Token![,]) {
        let name = key.name();
        let (code, usage) = match name.as_str() {
            "keep" | "labels" => (
                list_code(&name),
                format!("the names of attributes: `{name}(symbol, …)`"),
            ),
            _ => (Code::Syntax, format!("a value: `{name} = …`")),
        };
        diagnostics.add(code.at(key.span(), format_args!("`{name}` needs {usage}")));
        return Ok(Assignment::without_value(key));
    }
    let adds = input.parse::<Option<Token![+=]>>()?;
    if adds.is_none() && (!input.peek(Token![=]) || input.peek(Token![==])) {
        // The key counts as given, or it would be missed too.
        diagnostics.add(input.error(format!("expected `=` and a value for `{}`", key.name())));
        skip(input);
        return Ok(Assignment::without_value(key));
    }
    if adds.is_none() {
        input.parse::<Token![=]>()?;
    }
    let ahead = input.fork();
    let value = match input.parse::<Expr>() {
        Ok(value) => Some(value),
        Err(error) => {
            match last(&ahead) {
                // An error at the end of the attribute would underline all of it.
                Some(token) if input.is_empty() => {
                    let message = format!("unfinished value of `{}`", key.name());
                    diagnostics.add(Code::Syntax.at(token.span(), message));
                }
                _ => diagnostics.add(error),
            }
            skip(input);
            None
        }
    };
    let adds = adds.map(|adds| adds.span());
    Ok(Assignment { key, adds, value })
}

impl Assignment {
    fn without_value(key: Key) -> Self {
        Self {
            key,
            adds: None,
            value: None,
        }
    }
}

/// The last token before the next comma.
fn last(input: ParseStream<'_>) -> Option<TokenTree> {
    let mut last = None;
    while !input.is_empty() && !input.peek(Token![,]) {
        last = input.parse().ok();
    }
    last
}

/// To the next comma: the error before it is reported already.
fn skip(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        let _: syn::Result<TokenTree> = input.parse();
    }
}

fn key(input: ParseStream<'_>) -> syn::Result<Key> {
    if !input.peek(Ident::peek_any) {
        return Err(input.error("expected an argument: `name = value`"));
    }
    let mut parts = vec![input.call(Ident::parse_any)?];
    while input.peek(Token![.]) {
        input.parse::<Token![.]>()?;
        if !input.peek(Ident::peek_any) {
            return Err(input.error("expected the next part of the attribute's name"));
        }
        parts.push(input.call(Ident::parse_any)?);
    }
    Ok(Key { parts })
}

fn observer(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Observer> {
    let name = input.call(Ident::parse_any)?;
    let content;
    syn::parenthesized!(content in input);
    let usage = match name.to_string().as_str() {
        "ok" => "`ok(|value| name = value.len(), …)`",
        "err" => "`err(|error| name = error.code(), …)`",
        _ => {
            // Unknown, which `check` says.
            content.parse::<TokenStream>()?;
            return Ok(Observer {
                name,
                pattern: TokenStream::new(),
                bindings: Vec::new(),
                assignments: Vec::new(),
            });
        }
    };
    let mut assignments = Vec::new();
    let (pattern, bindings) = match content.call(parameter) {
        Ok(parameter) => {
            each(&content, diagnostics, |input, diagnostics| {
                for list in ["keep", "labels"] {
                    if is_called(input, list) {
                        let message = format!("`{list}(…)` stands outside of `{name}(…)`");
                        return Err(Code::OutsideOfObserver.at(input.span(), message));
                    }
                }
                assignments.push(assignment(input, diagnostics)?);
                Ok(())
            });
            parameter
        }
        Err(error) => {
            diagnostics.add(Code::ObserverForm.at(error.span(), format_args!("expected {usage}")));
            content.parse::<TokenStream>()?;
            (TokenStream::new(), Vec::new())
        }
    };
    Ok(Observer {
        name,
        pattern,
        bindings,
        assignments,
    })
}

/// Whether this is `name(…)`.
fn is_called(input: ParseStream<'_>, name: &str) -> bool {
    let ahead = input.fork();
    let called = ahead.call(Ident::parse_any);
    called.is_ok_and(|called| called == name) && ahead.peek(token::Paren)
}

/// Whether this is `name = …`, or `name` alone.
fn is_word(input: ParseStream<'_>, name: &str) -> bool {
    let ahead = input.fork();
    let word = ahead.call(Ident::parse_any);
    word.is_ok_and(|word| word == name)
        && (ahead.is_empty() || ahead.peek(Token![,]) || ahead.peek(Token![=]))
}

/// The name of a span, whose parts may be keywords of Rust.
fn span_name(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<SpanName> {
    let name = input.call(Ident::parse_any)?;
    input.parse::<Option<Token![=]>>()?;
    let ahead = input.fork();
    if let Ok(span) = key(&ahead)
        && (ahead.is_empty() || ahead.peek(Token![,]))
    {
        let span = Some(key(input).unwrap_or(span));
        return Ok(SpanName { name, span });
    }
    let written = last(&input.fork());
    let at = written.map_or_else(|| name.span(), |token| token.span());
    let message = "`span` takes the name of a span of your schema, without quotes: `span = text_analysis.embedding`";
    diagnostics.add(Code::SpanName.at(at, message));
    skip(input);
    Ok(SpanName { name, span: None })
}

fn keep(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Keep> {
    let name = input.call(Ident::parse_any)?;
    let content;
    syn::parenthesized!(content in input);
    let mut keys = Vec::new();
    if content.is_empty() {
        let message = format!("`{name}(…)` needs the names of attributes: `{name}(symbol, …)`");
        diagnostics.add(list_code(&name).at(name.span(), message));
    }
    each(&content, diagnostics, |input, _| {
        keys.push(kept(input, &name)?);
        Ok(())
    });
    Ok(Keep { name, keys })
}

/// Of what is wrong with the form of `keep(…)` or `labels(…)`.
fn list_code(list: &impl PartialEq<str>) -> Code {
    if *list == *"labels" {
        Code::Labels
    } else {
        Code::KeepForm
    }
}

/// The name of an attribute, and nothing after it.
fn kept(input: ParseStream<'_>, list: &Ident) -> syn::Result<Key> {
    if !input.peek(Ident::peek_any) {
        let message = format!(
            "`{list}(…)` takes the names of attributes that are given beside it: `symbol = …, {list}(symbol)`"
        );
        return Err(list_code(list).at(input.span(), message));
    }
    let key = key(input)?;
    if input.peek(Token![=]) {
        let name = key.name();
        let message = format!(
            "`{list}(…)` takes names alone; give the attribute beside it: `{name} = …, {list}({name})`"
        );
        return Err(list_code(list).at(key.span(), message));
    }
    if !input.is_empty() && !input.peek(Token![,]) {
        let message =
            format!("`{list}(…)` takes names, with commas between them: `{list}(symbol, limit)`");
        return Err(list_code(list).at(input.span(), message));
    }
    Ok(key)
}

/// `|pattern|` or `|pattern: Type|`, and the names that it binds.
fn parameter(input: ParseStream<'_>) -> syn::Result<(TokenStream, Vec<Ident>)> {
    input.parse::<Token![|]>()?;
    let pattern = Pat::parse_single(input)?;
    let annotation = if input.peek(Token![:]) {
        let colon: Token![:] = input.parse()?;
        let ty: Type = input.parse()?;
        quote!(#colon #ty)
    } else {
        TokenStream::new()
    };
    input.parse::<Token![|]>()?;
    Ok((quote!(#pattern #annotation), bindings(&pattern)))
}
