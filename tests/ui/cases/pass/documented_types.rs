//! The right code of `docs/diagnostics.md`: derives, secrets, labels.

#![deny(deprecated)]
#![allow(dead_code, unused_variables)]

use lakehouse_otel::Secret;
use lakehouse_otel::prelude::*;

mod derive {
    use super::*;

    #[derive(AttributeValue)]
    enum Language {
        English,
        German,
    }

    #[derive(AttributeValue)]
    #[attribute(rename_all = "kebab-case")]
    enum Venue {
        SpotMarket,
    }

    #[derive(AttributeValue)]
    #[attribute(rename_all = "UPPERCASE")]
    enum Side {
        Buy,
        Sell,
    }

    #[derive(AttributeValue)]
    enum Tongue {
        German,
        #[attribute(rename = "german_of_austria")]
        Austrian,
    }

    #[derive(Debug, thiserror::Error, ErrorClass)]
    enum FetchError {
        #[error("asked too often")]
        RateLimited,
        #[error(transparent)]
        #[error_class(transparent)]
        Io(#[from] std::io::Error),
    }

    #[derive(Debug, thiserror::Error, ErrorClass)]
    enum ParseError {
        #[error("it is no number")]
        #[error_class(type = "no_number")]
        Number(#[from] std::num::ParseIntError),
    }
}

struct Account {
    name: String,
    key: Secret<String>,
}

impl Account {
    #[track_api_request(exchange = Binance, endpoint = "/api/v3/account", server.address = self.name)]
    fn fetch(&self) {}
}

#[track_api_request(exchange = Binance, endpoint = "/api/v3/klines", data_type = Klines, timeframe = timeframe)]
fn klines(timeframe: Timeframe) {}

#[track_storage(operation = Put, system = S3, size_bytes = "64MiB", crypto.retry.delay = "1.5s")]
fn put() {}

fn main() {}
