//! Every shape of function that a macro must survive: it behaves as without the attribute, its
//! operation lasts exactly as long as its work, and has the outcome of its work.

#![allow(
    clippy::large_types_passed_by_value,
    clippy::mixed_attributes_style,
    clippy::never_loop,
    clippy::ptr_arg,
    non_snake_case,
    reason = "the shapes are what people write, not what they should"
)]

mod async_functions;
mod blocks;
mod closures;
mod generics;
mod methods;
mod panics_and_never;
mod returned_futures;
mod stream_items;
mod streams;
mod sync_functions;
