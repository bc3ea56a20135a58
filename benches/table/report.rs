//! The table, as Markdown.

use std::fmt::Write;

use crate::options::Options;
use crate::rounds::{Cell, Table};
use crate::who::Who;

pub(crate) fn table(table: &Table, options: &Options) -> String {
    let mut text = String::from(
        "| row | contender | ns | middle half | of ours | instructions | allocations: caller | all |\n\
         |---|---|--:|--:|--:|--:|--:|--:|\n",
    );
    for row in &options.rows {
        let ours = table.get(&(row.id, Who::Ours)).and_then(Cell::median);
        for &who in &options.contenders {
            let Some(cell) = table.get(&(row.id, who)) else {
                continue;
            };
            let _ = writeln!(
                text,
                "| {} | {} | {} |",
                row.title,
                who.title(),
                line(cell, ours)
            );
        }
    }
    text
}

fn line(cell: &Cell, ours: Option<f64>) -> String {
    let number = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), short);
    let median = cell.median();
    let spread = match (cell.quantile(0.25), cell.quantile(0.75)) {
        (Some(low), Some(high)) => format!("{}–{}", short(low), short(high)),
        _ => "–".to_owned(),
    };
    let ratio = median.zip(ours).map(|(median, ours)| median / ours);
    let ratio = ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
    [
        number(median),
        spread,
        ratio,
        number(cell.instructions),
        number(cell.allocations.map(|(mine, _)| mine)),
        number(cell.allocations.map(|(_, all)| all)),
    ]
    .join(" | ")
}

fn short(value: f64) -> String {
    if value >= 100.0 || value.fract().abs() < 0.005 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    }
}
