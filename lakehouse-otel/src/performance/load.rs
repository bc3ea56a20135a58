//! How loaded the program is, in a few steps, for whoever asks often.

use std::sync::atomic::{AtomicU8, Ordering};

/// How loaded the program is. One relaxed load tells it.
#[derive(Debug, Default)]
pub struct Load(AtomicU8);

/// Set in the value under extreme load.
const EXTREME: u8 = 0x80;

impl Load {
    /// How many levels there are: at each the sampler's rates are half of those at the one before.
    pub const LEVELS: usize = 5;

    /// The level, from 0, no load to speak of, to [`LEVELS`](Self::LEVELS)` - 1`.
    #[must_use]
    pub fn level(&self) -> u8 {
        self.0.load(Ordering::Relaxed) & !EXTREME
    }

    /// Whether operations make no spans at all.
    #[must_use]
    pub fn is_extreme(&self) -> bool {
        self.0.load(Ordering::Relaxed) & EXTREME != 0
    }

    /// Sets both.
    ///
    /// # Panics
    ///
    /// Where there is no such level.
    pub fn set(&self, level: u8, extreme: bool) {
        assert!(usize::from(level) < Self::LEVELS, "no level {level}");
        let extreme = if extreme { EXTREME } else { 0 };
        self.0.store(level | extreme, Ordering::Relaxed);
    }
}
