//! Rate limits, failures and patience, with an exchange that says exactly what the test wants.

use crate::support::{Archive, Folder, Program, Reply, ScriptedExchange, klines};

const TOO_MANY: &str = r#"{"code":-1003,"msg":"Too much request weight used."}"#;

#[test]
fn a_429_and_a_418_are_waited_out_and_counted() {
    let exchange = ScriptedExchange::start(|number, asked| match number {
        1 => Reply::error(429, TOO_MANY).with("Retry-After", 0),
        2 => Reply::error(418, TOO_MANY).with("Retry-After", 1),
        _ => Reply::ok(klines(asked)).with("X-MBX-USED-WEIGHT-1M", number as u64),
    });
    let store = Folder::new();
    let started = std::time::Instant::now();
    let finished = Program::scripted(&exchange, &store).run().ok();
    assert!(started.elapsed().as_secs_f64() >= 1.0, "it did not wait");
    assert_eq!(
        finished.line("Requests:"),
        "Requests: 15; 2 retries; 2 rate-limit waits, 1.0 s; used weight 13 of 6,000"
    );
    assert!(
        finished
            .line("BTCUSDT 1m")
            .starts_with("BTCUSDT 1m 12 12 120 0 0")
    );
    let asked: Vec<i64> = exchange
        .take_asked()
        .iter()
        .map(|asked| asked.from)
        .collect();
    assert_eq!(asked[1..4], [asked[1]; 3]);
}

#[test]
fn a_ban_that_is_too_long_ends_the_run_without_another_request() {
    let exchange = ScriptedExchange::start(|number, asked| match number {
        3 => Reply::error(418, TOO_MANY).with("Retry-After", 7_200),
        _ => Reply::ok(klines(asked)),
    });
    let store = Folder::new();
    let finished = Program::scripted(&exchange, &store).run();
    assert_eq!(finished.status, Some(1), "{finished:#?}");
    let failed = finished.line("FAILED");
    assert!(
        failed.contains(
            "answered 418 and asks to wait 7200 s (-1003: Too much request weight used.)"
        ),
        "{failed}"
    );
    assert!(
        finished
            .stdout
            .contains("Still to fetch: 9 pages. Run the same command again.")
    );
    assert_eq!(exchange.take_asked().len(), 4);
}

#[test]
fn the_client_stops_short_of_the_exchanges_weight() {
    let limits =
        r#"[{"rateLimitType":"REQUEST_WEIGHT","interval":"SECOND","intervalNum":1,"limit":100}]"#;
    let exchange = ScriptedExchange::with_limits(limits, |number, asked| {
        let used = if number == 5 { 90 } else { 10 };
        Reply::ok(klines(asked))
            .with("X-MBX-USED-WEIGHT-1S", used)
            .with("X-MBX-USED-WEIGHT-1M", 5_999)
    });
    let store = Folder::new();
    let requests = Program::scripted(&exchange, &store)
        .run()
        .ok()
        .line("Requests:");
    assert!(
        requests.contains("0 retries; 1 rate-limit wait")
            && requests.ends_with("used weight 10 of 100"),
        "{requests}"
    );
}

#[test]
fn transient_failures_are_retried() {
    let exchange = ScriptedExchange::start(|number, asked| match number {
        0 => Reply::error(
            503,
            r#"{"code":-1008,"msg":"Server is currently overloaded."}"#,
        ),
        2 => Reply::error(502, "<html>Bad Gateway</html>"),
        4 => Reply::ok(klines(asked)[..100].to_owned()),
        _ => Reply::ok(klines(asked)),
    });
    let store = Folder::new();
    let finished = Program::scripted(&exchange, &store).run().ok();
    assert!(
        finished
            .line("Requests:")
            .starts_with("Requests: 16; 3 retries; 0 rate-limit waits")
    );
    assert!(
        finished
            .line("BTCUSDT 1m")
            .starts_with("BTCUSDT 1m 12 12 120 0 0")
    );
}

#[test]
fn a_page_is_given_up_after_its_retries_and_the_run_after_its_budget() {
    let exchange =
        ScriptedExchange::start(|_, _| Reply::error(500, r#"{"code":-1000,"msg":"Unknown."}"#));
    let store = Folder::new();
    let finished = Program::scripted(&exchange, &store)
        .flags("--retries 1")
        .run();
    assert_eq!(finished.status, Some(1), "{finished:#?}");
    assert_eq!(
        finished.line("FAILED"),
        "FAILED BTCUSDT 1m: the exchange answered 500 (-1000: Unknown.), after 2 attempts"
    );
    assert_eq!(exchange.take_asked().len(), 2);
    let finished = Program::scripted(&exchange, &store)
        .flags("--retry-budget 1")
        .run();
    assert!(
        finished
            .line("FAILED")
            .ends_with("after 2 attempts, and the run's --retry-budget is spent")
    );
}

#[test]
fn a_refusal_is_not_retried() {
    let exchange = ScriptedExchange::start(|_, _| {
        Reply::error(400, r#"{"code":-1121,"msg":"Invalid symbol."}"#)
    });
    let finished = Program::scripted(&exchange, &Folder::new()).run();
    assert_eq!(
        (finished.status, exchange.take_asked().len()),
        (Some(1), 1),
        "{finished:#?}"
    );
}

#[test]
fn an_exchange_that_is_not_there_is_said_so() {
    let store = Folder::new();
    let finished = Program::new()
        .flags("--exchange http://127.0.0.1:1 --retries 0")
        .store(&store)
        .run();
    assert_eq!(finished.status, Some(1), "{finished:#?}");
    assert!(
        finished
            .stderr
            .contains("no answer from the exchange: Connection refused"),
        "{finished:#?}"
    );
    assert!(
        finished
            .stderr
            .contains("series from http://127.0.0.1:1/ into "),
        "{finished:#?}"
    );
}

#[test]
fn rows_that_nobody_asked_for_are_set_aside() {
    let exchange = ScriptedExchange::start(|number, asked| {
        let mut asked = asked.clone();
        if number == 11 {
            asked.from -= 60_000;
            asked.limit += 1;
        }
        Reply::ok(klines(&asked))
    });
    let store = Folder::new();
    let finished = Program::scripted(&exchange, &store).run().ok();
    assert!(
        finished
            .line("BTCUSDT 1m")
            .starts_with("BTCUSDT 1m 12 12 120 1 0"),
        "{finished:#?}"
    );
    assert_eq!(Archive::of(&store).rejects("duplicate"), 1);
}
