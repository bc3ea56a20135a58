//! The attribute macros of `lakehouse-otel`. Use them through that crate.

#![forbid(unsafe_code)]

mod annotate;
mod args;
mod check;
mod diagnostics;
mod expand;
mod function;
mod nearest;
mod shape;
mod tables;
mod tokens;

#[cfg(test)]
#[path = "../tests/expansion/mod.rs"]
mod expansion_tests;

use proc_macro::TokenStream;

use crate::annotate::annotate;

/// Whether the expansions record. Without it the function stays bare, and its attribute is checked.
const ENABLED: bool = cfg!(feature = "enabled");

macro_rules! attributes {
    ($($(#[doc = $doc:literal])* $name:ident => $table:ident;)+) => {$(
        $(#[doc = $doc])*
        #[proc_macro_attribute]
        pub fn $name(arguments: TokenStream, item: TokenStream) -> TokenStream {
            annotate(&tables::$table, arguments.into(), item.into(), ENABLED).into()
        }
    )+};
}

attributes! {
    /// w
    trace_crypto_workflow => TRACE_CRYPTO_WORKFLOW;
    /// s
    trace_stage => TRACE_STAGE;
    /// p
    track_processing => TRACK_PROCESSING;
    /// a
    track_api_request => TRACK_API_REQUEST;
    /// st
    track_storage => TRACK_STORAGE;
}
