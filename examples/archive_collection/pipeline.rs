//! The workflow: for every series fetch, clean, roll up.

use crate::{
    bronze,
    clean::{Cleaned, RawRows, Reason, clean},
    client::Client,
    error::Error,
    gold,
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
    pub(crate) async fn collect(&self, series: &[Series]) -> Result<Vec<Report>, Failure> {
        if let Some(first) = series.first() {
            self.client
                .learn_limits(&first.symbol)
                .await
                .map_err(Error::from)?;
        }
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

    /// Compares what is wanted with what is there.
    async fn plan(&self, series: &[Series]) -> Result<Vec<Job>, Error> {
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
            });
        }
        Ok(jobs)
    }

    /// Deletes a series: the manifest first, so that it never vouches for what is gone.
    async fn forget(&self, series: &Series) -> Result<(), Error> {
        self.store.delete(&layout::manifest(series)).await?;
        for folder in layout::folders(series, &gold::targets(series.timeframe)) {
            for key in self.store.list(&folder).await? {
                self.store.delete(&key).await?;
            }
        }
        Ok(())
    }

    async fn archive(&self, job: Job) -> Report {
        let Job {
            series,
            mut manifest,
            pages,
        } = job;
        let mut fetched = 0;
        let failure = self
            .work(&series, &mut manifest, &pages, &mut fetched)
            .await
            .err();
        Report {
            series,
            planned: pages.len(),
            fetched,
            archived: manifest.totals(),
            failure,
        }
    }

    async fn work(
        &self,
        series: &Series,
        manifest: &mut Manifest,
        pages: &[Page],
        fetched: &mut usize,
    ) -> Result<(), Error> {
        if !pages.is_empty() {
            self.fetch(series, manifest, pages, fetched).await?;
        }
        for partition in manifest.unfinished() {
            // The next run finds what is left in the manifest.
            if self.stop.requested() {
                break;
            }
            let (klines, derived) = self.refine(series, manifest, &partition).await?;
            let derived = self.aggregate(series, &partition, &klines, derived).await?;
            manifest.partitions.entry(partition).or_default().derived = Some(derived);
            manifest.save(&self.store, series).await?;
        }
        Ok(())
    }

    /// Fetches pages into bronze, until all are there or somebody wants to stop.
    async fn fetch(
        &self,
        series: &Series,
        manifest: &mut Manifest,
        pages: &[Page],
        fetched: &mut usize,
    ) -> Result<(), Error> {
        for page in pages {
            // A page under way is abandoned; one that has come is kept.
            let raw = tokio::select! {
                biased;
                () = self.stop.wait() => return Ok(()),
                raw = self.client.page(series, page) => raw?,
            };
            let key = layout::bronze(series, page);
            let packed = bronze::pack(&raw.body).map_err(|error| unpackable(&key, &error))?;
            let bytes = self.store.put(&key, packed).await?;
            manifest.add_page(page, bytes);
            manifest.save(&self.store, series).await?;
            *fetched += 1;
            self.progress.page(raw.len(), self.client.account().retries);
        }
        Ok(())
    }

    /// Cleans a partition's pages into silver, and sets aside what is wrong.
    async fn refine(
        &self,
        series: &Series,
        manifest: &Manifest,
        partition: &str,
    ) -> Result<(Vec<Kline>, Derived), Error> {
        let keys = self
            .store
            .list(&layout::bronze_folder(series, partition))
            .await?;
        let pages: Vec<RawRows> = stream::iter(keys)
            .map(|key| self.read_page(key))
            .buffered(8)
            .try_collect()
            .await?;
        let cleaned = clean(series.timeframe, pages, &asked(series, manifest, partition));

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
            let key = layout::rejects(series, partition);
            let lines =
                silver::encode_rejects(&rejects).map_err(|error| unpackable(&key, &error))?;
            derived.count(self.store.put(&key, lines).await?);
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
    async fn aggregate(
        &self,
        series: &Series,
        partition: &str,
        klines: &[Kline],
        mut derived: Derived,
    ) -> Result<Derived, Error> {
        for target in gold::targets(series.timeframe) {
            let bars = gold::roll_up(klines, series.timeframe, target);
            let file = gold::encode(series, target, &bars)?;
            derived.count(
                self.store
                    .put(&layout::gold(series, target, partition), file)
                    .await?,
            );
        }
        Ok(derived)
    }

    async fn read_page(&self, key: String) -> Result<RawRows, Error> {
        let unreadable = |reason: String| Error::Bronze {
            key: key.clone(),
            reason,
        };
        let packed = self
            .store
            .get(&key)
            .await?
            .ok_or_else(|| unreadable("it is gone".to_owned()))?;
        let body = bronze::unpack(&packed).map_err(|error| unreadable(error.to_string()))?;
        let rows = serde_json::from_slice(&body).map_err(|error| unreadable(error.to_string()))?;
        Ok(RawRows { key, rows })
    }
}

/// What has been fetched of a partition.
fn asked(series: &Series, manifest: &Manifest, partition: &str) -> Vec<TimeRange> {
    let parts = manifest.fetched.iter().flat_map(|range| {
        let mut rest = *range;
        std::iter::from_fn(move || {
            let whole =
                (!rest.is_empty()).then(|| range::Partition::of(series.timeframe, rest.from))?;
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
