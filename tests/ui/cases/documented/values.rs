//! The wrong code of `docs/diagnostics.md`: attributes and their values.

#![allow(unused_variables)]

use lakehouse_otel::prelude::*;

#[trace_stage(stage = "clean", crypto.symbl = symbol)]
fn unknown_attribute(symbol: &str) {}

#[trace_stage(stage = "clean", crypto.outcome = "error")]
fn reserved_attribute() {}

#[track_api_request(exchange = Binance, endpoint = "/api/v3/klines", limit = "1000")]
fn wrong_type() {}

#[track_api_request(exchange = Binance, endpoint = "/api/v3/klines", timeframe = "7m")]
fn unknown_member() {}

#[trace_stage(stage = "")]
fn empty_label() {}

#[track_api_request(exchange = Binance, endpoint = url)]
fn computed_label(url: &'static str) {}

#[trace_stage(stage = "clean", symbol = symbol().await)]
async fn awaits() {}

#[track_api_request(exchange = Binance, endpoint = "/api/v3/account", symbol = api_key)]
fn secret(api_key: &str) {}

fn main() {}
