//! Hourly and daily bars, made of finer ones.

use crate::{
    kline::Kline,
    parquet_file::{self, Column},
    series::Series,
    timeframe::{Length, Timeframe},
};
use lakehouse_otel::prelude::*;
use parquet::errors::ParquetError;
use rust_decimal::Decimal;

/// A bar made of the bars that were there: `bars` says how many, `complete` whether that is all of them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bar {
    pub(crate) open_time: i64,
    pub(crate) open: Decimal,
    pub(crate) high: Decimal,
    pub(crate) low: Decimal,
    pub(crate) close: Decimal,
    pub(crate) volume: Decimal,
    pub(crate) quote_volume: Option<Decimal>,
    pub(crate) trades: Option<i64>,
    pub(crate) bars: i32,
    pub(crate) complete: bool,
}

/// What a timeframe is rolled up to.
pub(crate) fn targets(timeframe: Timeframe) -> Vec<Timeframe> {
    let coarser = |target: &Timeframe| target.millis() > timeframe.millis();
    [Timeframe::H1, Timeframe::D1]
        .into_iter()
        .filter(coarser)
        .collect()
}

/// Rolls up klines, which are in order.
#[track_processing(
    operation = "roll_up", layer = Gold, symbol = series.symbol.as_str(), record_count = klines.len(),
)]
pub(crate) fn roll_up(series: &Series, klines: &[Kline], target: Timeframe) -> Vec<Bar> {
    let length = target.millis();
    let all = length / series.timeframe.millis();
    let mut bars: Vec<Bar> = Vec::new();
    for kline in klines {
        let open_time = kline.open_time - kline.open_time.rem_euclid(length);
        match bars.last_mut().filter(|bar| bar.open_time == open_time) {
            Some(bar) => bar.add(kline),
            None => bars.push(Bar::of(open_time, kline)),
        }
    }
    for bar in &mut bars {
        bar.complete = i64::from(bar.bars) == all;
    }
    bars
}

impl Bar {
    fn of(open_time: i64, first: &Kline) -> Self {
        Self {
            open_time,
            open: first.open,
            high: first.high,
            low: first.low,
            close: first.close,
            volume: first.volume,
            quote_volume: first.quote_volume,
            trades: first.trades,
            bars: 1,
            complete: false,
        }
    }

    /// A sum with a part that is not known is not known.
    fn add(&mut self, kline: &Kline) {
        self.high = self.high.max(kline.high);
        self.low = self.low.min(kline.low);
        self.close = kline.close;
        self.volume += kline.volume;
        self.quote_volume = self
            .quote_volume
            .zip(kline.quote_volume)
            .map(|(sum, volume)| sum + volume);
        self.trades = self
            .trades
            .zip(kline.trades)
            .map(|(sum, trades)| sum + trades);
        self.bars += 1;
    }
}

pub(crate) fn encode(
    series: &Series,
    target: Timeframe,
    bars: &[Bar],
) -> Result<Vec<u8>, ParquetError> {
    let decimals = |pick: fn(&Bar) -> _| Column::Decimal(bars.iter().map(pick).collect());
    let columns = [
        (
            "open_time",
            Column::Time(bars.iter().map(|bar| bar.open_time).collect()),
        ),
        ("open", decimals(|bar| bar.open)),
        ("high", decimals(|bar| bar.high)),
        ("low", decimals(|bar| bar.low)),
        ("close", decimals(|bar| bar.close)),
        ("volume", decimals(|bar| bar.volume)),
        (
            "quote_volume",
            Column::MaybeDecimal(bars.iter().map(|bar| bar.quote_volume).collect()),
        ),
        (
            "trades",
            Column::Count(bars.iter().map(|bar| bar.trades).collect()),
        ),
        (
            "bars",
            Column::Bars(bars.iter().map(|bar| bar.bars).collect()),
        ),
        (
            "complete",
            Column::Flag(bars.iter().map(|bar| bar.complete).collect()),
        ),
    ];
    let about = [
        ("exchange", "binance"),
        ("symbol", series.symbol.as_str()),
        ("timeframe", target.as_str()),
        ("from", series.timeframe.as_str()),
    ];
    parquet_file::write("bars", &columns, &about)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::range::TimeRange;

    fn kline(minute: i64, price: i64) -> Kline {
        let number = |n: i64| Decimal::new(n, 0);
        Kline {
            open_time: minute * 60_000,
            open: number(price),
            high: number(price + 2),
            low: number(price - 2),
            close: number(price + 1),
            volume: number(10),
            close_time: (minute + 1) * 60_000 - 1,
            quote_volume: (minute != 61).then(|| number(100)),
            trades: Some(3),
            taker_base_volume: None,
            taker_quote_volume: None,
        }
    }

    #[test]
    fn an_hour_is_the_sum_of_its_minutes_and_says_whether_it_is_whole() {
        let range = TimeRange {
            from: 0,
            to: 62 * 60_000,
        };
        let minutes = Series {
            symbol: "BTCUSDT".parse().unwrap(),
            timeframe: Timeframe::M1,
            range,
        };
        let mut klines: Vec<_> = (0..60).map(|minute| kline(minute, 100 + minute)).collect();
        klines.extend([kline(60, 50), kline(61, 40)]);
        let bars = roll_up(&minutes, &klines, Timeframe::H1);
        assert_eq!(bars.len(), 2);
        let number = |n: i64| Decimal::new(n, 0);
        assert_eq!(
            (bars[0].open, bars[0].high, bars[0].low, bars[0].close),
            (number(100), number(161), number(98), number(160))
        );
        assert_eq!(
            (
                bars[0].volume,
                bars[0].trades,
                bars[0].bars,
                bars[0].complete
            ),
            (number(600), Some(180), 60, true)
        );
        assert_eq!(
            (bars[1].bars, bars[1].complete, bars[1].quote_volume),
            (2, false, None)
        );
    }

    #[test]
    fn only_coarser_bars_are_made() {
        assert_eq!(targets(Timeframe::M1), [Timeframe::H1, Timeframe::D1]);
        assert_eq!(targets(Timeframe::H1), [Timeframe::D1]);
        assert_eq!(targets(Timeframe::D1), []);
    }
}
