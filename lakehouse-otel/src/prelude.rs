//! What an annotated file needs: `use lakehouse_otel::prelude::*;`.

pub use crate::operation::ErrorClass;
pub use crate::schema::{
    DataType, Exchange, FaasTrigger, Format, Layer, MarketType, Outcome, StorageOperation,
    StorageSystem, Timeframe,
};
pub use lakehouse_otel_macros::*;
