//! When the load level steps up and down.

use std::time::Duration;

use super::Load;

/// What the program uses of the CPU and memory that it may use, each in `0..=1`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shares {
    /// CPU in use; `None` where it is not known.
    pub cpu: Option<f64>,
    /// Memory in use; `None` where it is not known.
    pub memory: Option<f64>,
}

impl Shares {
    /// The load factor: the greater of the two, in `0..=1`; `None` where neither is known.
    #[must_use]
    pub fn load_factor(self) -> Option<f64> {
        // `None` is less than any number.
        [self.cpu, self.memory]
            .into_iter()
            .flatten()
            .reduce(f64::max)
    }
}

/// When the load level steps, from smoothed readings of CPU and memory.
///
/// Each level has a mark of its own, for CPU and for memory. That of level 1 is the threshold, that of
/// extreme load lies three quarters of the way from there to 1, and those of the levels between are
/// spread evenly:
///
/// ```text
///            level 1   2        3       4        extreme
///   CPU      80 %      83.75 %  87.5 %  91.25 %  95 %
///   memory   85 %      87.8 %   90.6 %  93.4 %   96.25 %
/// ```
///
/// It rises by one when either value is above the mark of the next level, and falls by one when both are
/// below the mark of the level itself by the [`margin`](Self::margin), each for [`settle`](Self::settle)
/// readings in a row. In between nothing moves, so a value that swings around a mark by less than the
/// margin changes nothing. Each step waits for readings of its own: the smoothed values show what a step
/// did before the next one is made.
///
/// Extreme load stops tracing. By memory it comes as any level does. A program may use all of its CPU on
/// purpose, so by CPU alone it comes only [after a minute](Self::extreme_cpu_after) above its mark.
///
/// A value that is unknown stands for no load. A threshold of 1 is never passed, which leaves that
/// resource out.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct LoadPolicy {
    /// Above this share of CPU the level rises. `OTEL_CPU_THRESHOLD` sets it, in percent; 0.80 by default.
    pub cpu_threshold: f64,
    /// Above this share of memory the level rises. `OTEL_MEMORY_THRESHOLD` sets it, in percent; 0.85 by
    /// default.
    pub memory_threshold: f64,
    /// How far below a mark a value must fall to undo a step; 0.05 by default, more than telemetry
    /// itself costs, so that its own absence never undoes the step that brought it about. For thresholds
    /// below twice the margin it is half of the threshold.
    pub margin: f64,
    /// How many readings in a row must agree on a step; 3 by default, and 0 is 1.
    pub settle: u32,
    /// How long CPU must stay above its extreme mark, at the highest level, for load to be extreme by CPU
    /// alone; a minute by default. Zero asks for no more than the readings of any step.
    pub extreme_cpu_after: Duration,
}

impl LoadPolicy {
    /// The policy with these thresholds, as shares in `0..=1`.
    #[must_use]
    pub fn new(cpu_threshold: f64, memory_threshold: f64) -> Self {
        Self {
            cpu_threshold,
            memory_threshold,
            ..Self::default()
        }
    }

    /// Above this share of CPU load is extreme, once the level is the highest.
    #[must_use]
    pub fn extreme_cpu(&self) -> f64 {
        mark(self.cpu_threshold, EXTREME)
    }

    /// Above this share of memory load is extreme, once the level is the highest.
    #[must_use]
    pub fn extreme_memory(&self) -> f64 {
        mark(self.memory_threshold, EXTREME)
    }

    /// The first level, from where [`LoadSteps::next`] goes on.
    #[must_use]
    pub const fn steps(self) -> LoadSteps {
        LoadSteps {
            policy: self,
            level: 0,
            extreme: false,
            rising: Rising::NONE,
            falling: 0,
        }
    }

    /// Which of the two are above the mark of this step.
    fn above(&self, shares: Shares, step: u8) -> Above {
        let above = |share: Option<f64>, threshold| {
            share.is_some_and(|share| share > mark(threshold, step))
        };
        Above {
            cpu: above(shares.cpu, self.cpu_threshold),
            memory: above(shares.memory, self.memory_threshold),
        }
    }

    /// Whether both are so far below the mark of this step that it is undone.
    fn below(&self, shares: Shares, step: u8) -> bool {
        let below = |share: Option<f64>, threshold| {
            share.is_none_or(|share| share < self.release(mark(threshold, step)))
        };
        below(shares.cpu, self.cpu_threshold) && below(shares.memory, self.memory_threshold)
    }

    /// Where the step at `mark` is undone.
    fn release(&self, mark: f64) -> f64 {
        (mark - self.margin).max(mark / 2.0)
    }
}

/// CPU at 80 %, memory at 85 %.
impl Default for LoadPolicy {
    fn default() -> Self {
        Self {
            cpu_threshold: 0.80,
            memory_threshold: 0.85,
            margin: 0.05,
            settle: 3,
            extreme_cpu_after: Duration::from_mins(1),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "there are five levels")]
const HIGHEST: u8 = (Load::LEVELS - 1) as u8;

/// The step from the highest level to extreme load, counted on.
const EXTREME: u8 = HIGHEST + 1;

/// The mark of a step: the first is the threshold, the last is that of extreme load.
fn mark(threshold: f64, step: u8) -> f64 {
    let part = f64::from(step - 1) / f64::from(EXTREME - 1);
    threshold + 0.75 * (1.0 - threshold) * part
}

/// The level now, and how near the next step is.
///
/// ```
/// use std::time::Duration;
/// use lakehouse_otel::performance::{LoadPolicy, Shares};
///
/// let mut steps = LoadPolicy::default().steps();
/// let busy = Shares { cpu: Some(0.9), memory: Some(0.4) };
/// let second = Duration::from_secs(1);
/// assert!(!steps.next(busy, second) && !steps.next(busy, second), "two readings are too few");
/// assert!(steps.next(busy, second));
/// assert_eq!(steps.level(), 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LoadSteps {
    policy: LoadPolicy,
    level: u8,
    extreme: bool,
    /// What was for a step up.
    rising: Rising,
    /// How many readings in a row were for a step down.
    falling: u32,
}

/// Which of the two are above a mark.
#[derive(Clone, Copy, Debug)]
struct Above {
    cpu: bool,
    memory: bool,
}

/// How much was for a step up, without a break.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Rising {
    /// Readings in which either was above the mark.
    either: u32,
    /// Readings in which memory was.
    memory: u32,
    /// Readings in which CPU was.
    cpu: u32,
    /// The time from the first of these to the last.
    cpu_time: Duration,
}

impl Rising {
    const NONE: Self = Self {
        either: 0,
        memory: 0,
        cpu: 0,
        cpu_time: Duration::ZERO,
    };

    fn next(&mut self, above: Above, passed: Duration) {
        let count = |before: u32, more: bool| if more { before.saturating_add(1) } else { 0 };
        self.cpu_time = if above.cpu && self.cpu > 0 {
            self.cpu_time.saturating_add(passed)
        } else {
            Duration::ZERO
        };
        self.either = count(self.either, above.cpu || above.memory);
        self.memory = count(self.memory, above.memory);
        self.cpu = count(self.cpu, above.cpu);
    }
}

impl LoadSteps {
    /// The level, from 0.
    #[must_use]
    pub const fn level(&self) -> u8 {
        self.level
    }

    /// Whether load is extreme.
    #[must_use]
    pub const fn is_extreme(&self) -> bool {
        self.extreme
    }

    /// Whether anything is scaled down.
    #[must_use]
    pub const fn is_degraded(&self) -> bool {
        self.level > 0 || self.extreme
    }

    /// Takes a reading, `passed` after the one before, and says whether it made a step.
    pub fn next(&mut self, shares: Shares, passed: Duration) -> bool {
        // The step that brought us here; the next one is one more.
        let step = if self.extreme { EXTREME } else { self.level };
        if step < EXTREME {
            let above = self.policy.above(shares, step + 1);
            self.rising.next(above, passed);
        }
        let down = step > 0 && self.policy.below(shares, step);
        self.falling = if down { self.falling + 1 } else { 0 };
        if self.rises() {
            self.step_up();
        } else if self.falling >= self.settle() {
            self.step_down();
        } else {
            return false;
        }
        self.rising = Rising::NONE;
        self.falling = 0;
        true
    }

    fn settle(&self) -> u32 {
        self.policy.settle.max(1)
    }

    fn rises(&self) -> bool {
        let (rising, settle) = (self.rising, self.settle());
        if self.level < HIGHEST {
            return rising.either >= settle;
        }
        let by_cpu = rising.cpu >= settle && rising.cpu_time >= self.policy.extreme_cpu_after;
        by_cpu || rising.memory >= settle
    }

    const fn step_up(&mut self) {
        if self.level < HIGHEST {
            self.level += 1;
        } else {
            self.extreme = true;
        }
    }

    const fn step_down(&mut self) {
        if self.extreme {
            self.extreme = false;
        } else {
            self.level -= 1;
        }
    }
}

#[cfg(test)]
mod tests;
