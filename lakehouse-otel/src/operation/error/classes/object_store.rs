//! `object_store`'s errors.

use std::borrow::Cow;

use object_store::Error;

use crate::operation::ErrorClass;

impl ErrorClass for Error {
    fn error_type(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::NotFound { .. } => "not_found",
            Self::InvalidPath { .. } => "invalid_path",
            Self::NotSupported { .. } => "not_supported",
            Self::AlreadyExists { .. } => "already_exists",
            Self::Precondition { .. } => "precondition",
            Self::NotModified { .. } => "not_modified",
            Self::NotImplemented { .. } => "not_implemented",
            Self::PermissionDenied { .. } => "permission_denied",
            Self::Unauthenticated { .. } => "unauthenticated",
            Self::UnknownConfigurationKey { .. } => "unknown_configuration_key",
            // `Generic`, and what has no name of its own yet.
            _ => "object_store::Error",
        })
    }
}
