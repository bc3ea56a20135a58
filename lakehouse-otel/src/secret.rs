//! Values that do not leave the process.

use std::fmt;

/// A value that never reaches telemetry, a log or a terminal: a key, a password, a token.
///
/// Printed, it is `[redacted]`. It is no value of an attribute, which the compiler says in these words:
///
/// ```compile_fail
/// use lakehouse_otel::Secret;
/// use lakehouse_otel::schema::crypto;
///
/// let key = Secret::new("AKIA…".to_owned());
/// crypto::SYMBOL.value(&key); // `Secret<String>` holds a secret, which must not reach telemetry
/// ```
///
/// What needs the value asks for it, and says so:
///
/// ```
/// use lakehouse_otel::Secret;
///
/// let key = Secret::new("AKIA…".to_owned());
/// assert_eq!(format!("{key} {key:?}"), "[redacted] [redacted]");
/// assert_eq!(key.expose().len(), 7);
/// ```
///
/// An attribute's expression that calls `expose` is refused too. The memory of the value is not wiped when it is dropped:
/// for that there is the crate `secrecy`, whose types are refused alike with the feature `secrecy`.
#[derive(Clone, Copy, Default)]
pub struct Secret<T: ?Sized>(T);

impl<T> Secret<T> {
    /// Keeps this value to itself.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for good.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T: ?Sized> Secret<T> {
    /// The value, for what cannot do without.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: ?Sized> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<T: ?Sized> fmt::Display for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Where attributes go: out of the process.
#[derive(Debug)]
pub enum Telemetry {}

/// What telemetry takes of values that are kept from it: nothing. So a secret as an attribute is an error in these words.
#[diagnostic::on_unimplemented(
    message = "[LO0306] `{S}` holds a secret, which must not reach telemetry",
    label = "a secret",
    note = "record something else: whether it is there (`key.is_some()`), or an identifier of the account that it belongs to"
)]
pub trait Takes<S: ?Sized> {}
