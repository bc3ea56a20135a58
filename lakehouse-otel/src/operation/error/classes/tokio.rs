//! tokio's errors: of time that ran out, and of tasks.

use std::borrow::Cow;

use tokio::task::JoinError;
use tokio::time::error::Elapsed;

use crate::operation::ErrorClass;
use crate::schema::ErrorRecovery;

impl ErrorClass for Elapsed {
    fn error_type(&self) -> Cow<'static, str> {
        Cow::Borrowed("timeout")
    }

    fn recovery(&self) -> Option<ErrorRecovery> {
        Some(ErrorRecovery::Retry)
    }
}

impl ErrorClass for JoinError {
    fn error_type(&self) -> Cow<'static, str> {
        Cow::Borrowed(if self.is_panic() {
            "panic"
        } else {
            "cancelled"
        })
    }
}
