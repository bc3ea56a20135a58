#[track_api_request(exchange = Okx, endpoint = "/candles", ok(|page| response = page), err(|error| response = error))]
fn candles() -> Result<Page, ApiError> {
    ask()
}
