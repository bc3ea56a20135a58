//! Which object holds what.
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
use lakehouse_otel::schema::{Compression, Format, Layer};

/// An object's key, and what telemetry says of it.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) key: String,
    pub(crate) layer: Option<Layer>,
    pub(crate) format: Format,
    pub(crate) compression: Compression,
}

pub(crate) fn bronze_folder(series: &Series, partition: &str) -> String {
    format!("bronze/{}/{partition}", of(series))
}

pub(crate) fn bronze(series: &Series, page: &Page) -> Object {
    let start = utc(page.range.from).format("%Y%m%dT%H%M%SZ");
    raw_page(format!(
        "{}/{start}.json.gz",
        bronze_folder(series, &page.partition.name)
    ))
}

/// A page that was found by listing.
pub(crate) fn raw_page(key: String) -> Object {
    Object {
        key,
        layer: Some(Layer::Bronze),
        format: Format::Json,
        compression: Compression::Gzip,
    }
}

pub(crate) fn silver(series: &Series, partition: &str) -> Object {
    parquet(
        Layer::Silver,
        format!("silver/{}/{partition}.parquet", of(series)),
    )
}

pub(crate) fn rejects(series: &Series, partition: &str) -> Object {
    json(format!("rejects/{}/{partition}.jsonl", of(series)))
}

pub(crate) fn gold(series: &Series, target: Timeframe, partition: &str) -> Object {
    parquet(
        Layer::Gold,
        format!("{}/{partition}.parquet", gold_folder(series, target)),
    )
}

pub(crate) fn manifest(series: &Series) -> Object {
    json(format!("manifest/{}.json", of(series)))
}

/// The folders that hold a series' data and nothing else's.
pub(crate) fn folders(series: &Series, targets: &[Timeframe]) -> Vec<String> {
    let layers = ["bronze", "silver", "rejects"].map(|layer| format!("{layer}/{}", of(series)));
    let gold = targets.iter().map(|&target| gold_folder(series, target));
    layers.into_iter().chain(gold).collect()
}

fn of(series: &Series) -> String {
    format!(
        "binance/klines/symbol={}/timeframe={}",
        series.symbol, series.timeframe
    )
}

fn gold_folder(series: &Series, target: Timeframe) -> String {
    let Series {
        symbol, timeframe, ..
    } = series;
    format!("gold/binance/klines/symbol={symbol}/timeframe={target}/from={timeframe}")
}

fn parquet(layer: Layer, key: String) -> Object {
    Object {
        key,
        layer: Some(layer),
        format: Format::Parquet,
        compression: Compression::Snappy,
    }
}

fn json(key: String) -> Object {
    Object {
        key,
        layer: None,
        format: Format::Json,
        compression: Compression::None,
    }
}
