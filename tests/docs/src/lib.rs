//! The Rust code of `README.md` and `docs/` compiles: `build.rs` takes it from the pages, and `tests/pages` is what it is
//! compiled with.

#![forbid(unsafe_code)]
