//! Texts with secrets, as clients and libraries write them, and texts without.

use std::borrow::Cow;

use super::Redactor;

#[track_caller]
fn becomes(text: &str, left: &str) {
    let redacted = Redactor::new().text(text).into_owned();
    assert_eq!(redacted, left);
    assert_eq!(Redactor::new().text(&redacted), left, "a second time");
}

#[test]
fn signed_urls() {
    becomes(
        "error sending request for url (https://api.binance.com/api/v3/order?symbol=BTCUSDT&recvWindow=5000&timestamp=1499827319559&signature=c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71)",
        "error sending request for url (https://api.binance.com/api/v3/order?symbol=BTCUSDT&recvWindow=5000&timestamp=1499827319559&signature=REDACTED)",
    );
    becomes(
        "https://h/x?signature=a%2Bb%3D%3D&apiKey=k&api_key=k&timestamp=1#top",
        "https://h/x?signature=REDACTED&apiKey=REDACTED&api_key=REDACTED&timestamp=1#top",
    );
    becomes("sig=1", "sig=REDACTED");
    becomes(
        "a?sign=1&token=2&secret=3",
        "a?sign=REDACTED&token=REDACTED&secret=REDACTED",
    );
    becomes(
        "/login?next=%2Forder%3Fsymbol%3DBTC%26signature%3Dabc%26timestamp%3D1&x=y",
        "/login?next=%2Forder%3Fsymbol%3DBTC%26signature%3DREDACTED%26timestamp%3D1&x=y",
    );
    becomes(
        "?X-Amz-Signature=a&X-Amz-Credential=b/c",
        "?X-Amz-Signature=REDACTED&X-Amz-Credential=REDACTED",
    );
}

#[test]
fn headers() {
    becomes("X-MBX-APIKEY: vmPU", "X-MBX-APIKEY: REDACTED");
    becomes(
        r#"{"x-mbx-apikey": "vmPU", "accept": "*/*", "ok-access-passphrase": "a, b"}"#,
        r#"{"x-mbx-apikey": "REDACTED", "accept": "*/*", "ok-access-passphrase": "REDACTED"}"#,
    );
    becomes(
        "Authorization: Bearer abc.def, ghi\nAccept: */*",
        "Authorization: REDACTED\nAccept: */*",
    );
    becomes(
        "API-Sign: abc==\nAPI-Key: k",
        "API-Sign: REDACTED\nAPI-Key: REDACTED",
    );
    becomes(
        "CB-ACCESS-SIGN: a; X-BAPI-SIGN: b",
        "CB-ACCESS-SIGN: REDACTED; X-BAPI-SIGN: REDACTED",
    );
}

#[test]
fn fields() {
    becomes(
        r#"{"apiKey":"k","token":"t","qty":"1"}"#,
        r#"{"apiKey":"REDACTED","token":"REDACTED","qty":"1"}"#,
    );
    becomes(
        r#""{\"secretKey\":\"k\",\"a\":1}""#,
        r#""{\"secretKey\":\"REDACTED\",\"a\":1}""#,
    );
    becomes(
        r#"Config { api_key: Some("k"), api_secret: "s", retries: 3, password: None }"#,
        r#"Config { api_key: Some("REDACTED"), api_secret: "REDACTED", retries: 3, password: None }"#,
    );
    becomes(
        r#"passphrase: "a\"b\\", c: 1"#,
        r#"passphrase: "REDACTED", c: 1"#,
    );
    becomes("password='a b', user=c", "password='REDACTED', user=c");
}

#[test]
fn users_of_urls() {
    becomes(
        "postgres://user:p@ss@db:5432/x",
        "postgres://REDACTED:REDACTED@db:5432/x",
    );
    becomes("https://token@host?a=b", "https://REDACTED@host?a=b");
    becomes(
        "see https://host/path/@user and a@b.c",
        "see https://host/path/@user and a@b.c",
    );
    becomes(
        "http://a:b@one, http://two and http://c:d@three/",
        "http://REDACTED:REDACTED@one, http://two and http://REDACTED:REDACTED@three/",
    );
}

#[test]
fn what_is_no_secret_stays_and_costs_no_copy() {
    for text in [
        "",
        "BTCUSDT",
        "no data",
        "connection refused: 127.0.0.1:4317",
        "EAPI:Rate limit exceeded",
        "unexpected token: `}` at line 3",
        "a secret: none, a sign: +",
        "https://api.binance.com/api/v3/klines?symbol=BTCUSDT&timestamp=1&recvWindow=5",
        "signature",
        "signature=",
        "10:30:00 = half past ten, 5 % off, ünïcödé = ü",
        "://",
        "=:=:%3D%3",
        "design=1&assigned=2",
    ] {
        let redacted = Redactor::new().text(text);
        assert_eq!(redacted, text);
        assert!(matches!(redacted, Cow::Borrowed(_)), "{text:?}");
    }
}

#[test]
fn names_of_ones_own() {
    let redactor = Redactor::new().name("Device-ID").name("--");
    assert_eq!(
        redactor.text("x_device_id=7&id=8"),
        "x_device_id=REDACTED&id=8"
    );
    assert_eq!(format!("{redactor:?}"), r#"["deviceid"]"#);
}

/// Whatever stands around it, and wherever a text is cut: nothing panics, and a signature is found.
#[test]
fn every_part_of_a_text() {
    let text = "ü: \"https://u:ü@hö/?a=ß&signature=sécret&t=1\" {\\\"apiKey\\\": Some('ké')} %3d =";
    for start in 0..text.len() {
        for end in start..=text.len() {
            if let Some(part) = text.get(start..end) {
                let redacted = Redactor::new().text(part);
                let whole = part.contains("signature=sé");
                assert!(
                    !(whole && redacted.contains("sé")),
                    "{part:?}: {redacted:?}"
                );
            }
        }
    }
}

#[test]
fn names_behind_an_escape() {
    let redactor = Redactor::new();
    for (text, redacted) in [
        (
            "url%3Fa%3D1%26sign%3DSECRET",
            "url%3Fa%3D1%26sign%3DREDACTED",
        ),
        ("a%26token%3DSECRET%26b%3D1", "a%26token%3DREDACTED%26b%3D1"),
        (r"a\u0026sign=SECRET", r"a\u0026sign=REDACTED"),
    ] {
        assert_eq!(redactor.text(text), redacted);
    }
}
