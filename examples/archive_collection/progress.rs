//! How far it is: one line that changes on a terminal, a few plain lines elsewhere. On stderr, like all talk.

use crate::summary::count;
use std::{
    io::{self, IsTerminal, Write},
    sync::{Mutex, PoisonError},
};

#[derive(Debug)]
pub(crate) struct Progress {
    terminal: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    pages: usize,
    of: usize,
    rows: usize,
    halves: usize,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self {
            terminal: io::stderr().is_terminal(),
            state: Mutex::default(),
        }
    }

    /// Says how many pages there are to fetch.
    pub(crate) fn start(&self, pages: usize) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).of = pages;
    }

    /// Takes up a page.
    pub(crate) fn page(&self, rows: usize, retries: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.pages += 1;
        state.rows += rows;
        let State {
            pages,
            of,
            rows,
            halves,
        } = *state;
        let retries = count(retries, "retry", "retries");
        let line = format!("{pages} of {of} pages, {rows} rows, {retries}");
        if self.terminal {
            let end = if pages == of { "\n" } else { "" };
            // A terminal that is gone is no reason to stop.
            drop(write!(io::stderr(), "\r\x1b[K{line}{end}"));
        } else if pages * 2 / of.max(1) > halves {
            state.halves = pages * 2 / of.max(1);
            drop(writeln!(io::stderr(), "{line}"));
        }
    }

    /// Leaves the changing line.
    pub(crate) fn leave(&self) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if self.terminal && state.pages > 0 && state.pages < state.of {
            eprintln!();
        }
    }
}
