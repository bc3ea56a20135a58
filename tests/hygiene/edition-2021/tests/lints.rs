//! See the module.

#![deny(warnings, unused, rust_2018_idioms, let_underscore, unreachable_pub)]
#![deny(
    missing_debug_implementations,
    unused_qualifications,
    single_use_lifetimes
)]
#![deny(
    unused_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    elided_lifetimes_in_paths
)]
#![deny(unsafe_code, variant_size_differences, redundant_lifetimes)]
#![deny(
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    clippy::implicit_return
)]
#![deny(
    clippy::absolute_paths,
    clippy::std_instead_of_core,
    clippy::unused_trait_names
)]
#![deny(clippy::print_stdout, clippy::print_stderr, clippy::dbg_macro)]
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable
)]
#![deny(clippy::let_underscore_untyped, clippy::let_underscore_must_use)]
#![deny(clippy::default_numeric_fallback, clippy::semicolon_outside_block)]
#![deny(clippy::ref_patterns, clippy::min_ident_chars, clippy::use_self)]
#![deny(clippy::missing_docs_in_private_items, clippy::as_conversions)]
// `implicit_return` wants what the first forbids, `unreachable_pub` what the second does.
#![allow(clippy::needless_return, clippy::redundant_pub_crate)]

#[path = "../../shared/lints.rs"]
mod lints;
