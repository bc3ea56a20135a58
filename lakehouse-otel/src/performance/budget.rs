//! How an operation stands against its budget.

use std::fmt;
use std::time::Duration;

/// How an operation stands against its budget, at the moment it was asked.
///
/// ```
/// use std::time::Duration;
/// use lakehouse_otel::performance::BudgetCheck;
///
/// let check = BudgetCheck::new(Some(Duration::from_secs(5)), Duration::from_secs(2));
/// assert!(!check.exceeded);
/// assert_eq!(check.remaining, Some(Duration::from_secs(3)));
/// assert_eq!(check.to_string(), "2s of 5s, 3s left");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetCheck {
    /// The budget; `None` where the operation has none.
    pub budget: Option<Duration>,
    /// How long the operation has taken so far.
    pub elapsed: Duration,
    /// Whether that is more than the budget; false without one.
    pub exceeded: bool,
    /// What is left, zero where nothing is; `None` without a budget.
    pub remaining: Option<Duration>,
}

impl BudgetCheck {
    /// Compares the two. A budget that was used up to its end is not exceeded.
    #[must_use]
    pub fn new(budget: Option<Duration>, elapsed: Duration) -> Self {
        Self {
            budget,
            elapsed,
            exceeded: budget.is_some_and(|budget| elapsed > budget),
            remaining: budget.map(|budget| budget.saturating_sub(elapsed)),
        }
    }
}

impl fmt::Display for BudgetCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let elapsed = self.elapsed;
        match (self.budget, self.remaining) {
            (Some(budget), _) if self.exceeded => {
                let over = elapsed.saturating_sub(budget);
                write!(f, "{elapsed:?} of {budget:?}, exceeded by {over:?}")
            }
            (Some(budget), Some(remaining)) => {
                write!(f, "{elapsed:?} of {budget:?}, {remaining:?} left")
            }
            _ => write!(f, "{elapsed:?}, no budget"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_exceeded_when_more_than_all_of_it_is_used() {
        const SECOND: Duration = Duration::from_secs(1);
        let tick = Duration::from_nanos(1);
        for (budget, elapsed, exceeded, remaining, text) in [
            (None, SECOND, false, None, "1s, no budget"),
            (
                Some(SECOND),
                SECOND.saturating_sub(tick),
                false,
                Some(tick),
                "999.999999ms of 1s, 1ns left",
            ),
            (
                Some(SECOND),
                SECOND,
                false,
                Some(Duration::ZERO),
                "1s of 1s, 0ns left",
            ),
            (
                Some(SECOND),
                SECOND + tick,
                true,
                Some(Duration::ZERO),
                "1.000000001s of 1s, exceeded by 1ns",
            ),
        ] {
            let check = BudgetCheck::new(budget, elapsed);
            assert_eq!((check.exceeded, check.remaining), (exceeded, remaining));
            assert_eq!((check.budget, check.elapsed), (budget, elapsed));
            assert_eq!(check.to_string(), text);
        }
    }
}
