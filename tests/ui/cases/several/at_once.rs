use lakehouse_otel::*;

#[track_api_request(
    exchange = Binanse,
    symbl = symbol,
    endpoint = symbol,
    timeframe = "7m",
    limit = "many",
    budget = "5",
    kind = clint,
    context = ctx,
    ok(|rows| recrd_count = rows.len(), crypto.symbl = 1),
)]
async fn fetch(symbol: &str) -> Result<Vec<u64>, std::io::Error> {
    ctx.add_event("fetching", []);
    let _ = symbol;
    Ok(vec![])
}

struct Client;

trait Fetch {
    fn time(&self) -> u64;
    fn depth(&self) -> u64;
}

impl Fetch for Client {
    #[track_api_request(exchange = Binance, endpont = "/time")]
    fn time(&self) -> u64 {
        1
    }

    #[track_api_request(endpoint = "/depth", limit = 1, limit = 2)]
    fn depth(&self) -> u64 {
        2
    }
}

fn main() {
    drop(fetch("BTCUSDT"));
    let _ = Client.time() + Client.depth();
}
