//! The endpoint that Prometheus scrapes.
//!
//! ```text
//! GET /metrics ── server ──► sources ──► families (names) ──► text, OpenMetrics or plain
//! ```
//!
//! It is ours, since `opentelemetry-prometheus` is discontinued: docs/decisions/0012.

mod families;
mod names;
mod server;
mod text;

use std::collections::HashSet;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry_sdk::metrics::data::ResourceMetrics;

use super::Source;
use crate::config::PrometheusConfig;
use crate::export::metrics::DataPoints;
use crate::export::sink::Rejected;
use crate::health::Diagnostics;
use server::Server;
use text::Format;

/// A place that listens, until it is closed.
#[derive(Debug)]
pub(crate) struct Endpoint {
    address: SocketAddr,
    server: Mutex<Option<Server>>,
    data_points: DataPoints,
}

impl Endpoint {
    /// Takes the address; nobody is answered yet.
    pub(crate) fn bind(config: &PrometheusConfig) -> io::Result<TcpListener> {
        TcpListener::bind((&*config.host, config.port))
    }

    /// Answers whoever asks there for what these sources hold.
    pub(crate) fn start(
        listener: TcpListener,
        sources: Vec<Source>,
        diagnostics: Diagnostics,
    ) -> io::Result<Self> {
        let data_points = DataPoints::default();
        let scrape = Arc::new(Scrape {
            collected: Mutex::default(),
            sources,
            said: Mutex::default(),
            data_points: data_points.clone(),
            diagnostics,
        });
        let server = Server::start(listener, scrape)?;
        Ok(Self {
            address: server.address,
            server: Mutex::new(Some(server)),
            data_points,
        })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Listens no more.
    pub(crate) fn close(&self) {
        let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        drop(server.take());
    }

    /// What was scraped.
    pub(crate) fn data_points(&self) -> &DataPoints {
        &self.data_points
    }
}

/// What a scrape reads.
#[derive(Debug)]
struct Scrape {
    sources: Vec<Source>,
    /// What was read last, by source: its memory is used again.
    collected: Mutex<Vec<ResourceMetrics>>,
    /// What was said already.
    said: Mutex<HashSet<String>>,
    data_points: DataPoints,
    diagnostics: Diagnostics,
}

impl Scrape {
    /// Everything there is now; nothing where it cannot be read.
    fn page(&self, format: Format) -> Option<String> {
        // One at a time uses the memory again; while a callback holds that one up, the next has some of its own.
        let mut kept = self.collected.try_lock().ok();
        let mut own = Vec::new();
        let collected = kept.as_deref_mut().unwrap_or(&mut own);
        collected.resize_with(self.sources.len(), ResourceMetrics::default);
        for (source, metrics) in self.sources.iter().zip(collected.iter_mut()) {
            if let Err(reason) = source.read(metrics) {
                self.say(format!("the metrics could not be collected ({reason})"));
                return None;
            }
        }
        let count = self.data_points.begin(collected)?;
        let (families, left_out) = families::families(collected);
        let resource = collected.first().map(ResourceMetrics::resource);
        let target =
            families::of_resource(resource.into_iter().flat_map(|resource| resource.iter()));
        let page = format.write(&families, &target);
        let rejected: usize = left_out.iter().map(|left_out| left_out.points).sum();
        self.data_points.end(count, Ok(Rejected(rejected as u64)));
        for left_out in left_out {
            self.say(left_out.reason);
        }
        Some(page)
    }

    /// Each thing once.
    fn say(&self, what: String) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if !said.contains(&what) {
            self.diagnostics.warn(&what);
            said.insert(what);
        }
    }
}
