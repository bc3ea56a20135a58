//! Real klines from a folder: raw Binance files and plain OHLCV files, told apart by their first line.
//!
//! Nothing is judged here. A row that cannot be right is served as it stands, for the archive to find.

use crate::{
    range::{TimeRange, parse_time},
    series::{Series, Symbol},
    timeframe::{self, Length, Timeframe},
};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

const OHLCV: &str = "timestamp,open,high,low,close,volume";

#[derive(Debug)]
pub(crate) struct Files {
    folder: String,
    /// By time; a row whose own time cannot be read stands with the row before it.
    series: HashMap<(Symbol, Timeframe), Vec<(i64, Value)>>,
}

#[derive(Clone, Copy)]
enum Format {
    Binance,
    Ohlcv,
}

impl Files {
    /// Reads every CSV file of a folder and its subfolders; other files are left alone.
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let mut paths = Vec::new();
        find(folder, &mut paths)
            .map_err(|error| format!("--input {}: {error}", folder.display()))?;
        paths.sort();
        if paths.is_empty() {
            return Err(format!(
                "--input {}: no CSV file in it or below",
                folder.display()
            ));
        }
        let mut files = Self {
            folder: folder.display().to_string(),
            series: HashMap::new(),
        };
        for path in &paths {
            files
                .read_file(path)
                .map_err(|error| format!("{}: {error}", path.display()))?;
        }
        for rows in files.series.values_mut() {
            rows.sort_by_key(|(time, _)| *time);
        }
        Ok(files)
    }

    pub(super) fn folder(&self) -> &str {
        &self.folder
    }

    /// What the files hold, each with the range from its first bar to its last.
    pub(crate) fn series(&self) -> Vec<Series> {
        let held = self
            .series
            .iter()
            .filter_map(|((symbol, timeframe), rows)| {
                let range = TimeRange {
                    from: rows.first()?.0,
                    to: rows.last()?.0 + timeframe.millis(),
                };
                Some(Series {
                    symbol: symbol.clone(),
                    timeframe: *timeframe,
                    range,
                })
            });
        let mut held: Vec<Series> = held.collect();
        held.sort_by_key(|series| (series.symbol.clone(), series.timeframe.millis()));
        held
    }

    pub(super) fn symbols(&self) -> Vec<String> {
        let mut symbols: Vec<_> = self
            .series
            .keys()
            .map(|(symbol, _)| symbol.to_string())
            .collect();
        symbols.sort_unstable();
        symbols.dedup();
        symbols
    }

    pub(super) fn rows(
        &self,
        symbol: &str,
        timeframe: Timeframe,
        range: TimeRange,
        limit: usize,
    ) -> Option<Vec<Value>> {
        let symbol: Symbol = symbol.parse().ok()?;
        if !self.series.keys().any(|(listed, _)| *listed == symbol) {
            return None;
        }
        let rows = self
            .series
            .get(&(symbol, timeframe))
            .map_or(&[][..], Vec::as_slice);
        let first = rows.partition_point(|(time, _)| *time < range.from);
        let end = rows
            .partition_point(|(time, _)| *time < range.to)
            .max(first);
        Some(
            rows[first..end]
                .iter()
                .take(limit)
                .map(|(_, row)| row.clone())
                .collect(),
        )
    }

    fn read_file(&mut self, path: &Path) -> Result<(), String> {
        let (symbol, timeframe) = names(path)?;
        let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
        let mut lines = text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
            .peekable();
        let Some((_, first)) = lines.peek() else {
            return Err("the file is empty".to_owned());
        };
        let format = format_of(first)?;
        let header = !first.starts_with(|c: char| c.is_ascii_digit());
        let rows = self.series.entry((symbol, timeframe)).or_default();
        let mut time = None;
        for (number, line) in lines.skip(usize::from(header)) {
            let fields: Vec<&str> = line.split(',').map(str::trim).collect();
            let row = match format {
                Format::Binance => binance_row(&fields),
                Format::Ohlcv => ohlcv_row(&fields, timeframe),
            };
            time = row[0].as_i64().or(time);
            let time =
                time.ok_or_else(|| format!("line {}: `{}` is no time", number + 1, fields[0]))?;
            rows.push((time, row));
        }
        Ok(())
    }
}

fn find(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, found)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("csv"))
        {
            found.push(path);
        }
    }
    Ok(())
}

/// Symbol and timeframe from a name like `BTC-PERP-1m-2022-01-01_07.csv`.
fn names(path: &Path) -> Result<(Symbol, Timeframe), String> {
    let stem = path
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or_default();
    let parts: Vec<&str> = stem.split('-').collect();
    let named = parts
        .iter()
        .enumerate()
        .skip(1)
        .find_map(|(index, part)| Some((index, timeframe::parse(part).ok()?)));
    let (index, timeframe) = named
        .ok_or("the name tells no timeframe; expected a name like BTCUSDT-1m-2025-01-31.csv")?;
    let symbol = parts[..index].join("-").to_uppercase();
    let symbol = symbol
        .parse()
        .map_err(|error| format!("the name tells no symbol: {error}"))?;
    Ok((symbol, timeframe))
}

fn format_of(first: &str) -> Result<Format, String> {
    let fields = first.split(',').count();
    let names = first.to_ascii_lowercase().replace(' ', "");
    if names == OHLCV {
        Ok(Format::Ohlcv)
    } else if fields == 12
        && (first.starts_with(|c: char| c.is_ascii_digit()) || names.starts_with("open_time,"))
    {
        Ok(Format::Binance)
    } else {
        Err(format!(
            "line 1: neither the 12 columns of a Binance kline nor the header `{OHLCV}`, but {fields} columns"
        ))
    }
}

/// The fields as the REST API gives them: times and counts are numbers, prices and volumes text.
fn binance_row(fields: &[&str]) -> Value {
    let elements = fields.iter().enumerate().map(|(index, field)| match index {
        0 | 6 => field
            .parse()
            .map_or_else(|_| json!(field), |time: i64| json!(millis(time))),
        8 => field
            .parse()
            .map_or_else(|_| json!(field), |count: i64| json!(count)),
        _ => json!(field),
    });
    Value::Array(elements.collect())
}

/// Binance's archive gives microseconds since 2025.
fn millis(time: i64) -> i64 {
    const YEAR_2286_IN_MILLIS: i64 = 10_000_000_000_000;
    if time > YEAR_2286_IN_MILLIS {
        time / 1_000
    } else {
        time
    }
}

/// A kline of what the file tells; `null` stands for what it does not.
fn ohlcv_row(fields: &[&str], timeframe: Timeframe) -> Value {
    let Some((first, prices)) = fields.split_first() else {
        return json!([]);
    };
    let time = parse_time(first).ok();
    let mut row = vec![time.map_or_else(|| json!(first), |time| json!(time))];
    row.extend(prices.iter().map(|price| json!(price)));
    if fields.len() == 6 {
        row.push(json!(time.map(|time| time + timeframe.millis() - 1)));
        row.extend([
            Value::Null,
            Value::Null,
            Value::Null,
            Value::Null,
            json!("0"),
        ]);
    }
    Value::Array(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_symbol_and_timeframe() {
        let read = |name: &str| {
            names(Path::new(name)).map(|(symbol, timeframe)| format!("{symbol} {timeframe}"))
        };
        assert_eq!(read("ADABTC-1m-2021-11-27.csv").unwrap(), "ADABTC 1m");
        assert_eq!(
            read("BTC-PERP-1h-2022-01-01_07.csv").unwrap(),
            "BTC-PERP 1h"
        );
        assert!(
            read("prices.csv")
                .unwrap_err()
                .contains("BTCUSDT-1m-2025-01-31.csv")
        );
    }

    #[test]
    fn a_first_line_that_is_neither_format_says_what_is_expected() {
        assert!(
            format_of("date,price")
                .map(drop)
                .unwrap_err()
                .contains(OHLCV)
        );
        assert!(
            format_of("open_time,open,high,low,close,volume,close_time,a,b,c,d,ignore").is_ok()
        );
    }
}
