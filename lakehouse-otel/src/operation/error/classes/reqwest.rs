//! reqwest's errors.

use std::borrow::Cow;

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
        } else if self.is_decode() {
            "decode"
        } else if self.is_body() {
            "body"
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
            None => self.is_timeout() || self.is_connect() || self.is_body(),
        };
        again.then_some(ErrorRecovery::Retry)
    }
}
