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

/// An error that an operation ended with: what is needed of it for a metric, and the rest on demand.
pub struct Failure<'a> {
    error_type: Cow<'static, str>,
    exception_type: &'static str,
    severity: Option<ErrorSeverity>,
    recovery: Option<ErrorRecovery>,
    backtrace: Option<&'a Backtrace>,
    told: Told<'a>,
}

/// How an error tells what happened.
enum Told<'a> {
    /// With a message and the chain of its sources.
    Error(&'a (dyn Error + 'a)),
    /// With a message and sources, and with a `Debug` form in which a backtrace may stand.
    Report(&'a (dyn Error + 'a), &'a (dyn fmt::Debug + 'a)),
    /// With a message.
    Message(&'a (dyn fmt::Display + 'a)),
    /// With a message that is there already.
    Text(Cow<'a, str>),
    /// Not at all.
    Silent,
}

impl<'a> Failure<'a> {
    fn new(error_type: Cow<'static, str>, exception_type: &'static str, told: Told<'a>) -> Self {
        Self {
            error_type,
            exception_type,
            severity: None,
            recovery: None,
            backtrace: None,
            told,
        }
    }

    /// An error whose type is all that names its class.
    fn of<E>(told: Told<'a>) -> Self {
        let exception_type = type_name::<E>();
        let error_type = Cow::Borrowed(class_name(exception_type));
        Self::new(error_type, exception_type, told)
    }

    pub(super) fn of_class<E: ErrorClass>(error: &'a E) -> Self {
        Self {
            severity: error.severity(),
            recovery: error.recovery(),
            backtrace: error.backtrace(),
            ..Self::new(error.error_type(), type_name::<E>(), Told::Error(error))
        }
    }

    pub(super) fn of_error<E: Error>(error: &'a E) -> Self {
        Self::of::<E>(Told::Error(error))
    }

    /// An error behind a report or a box, which hides its type. Where it is none of those that are known, OpenTelemetry's
    /// word for its class is `_OTHER`.
    pub(super) fn of_report<E: fmt::Debug>(
        report: &'a E,
        error: &'a (dyn Error + 'static),
    ) -> Self {
        let told = Told::Report(error, report);
        let Some(known) = classes::known(error) else {
            return Self::new(Cow::Borrowed("_OTHER"), type_name::<E>(), told);
        };
        Self {
            severity: known.severity(),
            recovery: known.recovery(),
            ..Self::new(known.error_type(), type_name::<E>(), told)
        }
    }

    pub(super) fn of_dyn(error: &'a (dyn Error + 'a)) -> Self {
        let told = Told::Error(error);
        Self::new(Cow::Borrowed("_OTHER"), "dyn core::error::Error", told)
    }

    pub(super) fn of_display<E: fmt::Display>(error: &'a E) -> Self {
        Self::of::<E>(Told::Message(error))
    }

    pub(super) fn of_type<E>() -> Self {
        Self::of::<E>(Told::Silent)
    }

    pub(super) fn of_panic(payload: &'a (dyn std::any::Any + Send)) -> Self {
        let message = payload
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        let told = message.map_or(Told::Silent, |message| Told::Text(Cow::Borrowed(message)));
        Self::new(Cow::Borrowed("panic"), "panic", told)
    }

    /// Its class. It is taken once: an owned text is not copied.
    pub(super) fn take_error_type(&mut self) -> Cow<'static, str> {
        std::mem::take(&mut self.error_type)
    }

    /// What happened, in words.
    pub(super) fn message(&self) -> Option<String> {
        match &self.told {
            Told::Error(error) | Told::Report(error, _) => Some(error.to_string()),
            Told::Message(message) => Some(message.to_string()),
            Told::Text(text) => Some(text.clone().into_owned()),
            Told::Silent => None,
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
        attributes.push(KeyValue::new("exception.type", self.exception_type));
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
        let severity = self.severity.as_ref();
        let recovery = self.recovery.as_ref();
        let severity =
            severity.map(|value| KeyValue::new("crypto.error.severity", value.as_str().to_owned()));
        let recovery =
            recovery.map(|value| KeyValue::new("crypto.error.recovery", value.as_str().to_owned()));
        severity.into_iter().chain(recovery)
    }

    /// The messages of the sources, outermost first.
    fn chain(&self) -> Option<String> {
        let (Told::Error(error) | Told::Report(error, _)) = self.told else {
            return None;
        };
        let mut chain = String::new();
        let mut source = error.source();
        for index in 0..CHAIN_LIMIT {
            let Some(error) = source else { break };
            let separator = if index == 0 { "" } else { ": " };
            let _ = write!(chain, "{separator}{error}");
            source = error.source();
        }
        (!chain.is_empty()).then_some(chain)
    }

    fn stacktrace(&self) -> Option<String> {
        if let Some(backtrace) = self.backtrace {
            return (backtrace.status() == BacktraceStatus::Captured)
                .then(|| backtrace.to_string());
        }
        // Reports such as anyhow's print the backtrace that they captured in their `Debug` form.
        let Told::Report(_, report) = self.told else {
            return None;
        };
        let report = format!("{report:?}");
        let (_, stacktrace) = report.split_once("Stack backtrace:\n")?;
        Some(stacktrace.to_owned())
    }
}

impl fmt::Debug for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure")
            .field("exception_type", &self.exception_type)
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
        return "_OTHER";
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
