//! The right code of `docs/diagnostics.md`.

#![allow(dead_code, unused_variables)]

use std::num::ParseIntError;

use lakehouse_otel::prelude::*;

mod arguments {
    use super::*;

    #[track_processing(operation = "clean", symbol = symbol)]
    fn unknown_argument(symbol: &str) {}

    #[trace_stage(stage = "fetch", kind = client)]
    fn span_kind() {}

    #[trace_stage(stage = "clean", layer = Silver)]
    fn syntax() {}

    #[track_processing(operation = "clean", symbol = symbol)]
    fn duplicate(symbol: &str) {}

    #[trace_stage(stage = "clean", layer = Silver)]
    fn missing_argument() {}

    #[trace_stage(stage = "clean", budget = "5s", ok(|rows| record_count = rows.len()))]
    fn outside_of_observer() -> Vec<u8> {
        Vec::new()
    }

    #[trace_stage(stage = "clean", context = operation)]
    fn handle_name() {
        operation.add_event("half_way", []);
    }

    #[trace_stage(stage = "clean", budget = "1.5s")]
    fn duration() {}

    #[trace_stage(stage = "clean", sample = 0.3)]
    fn sample_rate() {}

    #[trace_stage(stage = "clean", priority = high)]
    fn priority() {}

    #[trace_stage(stage = "clean", metrics = false)]
    fn truth() {}

    #[trace_stage(stage = "clean", crate = ::lakehouse_otel)]
    fn runtime_path() {}

    #[trace_stage(stage = "clean", ok(|rows| record_count = rows.len()))]
    fn observer_form() -> Vec<u8> {
        Vec::new()
    }

    #[trace_stage(stage = "clean", symbol = symbol, keep(symbol))]
    fn keep_form(symbol: &str) {}

    #[trace_stage(stage = "clean", symbol = pair, keep(symbol))]
    fn kept_name(pair: &str) {}

    #[track_api_request(exchange = Binance, endpoint = "/api/v3/klines")]
    fn klines() {}
}

mod values {
    use super::*;

    #[trace_stage(stage = "clean", crypto.symbol = symbol)]
    fn unknown_attribute(symbol: &str) {}

    #[trace_stage(stage = "clean")]
    fn reserved_attribute() -> Result<(), ParseIntError> {
        Ok(())
    }

    #[track_api_request(exchange = Binance, endpoint = "/api/v3/klines", limit = 1000)]
    fn wrong_type() {}

    #[track_api_request(exchange = Binance, endpoint = "/api/v3/klines", timeframe = "5m")]
    fn unknown_member() {}

    #[trace_stage(stage = "clean")]
    fn empty_label() {}

    #[track_api_request(exchange = Binance, endpoint = "/api/v3/klines", server.address = host)]
    fn computed_label(host: &str) {}

    #[trace_stage(stage = "clean", context = operation)]
    async fn awaits() {
        let symbol = next_symbol().await;
        operation.set(lakehouse_otel::schema::crypto::SYMBOL, &symbol);
    }

    async fn next_symbol() -> String {
        "BTCUSDT".to_owned()
    }

    #[track_api_request(exchange = Binance, endpoint = "/api/v3/account")]
    fn secret(api_key: &str) {}
}

mod items {
    use super::*;

    struct Cleaner;

    impl Cleaner {
        #[trace_stage(stage = "clean")]
        fn clean(&self) {}
    }

    trait Store {
        fn put(&self, key: &str);
    }

    struct Folder;

    impl Store for Folder {
        #[track_storage(operation = Put, system = Local, key = key)]
        fn put(&self, key: &str) {}
    }

    #[track_processing(operation = "pages")]
    fn pages(rows: usize) -> usize {
        rows.div_ceil(1000)
    }

    #[trace_stage(stage = "read")]
    async fn read() -> Option<Vec<u8>> {
        None
    }

    #[track_processing(operation = "count", err(|error| crypto.exchange_error = error.to_string()))]
    fn count(rows: &str) -> Result<usize, ParseIntError> {
        rows.parse()
    }
}

fn main() {}
