//! Texts to values.

use std::time::Duration;

/// A day: longer than any sensible wait, and short enough for every clock.
const MAX_MILLIS: u64 = 86_400_000;

/// More than a span can hold.
const MAX_LIMIT: usize = 1_000_000;

/// More than a second can bring.
const MAX_COUNT: u64 = 1_000_000_000;

pub(super) fn switch(text: &str) -> Option<bool> {
    match &*text.to_ascii_lowercase() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

pub(super) fn millis(text: &str) -> Option<Duration> {
    let millis: u64 = text.parse().ok()?;
    (1..=MAX_MILLIS)
        .contains(&millis)
        .then(|| Duration::from_millis(millis))
}

pub(super) fn size(text: &str, max: usize) -> Option<usize> {
    text.parse().ok().filter(|size| (1..=max).contains(size))
}

/// A limit of a span; 0 lets nothing through.
pub(super) fn limit(text: &str) -> Option<usize> {
    text.parse().ok().filter(|limit| *limit <= MAX_LIMIT)
}

/// So many a second.
pub(super) fn count(text: &str) -> Option<u64> {
    text.parse().ok().filter(|count| *count <= MAX_COUNT)
}

pub(super) fn port(text: &str) -> Option<u16> {
    text.parse().ok()
}

/// Texts with commas between them, at least one.
pub(super) fn list(text: &str) -> Option<Vec<String>> {
    let items = text.split(',').map(str::trim);
    let items: Vec<_> = items
        .filter(|item| !item.is_empty())
        .map(ToOwned::to_owned)
        .collect();
    (!items.is_empty()).then_some(items)
}

pub(super) fn bytes(text: &str) -> Option<u64> {
    text.parse().ok()
}

/// A share, written in percent.
pub(super) fn percent(text: &str) -> Option<f64> {
    let percent: f64 = text.parse().ok()?;
    (percent > 0.0 && percent <= 100.0).then_some(percent / 100.0)
}

pub(super) fn share(text: &str) -> Option<f64> {
    text.parse()
        .ok()
        .filter(|share| (0.0..=1.0).contains(share))
}

/// `name=value,name=value`, values percent-encoded, as W3C baggage writes them.
pub(super) fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    text.split(',')
        .map(str::trim)
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=')?;
            let name = name.trim();
            (!name.is_empty()).then_some(())?;
            Some((percent_decoded(name)?, percent_decoded(value.trim())?))
        })
        .collect()
}

/// The same, each name and value fit for an HTTP header.
pub(super) fn headers(text: &str) -> Option<Vec<(String, String)>> {
    let headers = pairs(text)?;
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let visible = |byte: u8| byte == b'\t' || (byte >= b' ' && byte != 0x7f);
    headers
        .iter()
        .all(|(name, value)| name.bytes().all(token) && value.bytes().all(visible))
        .then(|| {
            headers
                .into_iter()
                .map(|(name, value)| (name.to_ascii_lowercase(), value))
                .collect()
        })
}

/// The names of headers, their values hidden.
pub(super) fn redacted_headers(text: &str) -> String {
    text.split(',')
        .map(|pair| match pair.split_once('=') {
            Some((name, _)) => format!("{}=REDACTED", name.trim()),
            None => "REDACTED".to_owned(),
        })
        .collect::<Vec<_>>()
        .join(",")
}

/// What is wrong with an endpoint, or nothing.
pub(super) fn endpoint_problem(text: &str) -> Option<String> {
    let Some((scheme, rest)) = text.split_once("://") else {
        return Some(format!(
            "has no scheme; write http://{text} or https://{text}"
        ));
    };
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return Some(format!(
            "allowed schemes: http, https; {scheme:?} is neither"
        ));
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host_and_port = authority.rsplit('@').next().unwrap_or_default();
    let (host, port) = match host_and_port.rsplit_once(':') {
        // The colons of a bare `[::1]` are not a port's.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (host_and_port, None),
    };
    if host.is_empty() {
        return Some("names no host".to_owned());
    }
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Some("its port is not a number from 0 to 65535".to_owned());
    }
    let odd = |character: char| character.is_whitespace() || character.is_control();
    text.contains(odd).then(|| "holds white space".to_owned())
}

/// A URL without the user and password in it.
pub(crate) fn redacted_url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => format!("{scheme}://REDACTED{}", &rest[at..]),
        None => url.to_owned(),
    }
}

fn percent_decoded(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let value = digit()? * 16 + digit()?;
            bytes.push(u8::try_from(value).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_checked() {
        for good in [
            "http://localhost:4318",
            "https://a.example/x",
            "http://[::1]:4317",
            "http://u:p@h",
        ] {
            assert_eq!(endpoint_problem(good), None, "{good}");
        }
        for bad in [
            "localhost:4318",
            "ftp://a",
            "http://",
            "http://a:99999",
            "http://a b",
            "http://:1",
        ] {
            assert!(endpoint_problem(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn secrets_are_hidden() {
        assert_eq!(
            redacted_url("https://me:pw@host/x@y"),
            "https://REDACTED@host/x@y"
        );
        assert_eq!(
            redacted_headers("authorization=Bearer a,b"),
            "authorization=REDACTED,REDACTED"
        );
    }

    #[test]
    fn pairs_are_percent_decoded() {
        let pairs = pairs("a=1%2C2, b = x=y ,").unwrap();
        assert_eq!(
            pairs,
            [("a".into(), "1,2".into()), ("b".into(), "x=y".into())]
        );
        assert_eq!(super::pairs("a"), None);
        assert_eq!(super::pairs("a=%zz"), None);
    }
}
