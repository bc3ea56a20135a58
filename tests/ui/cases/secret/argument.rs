use lakehouse_otel::*;

struct SecretString(String);
struct Zeroizing<T>(T);
struct Password(String);

#[track_api_request(exchange = Binance, endpoint = "/time", symbol = key.0)]
fn f(key: &SecretString) {
    let _ = key;
}

#[track_processing(operation = "sign", symbol = format!("{key}"), crypto.file_count = key.0.len(), ok(|_| server.address = key.0.clone()))]
async fn g(key: Option<Zeroizing<String>>) {
    let _ = key;
}

#[track_processing(operation = "sign", server.address = word)]
fn h(user: &str, (word, _): (std::sync::Arc<Password>, u64)) {
    let _ = (user, word);
}

fn main() {}
