//! The console exporter: telemetry drawn for people.
//!
//! Each trace is printed as a tree when its root ends; like-named siblings beyond a few are folded into
//! one line, and so are whole traces that look like ones already printed. Metrics are a table, printed
//! at a flush and at the end.
//!
//! What it prints and what it holds are bounded: a trace has at most [`MAX_TREE_LINES`] lines, a table
//! [`MAX_TABLE_ROWS`] rows, no line is wider than the terminal, and no more than [`MAX_SPANS`] spans wait
//! for their root.

mod format;
mod metrics;
mod node;
mod series;
mod spans;
mod tree;

use std::fmt;
use std::io::{self, IsTerminal as _, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use format::fit_line;
pub(crate) use metrics::ConsoleMetrics;
pub(crate) use spans::ConsoleSpans;

/// Columns of a line where there is no terminal to ask.
const DEFAULT_WIDTH: usize = 100;
/// Columns that a terminal must have at least to be believed: some say 0.
const MIN_WIDTH: usize = 20;
/// Lines of one trace.
const MAX_TREE_LINES: usize = 20;
/// Rows of one table of metrics, its head not counted.
const MAX_TABLE_ROWS: usize = 18;
/// Spans of one trace that are kept.
const MAX_SPANS_PER_TRACE: usize = 4_096;
/// Spans that are kept over all traces.
const MAX_SPANS: usize = 16_384;
/// Traces with a root of one name that are printed as trees, and failed ones on top of them.
const FULL_TREES_PER_NAME: u64 = 3;
/// How long traces are folded without a word, by their own time.
const MAX_QUIET: Duration = Duration::from_mins(1);
/// Names of roots that are told apart.
const MAX_ROOT_NAMES: usize = 64;

/// Where the console exporters print; spans and metrics share it, so their lines never mix.
#[derive(Clone)]
pub(crate) struct Output {
    writer: Arc<Mutex<Box<dyn Write + Send>>>,
    colour: bool,
    width: fn() -> usize,
}

impl Output {
    /// Standard error, in colour where that is a terminal and colour is allowed. The program's own
    /// results have standard output to themselves.
    pub(crate) fn stderr(colour: bool) -> Self {
        Self {
            width: terminal_width,
            ..Self::new(Box::new(io::stderr()), colour && io::stderr().is_terminal())
        }
    }

    pub(crate) fn new(writer: Box<dyn Write + Send>, colour: bool) -> Self {
        Self {
            writer: Arc::new(Mutex::new(writer)),
            colour,
            width: || DEFAULT_WIDTH,
        }
    }

    /// Prints lines, each cut at the terminal's width: one that wraps tears the drawing apart.
    fn print(&self, text: &str) -> io::Result<()> {
        let width = (self.width)();
        let fitted: String = text.lines().map(|line| fit_line(line, width)).collect();
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.write_all(fitted.as_bytes())?;
        writer.flush()
    }
}

/// The columns of standard error's terminal, asked anew each time: people resize.
fn terminal_width() -> usize {
    terminal_size::terminal_size_of(io::stderr())
        .map(|(width, _)| usize::from(width.0))
        .filter(|width| *width >= MIN_WIDTH)
        .unwrap_or(DEFAULT_WIDTH)
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output")
            .field("colour", &self.colour)
            .finish_non_exhaustive()
    }
}
