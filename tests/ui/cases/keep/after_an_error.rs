// The value is wrong, and `keep(…)` is not to blame for it.

use lakehouse_otel::*;

#[track_api_request(
    exchange = Binance,
    endpoint = "/time",
    symbol = 1,
    keep(symbol, record_count),
    ok(|rows| record_count = "many"),
)]
fn f0() -> Vec<u8> { vec![] }

fn main() {}
