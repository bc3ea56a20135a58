//! An operation without a macro: what the macros expand to can be written by hand, where an attribute cannot stand.
//!
//! ```text
//! cargo run --example manual_operation
//! ```

#![forbid(unsafe_code)]

use lakehouse_otel::{
    operation::{ApiRequest, ResponseDetails},
    prelude::*,
    schema::HttpRequestMethod,
};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let _telemetry = lakehouse_otel::init()?;
    for (symbol, answer) in [("BTCUSDT", "67012.50"), ("ETHUSDT", "n/a")] {
        let request = ApiRequest::new(Exchange::Binance, "/api/v3/ticker/price")
            .method(HttpRequestMethod::Get)
            .symbol(symbol)
            .data_type(DataType::Ticker)
            .start();
        let details = ResponseDetails::new().status(200).body_size(answer.len());
        request.handle().set_response_details(details);
        // What runs in here has the request as its parent.
        let price: Result<f64, _> = request.in_scope(|| answer.parse());
        match &price {
            Ok(_) => request.ok(),
            Err(error) => request.error(error),
        }
        println!("{symbol}: {price:?}");
    }
    Ok(())
}
