//! The HTTP side: three endpoints, Binance's headers and Binance's errors.

use super::{
    Config,
    faults::{Fault, Schedule},
    weight::{Account, LIMIT_A_MINUTE, Verdict},
};
use crate::{
    range::{self, TimeRange},
    timeframe::{self, Length},
};
use http_body_util::Full;
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::net::TcpListener;

#[derive(Debug)]
struct State {
    account: Account,
    faults: Schedule,
}

struct Answer {
    status: u16,
    body: String,
    retry_after: Option<u64>,
}

pub(super) async fn serve(
    listener: std::net::TcpListener,
    config: Arc<Config>,
    requests: Arc<AtomicU64>,
) {
    let Ok(listener) = TcpListener::from_std(listener) else {
        return;
    };
    let into_minute = Duration::from_millis(range::now().unsigned_abs() % 60_000);
    let minute = Instant::now()
        .checked_sub(into_minute)
        .unwrap_or_else(Instant::now);
    let state = Arc::new(Mutex::new(State {
        account: Account::new(minute),
        faults: Schedule::default(),
    }));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let (config, state, requests) = (
            Arc::clone(&config),
            Arc::clone(&state),
            Arc::clone(&requests),
        );
        let service = service_fn(move |request| {
            requests.fetch_add(1, Ordering::Relaxed);
            let response = respond(&config, &state, &request);
            async move { Ok::<_, Infallible>(response) }
        });
        // A connection that breaks off is the client's business.
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move { drop(connection.await) });
    }
}

fn respond(
    config: &Config,
    state: &Mutex<State>,
    request: &Request<Incoming>,
) -> Response<Full<Bytes>> {
    let query: HashMap<&str, &str> = request
        .uri()
        .query()
        .unwrap_or_default()
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .collect();
    let path = request.uri().path();
    let (used, answer) = charge(config, state, path, &query);
    let answer = answer.unwrap_or_else(|| match path {
        "/api/v3/time" => Answer::ok(&json!({ "serverTime": range::now() })),
        "/api/v3/exchangeInfo" => exchange_info(config, &query),
        "/api/v3/klines" => klines(config, &query),
        _ => Answer::error(
            404,
            -1000,
            "An unknown error occurred while processing the request.",
        ),
    });
    answer.into_response(used)
}

/// The weight used so far, and the answer if the request gets no further than this.
fn charge(
    config: &Config,
    state: &Mutex<State>,
    path: &str,
    query: &HashMap<&str, &str>,
) -> (u32, Option<Answer>) {
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    let (weight, fault) = match path {
        "/api/v3/klines" => {
            let timeframe = query
                .get("interval")
                .and_then(|name| timeframe::parse(name).ok());
            let series = query.get("symbol").copied().zip(timeframe);
            let fault = series.and_then(|(symbol, timeframe)| {
                state
                    .faults
                    .next(config.seed, config.fault_rate, symbol, timeframe)
            });
            (2, fault)
        }
        "/api/v3/exchangeInfo" => (20, None),
        _ => (1, None),
    };
    let told = (fault == Some(Fault::TooManyRequests)).then_some(config.retry_after);
    match state.account.charge(Instant::now(), weight, told) {
        Verdict::TooMany { used, seconds } => {
            let message = format!(
                "Too much request weight used; current limit is {LIMIT_A_MINUTE} request weight per 1 MINUTE. \
                 Please use WebSocket Streams for live updates to avoid polling the API."
            );
            (
                used,
                Some(Answer {
                    retry_after: Some(seconds),
                    ..Answer::error(429, -1003, &message)
                }),
            )
        }
        Verdict::Banned { used, seconds } => {
            let until = range::now() + i64::try_from(seconds).unwrap_or(0) * 1_000;
            let message = format!(
                "Way too much request weight used; IP banned until {until}. \
                 Please use WebSocket Streams for live updates to avoid bans."
            );
            (
                used,
                Some(Answer {
                    retry_after: Some(seconds),
                    ..Answer::error(418, -1003, &message)
                }),
            )
        }
        Verdict::Served { used } => {
            let answer = match fault {
                Some(Fault::Unavailable) => Some(Answer::error(
                    503,
                    -1008,
                    "Server is currently overloaded with other requests. Please try again in a few minutes.",
                )),
                Some(Fault::BadGateway) => Some(Answer::new(
                    502,
                    "<html><h1>502 Bad Gateway</h1></html>".to_owned(),
                )),
                Some(Fault::CutShort) => {
                    let whole = klines(config, query).body;
                    Some(Answer::new(200, whole[..whole.len() / 2].to_owned()))
                }
                Some(Fault::TooManyRequests) | None => None,
            };
            (used, answer)
        }
    }
}

fn klines(config: &Config, query: &HashMap<&str, &str>) -> Answer {
    let Some(symbol) = query.get("symbol").filter(|symbol| !symbol.is_empty()) else {
        let message = "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.";
        return Answer::error(400, -1102, message);
    };
    let Some(timeframe) = query
        .get("interval")
        .and_then(|name| timeframe::parse(name).ok())
    else {
        return Answer::error(400, -1120, "Invalid interval.");
    };
    let number = |name: &str, default: i64| {
        query
            .get(name)
            .map_or(Ok(default), |text| text.parse::<i64>())
    };
    let (Ok(from), Ok(last), Ok(limit)) = (
        number("startTime", i64::MIN),
        number("endTime", i64::MAX),
        number("limit", 500),
    ) else {
        let message = "Illegal characters found in a parameter; legal range is '^[0-9]{1,20}$'.";
        return Answer::error(400, -1100, message);
    };
    let limit = usize::try_from(limit).unwrap_or(0).clamp(1, 1_000);
    // Nothing of the future, and without a start the latest bars.
    let to = last.min(range::now()).saturating_add(1);
    let span = timeframe.millis() * i64::try_from(limit).unwrap_or(1);
    let from = if from == i64::MIN { to - span } else { from };
    match config.rows(symbol, timeframe, TimeRange { from, to }, limit) {
        Some(rows) => Answer::ok(&Value::Array(rows)),
        None => Answer::error(400, -1121, "Invalid symbol."),
    }
}

fn exchange_info(config: &Config, query: &HashMap<&str, &str>) -> Answer {
    let mut symbols = config.symbols();
    if let Some(wanted) = query.get("symbol") {
        symbols.retain(|symbol| symbol == wanted);
        if symbols.is_empty() {
            return Answer::error(400, -1121, "Invalid symbol.");
        }
    }
    let listed: Vec<Value> = symbols
        .iter()
        .map(
            |symbol| json!({ "symbol": symbol, "status": "TRADING", "isSpotTradingAllowed": true }),
        )
        .collect();
    Answer::ok(&json!({
        "timezone": "UTC",
        "serverTime": range::now(),
        "rateLimits": [
            { "rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": LIMIT_A_MINUTE }
        ],
        "exchangeFilters": [],
        "symbols": listed,
    }))
}

impl Answer {
    fn new(status: u16, body: String) -> Self {
        Self {
            status,
            body,
            retry_after: None,
        }
    }

    fn ok(body: &Value) -> Self {
        Self::new(200, body.to_string())
    }

    fn error(status: u16, code: i32, message: &str) -> Self {
        Self::new(status, json!({ "code": code, "msg": message }).to_string())
    }

    fn into_response(self, used: u32) -> Response<Full<Bytes>> {
        let html = self.body.starts_with('<');
        let mut response = Response::new(Full::new(Bytes::from(self.body)));
        *response.status_mut() = hyper::StatusCode::from_u16(self.status).unwrap_or_default();
        let headers = response.headers_mut();
        let kind = if html {
            "text/html"
        } else {
            "application/json;charset=UTF-8"
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert("x-mbx-used-weight", HeaderValue::from(used));
        headers.insert("x-mbx-used-weight-1m", HeaderValue::from(used));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
