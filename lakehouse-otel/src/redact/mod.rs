//! Keeps secrets out of what is exported.
//!
//! Clients put whole URLs into their errors, and those of exchanges are signed. Before a text leaves the process, in
//! a span, an event, a status, a link, a label or a diagnostic, the values of these are taken out of it:
//!
//! | what | example | what is left |
//! |---|---|---|
//! | query parameters | `?symbol=BTCUSDT&timestamp=1499827319559&signature=c8db…` | `?symbol=BTCUSDT&timestamp=1499827319559&signature=REDACTED` |
//! | headers | `X-MBX-APIKEY: vmPU…` | `X-MBX-APIKEY: REDACTED` |
//! | fields, as JSON and `{:?}` print them | `"passphrase":"x"`, `api_key: Some("x")` | `"passphrase":"REDACTED"`, `api_key: Some("REDACTED")` |
//! | users in URLs | `https://user:password@host` | `https://REDACTED:REDACTED@host` |
//! | attributes, by the last part of their keys | `http.request.header.x-mbx-apikey` = `vmPU…` | `REDACTED` |
//!
//! A name is secret by how it ends, whatever its case, its hyphens and its underscores: `apikey` (so
//! `X-MBX-APIKEY`, `X-BAPI-API-KEY`, `api_key`), `accesskey`, `accesskeyid`, `secretkey`, `privatekey`, `listenkey`,
//! `signature`, `apisign`, `accesssign`, `bapisign`, `apisecret`, `clientsecret`, `password`, `passwd`, `passphrase`,
//! `accesstoken`, `refreshtoken`, `securitytoken`, `authorization`, `cookie`, `credential`. `sign`, `sig`, `token` and
//! `secret` are where a value is assigned to them, and not in a sentence. `timestamp`, `recvWindow` and all others
//! stay.
//!
//! [`Builder::redact`](crate::telemetry::Builder::redact) adds names of your own, for spans and for the labels of their metrics;
//! diagnostics know the usual ones alone. A secret without a name, such as a listen key in the path of a URL, is not seen,
//! and texts that are given to the functions of [`metrics`](crate::metrics) by hand are not looked at. What the source itself says, such as
//! `endpoint = "/api/v3/klines"`, is not looked at. The text of a program's own logs is the business of its logger: [`Redactor::text`] serves there
//! too.

mod find;
#[cfg(feature = "enabled")]
mod spans;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// What stands in the place of a secret.
pub const REDACTED: &str = "REDACTED";

/// Takes secrets out of texts. The usual ones, and those whose names it is told.
///
/// ```
/// use lakehouse_otel::redact::Redactor;
///
/// let redactor = Redactor::new().name("deviceId");
/// let text = redactor.text("GET /order?deviceId=7&signature=c8db&timestamp=1499827319559");
/// assert_eq!(text, "GET /order?deviceId=REDACTED&signature=REDACTED&timestamp=1499827319559");
/// ```
#[derive(Clone, Default)]
pub struct Redactor {
    /// In lower case, without hyphens and underscores.
    names: Vec<Box<[u8]>>,
}

impl Redactor {
    /// One for the usual secrets.
    #[must_use]
    pub const fn new() -> Self {
        Self { names: Vec::new() }
    }

    /// With values of this name too, and of names that end with it.
    #[must_use]
    pub fn name(mut self, name: impl AsRef<str>) -> Self {
        let name: Box<[u8]> = find::letters(name.as_ref().as_bytes()).collect();
        if !name.is_empty() {
            self.names.push(name);
        }
        self
    }

    /// The text without secrets. One that has none is handed back as it is, after a look at each byte.
    #[must_use]
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !find::may_hold(text.as_bytes()) {
            return Cow::Borrowed(text);
        }
        self.searched(text)
    }

    /// Whether an attribute of this key is a secret, by the last part of it: `http.request.header.x-mbx-apikey`.
    pub(crate) fn is_secret_key(&self, key: &str) -> bool {
        let last = key.rsplit('.').next().unwrap_or(key);
        find::is_secret(last.as_bytes(), true, &self.names)
    }

    #[cold]
    fn searched<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let secrets = find::secrets(text, &self.names);
        if secrets.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut redacted = String::with_capacity(text.len());
        let mut end = 0;
        for Range { start, end: next } in secrets {
            redacted.push_str(&text[end..start]);
            redacted.push_str(REDACTED);
            end = next;
        }
        redacted.push_str(&text[end..]);
        Cow::Owned(redacted)
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.names.iter();
        f.debug_list()
            .entries(names.map(|name| String::from_utf8_lossy(name)))
            .finish()
    }
}

#[cfg(test)]
mod tests;
