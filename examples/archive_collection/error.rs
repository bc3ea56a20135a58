//! What can end a series, or the run.

use crate::client::GaveUp;
use thiserror::Error;

#[derive(Debug, Error)]
#[non_exhaustive]
pub(crate) enum Error {
    #[error(transparent)]
    Exchange(#[from] GaveUp),
    #[error("cannot {action} {key}: {source}")]
    Store {
        action: &'static str,
        key: String,
        source: object_store::Error,
    },
    #[error("cannot write Parquet: {0}")]
    Parquet(#[from] parquet::errors::ParquetError),
    #[error(
        "{key} is no manifest of this program: {source}; repair it, or start anew with --fresh"
    )]
    Manifest {
        key: String,
        source: serde_json::Error,
    },
    #[error("{key} is no page as it was fetched: {reason}; start anew with --fresh")]
    Bronze { key: String, reason: String },
    #[error(
        "the archive's {series} comes from `{archived}`, this run reads `{now}`: choose another --store, or --fresh"
    )]
    OtherSource {
        series: String,
        archived: String,
        now: String,
    },
}
