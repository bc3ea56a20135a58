//! Metrics by the typed functions of `lakehouse_otel::metrics`, seen from outside.

#![cfg(feature = "enabled")]

mod batch;
mod labels;
mod observed;
mod record;
mod sampled;
mod typed;

use lakehouse_otel::testing::CapturedPoint;

/// The attributes of a point, as `key=value`, in the order of the keys.
fn attributes(point: &CapturedPoint) -> Vec<String> {
    let attributes = point.attributes().iter();
    let mut attributes: Vec<String> = attributes
        .map(|attribute| format!("{}={}", attribute.key, attribute.value))
        .collect();
    attributes.sort();
    attributes
}
