//! Stand-in until the registry generates this file.

use super::{Argument, Attribute, EnumTable, MacroTable, Role, ValueKind};

static EXCHANGE: EnumTable = EnumTable { rust_name: "Exchange", closed: false, members: &[("Binance", "binance"), ("Coinbase", "coinbase"), ("Kraken", "kraken"), ("Bybit", "bybit"), ("Okx", "okx")] };
static DATA_TYPE: EnumTable = EnumTable { rust_name: "DataType", closed: false, members: &[("Klines", "klines"), ("Trades", "trades"), ("FundingRates", "funding_rates"), ("OrderBook", "order_book"), ("Ticker", "ticker")] };
static TIMEFRAME: EnumTable = EnumTable { rust_name: "Timeframe", closed: true, members: &[("S1", "1s"), ("M1", "1m"), ("M3", "3m"), ("M5", "5m"), ("M15", "15m"), ("M30", "30m"), ("H1", "1h"), ("H2", "2h"), ("H4", "4h"), ("H6", "6h"), ("H8", "8h"), ("H12", "12h"), ("D1", "1d"), ("D3", "3d"), ("W1", "1w"), ("Mo1", "1M")] };
static LAYER: EnumTable = EnumTable { rust_name: "Layer", closed: true, members: &[("Bronze", "bronze"), ("Silver", "silver"), ("Gold", "gold")] };
static MARKET_TYPE: EnumTable = EnumTable { rust_name: "MarketType", closed: true, members: &[("Spot", "spot"), ("Futures", "futures"), ("Options", "options")] };
static METHOD: EnumTable = EnumTable { rust_name: "RequestMethod", closed: false, members: &[("Get", "GET"), ("Post", "POST"), ("Put", "PUT"), ("Delete", "DELETE")] };
static STORAGE_OPERATION: EnumTable = EnumTable { rust_name: "StorageOperation", closed: false, members: &[("Read", "read"), ("Write", "write"), ("Delete", "delete"), ("List", "list")] };
static STORAGE_SYSTEM: EnumTable = EnumTable { rust_name: "StorageSystem", closed: false, members: &[("S3", "s3"), ("Local", "local")] };
static FORMAT: EnumTable = EnumTable { rust_name: "Format", closed: false, members: &[("Parquet", "parquet"), ("Json", "json"), ("Csv", "csv")] };
static COMPRESSION: EnumTable = EnumTable { rust_name: "Compression", closed: false, members: &[("Zstd", "zstd"), ("Snappy", "snappy"), ("None", "none")] };
pub(crate) static TRACE_CRYPTO_WORKFLOW: MacroTable = MacroTable { macro_name: "trace_crypto_workflow", constructor: "workflow", arguments: &[
    Argument { name: "name", key: "crypto.workflow_name", module: "crypto", constant: "WORKFLOW_NAME", value: ValueKind::Text, required: true, role: Role::Label, deprecated_aliases: &[] },
    Argument { name: "workflow_type", key: "crypto.workflow_type", module: "crypto", constant: "WORKFLOW_TYPE", value: ValueKind::Text, required: false, role: Role::Span, deprecated_aliases: &[] },
    Argument { name: "exchange", key: "crypto.exchange", module: "crypto", constant: "EXCHANGE", value: ValueKind::Enum(&EXCHANGE), required: false, role: Role::Label, deprecated_aliases: &["market"] },
    Argument { name: "symbols", key: "crypto.symbols", module: "crypto", constant: "SYMBOLS", value: ValueKind::TextList, required: false, role: Role::Span, deprecated_aliases: &[] },
    Argument { name: "data_types", key: "crypto.data_types", module: "crypto", constant: "DATA_TYPES", value: ValueKind::TextList, required: false, role: Role::Span, deprecated_aliases: &[] },
    Argument { name: "workflow_id", key: "crypto.workflow_id", module: "crypto", constant: "WORKFLOW_ID", value: ValueKind::Text, required: false, role: Role::Span, deprecated_aliases: &[] },
] };
pub(crate) static TRACE_STAGE: MacroTable = MacroTable { macro_name: "trace_stage", constructor: "stage", arguments: &[
    Argument { name: "stage", key: "crypto.processing_stage", module: "crypto", constant: "PROCESSING_STAGE", value: ValueKind::Text, required: true, role: Role::Label, deprecated_aliases: &[] },
    Argument { name: "symbol", key: "crypto.symbol", module: "crypto", constant: "SYMBOL", value: ValueKind::Text, required: false, role: Role::Span, deprecated_aliases: &[] },
    Argument { name: "layer", key: "lakehouse.layer", module: "lakehouse", constant: "LAYER", value: ValueKind::Enum(&LAYER), required: false, role: Role::Label, deprecated_aliases: &[] },
    Argument { name: "record_count", key: "crypto.record_count", module: "crypto", constant: "RECORD_COUNT", value: ValueKind::Int, required: false, role: Role::Span, deprecated_aliases: &[] },
    Argument { name: "data_size_bytes", key: "crypto.data_size_bytes", module: "crypto", constant: "DATA_SIZE_BYTES", value: ValueKind::Int, required: false, role: Role::Span, deprecated_aliases: &[] },
] };
pub(crate) static TRACK_PROCESSING: MacroTable = MacroTable { macro_name: "track_processing", constructor: "processing", arguments: &[
    Argument { name: "operation", key: "crypto.processing.operation", module: "crypto", constant: "PROCESSING_OPERATION", value: ValueKind::Text, required: true, role: Role::Label, deprecated_aliases: &[] },
    Argument { name: "stage", key: "crypto.processing_stage", module: "crypto", constant: "PROCESSING_STAGE", value: ValueKind::Text, required: false, role: Role::Label, deprecated_aliases: &[] },
    Argument { name: "layer", key: "lakehouse.layer", module: "lakehouse", constant: "LAYER", value: ValueKind::Enum(&LAYER), required: false, role: Role::Label, deprecated_aliases: &[] },
    Argument { name: "symbol", key: "crypto.symbol", module: "crypto", constant: "SYMBOL", value: ValueKind::Text, required: false, role: Role::Span, deprecated_aliases: &[] },
    Argument { name: "record_count", key: "crypto.record_count", module: "crypto", constant: "RECORD_COUNT", value: ValueKind::Int, required: false, role: Role::Measurement, deprecated_aliases: &[] },
    Argument { name: "data_size_bytes", key: "crypto.data_size_bytes", module: "crypto", constant: "DATA_SIZE_BYTES", value: ValueKind::Int, required: false, role: Role::Measurement, deprecated_aliases: &[] },
] };
pub(crate) static TRACK_API_REQUEST: MacroTable = MacroTable { macro_name: "track_api_request", constructor: "api_request", arguments: &[
    Argument { name: "exchange", key: "crypto.exchange", module: "crypto", constant: "EXCHANGE", value: ValueKind::Enum(&EXCHANGE), required: true, role: Role::Label, deprecated_aliases: &[] },
    Argument { name: "endpoint", key: "crypto.endpoint", module: "crypto", constant: "ENDPOINT", value: ValueKind::Text, required: true, role: Role::Label, deprecated_aliases: &[] },
    Argument { name: "method", key: "http.request.method", module: "http", constant: "REQUEST_METHOD", value: ValueKind::Enum(&METHOD), required: false, role: Role::Label, deprecated_aliases: &[] },
    Argument { name: "symbol", key: "crypto.symbol", module: "crypto", constant: "SYMBOL", value: ValueKind::Text, required: false, role: Role::Span, deprecated_aliases: &[] },
    Argument { name: "data_type", key: "crypto.data_type", module: "crypto", constant: "DATA_TYPE", value: ValueKind::Enum(&DATA_TYPE), required: false, role: Role::Label, deprecated_aliases: &[] },
    Argument { name: "timeframe", key: "crypto.timeframe", module: "crypto", constant: "TIMEFRAME", value: ValueKind::Enum(&TIMEFRAME), required: false, role: Role::Label, deprecated_aliases: &[] },
    Argument { name: "market_type", key: "crypto.market_type", module: "crypto", constant: "MARKET_TYPE", value: ValueKind::Enum(&MARKET_TYPE), required: false, role: Role::Label, deprecated_aliases: &[] },
    Argument { name: "limit", key: "crypto.request.limit", module: "crypto", constant: "REQUEST_LIMIT", value: ValueKind::Int, required: false, role: Role::Span, deprecated_aliases: &[] },
    Argument { name: "status_code", key: "http.response.status_code", module: "http", constant: "RESPONSE_STATUS_CODE", value: ValueKind::Int, required: false, role: Role::Measurement, deprecated_aliases: &[] },
    Argument { name: "response_bytes", key: "http.response.body.size", module: "http", constant: "RESPONSE_BODY_SIZE", value: ValueKind::Int, required: false, role: Role::Span, deprecated_aliases: &[] },
] };
pub(crate) static TRACK_STORAGE: MacroTable = MacroTable { macro_name: "track_storage", constructor: "storage", arguments: &[
    Argument { name: "operation", key: "crypto.storage.operation", module: "crypto", constant: "STORAGE_OPERATION", value: ValueKind::Enum(&STORAGE_OPERATION), required: true, role: Role::Label, deprecated_aliases: &[] },
    Argument { name: "system", key: "crypto.storage.system", module: "crypto", constant: "STORAGE_SYSTEM", value: ValueKind::Enum(&STORAGE_SYSTEM), required: true, role: Role::Label, deprecated_aliases: &[] },
    Argument { name: "bucket", key: "aws.s3.bucket", module: "aws", constant: "S3_BUCKET", value: ValueKind::Text, required: false, role: Role::Span, deprecated_aliases: &[] },
    Argument { name: "key", key: "aws.s3.key", module: "aws", constant: "S3_KEY", value: ValueKind::Text, required: false, role: Role::Span, deprecated_aliases: &[] },
    Argument { name: "layer", key: "lakehouse.layer", module: "lakehouse", constant: "LAYER", value: ValueKind::Enum(&LAYER), required: false, role: Role::Label, deprecated_aliases: &[] },
    Argument { name: "format", key: "lakehouse.format", module: "lakehouse", constant: "FORMAT", value: ValueKind::Enum(&FORMAT), required: false, role: Role::Label, deprecated_aliases: &[] },
    Argument { name: "compression", key: "lakehouse.compression", module: "lakehouse", constant: "COMPRESSION", value: ValueKind::Enum(&COMPRESSION), required: false, role: Role::Span, deprecated_aliases: &[] },
    Argument { name: "size_bytes", key: "crypto.data_size_bytes", module: "crypto", constant: "DATA_SIZE_BYTES", value: ValueKind::Int, required: false, role: Role::Measurement, deprecated_aliases: &[] },
    Argument { name: "file_count", key: "crypto.file_count", module: "crypto", constant: "FILE_COUNT", value: ValueKind::Int, required: false, role: Role::Span, deprecated_aliases: &[] },
] };
pub(crate) static ATTRIBUTES: &[Attribute] = &[
    Attribute { key: "aws.s3.bucket", module: "aws", constant: "S3_BUCKET", value: ValueKind::Text, deprecated: None },
    Attribute { key: "aws.s3.key", module: "aws", constant: "S3_KEY", value: ValueKind::Text, deprecated: None },
    Attribute { key: "crypto.data_size_bytes", module: "crypto", constant: "DATA_SIZE_BYTES", value: ValueKind::Int, deprecated: None },
    Attribute { key: "crypto.data_type", module: "crypto", constant: "DATA_TYPE", value: ValueKind::Enum(&DATA_TYPE), deprecated: None },
    Attribute { key: "crypto.data_types", module: "crypto", constant: "DATA_TYPES", value: ValueKind::TextList, deprecated: None },
    Attribute { key: "crypto.endpoint", module: "crypto", constant: "ENDPOINT", value: ValueKind::Text, deprecated: None },
    Attribute { key: "crypto.exchange", module: "crypto", constant: "EXCHANGE", value: ValueKind::Enum(&EXCHANGE), deprecated: None },
    Attribute { key: "crypto.file_count", module: "crypto", constant: "FILE_COUNT", value: ValueKind::Int, deprecated: None },
    Attribute { key: "crypto.market", module: "crypto", constant: "MARKET", value: ValueKind::Text, deprecated: Some("crypto.exchange") },
    Attribute { key: "crypto.market_type", module: "crypto", constant: "MARKET_TYPE", value: ValueKind::Enum(&MARKET_TYPE), deprecated: None },
    Attribute { key: "crypto.processing.operation", module: "crypto", constant: "PROCESSING_OPERATION", value: ValueKind::Text, deprecated: None },
    Attribute { key: "crypto.processing_stage", module: "crypto", constant: "PROCESSING_STAGE", value: ValueKind::Text, deprecated: None },
    Attribute { key: "crypto.ratio", module: "crypto", constant: "RATIO", value: ValueKind::Double, deprecated: None },
    Attribute { key: "crypto.record_count", module: "crypto", constant: "RECORD_COUNT", value: ValueKind::Int, deprecated: None },
    Attribute { key: "crypto.request.limit", module: "crypto", constant: "REQUEST_LIMIT", value: ValueKind::Int, deprecated: None },
    Attribute { key: "crypto.storage.operation", module: "crypto", constant: "STORAGE_OPERATION", value: ValueKind::Enum(&STORAGE_OPERATION), deprecated: None },
    Attribute { key: "crypto.storage.system", module: "crypto", constant: "STORAGE_SYSTEM", value: ValueKind::Enum(&STORAGE_SYSTEM), deprecated: None },
    Attribute { key: "crypto.symbol", module: "crypto", constant: "SYMBOL", value: ValueKind::Text, deprecated: None },
    Attribute { key: "crypto.symbols", module: "crypto", constant: "SYMBOLS", value: ValueKind::TextList, deprecated: None },
    Attribute { key: "crypto.timeframe", module: "crypto", constant: "TIMEFRAME", value: ValueKind::Enum(&TIMEFRAME), deprecated: None },
    Attribute { key: "crypto.workflow_id", module: "crypto", constant: "WORKFLOW_ID", value: ValueKind::Text, deprecated: None },
    Attribute { key: "crypto.workflow_name", module: "crypto", constant: "WORKFLOW_NAME", value: ValueKind::Text, deprecated: None },
    Attribute { key: "crypto.workflow_type", module: "crypto", constant: "WORKFLOW_TYPE", value: ValueKind::Text, deprecated: None },
    Attribute { key: "error.type", module: "error", constant: "TYPE", value: ValueKind::Text, deprecated: None },
    Attribute { key: "http.request.method", module: "http", constant: "REQUEST_METHOD", value: ValueKind::Enum(&METHOD), deprecated: None },
    Attribute { key: "http.request.resend_count", module: "http", constant: "REQUEST_RESEND_COUNT", value: ValueKind::Int, deprecated: None },
    Attribute { key: "http.response.body.size", module: "http", constant: "RESPONSE_BODY_SIZE", value: ValueKind::Int, deprecated: None },
    Attribute { key: "http.response.status_code", module: "http", constant: "RESPONSE_STATUS_CODE", value: ValueKind::Int, deprecated: None },
    Attribute { key: "lakehouse.compression", module: "lakehouse", constant: "COMPRESSION", value: ValueKind::Enum(&COMPRESSION), deprecated: None },
    Attribute { key: "lakehouse.format", module: "lakehouse", constant: "FORMAT", value: ValueKind::Enum(&FORMAT), deprecated: None },
    Attribute { key: "lakehouse.layer", module: "lakehouse", constant: "LAYER", value: ValueKind::Enum(&LAYER), deprecated: None },
    Attribute { key: "server.address", module: "server", constant: "ADDRESS", value: ValueKind::Text, deprecated: None },
    Attribute { key: "server.port", module: "server", constant: "PORT", value: ValueKind::Int, deprecated: None },
];
