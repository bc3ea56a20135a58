//! The derives: what a type of the user's says in telemetry.

mod attribute_value;
mod case;
mod error_class;
mod helper;

pub(crate) use attribute_value::derive as attribute_value;
pub(crate) use error_class::derive as error_class;
