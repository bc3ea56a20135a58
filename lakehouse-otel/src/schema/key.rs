//! The typed name of an attribute.

use std::fmt;
use std::marker::PhantomData;

use opentelemetry::{Key, KeyValue};

use super::value::IntoValue;

/// What a value of an attribute can be. These types are never made; they are the parameter of an
/// [`AttributeKey`]. Attributes with a set of members use the enum that carries them instead, as
/// in `AttributeKey<Timeframe>`.
pub mod kind {
    /// A string.
    #[derive(Debug)]
    pub enum Text {}
    /// A signed 64-bit integer. Unsigned values past `i64::MAX` are recorded as `i64::MAX`.
    #[derive(Debug)]
    pub enum Int {}
    /// A 64-bit floating-point number.
    #[derive(Debug)]
    pub enum Double {}
    /// A truth value.
    #[derive(Debug)]
    pub enum Bool {}
    /// A list of strings.
    #[derive(Debug)]
    pub enum TextList {}
    /// A point in time: an integer of milliseconds since the Unix epoch, or a
    /// [`SystemTime`](std::time::SystemTime). It is milliseconds on the wire.
    #[derive(Debug)]
    pub enum Time {}
}

/// The name of an attribute, with the kind of value that it takes.
///
/// The constants of [`schema`](mod@crate::schema) are all the keys that the built-in registry declares;
/// a program's own schema declares its own.
///
/// ```
/// use lakehouse_otel::schema::{AttributeKey, crypto, kind};
///
/// assert_eq!(crypto::SYMBOL.name(), "crypto.symbol");
///
/// pub const SENTENCE_COUNT: AttributeKey<kind::Int> = AttributeKey::new("text_analysis.sentence_count");
/// assert_eq!(SENTENCE_COUNT.value(12_u32).unwrap().value, opentelemetry::Value::I64(12));
/// ```
pub struct AttributeKey<K> {
    name: &'static str,
    kind: PhantomData<fn() -> K>,
}

impl<K> AttributeKey<K> {
    /// A key of that name. The name is lowercase, in dotted namespaces, `snake_case` inside a part.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            kind: PhantomData,
        }
    }

    /// The name, as it stands on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// The attribute with this value, or `None` where the value is absent (`Option::None`).
    pub fn value<V: IntoValue<K>>(self, value: V) -> Option<KeyValue> {
        Some(KeyValue::new(self.name, value.to_value()?))
    }
}

impl<K> Clone for AttributeKey<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for AttributeKey<K> {}

impl<K> PartialEq for AttributeKey<K> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl<K> Eq for AttributeKey<K> {}

impl<K> fmt::Debug for AttributeKey<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AttributeKey").field(&self.name).finish()
    }
}

impl<K> fmt::Display for AttributeKey<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl<K> From<AttributeKey<K>> for Key {
    fn from(key: AttributeKey<K>) -> Self {
        Self::from_static_str(key.name)
    }
}
