//! The classes of errors that this crate knows: those of the standard library and, behind features, of libraries that
//! pipelines call.
//!
//! | error | feature | `error.type` |
//! |---|---|---|
//! | [`std::io::Error`] | | its kind: `not_found`, `timeout`, `connection_refused`, … |
//! | `reqwest::Error` | `reqwest` | the status, or `timeout`, `connect`, `redirect`, `decode`, `body`, `request`, `builder` |
//! | `object_store::Error` | `object_store` | `not_found`, `already_exists`, `permission_denied`, … |
//! | `tokio::time::error::Elapsed`, `tokio::task::JoinError` | `tokio` | `timeout`; `panic` or `cancelled` |
//!
//! None of them says how severe it is, for that depends on what it was needed for. What is worth another try says so
//! (`crypto.error.recovery` is `retry`).

use std::backtrace::Backtrace;
use std::borrow::Cow;
use std::error::Error;
use std::io::{self, ErrorKind};
use std::sync::Arc;

use super::ErrorClass;
use crate::schema::{ErrorRecovery, ErrorSeverity};

#[cfg(feature = "object_store")]
mod object_store;
#[cfg(feature = "reqwest")]
mod reqwest;
#[cfg(feature = "tokio")]
mod tokio;

/// The error as one of those whose class is known: what a box of any error or a report hides.
pub(super) fn known<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e dyn ErrorClass> {
    fn downcast<'e, E: ErrorClass + 'static>(
        error: &'e (dyn Error + 'static),
    ) -> Option<&'e dyn ErrorClass> {
        let error: &E = error.downcast_ref()?;
        Some(error)
    }
    let found = downcast::<io::Error>(error);
    #[cfg(feature = "reqwest")]
    let found = found.or_else(|| downcast::<::reqwest::Error>(error));
    #[cfg(feature = "object_store")]
    let found = found.or_else(|| downcast::<::object_store::Error>(error));
    #[cfg(feature = "tokio")]
    let found = found
        .or_else(|| downcast::<::tokio::time::error::Elapsed>(error))
        .or_else(|| downcast::<::tokio::task::JoinError>(error));
    found
}

impl ErrorClass for io::Error {
    fn error_type(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self.kind() {
            ErrorKind::NotFound => "not_found",
            ErrorKind::PermissionDenied => "permission_denied",
            ErrorKind::ConnectionRefused => "connection_refused",
            ErrorKind::ConnectionReset => "connection_reset",
            ErrorKind::HostUnreachable => "host_unreachable",
            ErrorKind::NetworkUnreachable => "network_unreachable",
            ErrorKind::ConnectionAborted => "connection_aborted",
            ErrorKind::NotConnected => "not_connected",
            ErrorKind::AddrInUse => "address_in_use",
            ErrorKind::AddrNotAvailable => "address_not_available",
            ErrorKind::NetworkDown => "network_down",
            ErrorKind::BrokenPipe => "broken_pipe",
            ErrorKind::AlreadyExists => "already_exists",
            ErrorKind::WouldBlock => "would_block",
            ErrorKind::NotADirectory => "not_a_directory",
            ErrorKind::IsADirectory => "is_a_directory",
            ErrorKind::DirectoryNotEmpty => "directory_not_empty",
            ErrorKind::ReadOnlyFilesystem => "read_only_filesystem",
            ErrorKind::StaleNetworkFileHandle => "stale_network_file_handle",
            ErrorKind::InvalidInput => "invalid_input",
            ErrorKind::InvalidData => "invalid_data",
            ErrorKind::TimedOut => "timeout",
            ErrorKind::WriteZero => "write_zero",
            ErrorKind::StorageFull => "storage_full",
            ErrorKind::NotSeekable => "not_seekable",
            ErrorKind::QuotaExceeded => "quota_exceeded",
            ErrorKind::FileTooLarge => "file_too_large",
            ErrorKind::ResourceBusy => "resource_busy",
            ErrorKind::ExecutableFileBusy => "executable_file_busy",
            ErrorKind::Deadlock => "deadlock",
            ErrorKind::TooManyLinks => "too_many_links",
            ErrorKind::ArgumentListTooLong => "argument_list_too_long",
            ErrorKind::Interrupted => "interrupted",
            ErrorKind::Unsupported => "unsupported",
            ErrorKind::UnexpectedEof => "unexpected_eof",
            ErrorKind::OutOfMemory => "out_of_memory",
            // `Other`, and what has no name of its own yet.
            _ => "std::io::Error",
        })
    }

    fn recovery(&self) -> Option<ErrorRecovery> {
        match self.kind() {
            ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::NotConnected
            | ErrorKind::BrokenPipe
            | ErrorKind::WouldBlock
            | ErrorKind::TimedOut
            | ErrorKind::ResourceBusy
            | ErrorKind::Interrupted => Some(ErrorRecovery::Retry),
            _ => None,
        }
    }
}

macro_rules! of_what_it_holds {
    ($($pointer:ident)+) => {$(
        /// The class of the error inside.
        impl<E: ErrorClass> ErrorClass for $pointer<E>
        where
            Self: Error,
        {
            fn error_type(&self) -> Cow<'static, str> {
                (**self).error_type()
            }

            fn severity(&self) -> Option<ErrorSeverity> {
                (**self).severity()
            }

            fn recovery(&self) -> Option<ErrorRecovery> {
                (**self).recovery()
            }

            fn backtrace(&self) -> Option<&Backtrace> {
                (**self).backtrace()
            }
        }
    )+};
}

of_what_it_holds!(Box Arc);
