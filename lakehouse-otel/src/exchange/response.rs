//! What is handed over of an answer.

use std::borrow::Cow;
use std::fmt;

use super::ExchangeProtocol;

/// An answer of an exchange, or something that holds one: a page, an error, a response of an HTTP client.
///
/// Behind features there are implementations for HTTP clients' own types:
///
/// | feature | for |
/// |---|---|
/// | `http` | `http::Response<B>`, `(http::StatusCode, &http::HeaderMap)` |
/// | `reqwest` | `reqwest::Response`, `reqwest::Error`; and what `http` has, for reqwest's types are the same |
///
/// References, boxes and options of a response are responses too; an absent one says nothing.
#[diagnostic::on_unimplemented(
    message = "[LO0134] `{Self}` is no answer of an exchange",
    label = "`response` takes what implements `ExchangeResponse`",
    note = "implement `lakehouse_otel::exchange::ExchangeResponse` for it, or give `(status, &headers)` with the feature `http`"
)]
pub trait ExchangeResponse {
    /// The HTTP status; nothing where no answer came.
    fn status(&self) -> Option<u16>;

    /// The value of the header of this name, which is in lower case; how the answer wrote it does not matter.
    fn header(&self, name: &str) -> Option<&str>;

    /// The exchange's own code, where the body has one: Binance's `code`, Bybit's `retCode`, OKX's `code`, the
    /// first of Kraken's `error`s.
    fn error_code(&self) -> Option<Cow<'_, str>> {
        None
    }

    /// How the answer is read, where its exchange is none of those that are known.
    fn protocol(&self) -> Option<&dyn ExchangeProtocol> {
        None
    }
}

macro_rules! forward {
    ($($(#[$attribute:meta])* <$($parameter:tt),+> $type:ty;)+) => {$(
        $(#[$attribute])*
        impl<$($parameter),+: ExchangeResponse + ?Sized> ExchangeResponse for $type {
            fn status(&self) -> Option<u16> {
                (**self).status()
            }

            fn header(&self, name: &str) -> Option<&str> {
                (**self).header(name)
            }

            fn error_code(&self) -> Option<Cow<'_, str>> {
                (**self).error_code()
            }

            fn protocol(&self) -> Option<&dyn ExchangeProtocol> {
                (**self).protocol()
            }
        }
    )+};
}

forward! {
    #[diagnostic::do_not_recommend]
    <T> &T;
    #[diagnostic::do_not_recommend]
    <T> Box<T>;
}

#[diagnostic::do_not_recommend]
impl<T: ExchangeResponse> ExchangeResponse for Option<T> {
    fn status(&self) -> Option<u16> {
        self.as_ref()?.status()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.as_ref()?.header(name)
    }

    fn error_code(&self) -> Option<Cow<'_, str>> {
        self.as_ref()?.error_code()
    }

    fn protocol(&self) -> Option<&dyn ExchangeProtocol> {
        self.as_ref()?.protocol()
    }
}

/// The exchange's own code alone, once the body is read: `ctx.response(&ErrorCode("50011"))`.
#[derive(Debug, Clone, Copy)]
pub struct ErrorCode<'a>(pub &'a str);

impl ExchangeResponse for ErrorCode<'_> {
    fn status(&self) -> Option<u16> {
        None
    }

    fn header(&self, _name: &str) -> Option<&str> {
        None
    }

    fn error_code(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self.0))
    }
}

/// A response that is read by a protocol of its own. Made by [`read_by`].
pub struct By<'a, R: ?Sized> {
    protocol: &'a dyn ExchangeProtocol,
    response: &'a R,
}

/// This response, read by this protocol: `ok(|page| response = read_by(&Kucoin, page))`.
pub const fn read_by<'a, R: ?Sized>(
    protocol: &'a dyn ExchangeProtocol,
    response: &'a R,
) -> By<'a, R> {
    By { protocol, response }
}

impl<R: ExchangeResponse + ?Sized> ExchangeResponse for By<'_, R> {
    fn status(&self) -> Option<u16> {
        self.response.status()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.response.header(name)
    }

    fn error_code(&self) -> Option<Cow<'_, str>> {
        self.response.error_code()
    }

    fn protocol(&self) -> Option<&dyn ExchangeProtocol> {
        Some(self.protocol)
    }
}

impl<R: ?Sized> fmt::Debug for By<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("By").finish_non_exhaustive()
    }
}

#[cfg(feature = "http")]
mod of_http {
    use http::{HeaderMap, Response, StatusCode};

    use super::ExchangeResponse;

    fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
        headers.get(name)?.to_str().ok()
    }

    impl<B> ExchangeResponse for Response<B> {
        fn status(&self) -> Option<u16> {
            Some(self.status().as_u16())
        }

        fn header(&self, name: &str) -> Option<&str> {
            header(self.headers(), name)
        }
    }

    impl ExchangeResponse for (StatusCode, &HeaderMap) {
        fn status(&self) -> Option<u16> {
            Some(self.0.as_u16())
        }

        fn header(&self, name: &str) -> Option<&str> {
            header(self.1, name)
        }
    }

    #[cfg(feature = "reqwest")]
    impl ExchangeResponse for reqwest::Response {
        fn status(&self) -> Option<u16> {
            Some(self.status().as_u16())
        }

        fn header(&self, name: &str) -> Option<&str> {
            header(self.headers(), name)
        }
    }

    #[cfg(feature = "reqwest")]
    impl ExchangeResponse for reqwest::Error {
        fn status(&self) -> Option<u16> {
            self.status().map(|status| status.as_u16())
        }

        fn header(&self, _name: &str) -> Option<&str> {
            None
        }
    }
}
