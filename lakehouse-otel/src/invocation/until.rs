//! A point in time, as platforms tell it.

use std::time::{Duration, Instant, SystemTime};

/// When an invocation has to be over: what `deadline = …` takes.
#[diagnostic::on_unimplemented(
    message = "[LO0133] `{Self}` is no time at which an invocation has to be over",
    label = "`deadline` takes an `Instant`, a `SystemTime`, or an `Option` of one"
)]
pub trait Until {
    /// How long it is until then; nothing where there is no such time.
    fn remaining(&self) -> Option<Duration>;
}

impl Until for Instant {
    fn remaining(&self) -> Option<Duration> {
        Some(self.saturating_duration_since(Self::now()))
    }
}

impl Until for SystemTime {
    fn remaining(&self) -> Option<Duration> {
        Some(self.duration_since(Self::now()).unwrap_or_default())
    }
}

impl<T: Until> Until for Option<T> {
    fn remaining(&self) -> Option<Duration> {
        self.as_ref().and_then(T::remaining)
    }
}

impl<T: Until + ?Sized> Until for &T {
    fn remaining(&self) -> Option<Duration> {
        T::remaining(self)
    }
}
