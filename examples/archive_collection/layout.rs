//! Which key holds what.
//!
//! ```text
//! bronze/binance/klines/symbol=BTCUSDT/timeframe=1m/2025-01/20250131T000000Z.json.gz    a page as it was sent
//! silver/binance/klines/symbol=BTCUSDT/timeframe=1m/2025-01.parquet                     clean bars
//! rejects/binance/klines/symbol=BTCUSDT/timeframe=1m/2025-01.jsonl                      what was wrong, and why
//! gold/binance/klines/symbol=BTCUSDT/timeframe=1h/from=1m/2025-01.parquet               bars made of bars
//! manifest/binance/klines/symbol=BTCUSDT/timeframe=1m.json                              what is there
//! ```

use crate::{
    range::{Page, utc},
    series::Series,
    timeframe::Timeframe,
};

pub(crate) fn bronze_folder(series: &Series, partition: &str) -> String {
    format!("bronze/{}/{partition}", of(series))
}

pub(crate) fn bronze(series: &Series, page: &Page) -> String {
    let start = utc(page.range.from).format("%Y%m%dT%H%M%SZ");
    format!(
        "{}/{start}.json.gz",
        bronze_folder(series, &page.partition.name)
    )
}

pub(crate) fn silver(series: &Series, partition: &str) -> String {
    format!("silver/{}/{partition}.parquet", of(series))
}

pub(crate) fn rejects(series: &Series, partition: &str) -> String {
    format!("rejects/{}/{partition}.jsonl", of(series))
}

pub(crate) fn gold(series: &Series, target: Timeframe, partition: &str) -> String {
    let Series {
        symbol, timeframe, ..
    } = series;
    format!(
        "gold/binance/klines/symbol={symbol}/timeframe={target}/from={timeframe}/{partition}.parquet"
    )
}

pub(crate) fn manifest(series: &Series) -> String {
    format!("manifest/{}.json", of(series))
}

/// The folders that hold a series' data and nothing else's.
pub(crate) fn folders(series: &Series, targets: &[Timeframe]) -> Vec<String> {
    let mut folders: Vec<String> = ["bronze", "silver", "rejects"]
        .map(|layer| format!("{layer}/{}", of(series)))
        .into();
    folders.extend(targets.iter().map(|&target| {
        let key = gold(series, target, "");
        key.rsplit_once('/')
            .map_or(key.clone(), |(folder, _)| folder.to_owned())
    }));
    folders
}

fn of(series: &Series) -> String {
    format!(
        "binance/klines/symbol={}/timeframe={}",
        series.symbol, series.timeframe
    )
}
