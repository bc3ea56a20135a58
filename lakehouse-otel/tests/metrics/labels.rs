//! Labels with many values: bounded, counted, and exact in sum.

use lakehouse_otel::metrics;
use lakehouse_otel::schema::{DataType, Exchange, Outcome, Timeframe};
use lakehouse_otel::{testing, track_api_request};

use super::attributes;

const OVERFLOW: &str = "otel.metric.overflow";

#[test]
fn ten_thousand_symbols_are_two_thousand_series_and_one_and_the_sum_is_exact() {
    let capture = testing::capture();
    capture.run(|| {
        // A series that stood before, and one that comes after.
        metrics::trades_volume().exchange(Exchange::Kraken).add(7.0);
        for round in 1..=2 {
            for symbol in 0..10_000 {
                let symbol = format!("SYMBOL{symbol}");
                metrics::trades_volume()
                    .exchange(Exchange::Binance)
                    .symbol(&symbol)
                    .add(f64::from(round));
            }
        }
        metrics::trades_volume().exchange(Exchange::Okx).add(9.0);
    });
    let volume = capture.metric("crypto.trades.volume");
    volume.sum(7.0 + 30_000.0 + 9.0);
    assert_eq!(volume.points().len(), 2_000 + 1 + 2);
    volume.clone().with("crypto.symbol", "SYMBOL0").sum(3.0);
    volume.clone().with("crypto.symbol", "SYMBOL1999").sum(3.0);

    let folded = volume.with(OVERFLOW, "true");
    folded.sum(24_000.0);
    assert_eq!(
        attributes(&folded.points()[0]),
        ["crypto.exchange=binance", "otel.metric.overflow=true"],
        "the symbol alone is folded"
    );
    capture
        .metric("lakehouse.metric.folded")
        .with("lakehouse.metric.name", "crypto.trades.volume")
        .sum(16_000);
}

#[test]
fn two_thousand_symbols_keep_their_series_under_every_outcome() {
    let capture = testing::capture();
    capture.run(|| {
        for symbol in 0..2_000 {
            let symbol = format!("SYMBOL{symbol}");
            for outcome in [Outcome::Ok, Outcome::Error, Outcome::Cancelled] {
                metrics::api_requests()
                    .symbol(&symbol)
                    .add(1, Exchange::Binance, outcome);
            }
        }
    });
    let requests = capture.metric("crypto.api.requests");
    assert_eq!(requests.points().len(), 6_000);
    requests.sum(6_000);
    requests.clone().with("crypto.symbol", "SYMBOL1999").sum(3);
}

#[test]
fn series_past_the_metrics_own_bound_share_one() {
    let capture = testing::capture();
    // Too many sets of labels, though no label has too many values.
    let exchanges: Vec<Exchange> = (0..100)
        .map(|it| Exchange::from(format!("e{it}")))
        .collect();
    capture.run(|| {
        for _ in 0..2 {
            for exchange in &exchanges {
                for outcome in [Outcome::Ok, Outcome::Error] {
                    for data_type in DataType::ALL {
                        for source in ["rest", "websocket"] {
                            metrics::data_ingested()
                                .exchange(exchange)
                                .data_type(data_type)
                                .source(source)
                                .outcome(outcome)
                                .add(1);
                        }
                    }
                }
            }
        }
    });
    let all = u32::try_from(2 * 100 * 2 * 2 * DataType::ALL.len()).unwrap();
    let ingested = capture.metric("crypto.data.ingested");
    ingested.sum(all);
    assert_eq!(ingested.points().len(), 850 + 1);
    let rest = ingested.with(OVERFLOW, "true");
    rest.sum(all - 2 * 850);
    assert_eq!(attributes(&rest.points()[0]), ["otel.metric.overflow=true"]);
    capture.metric("lakehouse.metric.folded").sum(all - 2 * 850);
}

#[test]
fn further_types_of_error_are_told_as_the_conventions_have_it() {
    let capture = testing::capture();
    capture.run(|| {
        for code in 0..100 {
            metrics::api_errors().error_type(&code.to_string()).add(
                1,
                Exchange::Bybit,
                Outcome::Error,
            );
        }
    });
    let errors = capture.metric("crypto.api.errors");
    errors.sum(100);
    assert_eq!(errors.points().len(), 33);
    errors.with("error.type", "_OTHER").sum(68);
}

#[test]
fn a_key_that_declares_its_bound_has_so_many_values() {
    let capture = testing::capture();
    capture.run(|| {
        for kind in 0..40 {
            metrics::data_ingested()
                .data_type(DataType::from(format!("kind {kind}")))
                .add(1);
        }
        for member in DataType::ALL {
            metrics::data_ingested().data_type(member).add(1);
        }
    });
    let ingested = capture.metric("crypto.data.ingested");
    let members = u32::try_from(DataType::ALL.len()).unwrap();
    ingested.sum(40 + members);
    assert_eq!(ingested.points().len(), 32 + DataType::ALL.len() + 1);
    ingested.clone().with("crypto.data_type", "kind 31").sum(1);
    ingested.with(OVERFLOW, "true").sum(8);
    capture.metric("lakehouse.metric.folded").sum(8);
}

#[test]
fn labels_that_a_bound_series_has_are_bounded_as_well() {
    let capture = testing::capture();
    capture.run(|| {
        for symbol in 0..2_500 {
            let symbol = format!("SYMBOL{symbol}");
            metrics::data_processed().symbol(&symbol).bind().add(1);
        }
    });
    let processed = capture.metric("crypto.data.processed");
    assert_eq!(processed.points().len(), 2_001);
    processed.sum(2_500);
    processed.with(OVERFLOW, "true").sum(500);
    capture.metric("lakehouse.metric.folded").sum(500);
}

#[test]
fn more_sets_of_labels_than_the_cache_keeps_go_to_their_own_series_all_the_same() {
    let capture = testing::capture();
    let exchanges = [Exchange::Binance, Exchange::Okx, Exchange::Bybit];
    capture.run(|| {
        for _ in 0..3 {
            for symbol in 0..2_000 {
                let symbol = format!("SYMBOL{symbol}");
                for exchange in &exchanges {
                    metrics::trades_volume()
                        .exchange(exchange)
                        .symbol(&symbol)
                        .add(1.0);
                }
            }
        }
    });
    let volume = capture.metric("crypto.trades.volume");
    assert_eq!(volume.points().len(), 6_000);
    assert!(
        volume
            .points()
            .iter()
            .all(|point| (point.sum() - 3.0).abs() < 1e-9)
    );
}

#[track_api_request(exchange = exchange, endpoint = "/api/v3/klines", timeframe = interval)]
fn fetch(exchange: &Exchange, interval: Timeframe) -> Result<(), std::fmt::Error> {
    if interval == Timeframe::M1 {
        return Err(std::fmt::Error);
    }
    Ok(())
}

#[test]
fn labels_of_annotated_functions_are_bounded_as_well() {
    let capture = testing::capture();
    capture.run(|| {
        for _ in 0..2 {
            for number in 0..150 {
                let exchange = Exchange::from(format!("exchange {number}"));
                let _ = fetch(&exchange, Timeframe::H1);
                let _ = fetch(&exchange, Timeframe::M1);
            }
        }
    });
    let requests = capture.metric("crypto.api.requests");
    requests.sum(600);
    let of_one = requests.clone().with("crypto.exchange", "exchange 99");
    of_one.sum(4);
    assert_eq!(
        of_one.points().len(),
        2,
        "one for each timeframe and outcome"
    );
    let folded = requests.clone().with(OVERFLOW, "true");
    folded.sum(200);
    let failed = folded.with("crypto.outcome", "error");
    assert_eq!(
        attributes(&failed.points()[0]),
        [
            "crypto.endpoint=/api/v3/klines",
            "crypto.outcome=error",
            "crypto.timeframe=1m",
            "error.type=core::fmt::Error",
            "otel.metric.overflow=true",
        ]
    );
    capture
        .metric("lakehouse.metric.folded")
        .with("lakehouse.metric.name", "crypto.api.requests")
        .sum(200);
    assert_eq!(requests.points().len(), 202);
}
