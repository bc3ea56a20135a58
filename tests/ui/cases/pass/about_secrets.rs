//! What is known about a secret is none.

use lakehouse_otel::*;

struct Credentials2 {
    account_id: String,
}

mod secret {
    pub fn kind() -> &'static str {
        "hmac"
    }
}

#[track_processing(operation = "sign", record_count = usize::from(password.is_some()), symbol = credentials.account_id, server.address = secret::kind(), url.template = "{password}")]
fn f(password: Option<&str>, credentials: &Credentials2, secrets: u64) {
    let _ = (password, credentials, secrets);
}

fn main() {
    let account_id = "a".to_owned();
    f(None, &Credentials2 { account_id }, 1);
}
