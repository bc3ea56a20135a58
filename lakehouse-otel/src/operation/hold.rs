//! What lasts as long as the program, or as the capture that it is for.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A reference that costs nothing to hold in the program's pipeline, which is never freed, and counts
/// its holders in a capture, which is.
pub(crate) enum Hold<T: 'static> {
    Program(&'static T),
    Capture(Arc<T>),
}

impl<T> Clone for Hold<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Program(held) => Self::Program(held),
            Self::Capture(held) => Self::Capture(Arc::clone(held)),
        }
    }
}

impl<T> Deref for Hold<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        match self {
            Self::Program(held) => held,
            Self::Capture(held) => held,
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Hold<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
