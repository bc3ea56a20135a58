use lakehouse_otel::prelude::*;

#[track_api_request(market = Binance, endpoint = "/time")]
fn alias() -> u64 {
    1
}

#[trace_stage(stage = "read", crypto.market = "binance")]
fn key() -> u64 {
    1
}

#[deny(deprecated)]
mod silenced {
    use super::*;

    #[track_api_request(market = Binance, endpoint = "/time")]
    #[allow(deprecated)]
    pub fn below() {}

    #[allow(deprecated)]
    #[track_api_request(market = Binance, endpoint = "/time")]
    pub fn above() {}

    #[allow(deprecated)]
    #[track_api_request(exchange = venue, endpoint = "/api/v3/klines", data_type = data_type, timeframe = timeframe)]
    pub fn series(venue: &Exchange, data_type: &DataType, timeframe: Timeframe) {
        let _ = (venue, data_type, timeframe);
    }
}

fn main() {
    silenced::below();
    silenced::above();
    silenced::series(&Exchange::Binance, &DataType::Klines, Timeframe::M1);
    assert_eq!(alias() + key(), 2);
}
