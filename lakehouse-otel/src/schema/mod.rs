//! The schema: every attribute, enum and metric of the registry, typed.

mod generated;
mod key;
mod member;
mod metric;
mod operation;
mod value;

pub use generated::*;
pub use key::{AttributeKey, kind};
pub use member::UnknownMember;
pub use metric::{InstrumentKind, MetricAttribute, MetricDefinition, NumberKind};
pub use operation::{MetricSource, OperationDefinition, OperationMetric};
pub use value::{EnumValue, IntoValue};
