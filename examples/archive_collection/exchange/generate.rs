//! Klines that look like a market and depend on nothing but seed, symbol and time.

use super::{mix, part, share};
use crate::{
    range::TimeRange,
    timeframe::{Length, Timeframe},
};
use rust_decimal::Decimal;
use serde_json::{Value, json};

struct Listing {
    symbol: &'static str,
    /// Price around which it moves, in ticks of 10^-places.
    price: f64,
    places: u32,
    /// Base volume of a busy minute, in hundredths.
    volume: f64,
}

const LISTINGS: &[Listing] = &[
    Listing {
        symbol: "BTCUSDT",
        price: 6_500_000.0,
        places: 2,
        volume: 4_000.0,
    },
    Listing {
        symbol: "ETHUSDT",
        price: 350_000.0,
        places: 2,
        volume: 60_000.0,
    },
    Listing {
        symbol: "BNBUSDT",
        price: 60_000.0,
        places: 2,
        volume: 20_000.0,
    },
    Listing {
        symbol: "SOLUSDT",
        price: 16_000.0,
        places: 2,
        volume: 500_000.0,
    },
    Listing {
        symbol: "XRPUSDT",
        price: 6_200.0,
        places: 4,
        volume: 9_000_000.0,
    },
    Listing {
        symbol: "ADAUSDT",
        price: 4_500.0,
        places: 4,
        volume: 7_000_000.0,
    },
    Listing {
        symbol: "DOGEUSDT",
        price: 14_000.0,
        places: 5,
        volume: 80_000_000.0,
    },
    Listing {
        symbol: "SHIBUSDT",
        price: 2_400.0,
        places: 8,
        volume: 900_000_000_000.0,
    },
];

/// The length of a wave in milliseconds, and how far it takes the price.
const WAVES: &[(i64, f64)] = &[
    (21 * 86_400_000, 0.20),
    (3 * 86_400_000, 0.08),
    (6 * 3_600_000, 0.02),
    (1_200_000, 0.006),
    (120_000, 0.002),
    (10_000, 0.0004),
];

pub(super) fn symbols() -> impl Iterator<Item = &'static str> {
    LISTINGS.iter().map(|listing| listing.symbol)
}

pub(super) fn rows(
    seed: u64,
    symbol: &str,
    timeframe: Timeframe,
    range: TimeRange,
    limit: usize,
) -> Option<Vec<Value>> {
    let listing = LISTINGS.iter().find(|listing| listing.symbol == symbol)?;
    let seed = mix(seed, &[part(symbol)]);
    Some(
        range
            .aligned_up(timeframe)
            .bars(timeframe)
            .take(limit)
            .map(|open| row(seed, listing, timeframe, open))
            .collect(),
    )
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "prices and volumes of a market fit"
)]
fn row(seed: u64, listing: &Listing, timeframe: Timeframe, open_time: i64) -> Value {
    let step = timeframe.millis();
    let price = |time: i64| (listing.price * wander(seed, time)).round() as i64;
    let (open, close) = (price(open_time), price(open_time + step));
    let between = (1..4).map(|quarter| price(open_time + step * quarter / 4));
    let high = between.clone().fold(open.max(close), i64::max);
    let low = between.fold(open.min(close), i64::min);

    let draw = |what: u64| {
        share(mix(
            seed,
            &[part(timeframe.as_str()), open_time.cast_unsigned(), what],
        ))
    };
    let minutes = step as f64 / 60_000.0;
    let volume = (listing.volume * minutes * (0.05 + draw(1) * draw(2))) as i64;
    let taker = (volume as f64 * (0.3 + 0.4 * draw(3))) as i64;
    let base = |hundredths: i64| Decimal::new(hundredths, 2);
    let quote = |hundredths: i64| {
        (base(hundredths) * Decimal::new(i64::midpoint(high, low), listing.places)).round_dp(8)
    };
    let price = |ticks: i64| text(Decimal::new(ticks, listing.places));
    json!([
        open_time,
        price(open),
        price(high),
        price(low),
        price(close),
        text(base(volume)),
        open_time + step - 1,
        text(quote(volume)),
        1 + (draw(4) * 900.0 * minutes) as i64,
        text(base(taker)),
        text(quote(taker)),
        "0"
    ])
}

/// Smooth noise around 1: the same for every timeframe, so that bars of an hour agree with bars of a minute.
#[expect(
    clippy::cast_precision_loss,
    reason = "an offset inside a wave is small"
)]
fn wander(seed: u64, time: i64) -> f64 {
    WAVES.iter().fold(1.0, |price, &(length, height)| {
        let knot =
            |number: i64| share(mix(seed, &[length.cast_unsigned(), number.cast_unsigned()])) - 0.5;
        let number = time.div_euclid(length);
        let offset = time.rem_euclid(length) as f64 / length as f64;
        let smooth = offset * offset * (3.0 - 2.0 * offset);
        price * (1.0 + height * (knot(number) + (knot(number + 1) - knot(number)) * smooth))
    })
}

/// Eight places, as Binance writes every price and volume.
fn text(mut number: Decimal) -> String {
    number.rescale(8);
    number.to_string()
}
