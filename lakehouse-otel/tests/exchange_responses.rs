//! HTTP clients' own types as answers of exchanges.

#![cfg(all(feature = "reqwest", feature = "enabled"))]

use std::time::SystemTime;

use http::{HeaderMap, Response, StatusCode};
use lakehouse_otel::exchange::{Answer, Binance, ExchangeProtocol, ExchangeResponse, Limits};

fn read(response: &dyn ExchangeResponse) -> Limits {
    Binance.read(&Answer::new(response, SystemTime::now()))
}

fn response() -> Response<&'static str> {
    Response::builder()
        .status(StatusCode::TOO_MANY_REQUESTS)
        .header("X-MBX-USED-WEIGHT-1M", "6001")
        .header("Retry-After", "7")
        .header("X-MBX-ORDER-COUNT-1D", &b"\xff\xfe"[..])
        .body("{}")
        .unwrap()
}

#[test]
fn each_of_them_says_the_same() {
    let limits = read(&response());
    assert!(limits.rate_limited);
    assert_eq!(limits.used, Some(6_001));
    assert_eq!(limits.retry_after.unwrap().as_secs(), 7);
    assert_eq!(limits.order_count, None, "no text is no number");

    let (parts, _) = response().into_parts();
    assert_eq!(read(&(parts.status, &parts.headers)), limits);
    assert_eq!(read(&reqwest::Response::from(response())), limits);
    assert_eq!(read(&Some(response())), limits);
    assert_eq!(read(&Box::new(response())), limits);
    assert_eq!(read(&None::<Response<()>>), Limits::default());
}

#[test]
fn an_error_of_reqwest_knows_the_status() {
    let error = reqwest::Response::from(response()).error_for_status();
    let limits = read(&error.unwrap_err());
    assert!(limits.rate_limited);
    assert_eq!(limits.used, None);
    let banned = (StatusCode::IM_A_TEAPOT, &HeaderMap::new());
    assert!(read(&banned).ban.is_some());
}
