use lakehouse_otel::*;

struct Token(String);

struct Config {
    secret: Token,
}

impl Config {
    fn api_key(&self) -> &str {
        &self.secret.0
    }
}

#[track_processing(operation = "sign", symbol = password, server.address = format!("{api_key}"))]
fn f0(password: &str, api_key: &str) {
    let _ = (password, api_key);
}

#[track_processing(operation = "sign", symbol = config.secret.0, server.address = config.api_key().to_owned())]
fn f1(config: &Config) {
    let _ = config;
}

#[track_processing(operation = "sign", ok(|passphrase| server.address = passphrase.as_str()))]
fn f2() -> String {
    String::new()
}

#[track_processing(operation = "sign", symbol = listen_key, server.address = session_token)]
fn f3(listen_key: &str, session_token: &str) {
    let _ = (listen_key, session_token);
}

fn main() {}
