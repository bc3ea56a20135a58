//! Where variables are looked up.

use std::env::VarError;
use std::ffi::OsString;

/// A value by the name of its variable. One that is no text is an error, and not an unset one.
pub(crate) type Environment<'a> = dyn Fn(&str) -> Result<Option<String>, OsString> + 'a;

/// The process's environment.
pub(crate) fn process(name: &str) -> Result<Option<String>, OsString> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(value)) => Err(value),
    }
}
