use lakehouse_otel::prelude::*;
use lakehouse_otel::Secret;

struct Account {
    key: Secret<String>,
}

impl Account {
    #[track_api_request(exchange = Binance, endpoint = "/api/v3/account", symbol = self.key.expose())]
    fn exposed(&self) {}
}

fn main() {}
