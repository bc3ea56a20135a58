//! A text that is no member of a closed set.

use std::fmt;

use super::value::EnumValue;

/// A text that is none of the values of an attribute with a closed set of them.
///
/// ```
/// use lakehouse_otel::schema::Layer;
///
/// let error = "copper".parse::<Layer>().unwrap_err();
/// assert_eq!(error.to_string(), "`copper` is not a value of `lakehouse.layer`; allowed: bronze, silver, gold");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownMember {
    value: String,
    attribute: &'static str,
    members: &'static [&'static str],
}

impl UnknownMember {
    #[doc(hidden)]
    #[must_use]
    pub fn new<E: EnumValue>(value: &str) -> Self {
        Self {
            value: value.to_owned(),
            attribute: E::ATTRIBUTE,
            members: E::MEMBERS,
        }
    }

    /// The text.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The values that are allowed.
    #[must_use]
    pub const fn allowed(&self) -> &'static [&'static str] {
        self.members
    }
}

impl fmt::Display for UnknownMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a value of `{}`; allowed: {}",
            self.value,
            self.attribute,
            self.members.join(", ")
        )
    }
}

impl std::error::Error for UnknownMember {}
