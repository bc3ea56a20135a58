use lakehouse_otel::*;

struct ApiKey(String);
struct RefreshToken(String);

#[track_processing(operation = "sign", symbol = key.0, server.address = token.0)]
fn f(key: &ApiKey, token: Option<&RefreshToken>) {
    let _ = (key, token);
}

fn main() {}
