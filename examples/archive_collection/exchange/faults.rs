//! What goes wrong at an exchange, on purpose and in the same way for the same seed.

use super::{mix, part, share};
use crate::{kline::open_time, timeframe::Timeframe};
use serde_json::{Value, json};
use std::collections::HashMap;

/// An answer that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    TooManyRequests,
    Unavailable,
    BadGateway,
    CutShort,
}

const KINDS: [Fault; 4] = [
    Fault::TooManyRequests,
    Fault::Unavailable,
    Fault::CutShort,
    Fault::BadGateway,
];

/// Which answers fail: evenly spread over each series' requests, so that a small share shows in a short run.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    requests: HashMap<u64, u32>,
}

impl Schedule {
    pub(super) fn next(
        &mut self,
        seed: u64,
        rate: f64,
        symbol: &str,
        timeframe: Timeframe,
    ) -> Option<Fault> {
        let series = mix(seed, &[part(symbol), part(timeframe.as_str())]);
        let number = self.requests.entry(series).or_default();
        let faults_before = (f64::from(*number) * rate + share(series)).floor();
        *number += 1;
        let faults = (f64::from(*number) * rate + share(series)).floor();
        let kind = usize::try_from(series % 4).unwrap_or(0) + usize::try_from(*number).unwrap_or(0);
        (faults > faults_before).then(|| KINDS[kind % 4])
    }
}

/// Makes a share of the rows wrong in each way that the archive has to notice.
pub(super) fn spoil(
    seed: u64,
    rate: f64,
    symbol: &str,
    timeframe: Timeframe,
    rows: Vec<Value>,
) -> Vec<Value> {
    let mut served: Vec<Value> = Vec::with_capacity(rows.len());
    let mut overtaken: Option<Value> = None;
    for mut row in rows {
        let time = open_time(&row).unwrap_or_default().cast_unsigned();
        let draw = mix(
            seed,
            &[part("row"), part(symbol), part(timeframe.as_str()), time],
        );
        if share(draw) >= rate {
            served.push(row);
            served.extend(overtaken.take());
            continue;
        }
        match mix(draw, &[1]) % 6 {
            0 => row[4] = json!("n/a"),
            1 => drop(row.as_array_mut().and_then(Vec::pop)),
            2 => served.push(row.clone()),
            3 => continue,
            4 => {
                let low = row[3].take();
                row[3] = row[2].take();
                row[2] = low;
            }
            _ if overtaken.is_none() => {
                overtaken = Some(row);
                continue;
            }
            _ => {}
        }
        served.push(row);
    }
    served.extend(overtaken);
    served
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_the_answers_fails_and_the_same_ones_every_time() {
        let faults = || {
            let mut schedule = Schedule::default();
            (0..100)
                .map(|_| schedule.next(7, 0.1, "BTCUSDT", Timeframe::M1))
                .collect::<Vec<_>>()
        };
        assert_eq!(faults().iter().flatten().count(), 10);
        assert_eq!(faults(), faults());
    }
}
