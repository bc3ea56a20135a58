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
    if !enabled {
        return expansion.bare(work);
    }
    let deprecated = expansion.deprecated();
    let expanded = match work {
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
        let (flush, begin) = (self.flush_at_end(), self.begun());
        let observer = self.observer(&Gives::Value(&inferred()));
        // In a `match`, for a lint may call the block's own braces unnecessary.
        let block = marked(block, private, operation);
        generated! {
            #callsite
            #flush
            #begin
            let #operation = #operation.enter();
            #private::ended(&#operation, match () { () => #block }, #observer)
        }
    }

    fn async_block(&self, work: &Work) -> TokenStream {
        let (private, operation) = (&self.private, &self.operation);
        let callsite = self.callsite();
        let name = Self::callsite_name();
        let capture = self.capture();
        let handle = self.handle();
        let observer = self.observer(&Gives::Value(&inferred()));
        let future = generated!(#private::prepared_future(#operation, #work, #observer));
        let future = self.flushed(&future, self.tell_deadline().as_ref());
        generated! {
            #callsite
            let #operation = #private::prepare(&#name, #capture);
            #handle
            #future
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
            let future = generated!(#private::prepared_future(#operation, async { #named #body }, #observer));
            let future = self.flushed(&future, self.tell_deadline().as_ref());
            return generated! {
                #callsite
                #head {
                    let #operation = #private::prepare(&#name, #capture);
                    #handle
                    #future.await
                }
            };
        }
        let (flush, begin) = (self.flush_at_end(), self.begun());
        generated! {
            #callsite
            #head {
                #flush
                #begin
                #operation.run(|| #output #body, #observer)
            }
        }
    }

    /// The work as it is, after a check of the arguments that never runs. Where there is nothing to check there
    /// are no braces around it, for a lint may call them unnecessary.
    fn bare(&self, work: &Work) -> TokenStream {
        let mut before = self.deprecated();
        before.extend(self.constant_checks());
        let handle = self.disabled_handle();
        let work = match work {
            Work::Block(_) | Work::Async { .. } => {
                let check = self.check(&Gives::Never);
                before.extend(generated!(#check #handle));
                work.to_token_stream()
            }
            Work::Closure(closure) => {
                let inferred = inferred();
                let check = self.check(&match &closure.output {
                    ReturnType::Default => Gives::Value(&inferred),
                    output @ ReturnType::Type(..) => Gives::of(output),
                });
                let (head, body) = (closure.head(), &closure.body);
                if check.is_none() && handle.is_none() {
                    work.to_token_stream()
                } else {
                    generated!(#head { #check #handle #body })
                }
            }
        };
        if before.is_empty() {
            work
        } else {
            generated!({ #before #work })
        }
    }
}

/// The type that only the compiler knows.
fn inferred() -> Type {
    parse_quote_spanned!(Span::mixed_site()=> _)
}
