use std::fmt;

use lakehouse_otel::prelude::*;

#[derive(Debug, ErrorClass)]
enum ParseError {
    #[error_class(transparent)]
    Number(std::num::ParseIntError),
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it is no number")
    }
}

impl std::error::Error for ParseError {}

#[derive(Debug, ErrorClass)]
struct NoError;

#[derive(Debug, ErrorClass)]
#[error_class(type = 1 + Self::code)]
struct Computed;

fn main() {}
