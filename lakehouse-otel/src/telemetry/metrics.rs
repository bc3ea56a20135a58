//! The metrics of running telemetry: the provider, and everything that reads it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::Temporality;

use super::InitError;
use crate::config::{Exporter, MetricsConfig, TemporalityPreference};
use crate::export::Account;
use crate::export::metrics::{CountingExporter, DataPoints};
use crate::export::sink::MetricSink;
use crate::health::Diagnostics;
use crate::metrics::provider::Provider;
#[cfg(feature = "prometheus")]
use crate::metrics::readers::prometheus::Endpoint;
use crate::metrics::readers::{PeriodicReader, Source, UnderWay};

/// How often metrics go over OTLP where nothing is set.
const INTERVAL: Duration = Duration::from_secs(5);

/// The same where memory is to be small: each export takes some.
const LONG_INTERVAL: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub(super) struct Metrics {
    pub(super) provider: Provider,
    readers: Vec<Reader>,
    #[cfg(feature = "prometheus")]
    endpoint: Option<Endpoint>,
    diagnostics: Diagnostics,
}

/// A reader that exports, and its account.
#[derive(Debug)]
pub(super) struct Reader {
    periodic: PeriodicReader,
    data_points: DataPoints,
    cumulative: bool,
    /// Whether it exports after the spans and not beside them.
    after_spans: bool,
    target: String,
}

/// What came of the exports of all readers.
#[derive(Debug, Default)]
pub(super) struct Exported {
    /// Why metrics could not even be collected.
    pub(super) not_collected: Option<String>,
    pub(super) timed_out: bool,
}

/// The place to which a reader exports.
pub(super) struct Place<'a> {
    pub(super) exporter: Exporter,
    /// What diagnostics call it.
    pub(super) target: String,
    /// Makes what sends there.
    pub(super) sink: Box<dyn Fn() -> Result<Box<dyn MetricSink>, InitError> + 'a>,
}

impl Metrics {
    /// The readers that are configured, over these places.
    pub(super) fn start(
        config: &MetricsConfig,
        resource: &Resource,
        places: Vec<Place<'_>>,
        diagnostics: &Diagnostics,
    ) -> Result<Self, InitError> {
        #[cfg(feature = "prometheus")]
        let listener = config
            .exporters
            .contains(&Exporter::Prometheus)
            .then(|| Endpoint::bind(&config.prometheus))
            .transpose()
            .map_err(|source| InitError::Prometheus {
                address: format!("{}:{}", config.prometheus.host, config.prometheus.port),
                source,
            })?;
        let over_otlp = match config.temporality {
            TemporalityPreference::Cumulative => Temporality::Cumulative,
            TemporalityPreference::Delta => Temporality::Delta,
            TemporalityPreference::LowMemory => Temporality::LowMemory,
        };
        let of = |exporter: &Exporter| match exporter {
            Exporter::Otlp => over_otlp,
            _ => Temporality::Cumulative,
        };
        let mut temporalities: Vec<_> = config.exporters.iter().map(of).collect();
        temporalities.sort_by_key(|temporality| *temporality == over_otlp);
        temporalities.dedup();
        let provider = Provider::new(config, resource, &temporalities, diagnostics);

        let mut metrics = Self {
            provider: provider.clone(),
            readers: Vec::new(),
            #[cfg(feature = "prometheus")]
            endpoint: None,
            diagnostics: diagnostics.clone(),
        };
        for place in places {
            let temporality = of(&place.exporter);
            let usual = provider.usual(temporality).cloned();
            let near_real_time = provider.near_real_time(temporality).cloned();
            let otlp = place.exporter == Exporter::Otlp;
            let interval = config.interval;
            if !otlp {
                let all = usual.into_iter().chain(near_real_time).collect();
                metrics.read(&place, all, temporality, interval)?;
                continue;
            }
            let unset = if config.small_memory {
                LONG_INTERVAL
            } else {
                INTERVAL
            };
            let usual = usual.into_iter().collect();
            metrics.read(&place, usual, temporality, Some(interval.unwrap_or(unset)))?;
            if let Some(source) = near_real_time {
                let interval = config.near_real_time.interval;
                metrics.read(&place, vec![source], temporality, Some(interval))?;
            }
        }
        #[cfg(feature = "prometheus")]
        if let Some(listener) = listener {
            let usual = provider.usual(Temporality::Cumulative);
            let near_real_time = provider.near_real_time(Temporality::Cumulative);
            let all = usual.into_iter().chain(near_real_time).cloned().collect();
            let endpoint = Endpoint::start(listener, all, diagnostics.clone());
            metrics.endpoint = Some(endpoint.map_err(InitError::Thread)?);
        }
        Ok(metrics)
    }

    fn read(
        &mut self,
        place: &Place<'_>,
        sources: Vec<Source>,
        temporality: Temporality,
        interval: Option<Duration>,
    ) -> Result<(), InitError> {
        let data_points = DataPoints::default();
        let exporter = CountingExporter::new(
            (place.sink)()?,
            place.target.clone(),
            data_points.clone(),
            self.diagnostics.clone(),
        );
        let periodic =
            PeriodicReader::start(sources, exporter, interval).map_err(InitError::Thread)?;
        self.readers.push(Reader {
            periodic,
            data_points,
            cumulative: temporality == Temporality::Cumulative,
            after_spans: place.exporter == Exporter::Console,
            target: place.target.clone(),
        });
        Ok(())
    }

    /// Where Prometheus finds the metrics.
    #[cfg(feature = "prometheus")]
    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.endpoint.as_ref().map(Endpoint::address)
    }

    #[cfg(not(feature = "prometheus"))]
    #[expect(clippy::unused_self, reason = "the same in both builds")]
    pub(super) fn address(&self) -> Option<SocketAddr> {
        None
    }

    /// The data points of all readers.
    pub(super) fn account(&self) -> Account {
        let mut account = Account::default();
        for reader in &self.readers {
            account.add(&reader.data_points.account());
        }
        #[cfg(feature = "prometheus")]
        if let Some(endpoint) = &self.endpoint {
            account.add(&endpoint.data_points().account());
        }
        account
    }

    /// How many data points each exporting reader lost so far.
    pub(super) fn lost(&self) -> Vec<u64> {
        let readers = self.readers.iter();
        readers
            .map(|reader| reader.data_points.account().lost())
            .collect()
    }

    /// How many data points were lost since, but for those that a later total makes up for.
    pub(super) fn lost_for_good(&self, before: &[u64]) -> u64 {
        let lost = self.lost().into_iter().zip(before).zip(&self.readers);
        lost.map(|((now, before), reader)| {
            if reader.cumulative {
                now.saturating_sub(*before)
            } else {
                now
            }
        })
        .sum()
    }

    /// Asks the readers that export beside the spans, or those that come after them.
    pub(super) fn ask(
        &self,
        after_spans: bool,
        ask: impl Fn(&PeriodicReader) -> UnderWay,
    ) -> Vec<(&Reader, UnderWay)> {
        let readers = self.readers.iter();
        readers
            .filter(|reader| reader.after_spans == after_spans)
            .map(|reader| (reader, ask(&reader.periodic)))
            .collect()
    }

    /// Waits for what was asked for.
    pub(super) fn wait(
        &self,
        asked: Vec<(&Reader, UnderWay)>,
        deadline: Instant,
        given_up: impl Fn(&Reader),
    ) -> Exported {
        let mut exported = Exported::default();
        for (reader, under_way) in asked {
            match under_way.wait(deadline) {
                Some(Ok(())) => {}
                Some(Err(reason)) => {
                    let reason = format!("the metrics could not be collected ({reason})");
                    self.diagnostics.warn(&reason);
                    exported.not_collected = Some(reason);
                }
                None => {
                    exported.timed_out = true;
                    given_up(reader);
                }
            }
        }
        exported
    }

    /// Nothing is read from here on, by nobody.
    pub(super) fn close(&self) {
        #[cfg(feature = "prometheus")]
        if let Some(endpoint) = &self.endpoint {
            endpoint.close();
        }
        self.provider.shut_down();
    }

    /// Why the last export that failed did.
    pub(super) fn last_error(&self) -> Option<String> {
        let mut readers = self.readers.iter();
        readers.find_map(|reader| reader.data_points.last_error())
    }
}

impl Reader {
    /// Writes off what is still under way.
    pub(super) fn give_up(&self, diagnostics: &Diagnostics, reason: &str) {
        self.data_points.abandon();
        diagnostics.failed(&self.target, reason);
    }
}
