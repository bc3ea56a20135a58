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

    // Schemas, 200 to 249.
    /// An argument of `schema!` that it does not take, or its path is missing.
    SchemaArguments = 200,
    /// A file or folder of a registry that cannot be read.
    SchemaUnreadable = 201,
    /// A mistake in a registry's file.
    SchemaMistake = 202,

    // Schemas of the user's own, in the macros: 250 to 299.
    /// A `span` that is no name.
    SpanName = 250,
    /// A `span` that the schema has not.
    UnknownSpan = 251,
    /// An attribute that the schema has not.
    UnknownOwnAttribute = 252,
    /// A `schema` that is no path.
    SchemaPath = 253,
    /// A table of a schema that these macros cannot read.
    SchemaTable = 254,
    /// A `name` on a block, whose functions would all have it.
    NameOfBlock = 255,
    /// A `name` beside a `span`.
    NameOfSpan = 256,
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
