//! See the module.

#[path = "../../shared/shapes.rs"]
mod shapes;
