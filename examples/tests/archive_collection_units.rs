//! The unit tests inside `archive_collection`: cargo runs those of an example only in place of building it.

#![expect(dead_code, reason = "its `main` is what uses everything")]

#[path = "../archive_collection/bronze.rs"]
mod bronze;
#[path = "../archive_collection/clean.rs"]
mod clean;
#[path = "../archive_collection/cli.rs"]
mod cli;
#[path = "../archive_collection/client/mod.rs"]
mod client;
#[path = "../archive_collection/error.rs"]
mod error;
#[path = "../archive_collection/exchange/mod.rs"]
mod exchange;
#[path = "../archive_collection/gold.rs"]
mod gold;
#[path = "../archive_collection/interrupt.rs"]
mod interrupt;
#[path = "../archive_collection/kline.rs"]
mod kline;
#[path = "../archive_collection/layout.rs"]
mod layout;
#[path = "../archive_collection/manifest.rs"]
mod manifest;
#[path = "../archive_collection/parquet_file.rs"]
mod parquet_file;
#[path = "../archive_collection/pipeline.rs"]
mod pipeline;
#[path = "../archive_collection/progress.rs"]
mod progress;
#[path = "../archive_collection/range.rs"]
mod range;
#[path = "../archive_collection/series.rs"]
mod series;
#[path = "../archive_collection/silver.rs"]
mod silver;
#[path = "../archive_collection/store.rs"]
mod store;
#[path = "../archive_collection/summary.rs"]
mod summary;
#[path = "../archive_collection/timeframe.rs"]
mod timeframe;
