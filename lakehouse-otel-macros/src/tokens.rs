//! Questions about tokens that are not parsed.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

/// Where the tokens name this variable: as a token, or in the braces of a format string.
pub(crate) fn mention(tokens: TokenStream, name: &str) -> Option<Span> {
    // How many dots stand right before: after one comes a field or method, after two a value.
    let mut dots = 0;
    for token in tokens {
        match &token {
            TokenTree::Ident(ident) if dots != 1 && ident == name => return Some(ident.span()),
            TokenTree::Literal(literal) if captures(&literal.to_string(), name) => {
                return Some(literal.span());
            }
            TokenTree::Group(group) => {
                if let Some(span) = mention(group.stream(), name) {
                    return Some(span);
                }
            }
            _ => {}
        }
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == '.' => dots += 1,
            _ => dots = 0,
        }
    }
    None
}

/// Where a format string among the tokens names this variable.
pub(crate) fn captured(tokens: TokenStream, name: &str) -> Option<Span> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Literal(literal) if captures(&literal.to_string(), name) => Some(literal.span()),
        _ => None,
    })
}

/// Whether a string literal has `{name}` or `{name:` in it.
fn captures(literal: &str, name: &str) -> bool {
    literal.contains('"')
        && literal.split('{').skip(1).any(|rest| {
            let rest = rest.trim_start().strip_prefix(name);
            rest.is_some_and(|rest| rest.trim_start().starts_with(['}', ':', '?']))
        })
}

/// Where a block waits: `.await` of its own, and not of an async block or closure in it.
pub(crate) fn waits(tokens: TokenStream) -> Option<Span> {
    let mut after_dot = false;
    let mut is_async = false;
    for token in tokens {
        match &token {
            TokenTree::Ident(ident) if after_dot && ident == "await" => return Some(ident.span()),
            TokenTree::Ident(ident) if ident == "async" => is_async = true,
            TokenTree::Group(group) => {
                let is_body = group.delimiter() == Delimiter::Brace;
                if !(is_async && is_body)
                    && let Some(span) = waits(group.stream())
                {
                    return Some(span);
                }
                is_async &= !is_body;
            }
            TokenTree::Punct(punct) if matches!(punct.as_char(), ';' | ',') => is_async = false,
            _ => {}
        }
        after_dot = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.');
    }
    None
}

/// Where `.name` stands: a field, a method or `.await`.
pub(crate) fn member(tokens: TokenStream, name: &str) -> Option<Span> {
    let mut after_dot = false;
    for token in tokens {
        match &token {
            TokenTree::Ident(ident) if after_dot && ident == name => return Some(ident.span()),
            TokenTree::Group(group) => {
                if let Some(span) = member(group.stream(), name) {
                    return Some(span);
                }
            }
            _ => {}
        }
        after_dot = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.');
    }
    None
}
