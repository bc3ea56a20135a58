//! Metrics alone, without spans: a counter, a histogram, and both around a call that is timed.

pub(crate) mod facade;
pub(crate) mod ours;
pub(crate) mod sdk;

use std::time::Duration;

/// What every histogram is given, where nothing is timed.
pub(crate) const TOOK: Duration = Duration::from_millis(80);

/// The boundaries of every histogram, in seconds.
pub(crate) const BOUNDARIES: [f64; 13] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
];
