//! What the program hands us, and what reads the system, may panic: that is nobody else's reason to fail.

use std::fmt::Display;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::health::Diagnostics;
use crate::thrown::discard;

/// Runs what may panic: what came of it, or none. The first panic is said, and who it was.
pub(super) fn contain<R>(
    diagnostics: &Diagnostics,
    who: &dyn Display,
    said: &AtomicBool,
    run: impl FnOnce() -> R,
) -> Option<R> {
    match panic::catch_unwind(AssertUnwindSafe(run)) {
        Ok(returned) => Some(returned),
        Err(payload) => {
            discard(payload);
            if !said.swap(true, Ordering::Relaxed) {
                diagnostics.warn(&format!(
                    "{who} panicked and says nothing new this time; it is asked again, and this is said once"
                ));
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::panic_any;
    use std::sync::atomic::AtomicBool;
    use std::sync::{Arc, Mutex};

    use super::contain;
    use crate::health::Diagnostics;

    /// Panics when it is dropped, with what panics when it is dropped, so many times.
    struct Bomb(u32);

    impl Drop for Bomb {
        fn drop(&mut self) {
            if let Some(left) = self.0.checked_sub(1) {
                panic_any(Self(left));
            }
        }
    }

    #[test]
    fn what_is_thrown_is_contained_however_often_it_throws_and_said_once() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let diagnostics = Diagnostics::new(Arc::new({
            let lines = Arc::clone(&lines);
            move |line: &str| lines.lock().unwrap().push(line.to_owned())
        }));
        let said = AtomicBool::new(false);
        for depth in 0..4 {
            let ran = contain(&diagnostics, &"a bomb", &said, || panic_any(Bomb(depth)));
            assert_eq!(ran, None::<()>);
        }
        assert_eq!(contain(&diagnostics, &"a bomb", &said, || 7), Some(7));
        let lines = lines.lock().unwrap();
        assert_eq!(
            *lines,
            [
                "lakehouse-otel: a bomb panicked and says nothing new this time; it is asked again, and this is said \
                 once"
            ]
        );
    }
}
