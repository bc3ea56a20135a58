//! When the load level steps up and down.

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
/// ```text
///            mark            step, after `settle` readings in a row
///   ─ extreme mark ─────────  the highest level → extreme
///   ─ extreme mark − margin   extreme → the highest level, when both are below
///   ─ threshold ────────────  level + 1, when either is above
///   ─ threshold − margin ───  level − 1, when both are below
/// ```
///
/// Between two marks of a pair nothing moves, so a value that swings around a mark by less than the
/// margin changes nothing. Each step waits for `settle` readings of its own: the smoothed values show
/// what a step did before the next one is made. A value that is unknown stands for no load.
///
/// The extreme mark lies three quarters of the way from the threshold to 1: 95 % for CPU and 96.25 % for
/// memory by default. A threshold of 1 is never passed, which leaves that resource out.
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
        extreme(self.cpu_threshold)
    }

    /// Above this share of memory load is extreme, once the level is the highest.
    #[must_use]
    pub fn extreme_memory(&self) -> f64 {
        extreme(self.memory_threshold)
    }

    /// The first level, from where [`LoadSteps::next`] goes on.
    #[must_use]
    pub const fn steps(self) -> LoadSteps {
        LoadSteps {
            policy: self,
            level: 0,
            extreme: false,
            rising: 0,
            falling: 0,
        }
    }

    fn above(shares: Shares, cpu: f64, memory: f64) -> bool {
        shares.cpu.is_some_and(|share| share > cpu)
            || shares.memory.is_some_and(|share| share > memory)
    }

    fn below(&self, shares: Shares, cpu: f64, memory: f64) -> bool {
        let below =
            |share: Option<f64>, mark: f64| share.is_none_or(|share| share < self.release(mark));
        below(shares.cpu, cpu) && below(shares.memory, memory)
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
        }
    }
}

fn extreme(threshold: f64) -> f64 {
    threshold + 0.75 * (1.0 - threshold)
}

/// The level now, and how near the next step is.
///
/// ```
/// use lakehouse_otel::performance::{LoadPolicy, Shares};
///
/// let mut steps = LoadPolicy::default().steps();
/// let busy = Shares { cpu: Some(0.9), memory: Some(0.4) };
/// assert!(!steps.next(busy) && !steps.next(busy), "two readings are too few");
/// assert!(steps.next(busy));
/// assert_eq!(steps.level(), 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LoadSteps {
    policy: LoadPolicy,
    level: u8,
    extreme: bool,
    /// How many readings in a row were for a step up.
    rising: u32,
    /// How many were for a step down.
    falling: u32,
}

#[expect(clippy::cast_possible_truncation, reason = "there are five levels")]
const HIGHEST: u8 = (Load::LEVELS - 1) as u8;

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

    /// Takes a reading, and says whether it made a step.
    pub fn next(&mut self, shares: Shares) -> bool {
        let (up, down) = (self.wants_up(shares), self.wants_down(shares));
        self.rising = if up { self.rising + 1 } else { 0 };
        self.falling = if down && !up { self.falling + 1 } else { 0 };
        let settle = self.policy.settle.max(1);
        if self.rising >= settle {
            self.step_up();
        } else if self.falling >= settle {
            self.step_down();
        } else {
            return false;
        }
        self.rising = 0;
        self.falling = 0;
        true
    }

    fn wants_up(&self, shares: Shares) -> bool {
        let policy = &self.policy;
        if self.extreme {
            false
        } else if self.level < HIGHEST {
            LoadPolicy::above(shares, policy.cpu_threshold, policy.memory_threshold)
        } else {
            LoadPolicy::above(shares, policy.extreme_cpu(), policy.extreme_memory())
        }
    }

    fn wants_down(&self, shares: Shares) -> bool {
        let policy = &self.policy;
        if self.extreme {
            policy.below(shares, policy.extreme_cpu(), policy.extreme_memory())
        } else if self.level > 0 {
            policy.below(shares, policy.cpu_threshold, policy.memory_threshold)
        } else {
            false
        }
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
mod tests {
    use super::*;

    fn cpu(share: f64) -> Shares {
        Shares {
            cpu: Some(share),
            memory: Some(0.1),
        }
    }

    fn memory(share: f64) -> Shares {
        Shares {
            cpu: Some(0.1),
            memory: Some(share),
        }
    }

    /// What comes of readings: so many of each, then the level and whether load is extreme.
    fn assert_steps(policy: LoadPolicy, table: &[(u32, Shares, u8, bool)]) {
        let mut steps = policy.steps();
        for (row, &(readings, shares, level, extreme)) in table.iter().enumerate() {
            for _ in 0..readings {
                steps.next(shares);
            }
            let now = (steps.level(), steps.is_extreme());
            assert_eq!(now, (level, extreme), "row {row}: {shares:?}");
        }
    }

    #[test]
    fn levels_step_one_at_a_time_up_and_down() {
        assert_steps(
            LoadPolicy::default(),
            &[
                (100, cpu(0.79), 0, false),
                (2, cpu(0.81), 0, false),
                (1, cpu(0.81), 1, false),
                (3, cpu(0.81), 2, false),
                (3, memory(0.86), 3, false),
                (3, cpu(0.94), 4, false),
                // Not above the extreme mark.
                (100, cpu(0.94), 4, false),
                (2, cpu(0.96), 4, false),
                (1, cpu(0.96), 4, true),
                (100, cpu(1.0), 4, true),
                // Not below the extreme mark by the margin.
                (100, cpu(0.91), 4, true),
                (3, cpu(0.89), 4, false),
                (100, cpu(0.76), 4, false),
                (3, cpu(0.74), 3, false),
                (2, cpu(0.74), 3, false),
                (1, cpu(0.74), 2, false),
                (6, cpu(0.0), 0, false),
                (100, cpu(0.0), 0, false),
            ],
        );
    }

    #[test]
    fn memory_has_marks_of_its_own() {
        assert_steps(
            LoadPolicy::default(),
            &[
                (100, memory(0.84), 0, false),
                (12, memory(0.86), 4, false),
                (100, memory(0.96), 4, false),
                (3, memory(0.97), 4, true),
                (100, memory(0.92), 4, true),
                (3, memory(0.91), 4, false),
                (100, memory(0.81), 4, false),
                (12, memory(0.79), 0, false),
            ],
        );
    }

    #[test]
    fn one_resource_under_load_holds_the_level_up() {
        let both = |cpu, memory| Shares {
            cpu: Some(cpu),
            memory: Some(memory),
        };
        assert_steps(
            LoadPolicy::default(),
            &[
                (3, both(0.9, 0.9), 1, false),
                (100, both(0.1, 0.84), 1, false),
                (100, both(0.79, 0.1), 1, false),
                (3, both(0.1, 0.1), 0, false),
            ],
        );
    }

    #[test]
    fn swinging_around_a_mark_moves_nothing() {
        let mut steps = LoadPolicy::default().steps();
        for _ in 0..3 {
            steps.next(cpu(0.9));
        }
        assert_eq!(steps.level(), 1);
        // By less than the margin, both ways, around either mark: no step in a row of ever so many.
        for round in 0..10_000 {
            let shares = if round % 2 == 0 {
                cpu(0.801)
            } else {
                cpu(0.749)
            };
            assert!(!steps.next(shares), "round {round}");
        }
    }

    #[test]
    fn what_is_unknown_stands_for_no_load() {
        let unknown = Shares::default();
        let only_memory = Shares {
            cpu: None,
            memory: Some(0.9),
        };
        assert_steps(
            LoadPolicy::default(),
            &[
                (100, unknown, 0, false),
                (3, only_memory, 1, false),
                (3, unknown, 0, false),
            ],
        );
        assert_eq!(unknown.load_factor(), None);
        assert_eq!(only_memory.load_factor(), Some(0.9));
    }

    #[test]
    fn thresholds_at_the_ends() {
        let never = LoadPolicy::new(1.0, 1.0);
        assert_steps(
            never,
            &[(100, cpu(1.0), 0, false), (100, memory(1.0), 0, false)],
        );
        // A small threshold still lets go: at its half.
        let small = LoadPolicy {
            settle: 0,
            ..LoadPolicy::new(0.04, 0.85)
        };
        assert_steps(
            small,
            &[
                (1, cpu(0.05), 1, false),
                (9, cpu(0.03), 1, false),
                (1, cpu(0.01), 0, false),
            ],
        );
    }
}
