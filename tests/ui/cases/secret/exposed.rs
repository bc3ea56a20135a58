use lakehouse_otel::*;

#[track_processing(operation = "sign", symbol = client.key.expose_secret())]
fn f(client: &Client) {
    let _ = client;
}

struct Client {
    key: Key,
}

struct Key;

fn main() {}
