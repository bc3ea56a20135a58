//! An error of which the text and the class are known.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use crate::operation::ErrorClass;

/// An error as it was reported.
#[derive(Debug)]
pub(super) struct Reported {
    pub(super) text: String,
    pub(super) class: &'static str,
}

impl fmt::Display for Reported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Reported {}

impl ErrorClass for Reported {
    fn error_type(&self) -> Cow<'static, str> {
        Cow::Borrowed(self.class)
    }
}
