//! `operation!` around closures and async closures: each call is an operation.

use lakehouse_otel::operation;
use lakehouse_otel::prelude::*;
use lakehouse_otel::schema::crypto::{RECORD_COUNT, SYMBOL};
use lakehouse_otel_tests_behaviour::{bench, millis, work, yield_now};

#[derive(Debug)]
struct Row(u32);

#[test]
fn each_call_is_an_operation() {
    let bench = bench();
    let mut sum = 0;
    bench.run(|| {
        let add = operation!(
            track_processing(operation = "add", record_count = row.0),
            |row: &Row| {
                work(u64::from(row.0));
                sum += row.0;
            }
        );
        [Row(1), Row(2)].iter().for_each(add);
    });
    assert_eq!(sum, 3);
    let spans = bench.capture.spans_named("add");
    spans[0].lasted(millis(1)).has(RECORD_COUNT, 1);
    spans[1].lasted(millis(2)).has(RECORD_COUNT, 2);
}

#[test]
fn a_closure_returns_as_it_does_without() {
    let bench = bench();
    let symbol = String::from("BTCUSDT");
    bench.run(|| {
        let check = operation!(
            track_processing(
                operation = "check",
                symbol = symbol,
                context = ctx,
                err(|error| record_count = error.len())
            ),
            |Row(row): Row, _: u8| -> Result<u32, String> {
                ctx.add_event("checked", []);
                if row == 0 {
                    return Err("zero".to_owned());
                }
                let row: u8 = row.try_into().map_err(|_| "big".to_owned())?;
                Ok(u32::from(row))
            },
        );
        assert_eq!(check(Row(1), 1), Ok(1));
        assert_eq!(check(Row(0), 1), Err("zero".to_owned()));
        assert_eq!(check(Row(256), 1), Err("big".to_owned()));
    });
    assert_eq!(symbol, "BTCUSDT");
    let spans = bench.capture.spans_named("check");
    spans[0].outcome(Outcome::Ok).has(SYMBOL, "BTCUSDT");
    spans[1].outcome(Outcome::Error).has(RECORD_COUNT, 4);
    spans[2].outcome(Outcome::Error).has(RECORD_COUNT, 3);
    assert_eq!(spans[2].event_names(), ["checked", "exception"]);
}

#[test]
fn expressions_moves_and_borrows() {
    let bench = bench();
    let text = String::from("rows");
    let (longest, once, borrowed) = bench.run(|| {
        let double = operation!(track_processing(operation = "double"), |row: u32| row * 2);
        let borrow = operation!(
            track_processing(operation = "borrow"),
            |rows: &'static [u32]| -> &[u32] { &rows[1..] }
        );
        let once = operation!(track_processing(operation = "once"), move || text);
        (double(4_u32), once(), borrow(&[1, 2]))
    });
    assert_eq!((longest, once.as_str(), borrowed), (8, "rows", &[2][..]));
    assert_eq!(bench.capture.spans().len(), 3);
}

#[test]
fn a_panic_in_a_closure_goes_on() {
    let bench = bench();
    let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        bench.run(|| {
            let panics = operation!(track_processing(operation = "panics"), |row: u32| {
                assert_eq!(row, 1, "not one");
            });
            panics(2);
        });
    }));
    unwound.unwrap_err();
    bench.capture.span("panics").outcome(Outcome::Panicked);
}

#[test]
fn the_future_of_each_call_of_an_async_closure_is_an_operation() {
    let bench = bench();
    let rows = [1, 2];
    bench.block_on(async {
        let fetch = operation!(
            track_api_request(
                exchange = Kraken,
                endpoint = "/0/public/OHLC",
                symbol = symbol,
                context = ctx
            ),
            async |symbol: &str| -> Result<usize, String> {
                ctx.add_event("asked", []);
                work(2);
                yield_now().await;
                if symbol.is_empty() {
                    return Err("no symbol".into());
                }
                Ok(rows.len())
            }
        );
        assert_eq!(fetch("XBTUSD").await, Ok(2));
        fetch("").await.unwrap_err();
        drop(fetch("XBTUSD"));
        let moved = operation!(track_processing(operation = "moved"), async move || {
            work(1);
            3
        });
        assert_eq!(moved().await, 3);
    });
    let spans = bench.capture.spans_named("/0/public/OHLC");
    assert_eq!(spans.len(), 2);
    spans[0]
        .lasted(millis(2))
        .has(SYMBOL, "XBTUSD")
        .outcome(Outcome::Ok);
    spans[1].outcome(Outcome::Error);
    assert_eq!(spans[1].event_names(), ["asked", "exception"]);
    bench.capture.span("moved").lasted(millis(1));
}
