//! Clean bars and their rejects, as files.

use crate::{
    clean::Reject,
    kline::Kline,
    parquet_file::{self, Column},
    series::Series,
};
use parquet::errors::ParquetError;

pub(crate) fn encode(series: &Series, klines: &[Kline]) -> Result<Vec<u8>, ParquetError> {
    let times = |pick: fn(&Kline) -> i64| Column::Time(klines.iter().map(pick).collect());
    let decimals = |pick: fn(&Kline) -> _| Column::Decimal(klines.iter().map(pick).collect());
    let maybe = |pick: fn(&Kline) -> _| Column::MaybeDecimal(klines.iter().map(pick).collect());
    let columns = [
        ("open_time", times(|kline| kline.open_time)),
        ("open", decimals(|kline| kline.open)),
        ("high", decimals(|kline| kline.high)),
        ("low", decimals(|kline| kline.low)),
        ("close", decimals(|kline| kline.close)),
        ("volume", decimals(|kline| kline.volume)),
        ("close_time", times(|kline| kline.close_time)),
        ("quote_volume", maybe(|kline| kline.quote_volume)),
        (
            "trades",
            Column::Count(klines.iter().map(|kline| kline.trades).collect()),
        ),
        ("taker_base_volume", maybe(|kline| kline.taker_base_volume)),
        (
            "taker_quote_volume",
            maybe(|kline| kline.taker_quote_volume),
        ),
    ];
    let about = [
        ("exchange", "binance"),
        ("symbol", series.symbol.as_str()),
        ("timeframe", series.timeframe.as_str()),
    ];
    parquet_file::write("klines", &columns, &about)
}

/// A JSON object a line.
pub(crate) fn encode_rejects(rejects: &[Reject]) -> Result<Vec<u8>, serde_json::Error> {
    let mut lines = Vec::new();
    for reject in rejects {
        serde_json::to_writer(&mut lines, reject)?;
        lines.push(b'\n');
    }
    Ok(lines)
}
