//! Without the feature `enabled`: what operations answer with, and nothing that looks at the program.

mod budget;

pub use budget::BudgetCheck;
