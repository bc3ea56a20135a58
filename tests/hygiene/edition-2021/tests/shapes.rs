//! See the module.

#[path = "../../shared/shapes/mod.rs"]
mod shapes;
