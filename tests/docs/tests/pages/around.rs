//! What the pages leave out, for each page of its own.

#![allow(
    dead_code,
    unused_imports,
    non_upper_case_globals,
    clippy::unused_async,
    clippy::missing_const_for_fn,
    reason = "the pages have names as they are in their readers' programs"
)]

pub(crate) use std::sync::{Arc, LazyLock};
pub(crate) use std::time::Duration;

pub(crate) use lakehouse_otel::Telemetry;
pub(crate) use lakehouse_otel::prelude::*;

/// What an exchange's client fails with.
pub(crate) type ApiError = std::io::Error;

pub(crate) mod readme {
    pub(crate) use super::*;

    pub(crate) struct Client;
    pub(crate) struct Kline;
}

pub(crate) mod expansion {
    pub(crate) use super::*;
}

pub(crate) mod legacy_metrics {
    use lakehouse_otel::legacy::MetricsCollector;

    pub(crate) use super::*;

    pub(crate) static METRICS: LazyLock<MetricsCollector> = LazyLock::new(MetricsCollector::new);

    pub(crate) fn fetch(symbol: &str) -> Result<Vec<u64>, ApiError> {
        Err(ApiError::other(symbol))
    }

    pub(crate) fn collect(symbols: &[&str]) -> Result<usize, ApiError> {
        let pages = symbols.iter().map(|symbol| fetch(symbol));
        pages.map(|page| page.map(|klines| klines.len())).sum()
    }
}

pub(crate) mod metric_readers {
    pub(crate) use super::*;
}

pub(crate) mod performance_monitoring {
    pub(crate) use super::*;

    pub(crate) struct Batch;
}

pub(crate) mod recording_metrics {
    pub(crate) use lakehouse_otel::metrics;
    pub(crate) use lakehouse_otel::schema::NetworkIoDirection;

    pub(crate) use super::*;

    pub(crate) static symbol: &str = "BTCUSDT";
    pub(crate) static exchange: Exchange = Exchange::Binance;
    pub(crate) static telemetry: LazyLock<Telemetry> =
        LazyLock::new(|| lakehouse_otel::init().unwrap());

    pub(crate) mod client {
        pub(crate) fn received() -> u64 {
            0
        }

        pub(crate) fn retries_so_far() -> u64 {
            0
        }
    }
}

pub(crate) mod sampling {
    pub(crate) use super::*;
}

pub(crate) mod testing {
    pub(crate) use lakehouse_otel::testing::{self, Capture, ManualClock};

    pub(crate) use super::*;

    pub(crate) struct Client;
    pub(crate) static client: Client = Client;

    pub(crate) async fn fetch_klines(
        _client: &Client,
        symbol: &str,
        _timeframe: Timeframe,
    ) -> Result<(), ApiError> {
        Err(ApiError::other(symbol))
    }
}
