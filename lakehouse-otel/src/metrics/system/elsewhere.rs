//! Systems other than Linux: what the load's probe knows of them.

use super::reading::{ReadSystem, SystemReading};
use crate::performance::{Probe as _, SystemProbe};

/// Reads the system that the program runs on.
#[derive(Debug, Default)]
pub(super) struct Elsewhere(SystemProbe);

impl ReadSystem for Elsewhere {
    fn read(&mut self) -> SystemReading {
        SystemReading {
            usage: self.0.read(),
            ..SystemReading::default()
        }
    }
}
