//! One table: what an annotated call costs, beside the project's peers. See `docs/performance.md`.
//!
//! ```text
//! cargo bench -p lakehouse-otel-benches
//! cargo bench -p lakehouse-otel-benches -- --help
//! ```

mod allocations;
mod archive;
mod callgrind;
mod child;
mod compile;
mod compiled_out;
mod contenders;
mod end_to_end;
mod export;
mod machine;
mod options;
mod process;
mod report;
mod rounds;
mod rows;
mod sink;
mod sustain;
mod targets;
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
        Mode::Job(arguments) => archive::job(arguments)?,
        Mode::Table => {
            let load = machine::load();
            let text = report::run(&options)?;
            print!("{}\n{text}", machine::describe(&load));
        }
        Mode::Metrics => {
            let load = machine::load();
            let text = report::metrics(&options)?;
            print!("{}\n{text}", machine::describe(&load));
        }
        Mode::EndToEnd => {
            let load = machine::load();
            let text = end_to_end::run(options.rounds.unwrap_or(11))?;
            print!("{}\n{text}", machine::describe(&load));
        }
        Mode::Compile => {
            let load = machine::load();
            let text = compile::run(options.rounds.unwrap_or(3))?;
            print!("{}\n{text}", machine::describe(&load));
        }
        Mode::Archive => {
            let load = machine::load();
            let text = archive::run(options.rounds.unwrap_or(11))?;
            print!("{}\n{text}", machine::describe(&load));
        }
    }
    Ok(())
}
