//! The table, as Markdown, with the targets.

use std::error::Error;
use std::fmt::Write;

use crate::compiled_out::{self, CompiledOut};
use crate::contenders::Export;
use crate::options::Options;
use crate::rounds::{self, Cell, Table};
use crate::sustain::{self, Sustained};
use crate::targets::{self, Measured};
use crate::who::Who;
use crate::{rows, sink};

/// Measures all, and prints it.
pub(crate) fn run(options: &Options) -> Result<String, Box<dyn Error>> {
    let sink = sink::start()?;
    let table = rounds::measure(options, &sink)?;
    // The rest is part of the whole table only.
    let whole = options.rows.len() == rows::ROWS.len();
    let (mut compiled_out, mut sustained) = (None, Vec::new());
    if whole {
        eprintln!("CPU time of an exported span …");
        let rounds = options.rounds.unwrap_or(51).div_ceil(5);
        sustained = sustain::measure(sustain::WHO, &Export::Send(sink.clone()), &sink, rounds)?;
        eprintln!("compiled out …");
        // What has been measured is worth more than one more row.
        compiled_out = compiled_out::measure(options.rounds.unwrap_or(51))
            .inspect_err(|error| eprintln!("compiled out: {error}"))
            .ok();
    }
    let mut text = self::table(&table, options, Who::Ours);
    if let Some(out) = &compiled_out {
        add_compiled_out(&mut text, out);
    }
    add_sustained(&mut text, &sustained);
    let measured = Measured {
        table: &table,
        compiled_out: compiled_out.as_ref(),
        sustained: &sustained,
    };
    let discarded: usize = table.values().map(|cell| cell.discarded).sum();
    let discarded = discarded + sustained.iter().map(|one| one.cpu.discarded).sum::<usize>();
    let _ = writeln!(
        text,
        "\nRounds that do not count, for something was dropped in them: {discarded}.\n"
    );
    text += &targets::markdown(&measured.targets());
    for difference in compiled_out.iter().flat_map(|out| &out.differences) {
        let _ = writeln!(text, "\n```text\n{difference}\n```");
    }
    Ok(text)
}

/// Measures metrics alone, and prints it.
pub(crate) fn metrics(options: &Options) -> Result<String, Box<dyn Error>> {
    let sink = sink::start()?;
    let table = rounds::measure(options, &sink)?;
    let mut text = self::table(&table, options, Who::MetricsOurs);
    let measured = Measured {
        table: &table,
        compiled_out: None,
        sustained: &[],
    };
    text.push('\n');
    text += &targets::markdown(&measured.of_metrics());
    Ok(text)
}

fn table(table: &Table, options: &Options, ours: Who) -> String {
    let mut text = String::from(
        "| row | contender | ns | middle half | of ours | instructions | allocations: caller | all |\n\
         |---|---|--:|--:|--:|--:|--:|--:|\n",
    );
    for row in &options.rows {
        let ours = table.get(&(row.id, ours)).and_then(Cell::median);
        for &who in &options.contenders {
            if let Some(cell) = table.get(&(row.id, who)) {
                add(&mut text, row.title, who.title(), cell, ours);
            }
        }
    }
    text
}

fn add_compiled_out(text: &mut String, out: &CompiledOut) {
    let ours = out.annotated.median();
    let row = "compiled out";
    add(text, row, Who::Ours.title(), &out.annotated, ours);
    add(text, row, Who::Bare.title(), &out.bare, ours);
}

fn add_sustained(text: &mut String, sustained: &[Sustained]) {
    let ours = sustain::cpu_of(sustained, Who::Ours);
    for Sustained { who, cpu, .. } in sustained {
        add(
            text,
            "CPU time of an exported span, workers included",
            who.title(),
            cpu,
            ours,
        );
    }
}

fn add(text: &mut String, row: &str, who: &str, cell: &Cell, ours: Option<f64>) {
    let number = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), short);
    let median = cell.median();
    let spread = match (cell.quantile(0.25), cell.quantile(0.75)) {
        (Some(low), Some(high)) => format!("{}–{}", short(low), short(high)),
        _ => "–".to_owned(),
    };
    let ratio = median.zip(ours).map(|(median, ours)| median / ours);
    let ratio = ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
    let (median, instructions) = (number(median), number(cell.instructions));
    let mine = number(cell.allocations.map(|(mine, _)| mine));
    let all = number(cell.allocations.map(|(_, all)| all));
    let _ = writeln!(
        text,
        "| {row} | {who} | {median} | {spread} | {ratio} | {instructions} | {mine} | {all} |"
    );
}

fn short(value: f64) -> String {
    if value >= 100.0 || value.fract().abs() < 0.005 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    }
}
