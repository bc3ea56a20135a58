//! The wrong code of `docs/diagnostics.md`: derives.

use lakehouse_otel::prelude::*;

#[derive(AttributeValue)]
enum Language {
    English,
    Other(String),
}

#[derive(AttributeValue)]
#[attribute(rename = "kebab-case")]
enum Venue {
    SpotMarket,
}

#[derive(AttributeValue)]
#[attribute(rename_all = "upper")]
enum Side {
    Buy,
    Sell,
}

#[derive(AttributeValue)]
enum Tongue {
    German,
    #[attribute(rename = "german")]
    Austrian,
}

#[derive(Debug, thiserror::Error, ErrorClass)]
enum FetchError {
    #[error("asked too often")]
    #[error_class(transparent)]
    RateLimited,
}

#[track_storage(operation = Put, system = S3, size_bytes = "64 megs")]
fn put() {}

fn main() {}
