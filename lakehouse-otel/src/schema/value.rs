//! Which Rust values an attribute takes, and how they become OpenTelemetry's.

use std::borrow::Cow;
use std::num::{
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64,
    NonZeroUsize,
};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry::{Array, StringValue, Value};

use super::key::kind;
#[cfg(feature = "enabled")]
use super::recorded::Recorded;
use crate::secret::{Secret, Takes, Telemetry};

/// A value that an attribute of kind `K` takes.
///
/// Text takes strings, integers take every integer type, lists take slices and vectors of strings, a time
/// takes integer milliseconds since the Unix epoch and [`SystemTime`](std::time::SystemTime),
/// and an attribute with members takes its enum (and text, where the set is open). References,
/// boxes and options of those work too; an absent option leaves the attribute out.
///
/// ```
/// use lakehouse_otel::schema::{Timeframe, crypto};
///
/// let limit: Option<u32> = None;
/// assert!(crypto::REQUEST_LIMIT.value(limit).is_none());
/// assert!(crypto::TIMEFRAME.value(&Timeframe::M1).is_some());
/// ```
///
/// A value of another type does not compile:
///
/// ```compile_fail
/// # use lakehouse_otel::schema::crypto;
/// crypto::RECORD_COUNT.value("many");
/// ```
#[diagnostic::on_unimplemented(
    message = "[LO0022] `{Self}` is not a value of a `{K}` attribute",
    label = "this attribute takes a `{K}`",
    note = "`Text` takes strings, `Int` integers, `Double` floats, `Bool` booleans, `TextList` slices of strings, `Time` integer milliseconds since the Unix epoch or a `SystemTime`, an enum its own members; \
            references and `Option`s of those work too",
    note = "for a type of your own, pass a part of it (`value.as_str()`, `value.len()`): what is recorded is always named"
)]
pub trait IntoValue<K> {
    /// The value on the wire; `None` where there is none to record.
    fn to_value(&self) -> Option<Value>;

    /// The value as an operation keeps it while it runs; the same value.
    #[cfg(feature = "enabled")]
    #[doc(hidden)]
    fn to_recorded(&self) -> Option<Recorded> {
        self.to_value().map(Recorded::from)
    }
}

/// An enum that carries the members of an attribute.
///
/// Its values are bounded, so they may label a metric.
pub trait EnumValue: Sized {
    /// The attribute whose members these are.
    const ATTRIBUTE: &'static str;
    /// Whether other values than the members are allowed.
    const OPEN: bool;
    /// The values of the members on the wire, in the registry's order.
    const MEMBERS: &'static [&'static str];

    /// The value on the wire.
    fn as_str(&self) -> &str;

    /// Which member this is; `None` for another value of an open set.
    fn index(&self) -> Option<usize>;
}

/// A member as a value: its text, which is the program's own. For derives.
#[doc(hidden)]
pub fn value_of_member<E: EnumValue>(member: &E) -> Option<Value> {
    let text = E::MEMBERS.get(member.index()?)?;
    Some(Value::String(StringValue::from(*text)))
}

/// A member as an operation keeps it. For derives.
#[cfg(feature = "enabled")]
#[doc(hidden)]
pub fn recorded_member<E: EnumValue>(member: &E) -> Option<Recorded> {
    let text = E::MEMBERS.get(member.index()?)?;
    Some(Recorded::fixed(text))
}

/// The kinds of attributes whose values add up: integers and floats.
///
/// `ok(|batch| record_count += batch.len())` needs it, of a function that returns a stream.
#[diagnostic::on_unimplemented(
    message = "[LO0154] values of a `{Self}` attribute do not add up",
    label = "`+=` takes an attribute of numbers",
    note = "`=` keeps the value of the last item"
)]
pub trait Amount {}

impl Amount for kind::Int {}
impl Amount for kind::Double {}

impl<K, T: IntoValue<K> + ?Sized> IntoValue<K> for &T {
    fn to_value(&self) -> Option<Value> {
        (**self).to_value()
    }

    #[cfg(feature = "enabled")]
    fn to_recorded(&self) -> Option<Recorded> {
        (**self).to_recorded()
    }
}

#[diagnostic::do_not_recommend]
impl<K, T: IntoValue<K> + ?Sized> IntoValue<K> for &mut T {
    fn to_value(&self) -> Option<Value> {
        (**self).to_value()
    }

    #[cfg(feature = "enabled")]
    fn to_recorded(&self) -> Option<Recorded> {
        (**self).to_recorded()
    }
}

impl<K, T: IntoValue<K>> IntoValue<K> for Option<T> {
    fn to_value(&self) -> Option<Value> {
        self.as_ref()?.to_value()
    }

    #[cfg(feature = "enabled")]
    fn to_recorded(&self) -> Option<Recorded> {
        self.as_ref()?.to_recorded()
    }
}

#[diagnostic::do_not_recommend]
impl<K, T: IntoValue<K> + ?Sized> IntoValue<K> for Box<T> {
    fn to_value(&self) -> Option<Value> {
        (**self).to_value()
    }

    #[cfg(feature = "enabled")]
    fn to_recorded(&self) -> Option<Recorded> {
        (**self).to_recorded()
    }
}

#[diagnostic::do_not_recommend]
impl<K, T: IntoValue<K> + ?Sized> IntoValue<K> for Arc<T> {
    fn to_value(&self) -> Option<Value> {
        (**self).to_value()
    }

    #[cfg(feature = "enabled")]
    fn to_recorded(&self) -> Option<Recorded> {
        (**self).to_recorded()
    }
}

#[diagnostic::do_not_recommend]
impl<K, T: IntoValue<K> + ?Sized> IntoValue<K> for Rc<T> {
    fn to_value(&self) -> Option<Value> {
        (**self).to_value()
    }

    #[cfg(feature = "enabled")]
    fn to_recorded(&self) -> Option<Recorded> {
        (**self).to_recorded()
    }
}

#[diagnostic::do_not_recommend]
impl<K, T: IntoValue<K> + ToOwned + ?Sized> IntoValue<K> for Cow<'_, T> {
    fn to_value(&self) -> Option<Value> {
        (**self).to_value()
    }

    #[cfg(feature = "enabled")]
    fn to_recorded(&self) -> Option<Recorded> {
        (**self).to_recorded()
    }
}

impl<K, T: ?Sized> IntoValue<K> for Secret<T>
where
    Telemetry: Takes<Secret<T>>,
{
    fn to_value(&self) -> Option<Value> {
        None
    }
}

#[cfg(feature = "secrecy")]
impl<K, T: secrecy::zeroize::Zeroize + ?Sized> IntoValue<K> for secrecy::SecretBox<T>
where
    Telemetry: Takes<secrecy::SecretBox<T>>,
{
    fn to_value(&self) -> Option<Value> {
        None
    }
}

impl IntoValue<kind::Text> for str {
    fn to_value(&self) -> Option<Value> {
        Some(Value::String(StringValue::from(self.to_owned())))
    }

    #[cfg(feature = "enabled")]
    #[inline]
    fn to_recorded(&self) -> Option<Recorded> {
        Some(Recorded::text(self))
    }
}

impl IntoValue<kind::Text> for String {
    fn to_value(&self) -> Option<Value> {
        IntoValue::<kind::Text>::to_value(self.as_str())
    }

    #[cfg(feature = "enabled")]
    fn to_recorded(&self) -> Option<Recorded> {
        IntoValue::<kind::Text>::to_recorded(self.as_str())
    }
}

impl IntoValue<kind::Text> for char {
    fn to_value(&self) -> Option<Value> {
        Some(Value::String(StringValue::from(self.to_string())))
    }
}

impl IntoValue<kind::Bool> for bool {
    fn to_value(&self) -> Option<Value> {
        Some(Value::Bool(*self))
    }
}

macro_rules! numbers {
    ($kind:ident, $variant:ident: $($number:ty => $convert:expr),+ $(,)?) => {$(
        impl IntoValue<kind::$kind> for $number {
            fn to_value(&self) -> Option<Value> {
                let convert: fn($number) -> _ = $convert;
                Some(Value::$variant(convert(*self)))
            }
        }
    )+};
}

fn saturating<N: TryInto<i64>>(number: N) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

numbers!(Int, I64:
    i8 => i64::from, i16 => i64::from, i32 => i64::from, i64 => |number| number,
    u8 => i64::from, u16 => i64::from, u32 => i64::from,
    isize => saturating, usize => saturating, u64 => saturating, u128 => saturating,
    NonZeroI8 => |number| i64::from(number.get()), NonZeroI16 => |number| i64::from(number.get()),
    NonZeroI32 => |number| i64::from(number.get()), NonZeroI64 => NonZeroI64::get,
    NonZeroU8 => |number| i64::from(number.get()), NonZeroU16 => |number| i64::from(number.get()),
    NonZeroU32 => |number| i64::from(number.get()), NonZeroU64 => |number| saturating(number.get()),
    NonZeroUsize => |number| saturating(number.get()),
);

numbers!(Double, F64: f64 => |number| number, f32 => f64::from, i32 => f64::from, u32 => f64::from);

// As exchanges give them, and what `Duration::as_millis` gives.
numbers!(Time, I64:
    i64 => |number| number, u64 => saturating, i128 => saturating, u128 => saturating,
    NonZeroI64 => NonZeroI64::get, NonZeroU64 => |number| saturating(number.get()),
);

/// One before the Unix epoch is negative.
impl IntoValue<kind::Time> for SystemTime {
    fn to_value(&self) -> Option<Value> {
        let millis = match self.duration_since(UNIX_EPOCH) {
            Ok(since) => saturating(since.as_millis()),
            Err(before) => saturating(before.duration().as_millis()).saturating_neg(),
        };
        Some(Value::I64(millis))
    }
}

impl<T: AsRef<str>> IntoValue<kind::TextList> for [T] {
    fn to_value(&self) -> Option<Value> {
        let texts = self
            .iter()
            .map(|text| StringValue::from(text.as_ref().to_owned()));
        Some(Value::Array(Array::String(texts.collect())))
    }
}

impl<T: AsRef<str>> IntoValue<kind::TextList> for Vec<T> {
    fn to_value(&self) -> Option<Value> {
        self.as_slice().to_value()
    }
}

impl<T: AsRef<str>, const N: usize> IntoValue<kind::TextList> for [T; N] {
    fn to_value(&self) -> Option<Value> {
        self.as_slice().to_value()
    }
}
