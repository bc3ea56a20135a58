//! The command line.

use crate::contenders::{BATCH, Export, QUEUE, Setup};
use crate::rows::{self, ROWS, Row};
use crate::who::{self, Who};

pub(crate) const HELP: &str = "\
Prints what an annotated call costs, beside the project's peers, as a Markdown table.

  --end-to-end      instead: spans a second and CPU time through OTLP/HTTP to a real collector
  --metrics         instead: a counter, a histogram, and an operation's metrics without its span
  --archive         instead: the main job with telemetry on against off
  --compile         instead: compile time and size of 1,000 annotated functions
  --rounds N        rounds of each contender in each row [default: 51, of the others 11, of --compile 3]
  --rows A,B        only these rows: child root unsampled unsampled-2 unsampled-3 unsampled-4 disabled
                    async-1 async-10 error trace-100 threads-1 threads-2 threads-4 threads-8 rest-1 rest-2;
                    after --metrics: count-1 count-2 count-8 record-1 record-2 record-8 metrics-1 metrics-2
                    metrics-8
  --contenders A,B  only these: ours ours-span by-hand by-hand-bound by-hand-span tracing tracing-span
                    fastrace fastrace-span emit emit-span autometrics floor floor-context bare; after --metrics:
                    metrics-ours metrics-ours-per-call metrics-sdk-bound metrics-sdk-static metrics-sdk-built
                    metrics-handles metrics-macros autometrics bare
  --no-callgrind    without instructions
  --help            this
";

/// What to do.
#[derive(Debug)]
pub(crate) enum Mode {
    Help,
    Table,
    Metrics,
    EndToEnd,
    Archive,
    Compile,
    /// Not for people: runs the main job and says what it took.
    Job(Vec<String>),
    /// Not for people: a process that the table starts.
    Child {
        who: Who,
        row: &'static Row,
        setup: Setup,
    },
    /// Not for people: what the table runs under callgrind.
    Once {
        who: Who,
        row: &'static Row,
        setup: Setup,
    },
}

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) mode: Mode,
    pub(crate) rounds: Option<usize>,
    pub(crate) rows: Vec<&'static Row>,
    pub(crate) contenders: Vec<Who>,
    pub(crate) callgrind: bool,
}

impl Options {
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            mode: Mode::Table,
            rounds: None,
            rows: ROWS.iter().collect(),
            contenders: who::ALL.to_vec(),
            callgrind: true,
        };
        while let Some(argument) = arguments.next() {
            let mut value = || {
                arguments
                    .next()
                    .ok_or_else(|| format!("{argument} wants a value"))
            };
            match argument.as_str() {
                // What cargo adds.
                "--bench" => {}
                "--help" => options.mode = Mode::Help,
                "--rounds" => {
                    let value = value()?;
                    let rounds = value.parse().map_err(|_| format!("--rounds {value}"))?;
                    options.rounds = Some(rounds);
                }
                "--rows" => options.rows = list(&value()?, row)?,
                "--contenders" => options.contenders = list(&value()?, contender)?,
                "--no-callgrind" => options.callgrind = false,
                "--metrics" => {
                    options.mode = Mode::Metrics;
                    options.rows = rows::METRICS.iter().collect();
                    options.contenders = who::METRICS.to_vec();
                }
                "--end-to-end" => options.mode = Mode::EndToEnd,
                "--archive" => options.mode = Mode::Archive,
                "--compile" => options.mode = Mode::Compile,
                "--job" => {
                    options.mode = Mode::Job(arguments.collect());
                    break;
                }
                "--child" => {
                    let (who, row, setup) = child(&value()?)?;
                    options.mode = Mode::Child { who, row, setup };
                }
                "--once" => {
                    let (who, row, setup) = child(&value()?)?;
                    options.mode = Mode::Once { who, row, setup };
                }
                other => return Err(format!("unknown argument {other}\n\n{HELP}")),
            }
        }
        Ok(options)
    }
}

/// What tells a child who it is.
pub(crate) fn child_argument(who: Who, row: &Row, export: &Export, sink: &str) -> String {
    let export = match export {
        Export::Drop => "drop",
        Export::Send(endpoint) => endpoint,
    };
    format!("{} {} {export} {sink}", who.id(), row.id)
}

fn child(argument: &str) -> Result<(Who, &'static Row, Setup), String> {
    let parts: Vec<_> = argument.split(' ').collect();
    let [who, row_id, export, sink] = parts[..] else {
        return Err(format!("no child: {argument}"));
    };
    let (who, row) = (contender(who)?, row(row_id)?);
    let export = match export {
        "drop" => Export::Drop,
        endpoint => Export::Send(endpoint.to_owned()),
    };
    let batch = if row.worker_rests { QUEUE } else { BATCH };
    let setup = Setup {
        state: who.state(row),
        batch,
        export,
        sink: sink.to_owned(),
    };
    Ok((who, row, setup))
}

fn list<T>(value: &str, parse: fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    value.split(',').map(parse).collect()
}

fn row(id: &str) -> Result<&'static Row, String> {
    Row::named(id).ok_or_else(|| format!("no row is called {id}\n\n{HELP}"))
}

fn contender(id: &str) -> Result<Who, String> {
    Who::named(id).ok_or_else(|| format!("no contender is called {id}\n\n{HELP}"))
}
