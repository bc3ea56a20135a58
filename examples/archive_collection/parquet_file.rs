//! A table of typed columns as a Parquet file, without a dataframe library.
//!
//! Decimals are `DECIMAL(38, 18)` in sixteen bytes, big-endian: exact, wide enough for any volume, and what pyarrow
//! reads as `decimal128(38, 18)`. Times are `TIMESTAMP(MILLIS, UTC)`. Unknown is null.

use crate::kline::SCALE;
use parquet::{
    basic::{Compression, LogicalType, Repetition, TimeUnit, Type as PhysicalType},
    data_type::{
        BoolType, DataType, FixedLenByteArray, FixedLenByteArrayType, Int32Type, Int64Type,
    },
    errors::ParquetError,
    file::{
        metadata::KeyValue,
        properties::WriterProperties,
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::types::Type,
};
use rust_decimal::Decimal;
use std::sync::Arc;

const PRECISION: i32 = 38;
const DECIMAL_BYTES: i32 = 16;

#[derive(Debug)]
pub(crate) enum Column {
    Time(Vec<i64>),
    Count(Vec<Option<i64>>),
    Bars(Vec<i32>),
    Flag(Vec<bool>),
    Decimal(Vec<Decimal>),
    MaybeDecimal(Vec<Option<Decimal>>),
}

/// Writes the columns, which are all of one length, and what the file should say about itself.
pub(crate) fn write(
    name: &str,
    columns: &[(&str, Column)],
    about: &[(&str, &str)],
) -> Result<Vec<u8>, ParquetError> {
    let fields = columns
        .iter()
        .map(|(name, column)| column.field(name).map(Arc::new))
        .collect::<Result<_, _>>()?;
    let schema = Type::group_type_builder(name).with_fields(fields).build()?;
    let about = about
        .iter()
        .map(|(key, value)| KeyValue::new((*key).to_owned(), (*value).to_owned()))
        .collect();
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(Some(about))
        .build();
    let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?;
    let mut group = file.next_row_group()?;
    for (_, column) in columns {
        column.write(&mut group)?;
    }
    group.close()?;
    file.into_inner()
}

impl Column {
    fn field(&self, name: &str) -> Result<Type, ParquetError> {
        let (physical, repetition) = match self {
            Self::Time(_) => (PhysicalType::INT64, Repetition::REQUIRED),
            Self::Count(_) => (PhysicalType::INT64, Repetition::OPTIONAL),
            Self::Bars(_) => (PhysicalType::INT32, Repetition::REQUIRED),
            Self::Flag(_) => (PhysicalType::BOOLEAN, Repetition::REQUIRED),
            Self::Decimal(_) => (PhysicalType::FIXED_LEN_BYTE_ARRAY, Repetition::REQUIRED),
            Self::MaybeDecimal(_) => (PhysicalType::FIXED_LEN_BYTE_ARRAY, Repetition::OPTIONAL),
        };
        let field = Type::primitive_type_builder(name, physical).with_repetition(repetition);
        match self {
            Self::Time(_) => {
                field.with_logical_type(Some(LogicalType::timestamp(true, TimeUnit::MILLIS)))
            }
            Self::Decimal(_) | Self::MaybeDecimal(_) => {
                let scale = SCALE.cast_signed();
                field
                    .with_logical_type(Some(LogicalType::decimal(scale, PRECISION)))
                    .with_length(DECIMAL_BYTES)
                    .with_precision(PRECISION)
                    .with_scale(scale)
            }
            Self::Count(_) | Self::Bars(_) | Self::Flag(_) => field,
        }
        .build()
    }

    fn write(&self, group: &mut SerializedRowGroupWriter<'_, Vec<u8>>) -> Result<(), ParquetError> {
        match self {
            Self::Time(values) => put::<Int64Type>(group, values, None),
            Self::Bars(values) => put::<Int32Type>(group, values, None),
            Self::Flag(values) => put::<BoolType>(group, values, None),
            Self::Count(values) => {
                let known: Vec<i64> = values.iter().copied().flatten().collect();
                put::<Int64Type>(group, &known, Some(&levels(values)))
            }
            Self::Decimal(values) => {
                let values: Vec<_> = values.iter().copied().map(bytes).collect();
                put::<FixedLenByteArrayType>(group, &values, None)
            }
            Self::MaybeDecimal(values) => {
                let known: Vec<_> = values.iter().copied().flatten().map(bytes).collect();
                put::<FixedLenByteArrayType>(group, &known, Some(&levels(values)))
            }
        }
    }
}

fn put<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    values: &[T::T],
    levels: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let mut column = group
        .next_column()?
        .ok_or_else(|| ParquetError::General("one column too many".to_owned()))?;
    column.typed::<T>().write_batch(values, levels, None)?;
    column.close()
}

/// One for a value, zero for null.
fn levels<T>(values: &[Option<T>]) -> Vec<i16> {
    values
        .iter()
        .map(|value| i16::from(value.is_some()))
        .collect()
}

/// The number in units of its last place. What is in a bar has at most as many places, and is small enough.
fn bytes(number: Decimal) -> FixedLenByteArray {
    let unscaled = number.mantissa() * 10_i128.pow(SCALE.saturating_sub(number.scale()));
    FixedLenByteArray::from(unscaled.to_be_bytes().to_vec())
}
