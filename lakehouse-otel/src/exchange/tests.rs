//! What each exchange's answers say, as they come.

use std::borrow::Cow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{Answer, ExchangeResponse, Limits, http_date, protocol_of};

/// An answer as a test writes it.
#[derive(Debug, Default)]
struct Response {
    status: u16,
    headers: Vec<(&'static str, &'static str)>,
    code: Option<&'static str>,
}

impl ExchangeResponse for Response {
    fn status(&self) -> Option<u16> {
        Some(self.status)
    }

    fn header(&self, name: &str) -> Option<&str> {
        assert_eq!(
            name,
            name.to_lowercase(),
            "names are asked for in lower case"
        );
        let found = self
            .headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| *value)
    }

    fn error_code(&self) -> Option<Cow<'_, str>> {
        self.code.map(Cow::Borrowed)
    }
}

const NOW: u64 = 784_111_777;

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(NOW)
}

fn read(
    exchange: &str,
    status: u16,
    headers: &[(&'static str, &'static str)],
    code: Option<&'static str>,
) -> Limits {
    let response = Response {
        status,
        headers: headers.to_vec(),
        code,
    };
    protocol_of(exchange).read(&Answer::new(&response, now()))
}

#[expect(clippy::unnecessary_wraps, reason = "as the limits have it")]
fn seconds(seconds: u64) -> Option<Duration> {
    Some(Duration::from_secs(seconds))
}

#[test]
fn binance_tells_its_weight_and_a_minutes_first() {
    let headers = [
        ("X-MBX-USED-WEIGHT", "9"),
        ("X-MBX-USED-WEIGHT-1S", "4"),
        ("X-MBX-USED-WEIGHT-1M", " 842 "),
        ("X-MBX-ORDER-COUNT-1D", "77"),
        ("X-MBX-ORDER-COUNT-10S", "3"),
    ];
    let limits = read("binance", 200, &headers, None);
    assert_eq!(limits.used, Some(842));
    assert_eq!(limits.interval, seconds(60));
    assert_eq!(limits.order_count, Some(3));
    assert!(!limits.rate_limited && limits.ban.is_none());
    let limits = read("binance", 200, &headers[..2], None);
    assert_eq!((limits.used, limits.interval), (Some(4), seconds(1)));
    let limits = read("binance", 200, &headers[..1], None);
    assert_eq!((limits.used, limits.interval), (Some(9), seconds(60)));
    let limits = read("binance", 200, &[("x-sapi-used-ip-weight-1m", "12")], None);
    assert_eq!(limits.used, Some(12));
}

#[test]
fn binance_asks_to_wait_and_then_bans() {
    let limits = read("binance", 429, &[("Retry-After", "7")], Some("-1003"));
    assert!(limits.rate_limited && limits.ban.is_none());
    assert_eq!(limits.retry_after, seconds(7));
    assert_eq!(limits.error.as_deref(), Some("-1003"));
    let limits = read("binance", 418, &[("retry-after", "259200")], Some("-1003"));
    assert_eq!(limits.ban.unwrap().length, seconds(259_200));
    let limits = read("binance", 418, &[], None);
    assert_eq!(limits.ban.unwrap().length, None);
    // A firewall, and no ban.
    let limits = read("binance", 403, &[], None);
    assert_eq!(limits, Limits::default());
    assert!(read("binance", 200, &[], Some("-1015")).rate_limited);
}

#[test]
fn bybit_tells_what_remains_until_when() {
    let headers = [
        ("X-Bapi-Limit", "120"),
        ("X-Bapi-Limit-Status", "0"),
        ("X-Bapi-Limit-Reset-Timestamp", "784111779500"),
    ];
    let limits = read("bybit", 200, &headers, Some("10006"));
    assert_eq!(
        (limits.used, limits.limit, limits.remaining),
        (Some(120), Some(120), Some(0))
    );
    assert!(limits.rate_limited);
    assert_eq!(limits.retry_after, Some(Duration::from_millis(2_500)));
    let limits = read("bybit", 200, &headers, Some("0"));
    assert!(!limits.rate_limited && limits.error.is_none());
    assert_eq!(limits.retry_after, None, "nothing is to be waited for");
    assert!(read("bybit", 403, &[], None).ban.is_some());
    assert!(read("bybit", 200, &[], Some("10009")).ban.is_some());
    // More remains than there is: one of the two is wrong.
    let odd = [("x-bapi-limit", "10"), ("x-bapi-limit-status", "11")];
    assert_eq!(read("bybit", 200, &odd, None).used, None);
}

#[test]
fn kraken_tells_in_the_body() {
    let limits = read("kraken", 200, &[], Some("EAPI:Rate limit exceeded"));
    assert!(limits.rate_limited);
    for written in [
        "EService:Throttled: 784111789",
        "EService: Throttled: 784111789",
    ] {
        let limits = read("kraken", 200, &[], Some(written));
        assert!(limits.rate_limited);
        assert_eq!(limits.retry_after, seconds(12));
        assert_eq!(
            limits.error.as_deref(),
            Some("EService:Throttled"),
            "of few values"
        );
    }
    let limits = read("kraken", 200, &[], Some("EGeneral:Temporary lockout"));
    assert!(limits.ban.is_some());
    let limits = read("kraken", 200, &[], Some("EQuery:Unknown asset pair"));
    assert!(!limits.rate_limited && limits.ban.is_none());
    assert!(read("kraken", 200, &[], None).error.is_none());
}

#[test]
fn okx_and_coinbase() {
    for (status, code) in [
        (429, Some("50011")),
        (200, Some("50011")),
        (200, Some("50061")),
    ] {
        assert!(
            read("okx", status, &[], code).rate_limited,
            "{status} {code:?}"
        );
    }
    assert!(!read("okx", 200, &[], Some("0")).rate_limited);
    assert!(read("coinbase", 429, &[], None).rate_limited);
    assert!(!read("coinbase", 403, &[], None).rate_limited);
}

#[test]
fn another_exchange_by_http_alone() {
    let limits = read("kucoin", 429, &[("Retry-After", "3")], None);
    assert!(limits.rate_limited);
    assert_eq!(limits.retry_after, seconds(3));
    assert!(read("kucoin", 418, &[], None).ban.is_some());
}

#[test]
fn a_header_that_cannot_be_read_is_left_out() {
    for nonsense in [
        "",
        "many",
        "-1",
        "+1",
        "1.5",
        "0x10",
        "99999999999999999999",
        "1,000",
    ] {
        let headers = [
            ("X-MBX-USED-WEIGHT-1M", nonsense),
            ("Retry-After", nonsense),
        ];
        let limits = read("binance", 200, &headers, None);
        assert_eq!(limits, Limits::default(), "{nonsense:?}");
    }
    // A wait of centuries is a mistake.
    let limits = read("binance", 429, &[("Retry-After", "99999999999")], None);
    assert_eq!(limits.retry_after, None);
    assert!(limits.rate_limited);
}

#[test]
fn a_wait_until_a_date() {
    for date in [
        "Sun, 06 Nov 1994 08:49:47 GMT",
        "Sunday, 06-Nov-94 08:49:47 GMT",
        "Sun Nov  6 08:49:47 1994",
    ] {
        let limits = read("binance", 429, &[("Retry-After", date)], None);
        assert_eq!(limits.retry_after, seconds(10), "{date}");
    }
    let past = read(
        "binance",
        429,
        &[("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT")],
        None,
    );
    assert_eq!(past.retry_after, seconds(0));
}

#[test]
fn dates_as_http_writes_them() {
    let parsed = |text| {
        let time = http_date::parse(text)?;
        Some(time.duration_since(UNIX_EPOCH).unwrap().as_secs())
    };
    assert_eq!(parsed("Sun, 06 Nov 1994 08:49:37 GMT"), Some(NOW));
    assert_eq!(parsed("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
    assert_eq!(parsed("Thu, 29 Feb 2024 12:00:00 GMT"), Some(1_709_208_000));
    assert_eq!(parsed("Fri, 01 Mar 2024 00:00:00 GMT"), Some(1_709_251_200));
    for wrong in [
        "",
        "tomorrow",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 25:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sun, 06 Nov 0 08:49:37 GMT",
        "Thu, 31 Dec 1969 23:59:59 GMT",
        "Sun, 06 Nov 99999999999 08:49:37 GMT",
    ] {
        assert_eq!(parsed(wrong), None, "{wrong:?}");
    }
}
