//! Gathers the readings of weather stations. Of the runtime it knows nothing but the name that it gave it: `telemetry`.

#![deny(warnings, unused_qualifications, clippy::all, clippy::pedantic)]
#![forbid(unsafe_code)]

mod archive;
mod error;
mod forecast;
mod readings;

use std::collections::BTreeSet;

use futures_executor::block_on;
use futures_util::StreamExt;
use telemetry::opentelemetry::Context;
use telemetry::opentelemetry::trace::TraceContextExt;
use telemetry::prelude::*;
use telemetry::schema::error::TYPE as ERROR_TYPE;
use telemetry::testing::{Capture, CapturedSpan, capture};

use archive::{Archive, Memory};
use error::StationError;
use forecast::{SKY, Sky, Thresholds};
use readings::Client;
use schema::{Sensor, metrics, station};

telemetry::schema!("telemetry", crate = ::telemetry);

/// One run, from its invocation to its end.
#[trace_invocation(
    crate = ::telemetry, trigger = Timer, name = "stations", invocation_id = id, flush = "1s",
    forecast.regions = ["alps"],
)]
async fn run(id: &str) -> Result<f64, StationError> {
    gather(&["zugspitze", "hasty", "atlantis"]).await
}

/// The workflow of a run.
#[trace_crypto_workflow(
    crate = ::telemetry, name = "gather", symbols = stations, data_types = ["readings"], station.automatic = true,
)]
async fn gather(stations: &[&str]) -> Result<f64, StationError> {
    let client = Client::new("a key");
    let mut memory = Memory::default();
    let mut total = 0.0;
    for station in stations {
        match collect(&client, station).await {
            Ok(values) => {
                memory.put(station, &[0; 8]).await?;
                total += publish(station, &values);
            }
            Err(StationError::Unknown(_)) => {}
            Err(error) => return Err(error),
        }
    }
    assert!(memory.put("nothing", &[]).await.is_err());
    assert_eq!((memory.count("objects")?, memory.size().await), (2, 16));
    Ok(total)
}

/// A stage that others depend on.
#[trace_stage(crate = ::telemetry, stage = "collect", layer = Bronze, symbol = station, station.id = station)]
async fn collect(client: &Client, station: &str) -> Result<Vec<f64>, StationError> {
    client.fetch(station).await?.parse()
}

/// A stage that depends on another.
#[trace_stage(crate = ::telemetry, stage = "publish", layer = Gold, symbol = station, depends_on = ["collect"])]
fn publish(station: &str, values: &[f64]) -> f64 {
    values.iter().sum()
}

/// What is there beside the run.
async fn aside() -> Result<(), StationError> {
    let span = Context::current().span().span_context().clone();
    let came = readings::pushed(
        "zugspitze",
        Sensor::Thermometer,
        &[1],
        &Context::new(),
        &[span],
    )?;
    assert_eq!(came, 1);

    let mut replayed = std::pin::pin!(readings::replay("zugspitze"));
    while let Some(value) = replayed.next().await {
        assert!(value? > 1.0);
    }
    assert_eq!(readings::each(vec![1.5, 2.5]).count().await, 2);
    assert_eq!(readings::pairs(&[1.5, 2.5, 3.5]).count().await, 3);

    assert!(forecast::calibrate(Sensor::Thermometer, "zugspitze").is_ok());
    assert!(forecast::calibrate(Sensor::RainGauge, "zugspitze").is_err());
    assert_eq!(forecast::outlook(48, &["alps"]).await, Sky::HeavyRain);
    let thresholds = Thresholds::new(2.0);
    assert!(thresholds.rains(3.0) && thresholds.limit() < 3.0);
    assert!(thresholds.will_rain(async { 4.0 }).await);
    assert!(forecast::units::inches(25.4) > 0.9);
    assert!(forecast::summary(&["1.5", "", "2.5"]).await? > 10.0);

    // Metrics without an operation.
    let _connected = metrics::station_connected().track();
    metrics::station_readings()
        .id("zugspitze")
        .add(2, Sensor::Thermometer, Outcome::Ok);
    Ok(())
}

/// What was recorded is what happened. Says how many spans, and of how many names.
fn check(captured: &Capture) -> String {
    let fetched = captured.spans_named("GET /v1/readings");
    fetched[0]
        .outcome(Outcome::Ok)
        .has(station::ID, "zugspitze")
        .has(station::SENSOR, Sensor::RainGauge)
        .has(station::AUTOMATIC, true);
    // Told by the answer, and by the error.
    assert_eq!(fetched[1].event_names(), ["crypto.rate_limited"]);
    fetched[2].has(ERROR_TYPE, "unknown_station");
    // A stage is linked to the one before.
    for stage in captured.spans_named("publish") {
        assert_eq!(stage.data().links.len(), 1);
    }
    captured.span("radio").is_root();
    let calibrated = captured.spans_named("calibrate");
    calibrated[0].has(station::SENSOR, Sensor::Thermometer);
    captured.spans_named("outlook")[0].has(SKY, Sky::HeavyRain);

    let metric = |name| captured.metric(name);
    let readings = || metric("station.readings");
    readings().with("station.id", "zugspitze").sum(4);
    readings().with("error.type", "unknown_station").sum(1);
    metric("station.calibration.duration").count(2);
    metric("forecast.horizon").sum(72);
    metric("station.connected").sum(0);
    metric("crypto.api.rate_limits").sum(1);
    metric("faas.invocations").sum(1);

    let spans = captured.spans();
    let names: BTreeSet<_> = spans.iter().map(CapturedSpan::name).collect();
    let shown = format!("{spans:?}");
    assert!(!shown.contains("a key"), "{shown}");
    format!("{} spans of {} operations", spans.len(), names.len())
}

fn main() -> Result<(), StationError> {
    let captured = capture();
    captured.run(|| {
        let total = block_on(run("first"))?;
        assert!(total > 7.0);
        block_on(aside())
    })?;
    println!("{}", check(&captured));
    Ok(())
}
