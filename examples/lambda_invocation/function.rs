//! The function: what would be all of the program on Lambda.

use lakehouse_otel::{
    Telemetry,
    opentelemetry::{propagation::TextMapPropagator, trace::FutureExt},
    prelude::*,
    propagation::TraceContextPropagator,
};
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, num::ParseFloatError};
use thiserror::Error;

/// An event, with the headers of the request behind it.
#[derive(Debug, Deserialize)]
struct Request {
    #[serde(default)]
    headers: HashMap<String, String>,
    symbol: String,
    closes: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Bar {
    symbol: String,
    high: f64,
    low: f64,
}

#[derive(Debug, Error)]
enum BarError {
    #[error("a close is no number")]
    Malformed(#[from] ParseFloatError),
}

/// What Lambda tells its caller.
impl From<BarError> for Diagnostic {
    fn from(error: BarError) -> Self {
        Self {
            error_type: "BarError".to_owned(),
            error_message: error.to_string(),
        }
    }
}

pub(crate) async fn run(name: &str) -> Result<(), lambda_runtime::Error> {
    let telemetry = Telemetry::builder().service_name(name).init()?;
    let handler = |event: LambdaEvent<Request>| {
        // The span that the caller's headers name is the invocation's parent.
        let caller = TraceContextPropagator::new().extract(&event.payload.headers);
        daily_bar(event).with_context(caller)
    };
    lambda_runtime::run(service_fn(handler)).await?;
    drop(telemetry);
    Ok(())
}

/// One invocation. Its flush is over 50 ms before Lambda's patience is.
#[trace_invocation(
    trigger = Http, name = "daily_bar", invocation_id = event.context.request_id.as_str(),
    crypto.symbol = event.payload.symbol.as_str(),
    flush = "1s", deadline = event.context.deadline(),
)]
async fn daily_bar(event: LambdaEvent<Request>) -> Result<Bar, BarError> {
    let request = event.payload;
    let closes = parse(&request.closes)?;
    Ok(Bar {
        symbol: request.symbol,
        high: closes.iter().copied().fold(f64::MIN, f64::max),
        low: closes.iter().copied().fold(f64::MAX, f64::min),
    })
}

#[track_processing(operation = "parse", record_count = closes.len())]
fn parse(closes: &[String]) -> Result<Vec<f64>, ParseFloatError> {
    closes.iter().map(|close| close.parse()).collect()
}
