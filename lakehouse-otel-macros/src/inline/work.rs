//! The work of `operation!(…)`. Its tokens stay raw: they are the compiler's to parse, not ours.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{BoundLifetimes, Pat, PatType, ReturnType, Token, Type, token};

use super::USAGE;
use crate::diagnostics::Code;
use crate::function::{Parameter, parameters_of};

/// What is traced.
pub(crate) enum Work {
    /// `{ … }`
    Block(Group),
    /// `async { … }`
    Async {
        asyncness: Token![async],
        capture: Option<Token![move]>,
        block: Group,
    },
    /// `|…| …`
    Closure(Closure),
}

/// A closure.
pub(crate) struct Closure {
    pub(crate) lifetimes: Option<BoundLifetimes>,
    pub(crate) asyncness: Option<Token![async]>,
    pub(crate) capture: Option<Token![move]>,
    pub(crate) inputs: Punctuated<Pat, Token![,]>,
    pub(crate) output: ReturnType,
    /// A block, or an expression.
    pub(crate) body: TokenStream,
}

impl Work {
    pub(super) fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(token::Brace) {
            let block = input.parse()?;
            end(input)?;
            return Ok(Self::Block(block));
        }
        let is_async_block = input.peek(Token![async])
            && (input.peek2(token::Brace)
                || (input.peek2(Token![move]) && input.peek3(token::Brace)));
        if is_async_block {
            let work = Self::Async {
                asyncness: input.parse()?,
                capture: input.parse()?,
                block: input.parse()?,
            };
            end(input)?;
            return Ok(work);
        }
        closure(input).map(Self::Closure)
    }

    /// The names that a closure's arguments bind.
    pub(super) fn parameters(&self) -> Vec<Parameter> {
        match self {
            Self::Block(_) | Self::Async { .. } => Vec::new(),
            Self::Closure(closure) => closure
                .inputs
                .iter()
                .flat_map(|input| match input {
                    Pat::Type(PatType { pat, ty, .. }) => parameters_of(pat, Some(ty)),
                    pattern => parameters_of(pattern, None),
                })
                .collect(),
        }
    }
}

fn end(input: ParseStream<'_>) -> syn::Result<()> {
    input.parse::<Option<Token![,]>>()?;
    if input.is_empty() {
        return Ok(());
    }
    let message = format!("nothing may stand here\n{USAGE}");
    Err(Code::InlineForm.at(input.span(), message))
}

fn closure(input: ParseStream<'_>) -> syn::Result<Closure> {
    let at = input.span();
    let lifetimes = input.parse()?;
    let asyncness = input.parse()?;
    let capture = input.parse()?;
    if !input.peek(Token![|]) {
        let message = format!("expected a block, an async block or a closure\n{USAGE}");
        return Err(Code::InlineForm.at(at, message));
    }
    let mut inputs = Punctuated::new();
    if input.parse::<Option<Token![||]>>()?.is_none() {
        input.parse::<Token![|]>()?;
        while !input.peek(Token![|]) {
            inputs.push_value(parameter(input)?);
            if input.peek(Token![|]) {
                break;
            }
            inputs.push_punct(input.parse()?);
        }
        input.parse::<Token![|]>()?;
    }
    let output = if input.peek(Token![->]) {
        ReturnType::Type(input.parse()?, Box::new(input.call(Type::without_plus)?))
    } else {
        ReturnType::Default
    };
    let mut body: Vec<TokenTree> = input.parse::<TokenStream>()?.into_iter().collect();
    if matches!(body.last(), Some(TokenTree::Punct(comma)) if comma.as_char() == ',') {
        body.pop();
    }
    let is_block =
        matches!(&body[..], [TokenTree::Group(group)] if group.delimiter() == Delimiter::Brace);
    if body.is_empty() || (matches!(output, ReturnType::Type(..)) && !is_block) {
        let message = "expected the closure's body; after a return type it is a block";
        return Err(Code::InlineForm.at(input.span(), message));
    }
    Ok(Closure {
        lifetimes,
        asyncness,
        capture,
        inputs,
        output,
        body: body.into_iter().collect(),
    })
}

fn parameter(input: ParseStream<'_>) -> syn::Result<Pat> {
    let attrs = input.call(syn::Attribute::parse_outer)?;
    let pattern = Pat::parse_single(input)?;
    if !input.peek(Token![:]) {
        return Ok(pattern);
    }
    Ok(Pat::Type(PatType {
        attrs,
        pat: Box::new(pattern),
        colon_token: input.parse()?,
        ty: input.parse()?,
    }))
}

impl Closure {
    /// All before the body.
    pub(crate) fn head(&self) -> TokenStream {
        let Self {
            lifetimes,
            asyncness,
            capture,
            inputs,
            output,
            ..
        } = self;
        quote::quote!(#lifetimes #asyncness #capture |#inputs| #output)
    }
}

impl ToTokens for Work {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Block(block) => tokens.append(block.clone()),
            Self::Async {
                asyncness,
                capture,
                block,
            } => {
                asyncness.to_tokens(tokens);
                capture.to_tokens(tokens);
                tokens.append(block.clone());
            }
            Self::Closure(closure) => {
                tokens.extend(closure.head());
                tokens.extend(closure.body.clone());
            }
        }
    }
}
