//! The labels of one measurement, each at the place that its attribute has in the registry.

use std::borrow::Cow;

use opentelemetry::{StringValue, Value};

use super::Label;
use crate::schema::EnumValue;

/// The labels of one measurement.
#[derive(Debug, Clone)]
pub struct Labels<'l, const N: usize>([Given<'l>; N]);

/// A label's value, as a measurement keeps it.
#[derive(Debug, Clone)]
pub struct LabelValue<'l>(Given<'l>);

/// What a measurement gave for one label.
#[derive(Debug, Clone)]
pub(crate) enum Given<'l> {
    Nothing,
    /// A text of the program, or a member of an enum: there are only so many.
    Constant(&'static str),
    /// Any text: its label's bound holds for it.
    Text(Cow<'l, str>),
    Int(i64),
    Bool(bool),
    /// The share of the measurements that is recorded, by its bits. It comes after the labels.
    Share(u64),
    /// One of the values past its label's bound.
    Folded,
}

impl LabelValue<'_> {
    #[inline]
    pub(super) fn owned<E: EnumValue>(value: &E) -> Self {
        Self(match value.index() {
            Some(index) => Given::Constant(E::MEMBERS[index]),
            None => Given::Text(Cow::Owned(value.as_str().to_owned())),
        })
    }
}

impl<'l> LabelValue<'l> {
    #[inline]
    pub(super) fn by_ref(&self) -> LabelValue<'_> {
        LabelValue(self.0.by_ref())
    }

    #[inline]
    pub(super) fn borrowed<E: EnumValue>(value: &'l E) -> Self {
        Self(match value.index() {
            Some(index) => Given::Constant(E::MEMBERS[index]),
            None => Given::Text(Cow::Borrowed(value.as_str())),
        })
    }
}

impl<'l, const N: usize> Labels<'l, N> {
    #[doc(hidden)]
    #[must_use]
    pub const fn new() -> Self {
        Self([const { Given::Nothing }; N])
    }

    #[inline]
    #[doc(hidden)]
    pub fn member<E>(&mut self, index: usize, value: impl Label<'l, E>) {
        self.0[index] = value.into_label().0;
    }

    #[inline]
    #[doc(hidden)]
    pub fn constant(&mut self, index: usize, value: &'static str) {
        self.0[index] = Given::Constant(value);
    }

    #[inline]
    #[doc(hidden)]
    pub fn text(&mut self, index: usize, value: &'l str) {
        self.0[index] = Given::Text(Cow::Borrowed(value));
    }

    #[inline]
    #[doc(hidden)]
    pub fn int(&mut self, index: usize, value: i64) {
        self.0[index] = Given::Int(value);
    }

    #[inline]
    #[doc(hidden)]
    pub fn boolean(&mut self, index: usize, value: bool) {
        self.0[index] = Given::Bool(value);
    }

    #[inline]
    pub(in crate::metrics) fn given(&self) -> &[Given<'l>] {
        &self.0
    }
}

impl Given<'_> {
    /// The text, where it is one.
    #[inline]
    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Constant(text) => Some(text),
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The same, borrowed.
    #[inline]
    pub(crate) fn by_ref(&self) -> Given<'_> {
        match self {
            Self::Nothing => Given::Nothing,
            Self::Constant(text) => Given::Constant(text),
            Self::Text(text) => Given::Text(Cow::Borrowed(text)),
            Self::Int(number) => Given::Int(*number),
            Self::Bool(truth) => Given::Bool(*truth),
            Self::Share(bits) => Given::Share(*bits),
            Self::Folded => Given::Folded,
        }
    }

    /// The same, to keep.
    pub(crate) fn to_owned(&self) -> Given<'static> {
        match self.by_ref() {
            Given::Nothing => Given::Nothing,
            Given::Constant(text) => Given::Constant(text),
            Given::Text(text) => Given::Text(Cow::Owned(text.into_owned())),
            Given::Int(number) => Given::Int(number),
            Given::Bool(truth) => Given::Bool(truth),
            Given::Share(bits) => Given::Share(bits),
            Given::Folded => Given::Folded,
        }
    }

    /// The value on the wire, where there is one.
    pub(crate) fn to_value(&self) -> Option<Value> {
        match self {
            // A share is no label; the series tells it.
            Self::Nothing | Self::Folded | Self::Share(_) => None,
            Self::Constant(text) => Some(Value::String(StringValue::from(*text))),
            Self::Text(text) => Some(Value::String(StringValue::from(text.clone().into_owned()))),
            Self::Int(number) => Some(Value::I64(*number)),
            Self::Bool(truth) => Some(Value::Bool(*truth)),
        }
    }
}

/// A text is the same wherever it comes from.
impl PartialEq for Given<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nothing, Self::Nothing) | (Self::Folded, Self::Folded) => true,
            (Self::Int(one), Self::Int(other)) => one == other,
            (Self::Share(one), Self::Share(other)) => one == other,
            (Self::Bool(one), Self::Bool(other)) => one == other,
            _ => match (self.as_str(), other.as_str()) {
                (Some(one), Some(other)) => one == other,
                _ => false,
            },
        }
    }
}
