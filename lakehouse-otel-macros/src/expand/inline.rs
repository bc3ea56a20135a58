//! A block, an async block or a closure, in an expression of its own.

use proc_macro2::{Group, Span, TokenStream};
use quote::ToTokens;
use syn::{Path, ReturnType, Signature, Type, parse_quote_spanned};

use super::{Expansion, Gives};
use crate::check::CheckedArgs;
use crate::function::{Body, Function};
use crate::inline::{Closure, Work, marked};

/// What the callsite of such work is called.
const fn name(work: &Work) -> &'static str {
    match work {
        Work::Block(_) => "{{block}}",
        Work::Async { .. } => "{{async_block}}",
        Work::Closure(_) => "{{closure}}",
    }
}

pub(crate) fn expand(work: &Work, path: &Path, args: &CheckedArgs, enabled: bool) -> TokenStream {
    let function = standing_for(work, path);
    let mut expansion = Expansion::new(&function, args);
    name(work).clone_into(&mut expansion.name);
    let deprecated = expansion.deprecated();
    let expanded = match work {
        _ if !enabled => expansion.bare(work),
        Work::Block(block) => expansion.block(block),
        Work::Async { .. } => expansion.async_block(work),
        Work::Closure(closure) => expansion.closure(closure),
    };
    generated!({ #deprecated #expanded })
}

/// The function that the stages know such work as.
fn standing_for(work: &Work, path: &Path) -> Function {
    let at = path.segments.last().map(|last| last.ident.span());
    let span = at.unwrap_or_else(Span::call_site);
    let mut signature: Signature = parse_quote_spanned!(span=> fn work());
    if let Work::Closure(closure) = work {
        signature.output = closure.output.clone();
    }
    Function {
        attributes: Vec::new(),
        visibility: syn::Visibility::Inherited,
        defaultness: None,
        signature,
        body: Body {
            inner_attributes: TokenStream::new(),
            block: Group::new(proc_macro2::Delimiter::Brace, TokenStream::new()),
        },
    }
}

impl Expansion<'_> {
    fn block(&self, block: &Group) -> TokenStream {
        let (private, operation) = (&self.private, &self.operation);
        let callsite = self.callsite();
        let begin = self.begun();
        let observer = self.observer(&Gives::Value(&inferred()));
        // In a `match`, for a lint may call the block's own braces unnecessary.
        let block = marked(block, private, operation);
        generated! {
            #callsite
            #begin
            let #operation = #operation.enter();
            #private::ended(&#operation, match () { () => #block }, #observer)
        }
    }

    /// The operation, begun, and its handle.
    fn begun(&self) -> TokenStream {
        let (private, operation) = (&self.private, &self.operation);
        let name = Self::callsite_name();
        let capture = self.capture();
        let begun = generated!(#private::begin(&#name, #capture));
        if let Some(handle) = &self.args.context {
            generated!(let (#operation, #handle) = #begun.with_handle();)
        } else {
            generated!(let #operation = #begun;)
        }
    }

    fn async_block(&self, work: &Work) -> TokenStream {
        let (private, operation) = (&self.private, &self.operation);
        let callsite = self.callsite();
        let name = Self::callsite_name();
        let capture = self.capture();
        let handle = self.handle();
        let observer = self.observer(&Gives::Value(&inferred()));
        generated! {
            #callsite
            let #operation = #private::prepare(&#name, #capture);
            #handle
            #private::prepared_future(#operation, #work, #observer)
        }
    }

    fn closure(&self, closure: &Closure) -> TokenStream {
        let (private, operation) = (&self.private, &self.operation);
        let callsite = self.callsite();
        let name = Self::callsite_name();
        let capture = self.capture();
        let inferred = inferred();
        let gives = match &closure.output {
            ReturnType::Default => Gives::Value(&inferred),
            output @ ReturnType::Type(..) => Gives::of(output),
        };
        let observer = self.observer(&gives);
        let (head, body, output) = (closure.head(), &closure.body, &closure.output);
        if closure.asyncness.is_some() {
            let handle = self.handle();
            let named = match output {
                ReturnType::Default => None,
                ReturnType::Type(..) => gives
                    .nameable()
                    .map(|ty| generated!(if false { return #private::unreachable::<#ty>(); })),
            };
            return generated! {
                #callsite
                #head {
                    let #operation = #private::prepare(&#name, #capture);
                    #handle
                    #private::prepared_future(#operation, async { #named #body }, #observer).await
                }
            };
        }
        let begin = self.begun();
        generated! {
            #callsite
            #head {
                #begin
                #operation.run(|| #output #body, #observer)
            }
        }
    }

    /// The work as it is, after a check of the arguments that never runs.
    fn bare(&self, work: &Work) -> TokenStream {
        let checks = self.constant_checks();
        let Work::Closure(closure) = work else {
            let check = self.check(&Gives::Never);
            let handle = self.disabled_handle();
            let work = work.to_token_stream();
            return generated!(#checks #check #handle #work);
        };
        let inferred = inferred();
        let check = self.check(&match &closure.output {
            ReturnType::Default => Gives::Value(&inferred),
            output @ ReturnType::Type(..) => Gives::of(output),
        });
        let handle = self.disabled_handle();
        let (head, body) = (closure.head(), &closure.body);
        generated!(#checks #head { #check #handle #body })
    }
}

/// The type that only the compiler knows.
fn inferred() -> Type {
    parse_quote_spanned!(Span::mixed_site()=> _)
}
