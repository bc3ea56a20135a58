//! The annotated function. Its body stays raw tokens: it is the compiler's to parse, not ours.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, FnArg, Ident, Pat, Signature, Token, Type, Visibility};

use crate::diagnostics::Code;

/// A function with a body.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) defaultness: Option<Token![default]>,
    pub(crate) signature: Signature,
    pub(crate) body: Body,
}

/// What stands between the function's braces.
pub(crate) struct Body {
    /// `#![…]`: they stay at the head of the function.
    pub(crate) inner_attributes: TokenStream,
    /// The braces and the statements, as they were written where that is possible.
    pub(crate) block: Group,
}

/// A name that a function's arguments bind, and what its type says.
pub(crate) struct Parameter {
    pub(crate) name: Ident,
    /// The name of the type in it that holds a secret.
    pub(crate) secret: Option<String>,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let defaultness = match () {
            () if input.peek(Token![default]) => Some(input.parse()?),
            () => None,
        };
        if let Some(refusal) = refusal(input) {
            return Err(refusal);
        }
        let signature: Signature = input.parse()?;
        if input.peek(Token![;]) {
            return Err(Code::NoBody.at(
                signature.ident.span(),
                "this method has no body, so there is nothing to trace here; annotate the methods of the `impl` blocks, or a default body",
            ));
        }
        if let Some(constness) = signature.constness {
            return Err(Code::ConstFn.at(
                constness.span,
                "a `const fn` may run while the program is compiled, where there is no telemetry; remove `const`, or annotate the function that calls it",
            ));
        }
        let body = Body::new(input.parse()?)?;
        Ok(Self {
            attributes,
            visibility,
            defaultness,
            signature,
            body,
        })
    }
}

/// Our own error where the item is no function.
fn refusal(input: ParseStream<'_>) -> Option<syn::Error> {
    let ahead = input.fork();
    let mut keyword: Ident = ahead.call(Ident::parse_any).ok()?;
    if keyword == "unsafe" && (ahead.peek(Token![impl]) || ahead.peek(Token![trait])) {
        keyword = ahead.call(Ident::parse_any).ok()?;
    }
    let advice = match keyword.to_string().as_str() {
        "impl" => "an `impl` block; annotate its methods instead",
        "trait" => {
            "a trait; annotate the methods of its `impl` blocks, or its default bodies, instead"
        }
        "struct" => "a struct; annotate the functions that do its work instead",
        "enum" => "an enum; annotate the functions that do its work instead",
        "union" if ahead.peek(Ident) => "a union; annotate the functions that do its work instead",
        "mod" => "a module; annotate the functions in it instead",
        "type" => "a type alias; annotate the functions that work with it instead",
        "static" => "a static; annotate the function that makes its value instead",
        "const" if ahead.peek(Ident) || ahead.peek(Token![_]) => {
            "a constant; annotate a function instead"
        }
        "use" => "an import; annotate the function where it is defined instead",
        "extern" if ahead.peek(Token![crate]) || !is_extern_fn(&ahead) => {
            "an external item; annotate the function that calls it instead"
        }
        "macro_rules" => "a macro; put the attribute on the function that it expands to instead",
        _ => return None,
    };
    let message = format!("this attribute goes on a function, and this is {advice}");
    Some(Code::NotAFunction.at(keyword.span(), message))
}

fn is_extern_fn(after_extern: ParseStream<'_>) -> bool {
    after_extern.peek(Token![fn]) || after_extern.peek2(Token![fn])
}

impl Body {
    fn new(token: TokenTree) -> syn::Result<Self> {
        let group = match token {
            TokenTree::Group(group) => unwrapped(group),
            other => {
                return Err(Code::NotAFunction.at(other.span(), "expected the function's body"));
            }
        };
        let mut inner_attributes = TokenStream::new();
        let mut tokens = group.stream().into_iter().peekable();
        loop {
            // `#` `!` `[…]`
            let mut ahead = tokens.clone();
            let attribute: Vec<_> = ahead.by_ref().take(3).collect();
            match &attribute[..] {
                [
                    TokenTree::Punct(hash),
                    TokenTree::Punct(bang),
                    TokenTree::Group(_),
                ] if hash.as_char() == '#' && bang.as_char() == '!' => {
                    inner_attributes.extend(attribute);
                    tokens = ahead;
                }
                _ => break,
            }
        }
        if inner_attributes.is_empty() {
            return Ok(Self {
                inner_attributes,
                block: group,
            });
        }
        let mut block = Group::new(Delimiter::Brace, tokens.collect());
        block.set_span(group.span());
        Ok(Self {
            inner_attributes,
            block,
        })
    }

    /// Where the braces and all between them stand.
    pub(crate) fn span(&self) -> Span {
        self.block.span()
    }
}

/// A block that `macro_rules` captured stands inside an invisible group.
fn unwrapped(group: Group) -> Group {
    if group.delimiter() == Delimiter::None {
        let mut tokens = group.stream().into_iter();
        if let (Some(TokenTree::Group(inner)), None) = (tokens.next(), tokens.next()) {
            return unwrapped(inner);
        }
    }
    group
}

/// The names that the function's arguments bind.
pub(crate) fn parameters(signature: &Signature) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    for input in &signature.inputs {
        if let FnArg::Typed(argument) = input {
            let secret = secret_type(&argument.ty);
            for name in bindings(&argument.pat) {
                parameters.push(Parameter {
                    name,
                    secret: secret.clone(),
                });
            }
        }
    }
    parameters
}

/// The names that a pattern binds.
pub(crate) fn bindings(pattern: &Pat) -> Vec<Ident> {
    struct Bindings(Vec<Ident>);

    impl<'ast> Visit<'ast> for Bindings {
        fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
            // In a pattern that cannot fail, a name in upper case is a unit struct.
            let name = pattern.ident.unraw().to_string();
            if !name.starts_with(char::is_uppercase) {
                self.0.push(pattern.ident.clone());
            }
            visit::visit_pat_ident(self, pattern);
        }
    }

    let mut bindings = Bindings(Vec::new());
    bindings.visit_pat(pattern);
    bindings.0
}

/// Types whose values never belong in telemetry.
const SECRETS: &[&str] = &[
    "AccessToken",
    "ApiKey",
    "ApiSecret",
    "BearerToken",
    "Credentials",
    "Passphrase",
    "Password",
    "PrivateKey",
    "RefreshToken",
    "Secret",
    "SecretBox",
    "SecretBytes",
    "SecretKey",
    "SecretSlice",
    "SecretString",
    "SecretVec",
    "SigningKey",
    "Zeroizing",
];

fn secret_type(ty: &Type) -> Option<String> {
    struct Secrets(Option<String>);

    impl<'ast> Visit<'ast> for Secrets {
        fn visit_path(&mut self, path: &'ast syn::Path) {
            if let Some(last) = path.segments.last() {
                let name = last.ident.to_string();
                if SECRETS.contains(&name.as_str()) {
                    self.0.get_or_insert(name);
                }
            }
            visit::visit_path(self, path);
        }
    }

    let mut secrets = Secrets(None);
    secrets.visit_type(ty);
    secrets.0
}

impl Function {
    /// Where the return type stands, or the function's name where there is none.
    pub(crate) fn output_span(&self) -> Span {
        match &self.signature.output {
            syn::ReturnType::Default => self.signature.ident.span(),
            syn::ReturnType::Type(_, ty) => ty.span(),
        }
    }
}
