//! The codes of the rules that the macros enforce. They are stable: a rule keeps its code, and the code of a
//! rule that is gone is not given again. `docs/diagnostics.md` has a section for each.

use std::fmt;

use proc_macro2::Span;
use quote::ToTokens;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal,)+) => {
        /// A rule that the macros enforce.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Code {
            $($(#[$doc])* $name = $number,)+
        }
    };
}

codes! {
    // Arguments, 1 to 99.
    /// A name that the macro does not take.
    UnknownArgument = 1,
    /// A `kind` that is no span kind.
    SpanKind = 2,
    // Shapes, streams and blocks, 150 to 199.
    /// A function whose work runs after it has returned, in a form that cannot be followed.
    UntimedWork = 150,
    /// A stream of work that runs after it has left the stream.
    UntimedItems = 151,
    /// `stream = …` on a function that returns no stream.
    NoStream = 152,
    /// A value of `stream` that is none.
    StreamSpans = 153,
    /// `+=` where nothing adds up.
    NothingAddsUp = 154,
    /// An amount that would be that of a stream's last item.
    AmountOfLastItem = 155,
    /// `operation!(…)` without a macro's arguments, or without a block or closure.
    InlineForm = 160,
    /// A name in `operation!(…)` that is none of the macros.
    UnknownMacro = 161,
    /// A block that waits.
    WaitingBlock = 162,
    /// `context` in an async block that borrows what it names.
    BorrowedContext = 163,
}

impl Code {
    /// An error at this place.
    pub(crate) fn at(self, span: Span, message: impl fmt::Display) -> syn::Error {
        syn::Error::new(span, format_args!("[{self}] {message}"))
    }

    /// An error at these tokens.
    pub(crate) fn on(self, tokens: impl ToTokens, message: impl fmt::Display) -> syn::Error {
        syn::Error::new_spanned(tokens, format_args!("[{self}] {message}"))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LO{:04}", *self as u16)
    }
}
