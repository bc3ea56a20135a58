//! Readings come in: by request, by push, and as streams.

use std::borrow::Cow;
use std::pin::Pin;

use futures_util::stream::{self, Stream, StreamExt};
use telemetry::Secret;
use telemetry::exchange::ExchangeResponse;
use telemetry::opentelemetry::Context;
use telemetry::opentelemetry::trace::SpanContext;
use telemetry::prelude::*;

use crate::error::StationError;
use crate::schema::Sensor;

/// What a station's server answered.
#[derive(Debug)]
pub struct Answer {
    status: u16,
    lines: Vec<String>,
}

impl ExchangeResponse for Answer {
    fn status(&self) -> Option<u16> {
        Some(self.status)
    }

    fn header(&self, name: &str) -> Option<&str> {
        name.eq_ignore_ascii_case("Retry-After").then_some("7")
    }

    fn error_code(&self) -> Option<Cow<'_, str>> {
        None
    }
}

/// A client with a key, which no telemetry sees.
#[derive(Debug)]
pub struct Client {
    key: Option<Secret<String>>,
}

impl Client {
    /// One with this key.
    pub fn new(key: &str) -> Self {
        let key = (!key.is_empty()).then(|| Secret::new(key.to_owned()));
        Self { key }
    }

    /// Asks a station, with attributes of our own schema beside the macro's.
    #[track_api_request(
        crate = ::telemetry, exchange = "stations", method = Get, endpoint = "/v1/readings",
        symbol = station, labels(symbol), keep(symbol), budget = "5s", sample = 1.0,
        station.id = station, station.sensor = RainGauge, station.automatic = self.key.is_some(),
        ok(|answer| response = answer, record_count = answer.lines.len()),
        err(|error| forecast.sky = error.to_string()),
    )]
    pub async fn fetch(&self, station: &str) -> Result<Answer, StationError> {
        match station {
            "atlantis" => Err(StationError::Unknown(station.to_owned())),
            _ if self.key.is_none() => Err(StationError::Status(401)),
            _ => Ok(Answer {
                status: if station == "hasty" { 429 } else { 200 },
                lines: vec!["1.5 mm".to_owned(), "2.5 mm".to_owned()],
            }),
        }
    }
}

impl Answer {
    /// Its numbers.
    #[track_processing(
        crate = ::telemetry, operation = "parse", layer = Silver, resources = true,
        data_size_bytes = self.lines.len() * 8, ok(|values| record_count = values.len()),
    )]
    pub fn parse(&self) -> Result<Vec<f64>, StationError> {
        let values = self.lines.iter().map(|line| {
            let number = line.split(' ').next().unwrap_or_default();
            Ok(number.parse()?)
        });
        values.collect()
    }
}

/// What a station sent by itself, under the trace that it began.
#[track_ingestion(
    crate = ::telemetry, source = "radio", symbol = station, labels(symbol), parent = parent, links = links,
    station.id = station, station.sensor = sensor, newest_event_time = times.last().copied(),
    ok(|count| record_count = *count),
)]
pub fn pushed(
    station: &str,
    sensor: Sensor,
    times: &[i64],
    parent: &Context,
    links: &[SpanContext],
) -> Result<usize, StationError> {
    Ok(times.len())
}

/// A stream of which each item is counted.
#[track_processing(crate = ::telemetry, operation = "replay", station.id = station, ok(|_| record_count += 1))]
pub fn replay(station: &str) -> impl Stream<Item = Result<f64, StationError>> {
    stream::iter([Ok(1.5), Ok(2.5)])
}

/// A stream, of which the work on each item is a span.
#[track_processing(crate = ::telemetry, operation = "each", stream = items)]
pub fn each(values: Vec<f64>) -> Pin<Box<dyn Stream<Item = f64> + Send>> {
    stream::iter(values).boxed()
}

/// A stream, of which the work on two items is a span.
#[track_ingestion(crate = ::telemetry, source = "file", stream = batch(2), station.sensor = Thermometer)]
pub fn pairs(values: &[f64]) -> impl Stream<Item = f64> {
    stream::iter(values.to_vec())
}
