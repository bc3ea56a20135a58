//! Which values a label takes.

use std::fmt;
use std::marker::PhantomData;

use super::LabelValue;
use crate::schema::EnumValue;

/// A value of a label whose values are members of an enum: the enum, or a reference to it.
///
/// ```
/// use lakehouse_otel::metrics;
/// use lakehouse_otel::schema::{Exchange, Outcome};
///
/// let exchange = Exchange::from("binance");
/// metrics::api_requests().add(1, &exchange, Outcome::Ok);
/// metrics::api_requests().add(1, exchange, Outcome::Ok);
/// ```
///
/// Another enum's members do not compile:
///
/// ```compile_fail
/// # use lakehouse_otel::metrics;
/// # use lakehouse_otel::schema::{Layer, Outcome};
/// metrics::api_requests().add(1, Layer::Gold, Outcome::Ok);
/// ```
#[diagnostic::on_unimplemented(
    message = "[LO0022] `{Self}` is not a value of this label",
    label = "this label takes `{E}` or `&{E}`",
    note = "`{E}::from(\"…\")` makes one of a text where the set is open, and `\"…\".parse::<{E}>()` where it is closed"
)]
pub trait Label<'l, E> {
    /// The value as a measurement keeps it.
    #[doc(hidden)]
    fn into_label(self) -> LabelValue<'l>;
}

#[diagnostic::do_not_recommend]
impl<'l, E: EnumValue> Label<'l, E> for E {
    #[inline]
    fn into_label(self) -> LabelValue<'l> {
        LabelValue::owned(&self)
    }
}

#[diagnostic::do_not_recommend]
impl<'l, E: EnumValue> Label<'l, E> for &'l E {
    #[inline]
    fn into_label(self) -> LabelValue<'l> {
        LabelValue::borrowed(self)
    }
}

/// A value of a label, kept until it is known which metric gets it.
pub(crate) struct Member<'l, E> {
    value: LabelValue<'l>,
    of: PhantomData<fn(E)>,
}

impl<'l, E> Member<'l, E> {
    pub(in crate::metrics) fn new(value: impl Label<'l, E>) -> Self {
        Self {
            value: value.into_label(),
            of: PhantomData,
        }
    }
}

#[diagnostic::do_not_recommend]
impl<'l, E> Label<'l, E> for &'l Member<'_, E> {
    fn into_label(self) -> LabelValue<'l> {
        self.value.by_ref()
    }
}

impl<E> Clone for Member<'_, E> {
    fn clone(&self) -> Self {
        Self {
            value: self.value.clone(),
            of: PhantomData,
        }
    }
}

impl<E> fmt::Debug for Member<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}
