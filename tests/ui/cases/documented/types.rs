//! The wrong code of `docs/diagnostics.md`: types of errors, and secrets.

use lakehouse_otel::Secret;
use lakehouse_otel::prelude::*;

#[derive(Debug, thiserror::Error, ErrorClass)]
enum ParseError {
    #[error(transparent)]
    #[error_class(transparent)]
    Number(#[from] std::num::ParseIntError),
}

struct Account {
    key: Secret<String>,
}

impl Account {
    #[track_api_request(exchange = Binance, endpoint = "/api/v3/account", server.address = self.key)]
    fn fetch(&self) {}
}

fn main() {}
