//! What an error tells of itself.

use std::any::type_name;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::{self, Write as _};
use std::sync::{PoisonError, RwLock};

use opentelemetry::KeyValue;

use crate::schema::{ErrorRecovery, ErrorSeverity};

mod classes;

/// How many errors of a source chain are recorded.
const CHAIN_LIMIT: usize = 16;

/// How an error type wants to be classified in telemetry.
///
/// [`derive(ErrorClass)`](macro@crate::ErrorClass) implements it. `std::io::Error` has it, boxes of errors that have it,
/// and behind the features `reqwest`, `object_store` and `tokio` the errors of those. Behind a box of any error, or a
/// report such as anyhow's, the errors of libraries are found; every other error there is of the class `_OTHER`.
///
/// Implement it for an error that reaches an annotated function, and its spans and metrics carry
/// the classes that you alert on, in place of the type's name:
///
/// ```
/// use std::borrow::Cow;
/// use lakehouse_otel::operation::ErrorClass;
/// use lakehouse_otel::schema::{ErrorRecovery, ErrorSeverity};
///
/// #[derive(Debug, thiserror::Error)]
/// enum ApiError {
///     #[error("the exchange answered {0}")]
///     Status(u16),
///     #[error("the answer is no JSON")]
///     Malformed,
/// }
///
/// impl ErrorClass for ApiError {
///     fn error_type(&self) -> Cow<'static, str> {
///         match self {
///             Self::Status(status) => status.to_string().into(),
///             Self::Malformed => "malformed_answer".into(),
///         }
///     }
///
///     fn severity(&self) -> Option<ErrorSeverity> {
///         None
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "[LO0305] the error `{Self}` has no class",
    label = "this error has no class",
    note = "derive it (`#[derive(ErrorClass)]`), or say the class here: `#[error_class(type = \"…\")]`"
)]
pub trait ErrorClass: Error {
    /// The value of `error.type`: one of few, never a message.
    fn error_type(&self) -> Cow<'static, str>;

    /// The value of `crypto.error.severity`.
    fn severity(&self) -> Option<ErrorSeverity> {
        None
    }

    /// The value of `crypto.error.recovery`: what helps.
    fn recovery(&self) -> Option<ErrorRecovery> {
        None
    }

    /// The backtrace that the error captured, recorded as `exception.stacktrace`.
    fn backtrace(&self) -> Option<&Backtrace> {
        None
    }
}

/// An error that an operation ended with. It refers to it: what it tells is asked for when it is of use.
#[derive(Clone, Copy)]
pub struct Failure<'a>(Source<'a>);

/// Where an error is, and what is known of its type.
#[derive(Clone, Copy)]
enum Source<'a> {
    /// One that names its class.
    Class(&'a (dyn ErrorClass + 'a), TypeName),
    /// One with a message and the chain of its sources.
    Error(&'a (dyn Error + 'a), TypeName),
    /// One behind a report or a box, in whose `Debug` form a backtrace may stand.
    Report(
        &'a (dyn Error + 'static),
        &'a (dyn fmt::Debug + 'a),
        TypeName,
    ),
    /// One whose type nobody knows any more.
    Dyn(&'a (dyn Error + 'a)),
    /// One with a message.
    Message(&'a (dyn fmt::Display + 'a), TypeName),
    /// One that tells nothing.
    Silent(TypeName),
    /// A panic, and what was said of it.
    Panic(Option<&'a str>),
    /// One that went on its way.
    Gone(&'a Gone),
    /// One that nobody looks at.
    Unknown,
}

/// Says the name of a type.
type TypeName = fn() -> &'static str;

/// OpenTelemetry's word for a class that is not known.
const OTHER: &str = "_OTHER";

/// The class of a panic.
const PANIC: &str = "panic";

/// An error that went on its way, and what it told while it was there. Unlike the error it may be on any thread.
#[derive(Debug)]
pub(crate) struct Gone {
    error_type: Cow<'static, str>,
    exception_type: &'static str,
    severity: Option<ErrorSeverity>,
    recovery: Option<ErrorRecovery>,
    words: Words,
}

/// What an error said.
#[derive(Debug, Default)]
struct Words {
    message: Option<String>,
    chain: Option<String>,
    stacktrace: Option<String>,
}

impl<'a> Failure<'a> {
    pub(super) fn of_class<E: ErrorClass>(error: &'a E) -> Self {
        Self(Source::Class(error, type_name::<E>))
    }

    pub(super) fn of_error<E: Error>(error: &'a E) -> Self {
        Self(Source::Error(error, type_name::<E>))
    }

    /// An error behind a report or a box, which hides its type.
    pub(super) fn of_report<E: fmt::Debug>(
        report: &'a E,
        error: &'a (dyn Error + 'static),
    ) -> Self {
        Self(Source::Report(error, report, type_name::<E>))
    }

    pub(super) const fn of_dyn(error: &'a (dyn Error + 'a)) -> Self {
        Self(Source::Dyn(error))
    }

    pub(super) fn of_display<E: fmt::Display>(error: &'a E) -> Self {
        Self(Source::Message(error, type_name::<E>))
    }

    pub(super) fn of_type<E>() -> Self {
        Self(Source::Silent(type_name::<E>))
    }

    /// An error that nobody looks at.
    pub(super) const fn unknown() -> Self {
        Self(Source::Unknown)
    }

    pub(super) fn of_panic(payload: &'a (dyn std::any::Any + Send)) -> Self {
        let message = payload
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        Self(Source::Panic(message))
    }

    pub(super) const fn of_gone(gone: &'a Gone) -> Self {
        Self(Source::Gone(gone))
    }

    /// The same without the error itself: with its words, where they are of use.
    pub(super) fn into_gone(self, in_words: bool) -> Gone {
        let words = in_words.then(|| Words {
            message: self.message(),
            chain: self.chain(),
            stacktrace: self.stacktrace(),
        });
        let (severity, recovery) = self.classes();
        Gone {
            error_type: self.error_type(),
            exception_type: self.exception_type(),
            severity,
            recovery,
            words: words.unwrap_or_default(),
        }
    }

    /// Its class: of one behind a report OpenTelemetry's word `_OTHER`, where it is none of those that are known.
    pub(super) fn error_type(&self) -> Cow<'static, str> {
        match self.0 {
            Source::Class(error, _) => error.error_type(),
            Source::Error(_, name) | Source::Message(_, name) | Source::Silent(name) => {
                Cow::Borrowed(class_name(name()))
            }
            Source::Report(error, ..) => match classes::known(error) {
                Some(known) => known.error_type(),
                None => Cow::Borrowed(OTHER),
            },
            Source::Panic(_) => Cow::Borrowed(PANIC),
            Source::Gone(gone) => gone.error_type.clone(),
            Source::Dyn(_) | Source::Unknown => Cow::Borrowed(OTHER),
        }
    }

    /// The name of its type.
    fn exception_type(&self) -> &'static str {
        match self.0 {
            Source::Class(_, name)
            | Source::Error(_, name)
            | Source::Report(_, _, name)
            | Source::Message(_, name)
            | Source::Silent(name) => name(),
            Source::Dyn(_) => "dyn core::error::Error",
            Source::Panic(_) => PANIC,
            Source::Gone(gone) => gone.exception_type,
            Source::Unknown => OTHER,
        }
    }

    /// How bad it is, and what helps.
    fn classes(&self) -> (Option<ErrorSeverity>, Option<ErrorRecovery>) {
        match self.0 {
            Source::Class(error, _) => (error.severity(), error.recovery()),
            Source::Report(error, ..) => {
                let known = classes::known(error);
                known.map_or((None, None), |known| (known.severity(), known.recovery()))
            }
            Source::Gone(gone) => (gone.severity, gone.recovery),
            _ => (None, None),
        }
    }

    /// The error itself, where it has sources.
    fn error(&self) -> Option<&'a (dyn Error + 'a)> {
        match self.0 {
            Source::Class(error, _) => Some(error),
            Source::Error(error, _) | Source::Report(error, ..) | Source::Dyn(error) => Some(error),
            _ => None,
        }
    }

    /// What happened, in words.
    pub(super) fn message(&self) -> Option<String> {
        match self.0 {
            Source::Message(message, _) => Some(message.to_string()),
            Source::Panic(message) => message.map(str::to_owned),
            Source::Gone(gone) => gone.words.message.clone(),
            _ => self.error().map(ToString::to_string),
        }
    }

    /// The attributes of the span's `exception` event.
    ///
    /// See the specification, "Exceptions on spans": type, message, stack trace. The chain of
    /// sources stands in the message's own words behind it.
    pub(super) fn event_attributes(&self) -> Vec<KeyValue> {
        self.event_attributes_with(self.message())
    }

    /// The same, where the message is known already.
    pub(super) fn event_attributes_with(&self, message: Option<String>) -> Vec<KeyValue> {
        let mut attributes = Vec::with_capacity(4);
        attributes.push(KeyValue::new("exception.type", self.exception_type()));
        if let Some(message) = message {
            attributes.push(KeyValue::new("exception.message", message));
        }
        if let Some(chain) = self.chain() {
            attributes.push(KeyValue::new("crypto.error.chain", chain));
        }
        if let Some(stacktrace) = self.stacktrace() {
            attributes.push(KeyValue::new("exception.stacktrace", stacktrace));
        }
        attributes
    }

    /// The attributes of the span itself.
    pub(super) fn span_attributes(&self) -> impl Iterator<Item = KeyValue> + use<> {
        let (severity, recovery) = self.classes();
        let severity =
            severity.map(|value| KeyValue::new("crypto.error.severity", value.as_str().to_owned()));
        let recovery =
            recovery.map(|value| KeyValue::new("crypto.error.recovery", value.as_str().to_owned()));
        severity.into_iter().chain(recovery)
    }

    /// The messages of the sources, outermost first.
    fn chain(&self) -> Option<String> {
        if let Source::Gone(gone) = self.0 {
            return gone.words.chain.clone();
        }
        let mut chain = String::new();
        let mut source = self.error()?.source();
        for index in 0..CHAIN_LIMIT {
            let Some(error) = source else { break };
            let separator = if index == 0 { "" } else { ": " };
            let _ = write!(chain, "{separator}{error}");
            source = error.source();
        }
        (!chain.is_empty()).then_some(chain)
    }

    fn stacktrace(&self) -> Option<String> {
        match self.0 {
            Source::Class(error, _) => {
                let backtrace = error.backtrace()?;
                (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string())
            }
            // Reports such as anyhow's print the backtrace that they captured in their `Debug` form.
            Source::Report(_, report, _) => {
                let report = format!("{report:?}");
                let (_, stacktrace) = report.split_once("Stack backtrace:\n")?;
                Some(stacktrace.to_owned())
            }
            Source::Gone(gone) => gone.words.stacktrace.clone(),
            _ => None,
        }
    }
}

impl fmt::Debug for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure")
            .field("exception_type", &self.exception_type())
            .field("message", &self.message())
            .finish_non_exhaustive()
    }
}

/// A type's name as a class of errors: without parameters and inner modules, with its crate where it
/// is called `Error` like so many (`Gone`, `reqwest::Error`, `std::io::Error`). What is no path
/// (a tuple, a reference, a trait object) names no class.
fn class_name(type_name: &'static str) -> &'static str {
    let path = type_name.split('<').next().unwrap_or(type_name);
    let is_path = |character: char| character.is_alphanumeric() || matches!(character, '_' | ':');
    if !path.chars().all(is_path) {
        return OTHER;
    }
    match path.rsplit_once("::") {
        None => path,
        Some((modules, "Error")) => error_of(path, modules),
        Some((_, name)) => name,
    }
}

/// The names of types called `Error`, by their paths: put together once for each, of which a program has only so many.
static NAMES: RwLock<BTreeMap<&str, &str>> = RwLock::new(BTreeMap::new());

/// The name of the type `Error` with this path, in these modules.
fn error_of(path: &'static str, modules: &'static str) -> &'static str {
    let mut parts = modules.split("::");
    let library = match (parts.next(), parts.next()) {
        (Some(library @ ("std" | "core" | "alloc")), Some(module)) => {
            &modules[..library.len() + "::".len() + module.len()]
        }
        (library, _) => library.unwrap_or(modules),
    };
    if library == modules {
        return path;
    }
    let known = NAMES.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(name) = known.get(path) {
        return name;
    }
    drop(known);
    let mut names = NAMES.write().unwrap_or_else(PoisonError::into_inner);
    names
        .entry(path)
        .or_insert_with(|| format!("{library}::Error").leak())
}

#[cfg(test)]
mod tests {
    use super::class_name;

    #[test]
    fn a_class_is_named_so_that_it_is_found_again() {
        for (type_name, class) in [
            ("app::fetch::Gone", "Gone"),
            ("app::fetch::Failed<alloc::string::String>", "Failed"),
            ("alloc::string::String", "String"),
            ("std::io::error::Error", "std::io::Error"),
            ("core::fmt::Error", "core::fmt::Error"),
            ("reqwest::Error", "reqwest::Error"),
            ("app::fetch::Error<std::io::error::Error>", "app::Error"),
            ("Error", "Error"),
            ("serde_json::error::Error", "serde_json::Error"),
            ("&str", "_OTHER"),
            ("(u8, std::io::error::Error)", "_OTHER"),
            ("&dyn core::error::Error + core::marker::Send", "_OTHER"),
        ] {
            assert_eq!(class_name(type_name), class);
        }
    }
}
