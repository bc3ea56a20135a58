//! A bar, and how one is read from the exchange's twelve-element row.

use crate::timeframe::{Length, Timeframe};
use rust_decimal::Decimal;
use serde_json::Value;

/// The most places the archive stores. Binance gives eight; files written from binary floats have seventeen digits.
pub(crate) const SCALE: u32 = 18;

/// Beyond any price or volume, and small enough that the sum of a day's seconds still fits.
const LARGEST: Decimal = Decimal::from_parts(2_764_472_320, 232_830, 0, false, 0);

/// One bar. What a source does not tell is `None`, never zero.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Kline {
    pub(crate) open_time: i64,
    pub(crate) open: Decimal,
    pub(crate) high: Decimal,
    pub(crate) low: Decimal,
    pub(crate) close: Decimal,
    pub(crate) volume: Decimal,
    pub(crate) close_time: i64,
    pub(crate) quote_volume: Option<Decimal>,
    pub(crate) trades: Option<i64>,
    pub(crate) taker_base_volume: Option<Decimal>,
    pub(crate) taker_quote_volume: Option<Decimal>,
}

impl Kline {
    /// Reads a row; the error says which element is wrong, and how.
    pub(crate) fn parse(row: &Value, timeframe: Timeframe) -> Result<Self, String> {
        let elements = row.as_array().ok_or("the row is no array")?;
        if elements.len() != 12 {
            return Err(format!(
                "the row has {} elements, a kline has 12",
                elements.len()
            ));
        }
        let open_time =
            open_time(row).ok_or_else(|| format!("open time: {} is no integer", elements[0]))?;
        if open_time.rem_euclid(timeframe.millis()) != 0 {
            return Err(format!(
                "open time: {open_time} does not start a bar of {timeframe}"
            ));
        }
        Ok(Self {
            open_time,
            open: decimal(&elements[1], "open")?,
            high: decimal(&elements[2], "high")?,
            low: decimal(&elements[3], "low")?,
            close: decimal(&elements[4], "close")?,
            volume: decimal(&elements[5], "volume")?,
            close_time: integer(&elements[6], "close time")?,
            quote_volume: known(&elements[7])
                .map(|value| decimal(value, "quote volume"))
                .transpose()?,
            trades: known(&elements[8])
                .map(|value| integer(value, "trades"))
                .transpose()?,
            taker_base_volume: known(&elements[9])
                .map(|value| decimal(value, "taker base volume"))
                .transpose()?,
            taker_quote_volume: known(&elements[10])
                .map(|value| decimal(value, "taker quote volume"))
                .transpose()?,
        })
    }

    /// What contradicts itself, if anything.
    pub(crate) fn contradiction(&self, timeframe: Timeframe) -> Option<String> {
        let Self {
            open,
            high,
            low,
            close,
            volume,
            ..
        } = self;
        if high < open || high < close || high < low {
            return Some(format!(
                "high {high} is not the highest of open {open}, low {low}, close {close}"
            ));
        }
        if low > open || low > close {
            return Some(format!(
                "low {low} is not the lowest of open {open}, close {close}"
            ));
        }
        if *low <= Decimal::ZERO {
            return Some(format!("low {low} is not positive"));
        }
        if *volume < Decimal::ZERO {
            return Some(format!("volume {volume} is negative"));
        }
        let closes = self.open_time + timeframe.millis() - 1;
        (self.close_time != closes)
            .then(|| format!("close time {} is not {closes}", self.close_time))
    }
}

/// A row's open time, if that much of it can be read.
pub(crate) fn open_time(row: &Value) -> Option<i64> {
    row.get(0)?.as_i64()
}

fn known(value: &Value) -> Option<&Value> {
    (!value.is_null()).then_some(value)
}

fn integer(value: &Value, name: &str) -> Result<i64, String> {
    value
        .as_i64()
        .ok_or_else(|| format!("{name}: {value} is no integer"))
}

fn decimal(value: &Value, name: &str) -> Result<Decimal, String> {
    let text = value
        .as_str()
        .ok_or_else(|| format!("{name}: {value} is no decimal in a string"))?;
    let number =
        Decimal::from_str_exact(text).map_err(|_| format!("{name}: {value} is no decimal"))?;
    if number.scale() > SCALE {
        return Err(format!("{name}: {value} has more than {SCALE} places"));
    }
    if number.abs() > LARGEST {
        return Err(format!("{name}: {value} is too large"));
    }
    Ok(number)
}
