//! Operations of the own schema, on functions, blocks and modules, and in place.

use telemetry::operation;
use telemetry::prelude::*;
use telemetry::schema::{AttributeKey, EnumValue};

use crate::error::StationError;
use crate::schema::{Sensor, station};

/// What the sky looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AttributeValue)]
#[attribute(crate = ::telemetry, key = "forecast.sky", rename_all = "kebab-case")]
pub enum Sky {
    /// No clouds.
    Clear,
    /// Clouds, and more of them.
    HeavyRain,
}

/// The attribute whose values these are.
pub const SKY: AttributeKey<Sky> = AttributeKey::new(Sky::ATTRIBUTE);

/// By a span of the schema, whose metrics it feeds.
#[trace_operation(
    crate = ::telemetry, span = station.calibration, sensor = sensor, id = id, labels(id), altitude = 2962.0,
)]
pub fn calibrate(sensor: Sensor, id: &str) -> Result<f64, StationError> {
    match sensor {
        Sensor::Thermometer => Ok(0.5),
        Sensor::RainGauge => Err(StationError::Unknown(id.to_owned())),
    }
}

/// One with a constant member, a list, and an enum of ours.
#[trace_operation(
    crate = ::telemetry, span = forecast.outlook, hours = hours, regions = regions, budget = "1h",
    ok(|sky| sky = *sky),
)]
pub async fn outlook(hours: u32, regions: &[&str]) -> Sky {
    if hours > 24 && !regions.is_empty() {
        Sky::HeavyRain
    } else {
        Sky::Clear
    }
}

/// Thresholds by which a forecast is judged.
#[derive(Debug)]
pub struct Thresholds {
    rain: f64,
}

#[trace_operation(crate = ::telemetry, station.sensor = RainGauge, sample = 1.0)]
impl Thresholds {
    /// Above this it rains.
    pub const fn new(rain: f64) -> Self {
        Self { rain }
    }

    /// Whether it rains.
    #[must_use]
    pub fn rains(&self, millimetres: f64) -> bool {
        self.above(millimetres)
    }

    /// Whether it will rain.
    pub async fn will_rain(&self, outlook: impl Future<Output = f64>) -> bool {
        self.above(outlook.await)
    }

    /// Too small for a span.
    #[trace_operation(skip)]
    pub fn limit(&self) -> f64 {
        self.rain
    }

    fn above(&self, millimetres: f64) -> bool {
        millimetres > self.rain
    }
}

/// All functions of a module.
#[trace_operation(crate = ::telemetry, kind = internal)]
pub mod units {
    /// Millimetres as inches.
    #[must_use]
    pub fn inches(millimetres: f64) -> f64 {
        millimetres / scale()
    }

    fn scale() -> f64 {
        25.4
    }
}

/// Blocks, futures and closures.
pub async fn summary(lines: &[&str]) -> Result<f64, StationError> {
    let sum = operation!(
        track_processing(
            crate = ::telemetry,
            operation = "sum",
            record_count = lines.len(),
            context = ctx
        ),
        {
            ctx.set(station::SENSOR, Sensor::RainGauge);
            let mut sum = 0.0;
            for line in lines {
                if line.is_empty() {
                    continue;
                }
                sum += line.parse::<f64>()?;
            }
            sum
        }
    );
    let later = operation!(
        trace_operation(
            crate = ::telemetry,
            name = "later",
            station.id = "zugspitze"
        ),
        async move { sum + 1.0 }
    );
    let twice = operation!(
        trace_operation(
            crate = ::telemetry,
            span = forecast.outlook,
            hours = 24,
            sky = Sky::Clear
        ),
        |value: f64| value * 2.0
    );
    let again = operation!(
        track_processing(crate = ::telemetry, operation = "again"),
        async |value: f64| value + 1.0
    );
    Ok(again(twice(later.await)).await)
}
