//! A value as a running operation keeps it.

use compact_str::CompactString;
use opentelemetry::{Array, StringValue, Value};

/// A value as a running operation keeps it: numbers and short texts lie inline, without an allocation.
/// It becomes OpenTelemetry's [`Value`] when its span is exported.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded(pub(crate) Kept);

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kept {
    Int(i64),
    Double(f64),
    Bool(bool),
    Static(&'static str),
    Text(CompactString),
    Other(Box<Value>),
}

impl Recorded {
    #[inline]
    pub(crate) fn text(text: &str) -> Self {
        Self(Kept::Text(CompactString::new(text)))
    }

    pub(crate) const fn fixed(text: &'static str) -> Self {
        Self(Kept::Static(text))
    }

    /// The text, where it is one of the program.
    pub(crate) const fn as_fixed(&self) -> Option<&'static str> {
        match &self.0 {
            Kept::Static(text) => Some(text),
            _ => None,
        }
    }

    /// The texts, where it is a list of them.
    pub(crate) fn texts(&self) -> Vec<String> {
        match &self.0 {
            Kept::Other(value) => match &**value {
                Value::Array(Array::String(texts)) => {
                    texts.iter().map(ToString::to_string).collect()
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// The text, where it is one.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.0 {
            Kept::Static(text) => Some(text),
            Kept::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl From<Value> for Recorded {
    fn from(value: Value) -> Self {
        Self(match value {
            Value::I64(number) => Kept::Int(number),
            Value::F64(number) => Kept::Double(number),
            Value::Bool(truth) => Kept::Bool(truth),
            Value::String(text) => Kept::Text(CompactString::from(String::from(text))),
            other => Kept::Other(Box::new(other)),
        })
    }
}

impl From<Recorded> for Value {
    fn from(recorded: Recorded) -> Self {
        match recorded.0 {
            Kept::Int(number) => Self::I64(number),
            Kept::Double(number) => Self::F64(number),
            Kept::Bool(truth) => Self::Bool(truth),
            Kept::Static(text) => Self::String(StringValue::from(text)),
            Kept::Text(text) => Self::String(StringValue::from(String::from(text))),
            Kept::Other(value) => *value,
        }
    }
}
