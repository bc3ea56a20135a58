//! Invocations of every shape, and requests with their answers.

use lakehouse_otel::exchange::{ErrorCode, ExchangeResponse, read_by};
use lakehouse_otel::prelude::*;
use std::pin::Pin;
use std::time::{Instant, SystemTime};

struct Event {
    id: String,
    deadline: SystemTime,
}

#[trace_invocation(trigger = Timer)]
fn plain() {}

#[trace_invocation(trigger = "pubsub", name = "consume", deadline = event.deadline, invocation_id = event.id)]
fn moves(event: Event) -> String {
    event.id
}

#[trace_invocation(trigger = FaasTrigger::Http, deadline = Some(deadline), flush = "250ms", coldstart = false)]
async fn destructures(Event { id, deadline }: Event) -> Result<String, std::io::Error> {
    let _ = deadline;
    Ok(id)
}

#[trace_invocation(trigger = Http, deadline = until, flush = "1s")]
fn boxed(until: Instant) -> Pin<Box<dyn Future<Output = u64> + Send>> {
    Box::pin(async move { u64::from(until.elapsed().as_secs() > 0) })
}

#[trace_invocation(trigger = Other, flush = false)]
async fn forever() -> ! {
    std::future::pending().await
}

fn sent<T: Send>(_: T) {}

#[track_api_request(
    exchange = Okx, endpoint = "/candles",
    ok(|code| response = code, record_count = 1), err(|error| response = error),
)]
fn candles() -> Result<ErrorCode<'static>, Option<ErrorCode<'static>>> {
    Ok(ErrorCode("0"))
}

#[track_api_request(exchange = "kucoin", endpoint = "/candles", ok(|code| response = read_by(&lakehouse_otel::exchange::Other, code)))]
fn other() -> Box<dyn ExchangeResponse> {
    Box::new(ErrorCode("0"))
}

fn main() {
    plain();
    let event = || Event {
        id: "1".to_owned(),
        deadline: SystemTime::now(),
    };
    assert_eq!(moves(event()), "1");
    sent(destructures(event()));
    sent(boxed(Instant::now()));
    sent(forever());
    let _ = candles();
    other();
}
