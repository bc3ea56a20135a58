//! The workflow: for every series fetch, clean, roll up.

use crate::{
    bronze,
    clean::{Cleaned, RawRows, Reason, clean},
    client::Client,
    error::Error,
    gold::{self, roll_up},
    interrupt::Stop,
    kline::Kline,
    layout,
    manifest::{Derived, Manifest, Totals},
    progress::Progress,
    range::{self, Page, TimeRange},
    series::Series,
    silver,
    store::Store,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use lakehouse_otel::prelude::*;

/// Everything a run works with.
#[derive(Debug)]
pub(crate) struct Archive {
    pub(crate) client: Client,
    pub(crate) store: Store,
    /// What the manifests remember of where data comes from.
    pub(crate) source: String,
    pub(crate) limit: u32,
    pub(crate) jobs: usize,
    pub(crate) fresh: bool,
    pub(crate) stop: Stop,
    pub(crate) progress: Progress,
}

/// A series, what the archive holds of it, and what is still to be fetched.
#[derive(Debug)]
struct Job {
    series: Series,
    manifest: Manifest,
    pages: Vec<Page>,
    fetched: usize,
}

/// What became of a series.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) series: Series,
    pub(crate) planned: usize,
    pub(crate) fetched: usize,
    pub(crate) archived: Totals,
    pub(crate) failure: Option<Error>,
}

/// Why the workflow did not do all it was asked to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// It could not start.
    #[error(transparent)]
    Start(#[from] Error),
    /// Some series are incomplete; the others are archived.
    #[error("{} of {} series failed", .0.iter().filter(|report| report.failure.is_some()).count(), .0.len())]
    Incomplete(Vec<Report>),
}

impl Archive {
    /// Archives every series; one that fails does not stop the others.
    #[trace_crypto_workflow(
        name = "archive_collection", workflow_type = "batch", exchange = Binance,
        data_types = ["klines"], symbols = symbols(series),
    )]
    pub(crate) async fn archive_collection(
        &self,
        series: &[Series],
    ) -> Result<Vec<Report>, Failure> {
        let jobs = self.plan(series).await?;
        self.progress
            .start(jobs.iter().map(|job| job.pages.len()).sum());
        let reports: Vec<Report> = stream::iter(jobs)
            .map(|job| self.archive(job))
            .buffered(self.jobs)
            .collect()
            .await;
        self.progress.leave();
        if reports.iter().any(|report| report.failure.is_some()) {
            return Err(Failure::Incomplete(reports));
        }
        Ok(reports)
    }

    /// Learns the exchange's limits, and compares what is wanted with what is there.
    #[trace_stage(stage = "plan")]
    async fn plan(&self, series: &[Series]) -> Result<Vec<Job>, Error> {
        if let Some(first) = series.first() {
            tokio::select! {
                biased;
                () = self.stop.wait() => return Ok(Vec::new()),
                learned = self.client.learn_limits(&first.symbol) => learned?,
            }
        }
        let mut jobs = Vec::new();
        for series in series {
            if self.fresh {
                self.forget(series).await?;
            }
            let manifest = Manifest::load(&self.store, series, &self.source).await?;
            let pages = range::plan(
                series.range,
                &manifest.fetched,
                series.timeframe,
                self.limit,
            );
            jobs.push(Job {
                series: series.clone(),
                manifest,
                pages,
                fetched: 0,
            });
        }
        Ok(jobs)
    }

    /// Deletes a series: the manifest first, so that it never vouches for what is gone.
    async fn forget(&self, series: &Series) -> Result<(), Error> {
        self.store.delete(&layout::manifest(series).key).await?;
        for folder in layout::folders(series, &gold::targets(series.timeframe)) {
            for key in self.store.list(&folder).await? {
                self.store.delete(&key).await?;
            }
        }
        Ok(())
    }

    async fn archive(&self, mut job: Job) -> Report {
        let failure = self.work(&mut job).await.err();
        let Job {
            series,
            manifest,
            pages,
            fetched,
        } = job;
        Report {
            series,
            planned: pages.len(),
            fetched,
            archived: manifest.totals(),
            failure,
        }
    }

    async fn work(&self, job: &mut Job) -> Result<(), Error> {
        if !job.pages.is_empty() {
            self.fetch(job).await?;
        }
        for partition in job.manifest.unfinished() {
            // The next run finds what is left in the manifest.
            if self.stop.requested() {
                break;
            }
            let (klines, mut derived) = self.refine(job, &partition).await?;
            self.aggregate(&job.series, &partition, &klines, &mut derived)
                .await?;
            job.manifest
                .partitions
                .entry(partition)
                .or_default()
                .derived = Some(derived);
            job.manifest.save(&self.store, &job.series).await?;
        }
        Ok(())
    }

    /// Fetches pages into bronze, until all are there or somebody wants to stop.
    #[trace_stage(
        stage = "fetch", layer = Bronze, symbol = job.series.symbol.as_str(),
        ok(|rows| record_count = *rows),
    )]
    async fn fetch(&self, job: &mut Job) -> Result<usize, Error> {
        let Job {
            series,
            manifest,
            pages,
            fetched,
        } = job;
        let mut rows = 0;
        for page in pages.iter() {
            // A page under way is abandoned; one that has come is kept.
            let raw = tokio::select! {
                biased;
                () = self.stop.wait() => break,
                raw = self.client.page(series, page) => raw?,
            };
            let object = layout::bronze(series, page);
            let packed =
                bronze::pack(&raw.body).map_err(|error| unpackable(&object.key, &error))?;
            let bytes = self.store.put(&object, packed).await?;
            manifest.add_page(page, bytes);
            manifest.save(&self.store, series).await?;
            *fetched += 1;
            rows += raw.len();
            self.progress.page(raw.len(), self.client.account().retries);
        }
        Ok(rows)
    }

    /// Cleans a partition's pages into silver, and sets aside what is wrong.
    #[trace_stage(stage = "clean", layer = Silver, symbol = job.series.symbol.as_str())]
    async fn refine(&self, job: &Job, partition: &str) -> Result<(Vec<Kline>, Derived), Error> {
        let series = &job.series;
        let keys = self
            .store
            .list(&layout::bronze_folder(series, partition))
            .await?;
        let pages: Vec<RawRows> = stream::iter(keys)
            .map(|key| self.read_page(key))
            .buffered(8)
            .try_collect()
            .await?;
        let cleaned = clean(series, pages, &asked(job, partition));

        let mut counts = cleaned.counts();
        let gaps = counts.remove(&Reason::Gap).unwrap_or_default();
        let Cleaned {
            klines,
            rejects,
            raw_rows,
            missing,
        } = cleaned;
        let mut derived = Derived {
            raw_rows,
            rows: klines.len() as u64,
            rejects: counts
                .into_iter()
                .map(|(reason, count)| (reason.as_str().to_owned(), count))
                .collect(),
            missing,
            gaps,
            ..Derived::default()
        };
        if !rejects.is_empty() {
            let object = layout::rejects(series, partition);
            let lines = silver::encode_rejects(&rejects)
                .map_err(|error| unpackable(&object.key, &error))?;
            derived.count(self.store.put(&object, lines).await?);
        }
        let file = silver::encode(series, &klines)?;
        derived.count(
            self.store
                .put(&layout::silver(series, partition), file)
                .await?,
        );
        Ok((klines, derived))
    }

    /// Rolls a partition up into gold.
    #[trace_stage(
        stage = "rollup", layer = Gold, symbol = series.symbol.as_str(), record_count = klines.len(),
    )]
    async fn aggregate(
        &self,
        series: &Series,
        partition: &str,
        klines: &[Kline],
        derived: &mut Derived,
    ) -> Result<(), Error> {
        for target in gold::targets(series.timeframe) {
            let bars = roll_up(series, klines, target);
            let file = gold::encode(series, target, &bars)?;
            derived.count(
                self.store
                    .put(&layout::gold(series, target, partition), file)
                    .await?,
            );
        }
        Ok(())
    }

    async fn read_page(&self, key: String) -> Result<RawRows, Error> {
        let object = layout::raw_page(key);
        let unreadable = |reason: String| Error::Bronze {
            key: object.key.clone(),
            reason,
        };
        let packed = self
            .store
            .get(&object)
            .await?
            .ok_or_else(|| unreadable("it is gone".to_owned()))?;
        let body = bronze::unpack(&packed).map_err(|error| unreadable(error.to_string()))?;
        let rows = serde_json::from_slice(&body).map_err(|error| unreadable(error.to_string()))?;
        Ok(RawRows {
            key: object.key,
            rows,
        })
    }
}

fn symbols(series: &[Series]) -> Vec<&str> {
    let mut symbols: Vec<&str> = series.iter().map(|series| series.symbol.as_str()).collect();
    symbols.dedup();
    symbols
}

/// What has been fetched of a partition.
fn asked(job: &Job, partition: &str) -> Vec<TimeRange> {
    let parts = job.manifest.fetched.iter().flat_map(|range| {
        let mut rest = *range;
        std::iter::from_fn(move || {
            let whole = (!rest.is_empty())
                .then(|| range::Partition::of(job.series.timeframe, rest.from))?;
            let part = rest.within(whole.range);
            rest.from = part.to;
            Some((whole.name, part))
        })
    });
    parts
        .filter(|(name, _)| name == partition)
        .map(|(_, part)| part)
        .collect()
}

fn unpackable(key: &str, error: &dyn std::error::Error) -> Error {
    Error::Bronze {
        key: key.to_owned(),
        reason: error.to_string(),
    }
}
