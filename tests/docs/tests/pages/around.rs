//! What the pages leave out, for each page of its own.

#![allow(
    dead_code,
    unused_imports,
    non_upper_case_globals,
    clippy::unused_async,
    clippy::unused_self,
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

    pub(crate) use lakehouse_otel::operation;

    pub(crate) struct Client;
    pub(crate) struct Kline;

    pub(crate) static lines: [&str; 2] = ["1", "2"];

    pub(crate) fn parse(line: &str) -> Result<u64, std::num::ParseIntError> {
        line.parse()
    }
}

pub(crate) mod exchanges {
    pub(crate) use lakehouse_otel::exchange::{
        Answer, ErrorCode, ExchangeProtocol, ExchangeResponse, Limits,
    };

    pub(crate) use super::*;

    pub(crate) struct Client;
    pub(crate) struct Candles;

    /// An answer with what a page of klines needs.
    pub(crate) struct Page;

    impl Page {
        pub(crate) fn len(&self) -> usize {
            0
        }
    }

    impl ExchangeResponse for Page {
        fn status(&self) -> Option<u16> {
            Some(200)
        }

        fn header(&self, _: &str) -> Option<&str> {
            None
        }
    }

    #[derive(Debug)]
    pub(crate) struct ApiError;

    impl ExchangeResponse for ApiError {
        fn status(&self) -> Option<u16> {
            Some(429)
        }

        fn header(&self, _: &str) -> Option<&str> {
            None
        }
    }

    pub(crate) struct Body {
        pub(crate) code: String,
    }

    impl Client {
        pub(crate) fn get(&self, _: &str) -> &Self {
            self
        }

        pub(crate) async fn send(&self) -> Result<Page, ApiError> {
            Ok(Page)
        }
    }

    impl Page {
        pub(crate) async fn json(self) -> Result<Body, ApiError> {
            Err(ApiError)
        }
    }
}

pub(crate) mod invocations {
    pub(crate) use std::collections::HashMap;
    pub(crate) use std::time::Instant;

    pub(crate) use lakehouse_otel::opentelemetry::propagation::TextMapPropagator as _;
    pub(crate) use lakehouse_otel::opentelemetry::trace::FutureExt as _;
    pub(crate) use lakehouse_otel::opentelemetry_sdk::propagation::TraceContextPropagator;

    pub(crate) use super::*;

    pub(crate) struct Event {
        pub(crate) id: String,
    }

    pub(crate) struct Context;

    impl Context {
        pub(crate) fn deadline(&self) -> Instant {
            Instant::now()
        }
    }

    pub(crate) struct Request {
        pub(crate) headers: HashMap<String, String>,
    }

    #[derive(Debug)]
    pub(crate) struct JobError;

    pub(crate) async fn collect(_: Event, _: Context) -> Result<usize, JobError> {
        Ok(0)
    }
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
