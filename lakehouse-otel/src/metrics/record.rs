//! What pipelines record by hand, in the words of their work: each function knows which metrics it feeds.
//!
//! Annotated functions and the builders of [`operation`](crate::operation) record these metrics by themselves. What is
//! here is for code that has neither.

use super::catalogue;
use super::typed::{Label, Member, Seconds, Tracked};
use crate::schema::{
    DataType, Exchange, Format, Layer, MarketType, Outcome, StorageOperation, StorageSystem,
    Timeframe,
};

/// What data is about: the labels of the functions that take it. Each metric gets those that the registry declares for
/// it, and no others.
///
/// ```
/// use lakehouse_otel::metrics::{self, Of};
/// use lakehouse_otel::schema::{Exchange, Layer};
///
/// let of = Of::new().operation("clean").layer(Layer::Silver).exchange(Exchange::Binance);
/// metrics::record_data_batch(1_000, 65_536, &of);
/// metrics::record_trades_volume(12.5, &of.clone().symbol("BTCUSDT"));
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "it is for the functions that record"]
pub struct Of<'l> {
    operation: Option<&'static str>,
    stage: Option<&'static str>,
    source: Option<&'static str>,
    workflow_name: Option<&'static str>,
    layer: Option<Member<'l, Layer>>,
    format: Option<Member<'l, Format>>,
    exchange: Option<Member<'l, Exchange>>,
    market_type: Option<Member<'l, MarketType>>,
    data_type: Option<Member<'l, DataType>>,
    timeframe: Option<Member<'l, Timeframe>>,
    outcome: Option<Member<'l, Outcome>>,
    error_type: Option<&'l str>,
    symbol: Option<&'l str>,
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        pub fn $name(mut self, $name: &'static str) -> Self {
            self.$name = Some($name);
            self
        }
    )+};
}

macro_rules! members {
    ($($(#[$doc:meta])* $name:ident: $values:ty;)+) => {$(
        $(#[$doc])*
        pub fn $name(mut self, $name: impl Label<'l, $values>) -> Self {
            self.$name = Some(Member::new($name));
            self
        }
    )+};
}

impl<'l> Of<'l> {
    /// About nothing in particular.
    pub fn new() -> Self {
        Self::default()
    }

    texts! {
        /// What is done with the data: `crypto.processing.operation`.
        operation;
        /// The stage of the pipeline: `crypto.processing_stage`.
        stage;
        /// Where the data comes from: `crypto.ingestion.source`.
        source;
        /// The workflow: `crypto.workflow_name`.
        workflow_name;
    }

    members! {
        /// The layer of the lakehouse: `lakehouse.layer`.
        layer: Layer;
        /// The format of the files: `lakehouse.format`.
        format: Format;
        /// The exchange: `crypto.exchange`.
        exchange: Exchange;
        /// The kind of market: `crypto.market_type`.
        market_type: MarketType;
        /// The kind of market data: `crypto.data_type`.
        data_type: DataType;
        /// The length of a candlestick: `crypto.timeframe`.
        timeframe: Timeframe;
        /// How the work ended: `crypto.outcome`.
        outcome: Outcome;
    }

    /// What went wrong, as one of few classes: `error.type`. It counts where the outcome is an error or a panic. Of a
    /// metric's types the first 32 are told apart.
    pub fn error_type(mut self, error_type: &'l str) -> Self {
        self.error_type = Some(error_type);
        self
    }

    /// The traded pair or contract: `crypto.symbol`. Of a metric's symbols the first 2,000 have series of their own.
    pub fn symbol(mut self, symbol: &'l str) -> Self {
        self.symbol = Some(symbol);
        self
    }
}

/// A measurement with those of these labels that were given.
macro_rules! with {
    ($measurement:expr, $of:expr, [$($label:ident),* $(,)?], [$($text:ident),* $(,)?]) => {{
        let mut measurement = $measurement;
        $(if let Some(value) = &$of.$label {
            measurement = measurement.$label(value);
        })*
        $(if let Some(value) = $of.$text {
            measurement = measurement.$text(value);
        })*
        measurement
    }};
}

/// Records a batch of records that was processed, and its size in bytes: `crypto.data.processed` and
/// `crypto.data.volume`.
///
/// ```
/// use lakehouse_otel::metrics::{self, Of};
///
/// metrics::record_data_batch(1_000, 65_536, &Of::new().operation("clean"));
/// ```
pub fn record_data_batch(records: u64, bytes: u64, of: &Of<'_>) {
    with!(
        catalogue::data_processed(),
        of,
        [layer, outcome],
        [operation, stage, symbol]
    )
    .add(records);
    with!(
        catalogue::data_volume(),
        of,
        [layer, outcome, exchange, data_type, timeframe],
        [operation, stage, source, symbol]
    )
    .record(bytes);
}

/// Records how old the newest record is: `crypto.data.freshness`.
///
/// ```
/// use std::time::Duration;
///
/// use lakehouse_otel::metrics::{self, Of};
/// use lakehouse_otel::schema::{DataType, Exchange};
///
/// let of = Of::new().exchange(Exchange::Binance).data_type(DataType::Trades);
/// metrics::record_data_freshness(Duration::from_secs(3), &of);
/// ```
pub fn record_data_freshness(age: impl Into<Seconds>, of: &Of<'_>) {
    with!(
        catalogue::data_freshness(),
        of,
        [exchange, data_type, timeframe],
        [source, symbol]
    )
    .record(age);
}

/// Records a traded volume in units of the base asset: `crypto.trades.volume`.
///
/// ```
/// use lakehouse_otel::metrics::{self, Of};
/// use lakehouse_otel::schema::{Exchange, MarketType};
///
/// let of = Of::new().exchange(Exchange::Okx).market_type(MarketType::Spot);
/// metrics::record_trades_volume(0.75, &of.symbol("BTC-USDT"));
/// ```
pub fn record_trades_volume(volume: f64, of: &Of<'_>) {
    with!(
        catalogue::trades_volume(),
        of,
        [exchange, market_type],
        [symbol]
    )
    .add(volume);
}

/// Records that a symbol was worked through: how long it took in `crypto.processing.duration`, where it failed with
/// [`Of::error_type`], and, where that went well, one in `crypto.symbols.processed`.
///
/// ```
/// use std::time::Duration;
///
/// use lakehouse_otel::metrics::{self, Of};
/// use lakehouse_otel::schema::{Exchange, Outcome};
///
/// let of = Of::new().workflow_name("archive_collection").exchange(Exchange::Binance);
/// metrics::record_symbol_processing("clean", Duration::from_millis(40), Outcome::Ok, &of);
/// let of = of.error_type("timeout");
/// metrics::record_symbol_processing("clean", Duration::from_secs(5), Outcome::Error, &of);
/// ```
pub fn record_symbol_processing(
    operation: &'static str,
    took: impl Into<Seconds>,
    outcome: Outcome,
    of: &Of<'_>,
) {
    let mut duration = with!(
        catalogue::processing_duration(),
        of,
        [layer],
        [stage, symbol]
    );
    if matches!(outcome, Outcome::Error | Outcome::Panicked)
        && let Some(error_type) = of.error_type
    {
        duration = duration.error_type(error_type);
    }
    duration.record(took, operation, outcome);
    if outcome == Outcome::Ok {
        with!(
            catalogue::symbols_processed(),
            of,
            [exchange, data_type],
            [workflow_name]
        )
        .add(1);
    }
}

/// Records the size of an object that was read or written, in bytes: `crypto.storage.object.size`.
///
/// ```
/// use lakehouse_otel::metrics::{self, Of};
/// use lakehouse_otel::schema::{Format, Layer, Outcome, StorageOperation, StorageSystem};
///
/// let of = Of::new().layer(Layer::Bronze).format(Format::Parquet);
/// metrics::record_storage_object(4_194_304, StorageOperation::Put, StorageSystem::S3, Outcome::Ok, &of);
/// ```
pub fn record_storage_object<'l>(
    bytes: u64,
    operation: impl Label<'l, StorageOperation>,
    system: impl Label<'l, StorageSystem>,
    outcome: Outcome,
    of: &'l Of<'_>,
) {
    with!(catalogue::storage_object_size(), of, [layer, format], [])
        .record(bytes, operation, system, outcome);
}

/// Records that so many records came to a queue, or left it: `crypto.processing.queue.size`.
///
/// ```
/// use lakehouse_otel::metrics;
///
/// metrics::update_queue_size("trades_to_clean", 100);
/// metrics::update_queue_size("trades_to_clean", -40);
/// ```
pub fn update_queue_size(queue: &'static str, change: i64) {
    catalogue::processing_queue_size().add(change, queue);
}

/// One more connection in `crypto.active.connections`, and one less when what this returns is dropped.
///
/// [`active_connections`](catalogue::active_connections) does the same with labels:
/// `metrics::active_connections().exchange(Exchange::Kraken).track()`.
///
/// ```
/// use lakehouse_otel::metrics;
///
/// let connection = metrics::track_connection();
/// // One more.
/// drop(connection);
/// ```
#[must_use = "it is counted down when this is dropped"]
pub fn track_connection() -> Tracked {
    catalogue::active_connections().track()
}
