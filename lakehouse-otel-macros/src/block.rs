//! `#[trace_operation]` on an `impl` block or an inline module: the same attribute on each public function in it.
//!
//! Bodies stay raw tokens here too.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Generics, LitStr, Signature, Token, Type, Visibility, token};

use crate::args::{self, Arguments, Key};
use crate::check;
use crate::diagnostics::{Code, Diagnostics};
use crate::tables::{MACROS, MacroTable, TRACE_OPERATION};

/// The block or module with its functions annotated, or the function that is to be left alone; `None` for any
/// other item, and for other macros.
pub(crate) fn annotate(
    table: &MacroTable,
    attribute: &TokenStream,
    item: &TokenStream,
) -> Option<TokenStream> {
    if table.macro_name != TRACE_OPERATION.macro_name {
        return None;
    }
    if is_skip(attribute) {
        return Some(item.clone());
    }
    let (head, body) = parts(item)?;
    let kind = Kind::of.parse2(head.clone()).ok()?;
    let arguments = args::parse(attribute.clone(), &mut Diagnostics::default());
    if let Some(error) = refusal(&arguments) {
        let error = error.into_compile_error();
        return Some(quote!(#error #item));
    }
    let runtime = check::runtime(&arguments);
    let macro_name = Ident::new(table.macro_name, Span::call_site());
    let annotation = Annotation {
        path: quote_spanned!(Span::mixed_site()=> #runtime::#macro_name),
        arguments: attribute,
        named: arguments.spans.is_empty(),
    };
    let body = annotation.body(&kind, &body);
    Some(quote!(#head #body))
}

/// The attribute that each function gets.
struct Annotation<'a> {
    path: TokenStream,
    arguments: &'a TokenStream,
    /// Whether the operation is named after its function.
    named: bool,
}

/// Where functions stand.
enum Kind {
    Impl {
        /// The type's name, where it has one.
        name: Option<Ident>,
        of_trait: bool,
    },
    Module,
}

/// `skip`, and nothing beside it.
fn is_skip(arguments: &TokenStream) -> bool {
    let mut tokens = arguments.clone().into_iter();
    matches!(
        (tokens.next(), tokens.next()),
        (Some(TokenTree::Ident(skip)), None) if skip == "skip"
    )
}

/// What would be the same of all functions, and must not be.
fn refusal(arguments: &Arguments) -> Option<syn::Error> {
    let is_name = |key: &&Key| matches!(&*key.name(), "name" | "crypto.operation.name");
    let name = arguments.keys().find(is_name)?;
    let message = "each function of a block has a name of its own, so a block takes no `name`; \
                   annotate the function that is to have this one";
    let is_wrong = arguments.spans.is_empty();
    is_wrong.then(|| Code::NameOfBlock.at(name.span(), message))
}

/// What stands before an item's braces, and they.
fn parts(item: &TokenStream) -> Option<(TokenStream, Group)> {
    let mut tokens: Vec<_> = item.clone().into_iter().collect();
    match tokens.pop() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            Some((tokens.into_iter().collect(), group))
        }
        _ => None,
    }
}

impl Kind {
    /// Of what stands before the braces; an error where functions are not annotated.
    fn of(input: ParseStream<'_>) -> syn::Result<Self> {
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        input.parse::<Option<Token![default]>>()?;
        input.parse::<Option<Token![unsafe]>>()?;
        let kind = if input.peek(Token![mod]) {
            Self::Module
        } else {
            input.parse::<Token![impl]>()?;
            input.parse::<Generics>()?;
            let first = name(&input.parse()?);
            let of_trait = input.parse::<Option<Token![for]>>()?.is_some();
            let name = if of_trait {
                name(&input.parse()?)
            } else {
                first
            };
            Self::Impl { name, of_trait }
        };
        input.parse::<TokenStream>()?;
        Ok(kind)
    }
}

/// The last name of a type's path.
fn name(ty: &Type) -> Option<Ident> {
    match crate::shape::seen(ty) {
        Type::Path(path) => Some(path.path.segments.last()?.ident.clone()),
        Type::Reference(reference) => name(&reference.elem),
        _ => None,
    }
}

impl Annotation<'_> {
    /// The braces with what is in them.
    fn body(&self, kind: &Kind, body: &Group) -> Group {
        let content = |input: ParseStream<'_>| {
            let mut items = TokenStream::new();
            while !input.is_empty() {
                items.extend(self.item(kind, input)?);
            }
            Ok(items)
        };
        let items = content.parse2(body.stream());
        // What does not parse is the compiler's to report.
        let mut group = Group::new(body.delimiter(), items.unwrap_or_else(|_| body.stream()));
        group.set_span(body.span());
        group
    }

    /// The next item.
    fn item(&self, kind: &Kind, input: ParseStream<'_>) -> syn::Result<TokenStream> {
        let ahead = input.fork();
        if let Ok(function) = Member::parse(&ahead) {
            let annotation = function
                .is_for(kind)
                .then(|| self.attribute(kind, &function.name));
            let tokens = between(input, &ahead)?;
            return Ok(quote!(#annotation #tokens));
        }
        // With an attribute of its own, that says what is to be done.
        let attributes = input.fork().call(Attribute::parse_outer)?;
        let item = other_item(input)?;
        if attributes.iter().any(is_annotation) {
            return Ok(item);
        }
        let Some((head, body)) = parts(&item) else {
            return Ok(item);
        };
        Ok(match Kind::of.parse2(head.clone()) {
            // What a trait asks for is annotated where the block itself is.
            Ok(Kind::Impl { of_trait: true, .. }) | Err(_) => item,
            Ok(kind) => {
                let body = self.body(&kind, &body);
                quote!(#head #body)
            }
        })
    }

    fn attribute(&self, kind: &Kind, function: &Ident) -> TokenStream {
        let Self {
            path, arguments, ..
        } = self;
        let name = match kind {
            Kind::Impl {
                name: Some(name), ..
            } if self.named => {
                let name = format!("{}::{}", name.unraw(), function.unraw());
                let name = LitStr::new(&name, Span::call_site());
                Some(quote!(name = #name,))
            }
            _ => None,
        };
        quote!(#[#path(#name #arguments)])
    }
}

/// A function with a body.
struct Member {
    name: Ident,
    is_public: bool,
    /// Whether nothing speaks against it.
    may_be_annotated: bool,
}

impl Member {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility: Visibility = input.parse()?;
        if input.peek(Token![default]) {
            input.parse::<Token![default]>()?;
        }
        let signature: Signature = input.parse()?;
        if !input.peek(token::Brace) {
            return Err(input.error("expected the function's body"));
        }
        input.parse::<TokenTree>()?;
        Ok(Self {
            name: signature.ident,
            is_public: !matches!(visibility, Visibility::Inherited),
            may_be_annotated: signature.constness.is_none()
                && !attributes.iter().any(is_annotation),
        })
    }

    fn is_for(&self, kind: &Kind) -> bool {
        // What a trait asks for is as public as the trait.
        let is_public = self.is_public || matches!(kind, Kind::Impl { of_trait: true, .. });
        is_public && self.may_be_annotated
    }
}

/// Whether this is an attribute of ours, or one that may become one.
fn is_annotation(attribute: &Attribute) -> bool {
    let is_ours = |name: &Ident| MACROS.iter().any(|table| *name == table.macro_name);
    let path = attribute.path();
    if path.is_ident("cfg_attr") {
        let tokens = attribute
            .meta
            .require_list()
            .map(|list| list.tokens.clone());
        let mut tokens = tokens.into_iter().flatten();
        return tokens.any(|token| matches!(&token, TokenTree::Ident(name) if is_ours(name)));
    }
    path.segments
        .last()
        .is_some_and(|last| is_ours(&last.ident))
}

/// The tokens from one place to another.
fn between(from: ParseStream<'_>, to: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while from.cursor() != to.cursor() {
        tokens.extend([from.parse::<TokenTree>()?]);
    }
    Ok(tokens)
}

/// The tokens of an item that is no function: to the semicolon, or to braces after which another item begins.
fn other_item(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let ahead = input.fork();
    let is_inner = input.peek(Token![#]) && input.peek2(Token![!]);
    if is_inner {
        ahead.parse::<Token![#]>()?;
        ahead.parse::<Token![!]>()?;
        ahead.parse::<TokenTree>()?;
        return between(input, &ahead);
    }
    ahead.call(Attribute::parse_outer)?;
    ahead.parse::<Visibility>()?;
    let has_value = ahead.peek(Token![const])
        || ahead.peek(Token![static])
        || ahead.peek(Token![use])
        || ahead.peek(Token![type]);
    while !ahead.is_empty() {
        let token: TokenTree = ahead.parse()?;
        let is_over = match &token {
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Group(group) => {
                let next = ahead.peek(syn::Ident::peek_any) || ahead.peek(Token![#]);
                group.delimiter() == Delimiter::Brace && !has_value && (next || ahead.is_empty())
            }
            _ => false,
        };
        if is_over {
            break;
        }
    }
    between(input, &ahead)
}
