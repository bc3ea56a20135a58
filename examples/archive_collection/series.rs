//! What is archived: a symbol in a timeframe, over a range of time.

use crate::{range::TimeRange, timeframe::Timeframe};
use std::{fmt, str::FromStr};

/// A trading pair as the exchange spells it, checked, so that it can stand in URLs and object keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Symbol(String);

impl Symbol {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Symbol {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let allowed = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit() || b"-_.".contains(&c);
        let starts_well = text
            .bytes()
            .next()
            .is_some_and(|c| c.is_ascii_alphanumeric());
        if starts_well && text.len() <= 20 && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err("a symbol has 1 to 20 characters of A-Z, 0-9, -, _ and ., like BTCUSDT".to_owned())
        }
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// One symbol in one timeframe, and the range asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Series {
    pub(crate) symbol: Symbol,
    pub(crate) timeframe: Timeframe,
    pub(crate) range: TimeRange,
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.symbol, self.timeframe)
    }
}
