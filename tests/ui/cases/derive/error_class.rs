use std::fmt;

use lakehouse_otel::prelude::*;

#[derive(Debug, ErrorClass)]
union Bits {
    whole: u8,
}

#[derive(Debug, ErrorClass)]
#[error_class(type = "fetch", severity = Hihg, recovery = source)]
enum FetchError {
    #[error_class(typ = "rate_limited", recovery = Retry, recovery = Skip)]
    RateLimited,
    #[error_class(type = 429)]
    Status(u16),
    #[error_class(transparent)]
    Nothing,
    #[error_class(severity = source)]
    Two(u8, u16),
    #[error_class(transparent = true)]
    Io(std::io::Error),
    #[error_class(severity = "grave")]
    Grave,
    #[error_class(severity = ErrorRecovery::Retry)]
    OfAnother,
    Marked(#[error_class(source)] std::io::Error, #[error_class(source)] std::io::Error),
    #[error_class(type = "")]
    Empty,
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it failed")
    }
}

impl std::error::Error for FetchError {}

fn main() {}
