use lakehouse_otel::prelude::*;
use lakehouse_otel::Secret;

struct Account {
    key: Secret<String>,
}

impl Account {
    #[track_api_request(exchange = Binance, endpoint = "/api/v3/account", symbol = self.key)]
    fn owned(&self) {}

    #[track_api_request(exchange = Binance, endpoint = "/api/v3/account", symbol = &self.key)]
    fn borrowed(&self) {}

    #[track_api_request(exchange = Binance, endpoint = "/api/v3/account", symbol = Some(&self.key))]
    async fn optional(&self) {}

    #[track_api_request(exchange = Binance, endpoint = "/api/v3/account", context = operation)]
    fn handle(&self) {
        operation.set(lakehouse_otel::schema::crypto::SYMBOL, &self.key);
    }
}

fn main() {}
