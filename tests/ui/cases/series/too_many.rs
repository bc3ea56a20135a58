#![deny(deprecated)]

use lakehouse_otel::prelude::*;

#[track_api_request(exchange = venue, endpoint = "/klines", data_type = data_type, timeframe = timeframe)]
fn requested(venue: &Exchange, data_type: &DataType, timeframe: Timeframe) {
    let _ = (venue, data_type, timeframe);
}

#[track_api_request(exchange = Binance, endpoint = "/klines", timeframe = timeframe, ok(|answer| data_type = answer.0, market_type = answer.1))]
async fn answered(timeframe: Timeframe) -> (DataType, MarketType) {
    let _ = timeframe;
    (DataType::Klines, MarketType::Spot)
}

#[track_api_request(exchange = venue, endpoint = "/klines", data_type = data_type, timeframe = timeframe, metrics = false)]
fn unmeasured(venue: &Exchange, data_type: &DataType, timeframe: Timeframe) {
    let _ = (venue, data_type, timeframe);
}

#[track_api_request(exchange = venue, endpoint = "/klines", data_type = Klines, timeframe = timeframe)]
fn few(venue: &Exchange, timeframe: Timeframe) {
    let _ = (venue, timeframe);
}

fn main() {}
