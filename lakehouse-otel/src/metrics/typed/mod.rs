//! What the accessors of the [catalogue](super::catalogue) are made of.
//!
//! | file | holds |
//! |---|---|
//! | `amount` | the numbers that instruments take |
//! | `label` | which values a label takes |
//! | `labels` | the labels of one measurement |
//! | `metric` | a metric of the registry, found under whichever pipeline there is |
//! | `handles` | one series of a metric, for code that records in it again and again |
//! | `observable` | callbacks that are asked when metrics are collected |
//! | `disabled` | all of these without the feature `enabled` |

mod amount;
mod label;

pub use amount::{Amount, Seconds};
pub use label::Label;
pub(crate) use label::Member;

#[cfg(feature = "enabled")]
mod handles;
#[cfg(feature = "enabled")]
mod labels;
#[cfg(feature = "enabled")]
mod metric;
#[cfg(feature = "enabled")]
mod observable;

#[cfg(feature = "enabled")]
pub use {
    crate::metrics::batch::BatchRecorder,
    crate::metrics::sampled::Sampled,
    handles::{Counter, Gauge, Histogram, Tracked, UpDownCounter},
    labels::{LabelValue, Labels},
    metric::Metric,
    observable::{Observation, Observer},
};
#[cfg(feature = "enabled")]
pub(crate) use {amount::sealed::Number, labels::Given};

#[cfg(not(feature = "enabled"))]
mod disabled;

#[cfg(not(feature = "enabled"))]
pub use disabled::{
    BatchRecorder, Counter, Gauge, Histogram, LabelValue, Labels, Metric, Observation, Observer,
    Sampled, Tracked, UpDownCounter,
};
