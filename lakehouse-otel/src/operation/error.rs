//! What an error tells of itself.

use std::any::type_name;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::borrow::Cow;
use std::error::Error;
use std::fmt::{self, Write as _};

use opentelemetry::KeyValue;

use crate::schema::{ErrorRecovery, ErrorSeverity};

/// How many errors of a source chain are recorded.
const CHAIN_LIMIT: usize = 16;

/// How an error type wants to be classified in telemetry.
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
    fn new(exception_type: &'static str, told: Told<'a>) -> Self {
        Self {
            error_type: class_name(exception_type),
            exception_type,
            severity: None,
            recovery: None,
            backtrace: None,
            told,
        }
    }

    pub(super) fn of_class<E: ErrorClass>(error: &'a E) -> Self {
        Self {
            error_type: error.error_type(),
            severity: error.severity(),
            recovery: error.recovery(),
            backtrace: error.backtrace(),
            ..Self::new(type_name::<E>(), Told::Error(error))
        }
    }

    pub(super) fn of_error<E: Error>(error: &'a E) -> Self {
        Self::new(type_name::<E>(), Told::Error(error))
    }

    /// An error behind a report or a box, which hides its type: OpenTelemetry's word for that is
    /// `_OTHER`.
    pub(super) fn of_report<E: fmt::Debug>(report: &'a E, error: &'a (dyn Error + 'a)) -> Self {
        Self {
            error_type: Cow::Borrowed("_OTHER"),
            ..Self::new(type_name::<E>(), Told::Report(error, report))
        }
    }

    pub(super) fn of_dyn(error: &'a (dyn Error + 'a)) -> Self {
        Self {
            error_type: Cow::Borrowed("_OTHER"),
            ..Self::new("dyn core::error::Error", Told::Error(error))
        }
    }

    pub(super) fn of_display<E: fmt::Display>(error: &'a E) -> Self {
        Self::new(type_name::<E>(), Told::Message(error))
    }

    pub(super) fn of_type<E>() -> Self {
        Self::new(type_name::<E>(), Told::Silent)
    }

    pub(super) fn of_panic(payload: &'a (dyn std::any::Any + Send)) -> Self {
        let message = payload
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        Self {
            error_type: Cow::Borrowed("panic"),
            ..Self::new(
                "panic",
                message.map_or(Told::Silent, |message| Told::Text(Cow::Borrowed(message))),
            )
        }
    }

    pub(super) fn error_type(&self) -> &Cow<'static, str> {
        &self.error_type
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
            .field("error_type", &self.error_type)
            .field("message", &self.message())
            .finish_non_exhaustive()
    }
}

/// A type's name as a class of errors: without parameters and inner modules, with its crate where it
/// is called `Error` like so many (`Gone`, `reqwest::Error`, `std::io::Error`). What is no path
/// (a tuple, a reference, a trait object) names no class.
fn class_name(type_name: &'static str) -> Cow<'static, str> {
    let path = type_name.split('<').next().unwrap_or(type_name);
    let is_path = |character: char| character.is_alphanumeric() || matches!(character, '_' | ':');
    if !path.chars().all(is_path) {
        return Cow::Borrowed("_OTHER");
    }
    let parts: Vec<_> = path.split("::").collect();
    match parts[..] {
        [library @ ("std" | "core" | "alloc"), module, .., "Error"] => {
            Cow::Owned(format!("{library}::{module}::Error"))
        }
        [library, .., "Error"] => Cow::Owned(format!("{library}::Error")),
        [.., name] => Cow::Borrowed(name),
        [] => Cow::Borrowed("_OTHER"),
    }
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
            ("serde_json::error::Error", "serde_json::Error"),
            ("&str", "_OTHER"),
            ("(u8, std::io::error::Error)", "_OTHER"),
            ("&dyn core::error::Error + core::marker::Send", "_OTHER"),
        ] {
            assert_eq!(class_name(type_name), class);
        }
    }
}
