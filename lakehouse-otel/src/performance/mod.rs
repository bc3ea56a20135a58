//! What the program costs the machine: load, health, and what operations use.

mod load;

pub use load::Load;
