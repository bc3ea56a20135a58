//! What the archive holds of one series. It is written after the data it vouches for, so a run that ends
//! anywhere, however it ends, leaves an archive that the next run takes up where this one stopped.

use crate::{
    error::Error,
    layout,
    range::{Page, TimeRange},
    series::Series,
    store::Store,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const VERSION: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Manifest {
    version: u32,
    /// Where the data comes from: two sources never share a series.
    source: String,
    /// What has been fetched, in order, joined where it touches.
    pub(crate) fetched: Vec<TimeRange>,
    pub(crate) partitions: BTreeMap<String, Partition>,
}

/// What a partition holds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Partition {
    pub(crate) pages: u64,
    pub(crate) bronze_bytes: u64,
    /// What became of the pages; absent while there are pages that silver and gold do not know yet.
    pub(crate) derived: Option<Derived>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Derived {
    pub(crate) raw_rows: u64,
    pub(crate) rows: u64,
    /// Rows set aside, by reason.
    pub(crate) rejects: BTreeMap<String, u64>,
    /// Bars that the exchange did not send.
    pub(crate) missing: u64,
    /// Runs of bars that the exchange did not send.
    pub(crate) gaps: u64,
    /// Silver, gold and reject files.
    pub(crate) files: u64,
    pub(crate) bytes: u64,
}

/// A manifest summed up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Totals {
    pub(crate) pages: u64,
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    pub(crate) derived: Derived,
}

impl Manifest {
    /// Reads a series' manifest, or starts one.
    pub(crate) async fn load(store: &Store, series: &Series, source: &str) -> Result<Self, Error> {
        let object = layout::manifest(series);
        let Some(data) = store.get(&object).await? else {
            return Ok(Self {
                version: VERSION,
                source: source.to_owned(),
                fetched: Vec::new(),
                partitions: BTreeMap::new(),
            });
        };
        let manifest: Self = serde_json::from_slice(&data).map_err(|source| Error::Manifest {
            key: object.key.clone(),
            source,
        })?;
        if manifest.version != VERSION {
            let found = manifest.version;
            let source = serde::de::Error::custom(format!("version {found}, expected {VERSION}"));
            return Err(Error::Manifest {
                key: object.key,
                source,
            });
        }
        if manifest.source != source {
            return Err(Error::OtherSource {
                series: series.to_string(),
                archived: manifest.source,
                now: source.to_owned(),
            });
        }
        Ok(manifest)
    }

    pub(crate) async fn save(&self, store: &Store, series: &Series) -> Result<(), Error> {
        let object = layout::manifest(series);
        let data = serde_json::to_vec_pretty(self).map_err(|source| Error::Manifest {
            key: object.key.clone(),
            source,
        })?;
        store.put(&object, data).await.map(drop)
    }

    /// Takes up a page whose raw answer is stored.
    pub(crate) fn add_page(&mut self, page: &Page, bytes: u64) {
        page.range.add_to(&mut self.fetched);
        let partition = self
            .partitions
            .entry(page.partition.name.clone())
            .or_default();
        partition.pages += 1;
        partition.bronze_bytes += bytes;
        partition.derived = None;
    }

    /// The partitions whose silver and gold are still to be made.
    pub(crate) fn unfinished(&self) -> Vec<String> {
        let unfinished = self
            .partitions
            .iter()
            .filter(|(_, partition)| partition.derived.is_none());
        unfinished.map(|(name, _)| name.clone()).collect()
    }

    pub(crate) fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for partition in self.partitions.values() {
            totals.pages += partition.pages;
            totals.files += partition.pages;
            totals.bytes += partition.bronze_bytes;
            if let Some(derived) = &partition.derived {
                totals.files += derived.files;
                totals.bytes += derived.bytes;
                totals.derived.add(derived);
            }
        }
        totals
    }
}

impl Derived {
    /// Takes up a file of so many bytes.
    pub(crate) fn count(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes += bytes;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.raw_rows += other.raw_rows;
        self.rows += other.rows;
        self.missing += other.missing;
        self.gaps += other.gaps;
        self.files += other.files;
        self.bytes += other.bytes;
        for (reason, count) in &other.rejects {
            *self.rejects.entry(reason.clone()).or_default() += count;
        }
    }
}
