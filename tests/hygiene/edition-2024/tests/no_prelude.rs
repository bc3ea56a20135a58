//! See the module.

#![no_implicit_prelude]

#[path = "../../shared/no_prelude.rs"]
mod no_prelude;
