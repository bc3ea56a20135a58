//! A function on AWS Lambda: a span for each invocation, under the trace of whoever called, and all telemetry
//! delivered before the machine freezes.
//!
//! ```text
//! cargo run --example lambda_invocation
//! ```
//!
//! Lambda itself starts a program with the address of its Runtime API in `AWS_LAMBDA_RUNTIME_API`. Here the program
//! is its own Lambda: it serves that API on a free loopback port, starts itself as the function, hands it three events,
//! and kills it as soon as the last is answered. What the function printed by then was flushed by `#[trace_invocation]`.

#![forbid(unsafe_code)]

mod function;
mod runtime_api;

use runtime_api::RuntimeApi;
use serde_json::json;
use std::{env, error::Error, process::Stdio};
use tokio::process::Command;

const NAME: &str = "daily_bar";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    if env::var_os("AWS_LAMBDA_RUNTIME_API").is_some() {
        return function::run(NAME).await;
    }
    let events = vec![
        json!({
            "headers": {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
            "symbol": "BTCUSDT",
            "closes": ["67012.50", "67150.00", "66980.25"],
        }),
        json!({"symbol": "ETHUSDT", "closes": ["3120.10", "3121.75"]}),
        json!({"symbol": "SOLUSDT", "closes": ["142.15", "n/a"]}),
    ];
    let api = RuntimeApi::start(events).await?;
    let mut function = Command::new(env::current_exe()?)
        .env("AWS_LAMBDA_RUNTIME_API", api.address().to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", NAME)
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let answers = tokio::select! {
        answers = api.answers() => answers,
        status = function.wait() => return Err(format!("the function ended by itself: {}", status?).into()),
    };
    // Lambda freezes the machine now, and may never thaw it.
    function.kill().await?;
    for answer in answers {
        println!("{answer}");
    }
    Ok(())
}
