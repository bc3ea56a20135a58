//! What can go wrong.

use std::io;
use std::num::ParseFloatError;

use telemetry::prelude::*;

/// Why there is no reading.
#[derive(Debug, thiserror::Error, ErrorClass)]
#[error_class(crate = ::telemetry, severity = Medium)]
pub enum StationError {
    /// The station is not known.
    #[error("no such station: {0}")]
    #[error_class(type = "unknown_station", severity = High, recovery = Manual)]
    Unknown(String),
    /// The station did not answer well.
    #[error("the answer's status is {0}")]
    #[error_class(type = Self::status, recovery = Retry)]
    Status(u16),
    /// A line that does not begin with a number.
    #[error("a malformed reading")]
    Malformed(#[from] ParseFloatError),
    /// The archive's fault.
    #[error(transparent)]
    #[error_class(transparent)]
    Archive(#[from] io::Error),
}

impl StationError {
    fn status(&self) -> String {
        match self {
            Self::Status(status) => status.to_string(),
            other => other.to_string(),
        }
    }
}
