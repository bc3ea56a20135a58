//! The wrong code of `docs/diagnostics.md`: labels with too many combinations.

#![deny(deprecated)]
#![allow(unused_variables)]

use lakehouse_otel::prelude::*;

#[track_api_request(exchange = venue, endpoint = "/api/v3/klines", data_type = data_type, timeframe = timeframe)]
fn klines(venue: &Exchange, data_type: &DataType, timeframe: Timeframe) {}

fn main() {}
