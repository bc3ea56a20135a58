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
    /// Tokens that are no argument, or no value.
    Syntax = 3,
    /// An argument, attribute or name that is given twice.
    Duplicate = 4,
    /// A required argument that is not there.
    MissingArgument = 5,
    /// Inside of `ok(…)` or `err(…)`, what belongs outside.
    OutsideOfObserver = 6,
    /// A name for the operation's handle that is none, or taken.
    HandleName = 7,
    /// A duration that is none.
    Duration = 8,
    /// A share of calls that is none.
    SampleRate = 9,
    /// A `priority` that is none.
    Priority = 10,
    /// Neither `true` nor `false`.
    Truth = 11,
    /// A `crate` that is no path.
    RuntimePath = 12,
    /// `ok(…)` or `err(…)` in another form.
    ObserverForm = 13,
    /// `keep(…)` in another form.
    KeepForm = 14,
    /// A name in `keep(…)` that keeps nothing.
    KeptName = 15,
    /// A former name of an argument: a warning.
    FormerName = 16,

    // Attributes and their values, 20 to 39.
    /// An attribute that the registry does not have.
    UnknownAttribute = 20,
    /// An attribute that the runtime alone sets.
    ReservedAttribute = 21,
    /// A value of a type that the attribute does not take. The compiler reports it of expressions, by the
    /// runtime's `IntoValue`.
    WrongType = 22,
    /// No member of the attribute's set.
    UnknownMember = 23,
    /// A label without a text.
    EmptyLabel = 24,
    /// A label whose value is not known at compile time.
    ComputedLabel = 25,
    /// A value that would have to be awaited.
    Awaits = 26,
    /// A value that is a secret.
    Secret = 27,

    // What carries the attribute, 40 to 59.
    /// An item that is no function.
    NotAFunction = 40,
    /// A method without a body.
    NoBody = 41,
    /// A `const fn`.
    ConstFn = 42,
    /// Work that goes on after the function has returned. The compiler reports it of futures behind a name, by
    /// the runtime's `Timed`.
    Untimed = 43,
    /// `err(…)` on a function that returns no `Result`.
    #[expect(dead_code, reason = "the runtime's `ReturnsResult` reports it")]
    NoResult = 44,

    // Arguments of single macros, `labels`, `links` and `parent`, 100 to 149.
    /// A name in `labels(…)` that no metric of the operation has as a label.
    NoLabel = 100,
    /// Names in `labels(…)` that are not given, that label metrics anyway, or that are there twice.
    Labels = 101,
    /// A stage in `depends_on` that is not known at compile time.
    DependsOn = 102,
    /// A `parent` that is none.
    #[expect(dead_code, reason = "the runtime's `IntoParent` reports it")]
    NoParent = 103,
    /// What an operation cannot be linked to.
    #[expect(dead_code, reason = "the runtime's `IntoLinks` reports it")]
    NoLinks = 104,

    // Invocations and exchanges, 130 to 149.
    /// A `flush` that is no duration.
    FlushBound = 130,
    /// A `deadline` without a flush that it could shorten.
    DeadlineWithoutFlush = 131,
    /// A `response` where there is none yet, or that is no request's.
    ResponseElsewhere = 132,
    /// A `deadline` that is no time.
    #[expect(dead_code, reason = "the runtime's `Until` reports it")]
    NoDeadline = 133,
    /// A `response` that is no answer of an exchange.
    #[expect(dead_code, reason = "the runtime's `ExchangeResponse` reports it")]
    NoResponse = 134,

    // Shapes, streams and blocks, 150 to 199.
    /// A stream of work that runs after it has left the stream.
    UntimedItems = 151,
    /// `stream = …` on a function that returns no stream.
    NoStream = 152,
    /// A value of `stream` that is none.
    StreamSpans = 153,
    /// `+=` where nothing adds up. The compiler reports it of attributes of a schema that is written by hand, by
    /// the runtime's `Amount`.
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
    /// `?` on what leaves a block in a way that is not known.
    #[expect(dead_code, reason = "the runtime's `Tried` reports it")]
    UnknownExit = 164,

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

    // Derives, secrets and labels, 300 to 349.
    /// A derive on an item that it is not for.
    DeriveTarget = 300,
    /// An argument of a derive's helper attribute that it does not take.
    DeriveArgument = 301,
    /// A value that the argument of a derive's helper attribute does not take.
    DeriveValue = 302,
    /// Two variants with one value.
    SameValue = 303,
    /// A class that is the source's, where there is no source.
    NoSource = 304,
    /// A source without a class.
    #[expect(dead_code, reason = "the runtime's `ErrorClass` reports it")]
    NoErrorClass = 305,
    /// A value of a type that holds a secret.
    #[expect(dead_code, reason = "the runtime's `Takes` reports it")]
    SecretType = 306,
    /// Labels with too many combinations: a warning.
    ManySeries = 307,
    /// A size that is none.
    Size = 308,
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

    /// The error, with this code where it has none.
    pub(crate) fn unless_coded(self, error: syn::Error) -> syn::Error {
        if error.to_string().starts_with("[LO") {
            return error;
        }
        self.at(error.span(), error)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LO{:04}", *self as u16)
    }
}
