//! One table: what an annotated call costs, beside the project's peers. See `docs/performance.md`.
//!
//! ```text
//! cargo bench -p lakehouse-otel-benches
//! cargo bench -p lakehouse-otel-benches -- --help
//! ```

mod allocations;
mod child;
mod contenders;
mod export;
mod options;
mod process;
mod report;
mod rounds;
mod rows;
mod sink;
mod who;
mod work;

use std::error::Error;
use std::process::ExitCode;

use options::{Mode, Options};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let options = Options::parse(std::env::args().skip(1))?;
    match &options.mode {
        Mode::Help => print!("{}", options::HELP),
        Mode::Child { who, row, setup } => who.serve(row, setup)?,
        Mode::Once { who, row, setup } => who.once(row, setup),
        Mode::Table => {
            let table = rounds::measure(&options)?;
            print!("{}", report::table(&table, &options));
        }
    }
    Ok(())
}
