use super::{
    AttributeKey, EnumValue, InstrumentKind, IntoValue, MetricAttribute, MetricDefinition,
    MetricSource, NumberKind, OperationDefinition, OperationMetric, kind,
};
use opentelemetry::trace::SpanKind;
use opentelemetry::{StringValue, Value};
use std::borrow::Cow;
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Exchange {
    Binance,
    Coinbase,
    Kraken,
    Bybit,
    Okx,
    Other(Cow<'static, str>),
}
impl Exchange {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Binance => "binance",
            Self::Coinbase => "coinbase",
            Self::Kraken => "kraken",
            Self::Bybit => "bybit",
            Self::Okx => "okx",
            Self::Other(o) => o,
        }
    }
}
impl EnumValue for Exchange {
    const ATTRIBUTE: &'static str = "crypto.exchange";
    const OPEN: bool = true;
    const MEMBERS: &'static [&'static str] = &["binance", "coinbase", "kraken", "bybit", "okx"];
    fn as_str(&self) -> &str {
        Self::as_str(self)
    }
    fn index(&self) -> Option<usize> {
        Self::MEMBERS.iter().position(|m| *m == Self::as_str(self))
    }
}
impl IntoValue<Exchange> for Exchange {
    fn to_value(&self) -> Option<Value> {
        Some(match self.index() {
            Some(i) => Value::String(StringValue::from(Self::MEMBERS[i])),
            None => Value::String(StringValue::from(self.as_str().to_owned())),
        })
    }
}
impl IntoValue<Exchange> for str {
    fn to_value(&self) -> Option<Value> {
        Some(Value::String(StringValue::from(self.to_owned())))
    }
}
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum DataType {
    Klines,
    Trades,
    FundingRates,
    OrderBook,
    Ticker,
    Other(Cow<'static, str>),
}
impl DataType {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Klines => "klines",
            Self::Trades => "trades",
            Self::FundingRates => "funding_rates",
            Self::OrderBook => "order_book",
            Self::Ticker => "ticker",
            Self::Other(o) => o,
        }
    }
}
impl EnumValue for DataType {
    const ATTRIBUTE: &'static str = "crypto.data_type";
    const OPEN: bool = true;
    const MEMBERS: &'static [&'static str] =
        &["klines", "trades", "funding_rates", "order_book", "ticker"];
    fn as_str(&self) -> &str {
        Self::as_str(self)
    }
    fn index(&self) -> Option<usize> {
        Self::MEMBERS.iter().position(|m| *m == Self::as_str(self))
    }
}
impl IntoValue<DataType> for DataType {
    fn to_value(&self) -> Option<Value> {
        Some(match self.index() {
            Some(i) => Value::String(StringValue::from(Self::MEMBERS[i])),
            None => Value::String(StringValue::from(self.as_str().to_owned())),
        })
    }
}
impl IntoValue<DataType> for str {
    fn to_value(&self) -> Option<Value> {
        Some(Value::String(StringValue::from(self.to_owned())))
    }
}
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Timeframe {
    S1,
    M1,
    H1,
    D1,
    Mo1,
}
impl Timeframe {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::S1 => "1s",
            Self::M1 => "1m",
            Self::H1 => "1h",
            Self::D1 => "1d",
            Self::Mo1 => "1M",
        }
    }
}
impl EnumValue for Timeframe {
    const ATTRIBUTE: &'static str = "crypto.timeframe";
    const OPEN: bool = false;
    const MEMBERS: &'static [&'static str] = &["1s", "1m", "1h", "1d", "1M"];
    fn as_str(&self) -> &str {
        Self::as_str(self)
    }
    fn index(&self) -> Option<usize> {
        Self::MEMBERS.iter().position(|m| *m == Self::as_str(self))
    }
}
impl IntoValue<Timeframe> for Timeframe {
    fn to_value(&self) -> Option<Value> {
        Some(match self.index() {
            Some(i) => Value::String(StringValue::from(Self::MEMBERS[i])),
            None => Value::String(StringValue::from(self.as_str().to_owned())),
        })
    }
}
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Layer {
    Bronze,
    Silver,
    Gold,
}
impl Layer {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Bronze => "bronze",
            Self::Silver => "silver",
            Self::Gold => "gold",
        }
    }
}
impl EnumValue for Layer {
    const ATTRIBUTE: &'static str = "lakehouse.layer";
    const OPEN: bool = false;
    const MEMBERS: &'static [&'static str] = &["bronze", "silver", "gold"];
    fn as_str(&self) -> &str {
        Self::as_str(self)
    }
    fn index(&self) -> Option<usize> {
        Self::MEMBERS.iter().position(|m| *m == Self::as_str(self))
    }
}
impl IntoValue<Layer> for Layer {
    fn to_value(&self) -> Option<Value> {
        Some(match self.index() {
            Some(i) => Value::String(StringValue::from(Self::MEMBERS[i])),
            None => Value::String(StringValue::from(self.as_str().to_owned())),
        })
    }
}
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MarketType {
    Spot,
    Futures,
    Options,
}
impl MarketType {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Spot => "spot",
            Self::Futures => "futures",
            Self::Options => "options",
        }
    }
}
impl EnumValue for MarketType {
    const ATTRIBUTE: &'static str = "crypto.market_type";
    const OPEN: bool = false;
    const MEMBERS: &'static [&'static str] = &["spot", "futures", "options"];
    fn as_str(&self) -> &str {
        Self::as_str(self)
    }
    fn index(&self) -> Option<usize> {
        Self::MEMBERS.iter().position(|m| *m == Self::as_str(self))
    }
}
impl IntoValue<MarketType> for MarketType {
    fn to_value(&self) -> Option<Value> {
        Some(match self.index() {
            Some(i) => Value::String(StringValue::from(Self::MEMBERS[i])),
            None => Value::String(StringValue::from(self.as_str().to_owned())),
        })
    }
}
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Outcome {
    Ok,
    Error,
    Panicked,
    Cancelled,
}
impl Outcome {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Panicked => "panicked",
            Self::Cancelled => "cancelled",
        }
    }
}
impl EnumValue for Outcome {
    const ATTRIBUTE: &'static str = "crypto.outcome";
    const OPEN: bool = false;
    const MEMBERS: &'static [&'static str] = &["ok", "error", "panicked", "cancelled"];
    fn as_str(&self) -> &str {
        Self::as_str(self)
    }
    fn index(&self) -> Option<usize> {
        Self::MEMBERS.iter().position(|m| *m == Self::as_str(self))
    }
}
impl IntoValue<Outcome> for Outcome {
    fn to_value(&self) -> Option<Value> {
        Some(match self.index() {
            Some(i) => Value::String(StringValue::from(Self::MEMBERS[i])),
            None => Value::String(StringValue::from(self.as_str().to_owned())),
        })
    }
}
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OperationType {
    WorkflowExecution,
    Stage,
    Ingestion,
    ApiCall,
    DataProcessing,
    Storage,
    Database,
    Invocation,
    Custom,
}
impl OperationType {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::WorkflowExecution => "workflow_execution",
            Self::Stage => "stage",
            Self::Ingestion => "ingestion",
            Self::ApiCall => "api_call",
            Self::DataProcessing => "data_processing",
            Self::Storage => "storage",
            Self::Database => "database",
            Self::Invocation => "invocation",
            Self::Custom => "custom",
        }
    }
}
impl EnumValue for OperationType {
    const ATTRIBUTE: &'static str = "crypto.operation_type";
    const OPEN: bool = false;
    const MEMBERS: &'static [&'static str] = &[
        "workflow_execution",
        "stage",
        "ingestion",
        "api_call",
        "data_processing",
        "storage",
        "database",
        "invocation",
        "custom",
    ];
    fn as_str(&self) -> &str {
        Self::as_str(self)
    }
    fn index(&self) -> Option<usize> {
        Self::MEMBERS.iter().position(|m| *m == Self::as_str(self))
    }
}
impl IntoValue<OperationType> for OperationType {
    fn to_value(&self) -> Option<Value> {
        Some(match self.index() {
            Some(i) => Value::String(StringValue::from(Self::MEMBERS[i])),
            None => Value::String(StringValue::from(self.as_str().to_owned())),
        })
    }
}
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ErrorSeverity {
    Low,
    High,
    Other(Cow<'static, str>),
}
impl ErrorSeverity {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Low => "low",
            Self::High => "high",
            Self::Other(o) => o,
        }
    }
}
impl EnumValue for ErrorSeverity {
    const ATTRIBUTE: &'static str = "crypto.error.severity";
    const OPEN: bool = true;
    const MEMBERS: &'static [&'static str] = &["low", "high"];
    fn as_str(&self) -> &str {
        Self::as_str(self)
    }
    fn index(&self) -> Option<usize> {
        Self::MEMBERS.iter().position(|m| *m == Self::as_str(self))
    }
}
impl IntoValue<ErrorSeverity> for ErrorSeverity {
    fn to_value(&self) -> Option<Value> {
        Some(match self.index() {
            Some(i) => Value::String(StringValue::from(Self::MEMBERS[i])),
            None => Value::String(StringValue::from(self.as_str().to_owned())),
        })
    }
}
impl IntoValue<ErrorSeverity> for str {
    fn to_value(&self) -> Option<Value> {
        Some(Value::String(StringValue::from(self.to_owned())))
    }
}
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ErrorRecovery {
    Retry,
    None,
    Other(Cow<'static, str>),
}
impl ErrorRecovery {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Retry => "retry",
            Self::None => "none",
            Self::Other(o) => o,
        }
    }
}
impl EnumValue for ErrorRecovery {
    const ATTRIBUTE: &'static str = "crypto.error.recovery";
    const OPEN: bool = true;
    const MEMBERS: &'static [&'static str] = &["retry", "none"];
    fn as_str(&self) -> &str {
        Self::as_str(self)
    }
    fn index(&self) -> Option<usize> {
        Self::MEMBERS.iter().position(|m| *m == Self::as_str(self))
    }
}
impl IntoValue<ErrorRecovery> for ErrorRecovery {
    fn to_value(&self) -> Option<Value> {
        Some(match self.index() {
            Some(i) => Value::String(StringValue::from(Self::MEMBERS[i])),
            None => Value::String(StringValue::from(self.as_str().to_owned())),
        })
    }
}
impl IntoValue<ErrorRecovery> for str {
    fn to_value(&self) -> Option<Value> {
        Some(Value::String(StringValue::from(self.to_owned())))
    }
}
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum StorageOperation {
    Put,
    Get,
    List,
    Delete,
    Other(Cow<'static, str>),
}
impl StorageOperation {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Put => "put",
            Self::Get => "get",
            Self::List => "list",
            Self::Delete => "delete",
            Self::Other(o) => o,
        }
    }
}
impl EnumValue for StorageOperation {
    const ATTRIBUTE: &'static str = "crypto.storage.operation";
    const OPEN: bool = true;
    const MEMBERS: &'static [&'static str] = &["put", "get", "list", "delete"];
    fn as_str(&self) -> &str {
        Self::as_str(self)
    }
    fn index(&self) -> Option<usize> {
        Self::MEMBERS.iter().position(|m| *m == Self::as_str(self))
    }
}
impl IntoValue<StorageOperation> for StorageOperation {
    fn to_value(&self) -> Option<Value> {
        Some(match self.index() {
            Some(i) => Value::String(StringValue::from(Self::MEMBERS[i])),
            None => Value::String(StringValue::from(self.as_str().to_owned())),
        })
    }
}
impl IntoValue<StorageOperation> for str {
    fn to_value(&self) -> Option<Value> {
        Some(Value::String(StringValue::from(self.to_owned())))
    }
}
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum StorageSystem {
    S3,
    Local,
    Other(Cow<'static, str>),
}
impl StorageSystem {
    pub fn as_str(&self) -> &str {
        match self {
            Self::S3 => "s3",
            Self::Local => "local",
            Self::Other(o) => o,
        }
    }
}
impl EnumValue for StorageSystem {
    const ATTRIBUTE: &'static str = "crypto.storage.system";
    const OPEN: bool = true;
    const MEMBERS: &'static [&'static str] = &["s3", "local"];
    fn as_str(&self) -> &str {
        Self::as_str(self)
    }
    fn index(&self) -> Option<usize> {
        Self::MEMBERS.iter().position(|m| *m == Self::as_str(self))
    }
}
impl IntoValue<StorageSystem> for StorageSystem {
    fn to_value(&self) -> Option<Value> {
        Some(match self.index() {
            Some(i) => Value::String(StringValue::from(Self::MEMBERS[i])),
            None => Value::String(StringValue::from(self.as_str().to_owned())),
        })
    }
}
impl IntoValue<StorageSystem> for str {
    fn to_value(&self) -> Option<Value> {
        Some(Value::String(StringValue::from(self.to_owned())))
    }
}
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Format {
    Parquet,
    Json,
    Other(Cow<'static, str>),
}
impl Format {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Parquet => "parquet",
            Self::Json => "json",
            Self::Other(o) => o,
        }
    }
}
impl EnumValue for Format {
    const ATTRIBUTE: &'static str = "lakehouse.format";
    const OPEN: bool = true;
    const MEMBERS: &'static [&'static str] = &["parquet", "json"];
    fn as_str(&self) -> &str {
        Self::as_str(self)
    }
    fn index(&self) -> Option<usize> {
        Self::MEMBERS.iter().position(|m| *m == Self::as_str(self))
    }
}
impl IntoValue<Format> for Format {
    fn to_value(&self) -> Option<Value> {
        Some(match self.index() {
            Some(i) => Value::String(StringValue::from(Self::MEMBERS[i])),
            None => Value::String(StringValue::from(self.as_str().to_owned())),
        })
    }
}
impl IntoValue<Format> for str {
    fn to_value(&self) -> Option<Value> {
        Some(Value::String(StringValue::from(self.to_owned())))
    }
}
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Compression {
    Snappy,
    Zstd,
    Other(Cow<'static, str>),
}
impl Compression {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Snappy => "snappy",
            Self::Zstd => "zstd",
            Self::Other(o) => o,
        }
    }
}
impl EnumValue for Compression {
    const ATTRIBUTE: &'static str = "lakehouse.compression";
    const OPEN: bool = true;
    const MEMBERS: &'static [&'static str] = &["snappy", "zstd"];
    fn as_str(&self) -> &str {
        Self::as_str(self)
    }
    fn index(&self) -> Option<usize> {
        Self::MEMBERS.iter().position(|m| *m == Self::as_str(self))
    }
}
impl IntoValue<Compression> for Compression {
    fn to_value(&self) -> Option<Value> {
        Some(match self.index() {
            Some(i) => Value::String(StringValue::from(Self::MEMBERS[i])),
            None => Value::String(StringValue::from(self.as_str().to_owned())),
        })
    }
}
impl IntoValue<Compression> for str {
    fn to_value(&self) -> Option<Value> {
        Some(Value::String(StringValue::from(self.to_owned())))
    }
}
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum HttpRequestMethod {
    Get,
    Post,
    Other(Cow<'static, str>),
}
impl HttpRequestMethod {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Other(o) => o,
        }
    }
}
impl EnumValue for HttpRequestMethod {
    const ATTRIBUTE: &'static str = "http.request.method";
    const OPEN: bool = true;
    const MEMBERS: &'static [&'static str] = &["GET", "POST"];
    fn as_str(&self) -> &str {
        Self::as_str(self)
    }
    fn index(&self) -> Option<usize> {
        Self::MEMBERS.iter().position(|m| *m == Self::as_str(self))
    }
}
impl IntoValue<HttpRequestMethod> for HttpRequestMethod {
    fn to_value(&self) -> Option<Value> {
        Some(match self.index() {
            Some(i) => Value::String(StringValue::from(Self::MEMBERS[i])),
            None => Value::String(StringValue::from(self.as_str().to_owned())),
        })
    }
}
impl IntoValue<HttpRequestMethod> for str {
    fn to_value(&self) -> Option<Value> {
        Some(Value::String(StringValue::from(self.to_owned())))
    }
}
pub mod crypto {
    use super::*;
    pub const SYMBOL: AttributeKey<kind::Text> = AttributeKey::new("crypto.symbol");
    pub const RECORD_COUNT: AttributeKey<kind::Int> = AttributeKey::new("crypto.record_count");
    pub const REQUEST_LIMIT: AttributeKey<kind::Int> = AttributeKey::new("crypto.request.limit");
    pub const TIMEFRAME: AttributeKey<Timeframe> = AttributeKey::new("crypto.timeframe");
    pub const EXCHANGE: AttributeKey<Exchange> = AttributeKey::new("crypto.exchange");
    pub const ENDPOINT: AttributeKey<kind::Text> = AttributeKey::new("crypto.endpoint");
    pub const PROCESSING_STAGE: AttributeKey<kind::Text> =
        AttributeKey::new("crypto.processing_stage");
    pub const WORKFLOW_NAME: AttributeKey<kind::Text> = AttributeKey::new("crypto.workflow_name");
    pub const DATA_SIZE_BYTES: AttributeKey<kind::Int> =
        AttributeKey::new("crypto.data_size_bytes");
    pub const DATA_TYPE: AttributeKey<DataType> = AttributeKey::new("crypto.data_type");
    pub const STORAGE_SYSTEM: AttributeKey<StorageSystem> =
        AttributeKey::new("crypto.storage.system");
}
pub mod lakehouse {
    use super::*;
    pub const LAYER: AttributeKey<Layer> = AttributeKey::new("lakehouse.layer");
}
pub mod http {
    use super::*;
    pub const RESPONSE_STATUS_CODE: AttributeKey<kind::Int> =
        AttributeKey::new("http.response.status_code");
    pub const REQUEST_METHOD: AttributeKey<HttpRequestMethod> =
        AttributeKey::new("http.request.method");
}
pub mod error {
    use super::*;
    pub const TYPE: AttributeKey<kind::Text> = AttributeKey::new("error.type");
}
pub mod metrics {
    use super::*;
    pub const CRYPTO_API_REQUESTS: MetricDefinition = MetricDefinition {
        name: "crypto.api.requests",
        instrument: InstrumentKind::Counter,
        number: NumberKind::U64,
        unit: "1",
        description: "",
        attributes: &[
            MetricAttribute {
                key: "crypto.exchange",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.endpoint",
                opt_in: false,
            },
            MetricAttribute {
                key: "http.request.method",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.data_type",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.timeframe",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.system",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing_stage",
                opt_in: false,
            },
            MetricAttribute {
                key: "lakehouse.layer",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.workflow_name",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.outcome",
                opt_in: false,
            },
            MetricAttribute {
                key: "error.type",
                opt_in: false,
            },
        ],
        boundaries: &[],
        cardinality_limit: 500,
    };
    pub const CRYPTO_API_REQUEST_DURATION: MetricDefinition = MetricDefinition {
        name: "crypto.api.request.duration",
        instrument: InstrumentKind::Histogram,
        number: NumberKind::F64,
        unit: "s",
        description: "",
        attributes: &[
            MetricAttribute {
                key: "crypto.exchange",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.endpoint",
                opt_in: false,
            },
            MetricAttribute {
                key: "http.request.method",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.data_type",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.timeframe",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.system",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing_stage",
                opt_in: false,
            },
            MetricAttribute {
                key: "lakehouse.layer",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.workflow_name",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.outcome",
                opt_in: false,
            },
            MetricAttribute {
                key: "error.type",
                opt_in: false,
            },
        ],
        boundaries: &[0.005, 0.01, 0.1, 1.0, 10.0],
        cardinality_limit: 500,
    };
    pub const CRYPTO_API_ERRORS: MetricDefinition = MetricDefinition {
        name: "crypto.api.errors",
        instrument: InstrumentKind::Counter,
        number: NumberKind::U64,
        unit: "1",
        description: "",
        attributes: &[
            MetricAttribute {
                key: "crypto.exchange",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.endpoint",
                opt_in: false,
            },
            MetricAttribute {
                key: "http.request.method",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.data_type",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.timeframe",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.system",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing_stage",
                opt_in: false,
            },
            MetricAttribute {
                key: "lakehouse.layer",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.workflow_name",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.outcome",
                opt_in: false,
            },
            MetricAttribute {
                key: "error.type",
                opt_in: false,
            },
        ],
        boundaries: &[],
        cardinality_limit: 500,
    };
    pub const CRYPTO_API_RATE_LIMITS: MetricDefinition = MetricDefinition {
        name: "crypto.api.rate_limits",
        instrument: InstrumentKind::Counter,
        number: NumberKind::U64,
        unit: "1",
        description: "",
        attributes: &[
            MetricAttribute {
                key: "crypto.exchange",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.endpoint",
                opt_in: false,
            },
            MetricAttribute {
                key: "http.request.method",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.data_type",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.timeframe",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.system",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing_stage",
                opt_in: false,
            },
            MetricAttribute {
                key: "lakehouse.layer",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.workflow_name",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.outcome",
                opt_in: false,
            },
            MetricAttribute {
                key: "error.type",
                opt_in: false,
            },
        ],
        boundaries: &[],
        cardinality_limit: 500,
    };
    pub const CRYPTO_STAGE_DURATION: MetricDefinition = MetricDefinition {
        name: "crypto.stage.duration",
        instrument: InstrumentKind::Histogram,
        number: NumberKind::F64,
        unit: "s",
        description: "",
        attributes: &[
            MetricAttribute {
                key: "crypto.exchange",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.endpoint",
                opt_in: false,
            },
            MetricAttribute {
                key: "http.request.method",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.data_type",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.timeframe",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.system",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing_stage",
                opt_in: false,
            },
            MetricAttribute {
                key: "lakehouse.layer",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.workflow_name",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.outcome",
                opt_in: false,
            },
            MetricAttribute {
                key: "error.type",
                opt_in: false,
            },
        ],
        boundaries: &[0.005, 0.01, 0.1, 1.0, 10.0],
        cardinality_limit: 500,
    };
    pub const CRYPTO_PROCESSING_DURATION: MetricDefinition = MetricDefinition {
        name: "crypto.processing.duration",
        instrument: InstrumentKind::Histogram,
        number: NumberKind::F64,
        unit: "s",
        description: "",
        attributes: &[
            MetricAttribute {
                key: "crypto.exchange",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.endpoint",
                opt_in: false,
            },
            MetricAttribute {
                key: "http.request.method",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.data_type",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.timeframe",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.system",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing_stage",
                opt_in: false,
            },
            MetricAttribute {
                key: "lakehouse.layer",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.workflow_name",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.outcome",
                opt_in: false,
            },
            MetricAttribute {
                key: "error.type",
                opt_in: false,
            },
        ],
        boundaries: &[0.005, 0.01, 0.1, 1.0, 10.0],
        cardinality_limit: 500,
    };
    pub const CRYPTO_TRANSFORMATION_ERRORS: MetricDefinition = MetricDefinition {
        name: "crypto.transformation.errors",
        instrument: InstrumentKind::Counter,
        number: NumberKind::U64,
        unit: "1",
        description: "",
        attributes: &[
            MetricAttribute {
                key: "crypto.exchange",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.endpoint",
                opt_in: false,
            },
            MetricAttribute {
                key: "http.request.method",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.data_type",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.timeframe",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.system",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing_stage",
                opt_in: false,
            },
            MetricAttribute {
                key: "lakehouse.layer",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.workflow_name",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.outcome",
                opt_in: false,
            },
            MetricAttribute {
                key: "error.type",
                opt_in: false,
            },
        ],
        boundaries: &[],
        cardinality_limit: 500,
    };
    pub const CRYPTO_STORAGE_OPERATIONS: MetricDefinition = MetricDefinition {
        name: "crypto.storage.operations",
        instrument: InstrumentKind::Counter,
        number: NumberKind::U64,
        unit: "1",
        description: "",
        attributes: &[
            MetricAttribute {
                key: "crypto.exchange",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.endpoint",
                opt_in: false,
            },
            MetricAttribute {
                key: "http.request.method",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.data_type",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.timeframe",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.system",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing_stage",
                opt_in: false,
            },
            MetricAttribute {
                key: "lakehouse.layer",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.workflow_name",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.outcome",
                opt_in: false,
            },
            MetricAttribute {
                key: "error.type",
                opt_in: false,
            },
        ],
        boundaries: &[],
        cardinality_limit: 500,
    };
    pub const CRYPTO_STORAGE_OPERATION_DURATION: MetricDefinition = MetricDefinition {
        name: "crypto.storage.operation.duration",
        instrument: InstrumentKind::Histogram,
        number: NumberKind::F64,
        unit: "s",
        description: "",
        attributes: &[
            MetricAttribute {
                key: "crypto.exchange",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.endpoint",
                opt_in: false,
            },
            MetricAttribute {
                key: "http.request.method",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.data_type",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.timeframe",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.system",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing_stage",
                opt_in: false,
            },
            MetricAttribute {
                key: "lakehouse.layer",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.workflow_name",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.outcome",
                opt_in: false,
            },
            MetricAttribute {
                key: "error.type",
                opt_in: false,
            },
        ],
        boundaries: &[0.005, 0.01, 0.1, 1.0, 10.0],
        cardinality_limit: 500,
    };
    pub const CRYPTO_STORAGE_ERRORS: MetricDefinition = MetricDefinition {
        name: "crypto.storage.errors",
        instrument: InstrumentKind::Counter,
        number: NumberKind::U64,
        unit: "1",
        description: "",
        attributes: &[
            MetricAttribute {
                key: "crypto.exchange",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.endpoint",
                opt_in: false,
            },
            MetricAttribute {
                key: "http.request.method",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.data_type",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.timeframe",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.system",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing_stage",
                opt_in: false,
            },
            MetricAttribute {
                key: "lakehouse.layer",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.workflow_name",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.outcome",
                opt_in: false,
            },
            MetricAttribute {
                key: "error.type",
                opt_in: false,
            },
        ],
        boundaries: &[],
        cardinality_limit: 500,
    };
    pub const CRYPTO_WORKFLOW_EXECUTIONS: MetricDefinition = MetricDefinition {
        name: "crypto.workflow.executions",
        instrument: InstrumentKind::Counter,
        number: NumberKind::U64,
        unit: "1",
        description: "",
        attributes: &[
            MetricAttribute {
                key: "crypto.exchange",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.endpoint",
                opt_in: false,
            },
            MetricAttribute {
                key: "http.request.method",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.data_type",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.timeframe",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.system",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing_stage",
                opt_in: false,
            },
            MetricAttribute {
                key: "lakehouse.layer",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.workflow_name",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.outcome",
                opt_in: false,
            },
            MetricAttribute {
                key: "error.type",
                opt_in: false,
            },
        ],
        boundaries: &[],
        cardinality_limit: 500,
    };
    pub const CRYPTO_WORKFLOW_DURATION: MetricDefinition = MetricDefinition {
        name: "crypto.workflow.duration",
        instrument: InstrumentKind::Histogram,
        number: NumberKind::F64,
        unit: "s",
        description: "",
        attributes: &[
            MetricAttribute {
                key: "crypto.exchange",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.endpoint",
                opt_in: false,
            },
            MetricAttribute {
                key: "http.request.method",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.data_type",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.timeframe",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.system",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing_stage",
                opt_in: false,
            },
            MetricAttribute {
                key: "lakehouse.layer",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.workflow_name",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.outcome",
                opt_in: false,
            },
            MetricAttribute {
                key: "error.type",
                opt_in: false,
            },
        ],
        boundaries: &[0.005, 0.01, 0.1, 1.0, 10.0],
        cardinality_limit: 500,
    };
    pub const CRYPTO_WORKFLOWS_ACTIVE: MetricDefinition = MetricDefinition {
        name: "crypto.workflows.active",
        instrument: InstrumentKind::UpDownCounter,
        number: NumberKind::I64,
        unit: "1",
        description: "",
        attributes: &[MetricAttribute {
            key: "crypto.workflow_name",
            opt_in: false,
        }],
        boundaries: &[],
        cardinality_limit: 500,
    };
    pub const CRYPTO_OPERATION_BUDGET_EXCEEDED: MetricDefinition = MetricDefinition {
        name: "crypto.operation.budget.exceeded",
        instrument: InstrumentKind::Counter,
        number: NumberKind::U64,
        unit: "1",
        description: "",
        attributes: &[
            MetricAttribute {
                key: "crypto.exchange",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.endpoint",
                opt_in: false,
            },
            MetricAttribute {
                key: "http.request.method",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.data_type",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.timeframe",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.system",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing_stage",
                opt_in: false,
            },
            MetricAttribute {
                key: "lakehouse.layer",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.workflow_name",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.outcome",
                opt_in: false,
            },
            MetricAttribute {
                key: "error.type",
                opt_in: false,
            },
        ],
        boundaries: &[],
        cardinality_limit: 500,
    };
    pub const CRYPTO_PROCESSING_THROUGHPUT_RECORDS: MetricDefinition = MetricDefinition {
        name: "crypto.processing.throughput.records",
        instrument: InstrumentKind::Gauge,
        number: NumberKind::F64,
        unit: "1/s",
        description: "",
        attributes: &[
            MetricAttribute {
                key: "crypto.exchange",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.endpoint",
                opt_in: false,
            },
            MetricAttribute {
                key: "http.request.method",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.data_type",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.timeframe",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.operation",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.storage.system",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.processing_stage",
                opt_in: false,
            },
            MetricAttribute {
                key: "lakehouse.layer",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.workflow_name",
                opt_in: false,
            },
            MetricAttribute {
                key: "crypto.outcome",
                opt_in: false,
            },
            MetricAttribute {
                key: "error.type",
                opt_in: false,
            },
        ],
        boundaries: &[],
        cardinality_limit: 500,
    };
    pub const ALL: &[MetricDefinition] = &[
        CRYPTO_API_REQUESTS,
        CRYPTO_API_REQUEST_DURATION,
        CRYPTO_API_ERRORS,
        CRYPTO_API_RATE_LIMITS,
        CRYPTO_STAGE_DURATION,
        CRYPTO_PROCESSING_DURATION,
        CRYPTO_TRANSFORMATION_ERRORS,
        CRYPTO_STORAGE_OPERATIONS,
        CRYPTO_STORAGE_OPERATION_DURATION,
        CRYPTO_STORAGE_ERRORS,
        CRYPTO_WORKFLOW_EXECUTIONS,
        CRYPTO_WORKFLOW_DURATION,
        CRYPTO_WORKFLOWS_ACTIVE,
        CRYPTO_OPERATION_BUDGET_EXCEEDED,
        CRYPTO_PROCESSING_THROUGHPUT_RECORDS,
    ];
}
pub mod operations {
    use super::*;
    pub static WORKFLOW: OperationDefinition = OperationDefinition {
        operation_type: OperationType::WorkflowExecution,
        span_type: "crypto.workflow",
        macro_name: "trace_crypto_workflow",
        kind: SpanKind::Internal,
        span_name: "{crypto.workflow_name}",
        metrics: &[
            OperationMetric {
                definition: &metrics::CRYPTO_WORKFLOW_EXECUTIONS,
                source: MetricSource::Count,
            },
            OperationMetric {
                definition: &metrics::CRYPTO_WORKFLOW_DURATION,
                source: MetricSource::Duration,
            },
            OperationMetric {
                definition: &metrics::CRYPTO_WORKFLOWS_ACTIVE,
                source: MetricSource::Active,
            },
            OperationMetric {
                definition: &metrics::CRYPTO_OPERATION_BUDGET_EXCEEDED,
                source: MetricSource::OverBudget,
            },
        ],
    };
    pub static STAGE: OperationDefinition = OperationDefinition {
        operation_type: OperationType::Stage,
        span_type: "crypto.stage",
        macro_name: "trace_stage",
        kind: SpanKind::Internal,
        span_name: "{crypto.processing_stage}",
        metrics: &[OperationMetric {
            definition: &metrics::CRYPTO_STAGE_DURATION,
            source: MetricSource::Duration,
        }],
    };
    pub static PROCESSING: OperationDefinition = OperationDefinition {
        operation_type: OperationType::DataProcessing,
        span_type: "crypto.processing",
        macro_name: "track_processing",
        kind: SpanKind::Internal,
        span_name: "{crypto.processing.operation}",
        metrics: &[
            OperationMetric {
                definition: &metrics::CRYPTO_PROCESSING_DURATION,
                source: MetricSource::Duration,
            },
            OperationMetric {
                definition: &metrics::CRYPTO_TRANSFORMATION_ERRORS,
                source: MetricSource::Errors,
            },
            OperationMetric {
                definition: &metrics::CRYPTO_PROCESSING_THROUGHPUT_RECORDS,
                source: MetricSource::Rate("crypto.record_count"),
            },
        ],
    };
    pub static API_REQUEST: OperationDefinition = OperationDefinition {
        operation_type: OperationType::ApiCall,
        span_type: "crypto.api_request",
        macro_name: "track_api_request",
        kind: SpanKind::Client,
        span_name: "{http.request.method} {crypto.endpoint}",
        metrics: &[
            OperationMetric {
                definition: &metrics::CRYPTO_API_REQUESTS,
                source: MetricSource::Count,
            },
            OperationMetric {
                definition: &metrics::CRYPTO_API_REQUEST_DURATION,
                source: MetricSource::Duration,
            },
            OperationMetric {
                definition: &metrics::CRYPTO_API_ERRORS,
                source: MetricSource::Errors,
            },
            OperationMetric {
                definition: &metrics::CRYPTO_API_RATE_LIMITS,
                source: MetricSource::RateLimited,
            },
        ],
    };
    pub static STORAGE: OperationDefinition = OperationDefinition {
        operation_type: OperationType::Storage,
        span_type: "crypto.storage",
        macro_name: "track_storage",
        kind: SpanKind::Client,
        span_name: "{crypto.storage.operation} {crypto.storage.system}",
        metrics: &[
            OperationMetric {
                definition: &metrics::CRYPTO_STORAGE_OPERATIONS,
                source: MetricSource::Count,
            },
            OperationMetric {
                definition: &metrics::CRYPTO_STORAGE_OPERATION_DURATION,
                source: MetricSource::Duration,
            },
            OperationMetric {
                definition: &metrics::CRYPTO_STORAGE_ERRORS,
                source: MetricSource::Errors,
            },
        ],
    };
}
pub mod builders {
    use super::*;
    use crate::operation::{ManualOperation, Operation};
    pub struct Stage(ManualOperation);
    impl Stage {
        pub fn new(stage: &'static str) -> Self {
            let mut o = ManualOperation::new(&operations::STAGE);
            o.constant(crypto::PROCESSING_STAGE, stage);
            Self(o)
        }
        pub fn start(self) -> Operation {
            self.0.start()
        }
    }
}
