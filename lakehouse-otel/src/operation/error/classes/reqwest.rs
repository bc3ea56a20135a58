//! reqwest's errors.

use std::borrow::Cow;
use std::error::Error as _;
use std::io::{self, ErrorKind};
use std::iter::successors;

use reqwest::{Error, StatusCode};

use crate::operation::ErrorClass;
use crate::schema::ErrorRecovery;

impl ErrorClass for Error {
    fn error_type(&self) -> Cow<'static, str> {
        if let Some(status) = self.status() {
            return Cow::Owned(status.as_u16().to_string());
        }
        Cow::Borrowed(if self.is_timeout() {
            "timeout"
        } else if self.is_connect() {
            "connect"
        } else if self.is_redirect() {
            "redirect"
        } else if self.is_body() || breaks_off(self) {
            "body"
        } else if self.is_decode() {
            "decode"
        } else if self.is_builder() {
            "builder"
        } else if self.is_request() {
            "request"
        } else {
            "reqwest::Error"
        })
    }

    fn recovery(&self) -> Option<ErrorRecovery> {
        let again = match self.status() {
            Some(status) => {
                status.is_server_error()
                    || status == StatusCode::TOO_MANY_REQUESTS
                    || status == StatusCode::REQUEST_TIMEOUT
            }
            None => self.is_timeout() || self.is_connect() || self.is_body() || breaks_off(self),
        };
        again.then_some(ErrorRecovery::Retry)
    }
}

/// Whether the connection was lost in the middle of the answer. reqwest says of it that the body cannot be decoded, as of
/// one that is no JSON.
fn breaks_off(error: &Error) -> bool {
    let mut sources = successors(error.source(), |&error| error.source());
    error.is_decode()
        && sources.any(|source| {
            source.downcast_ref().is_some_and(|error: &io::Error| {
                matches!(
                    error.kind(),
                    ErrorKind::UnexpectedEof
                        | ErrorKind::ConnectionReset
                        | ErrorKind::ConnectionAborted
                        | ErrorKind::BrokenPipe
                )
            })
        })
}
