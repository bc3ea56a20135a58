//! What the tests share: the program as a process, a scripted exchange, and a look into archives.

mod archive;
mod exchange;
mod folder;
mod program;
pub(crate) mod python;
#[path = "../../../../tests/skipped.rs"]
mod skipped;

pub(crate) use archive::Archive;
pub(crate) use exchange::{Reply, ScriptedExchange, klines};
pub(crate) use folder::Folder;
pub(crate) use program::{Finished, Program};
pub(crate) use skipped::skipped;
