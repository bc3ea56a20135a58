//! The schema: every attribute, enum and metric of the registry, typed.

mod generated;
mod key;
mod member;
mod metric;
mod operation;
#[cfg(feature = "enabled")]
mod recorded;
mod table;
mod value;

pub use crate::__schema_by_hand as by_hand;
pub use generated::*;
pub use key::{AttributeKey, kind};
pub use member::UnknownMember;
pub use metric::{InstrumentKind, MetricAttribute, MetricDefinition, NumberKind};
pub use operation::{MetricSource, OperationDefinition, OperationMetric};
#[cfg(feature = "enabled")]
pub(crate) use recorded::Kept;
#[cfg(feature = "enabled")]
#[doc(hidden)]
pub use recorded::Recorded;
#[cfg(feature = "enabled")]
#[doc(hidden)]
pub use value::recorded_member;
#[doc(hidden)]
pub use value::value_of_member;
pub use value::{Amount, EnumValue, IntoValue};
