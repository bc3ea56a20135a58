//! Metrics: units, boundaries, and labels with few values.

use super::resolved;
use crate::model::{
    AttributeType, Cardinality, Dialect, Instrument, Metric, Registry, Requirement,
};
use crate::source::Report;
use crate::unit;

pub(super) fn check(registry: &Registry, report: &mut Report) {
    for metric in &registry.metrics {
        if let Some(problem) = unit::problem(metric.unit.as_str()) {
            report.at(&metric.unit.at, problem);
        }
        boundaries(metric, report);
        if registry.dialect == Dialect::Own
            && metric.double
            && metric.instrument.value == Instrument::UpDownCounter
            && !metric.is_observable()
        {
            report.at(
                &metric.instrument.at,
                "an updowncounter that the program records has whole numbers: \
                 `annotations: {code_generation: {metric_value_type: int}}`, or another unit",
            );
        }
        if let Some(observable) = &metric.observable
            && observable.value
            && metric.instrument.value == Instrument::Histogram
        {
            report.at(
                &observable.at,
                "a histogram records what happens and cannot be observed; counters, updowncounters and gauges can",
            );
        }
        for (mention, attribute) in resolved(&metric.attributes, registry) {
            let key = &mention.key;
            let unfit = match attribute.kind {
                AttributeType::TextList => Some("a list"),
                AttributeType::Double => Some("a floating-point number"),
                _ => None,
            };
            if let Some(unfit) = unfit {
                report.at(
                    &key.at,
                    format!("`{}` is {unfit}, which cannot label a metric", key.value),
                );
            } else if attribute.cardinality == Cardinality::High
                && mention.requirement != Requirement::OptIn
            {
                report.at(
                    &key.at,
                    format!(
                        "`{}` has too many values to label a metric unless a call asks for it: `requirement_level: opt_in` \
                         here, or `annotations: {{lakehouse: {{cardinality: low}}}}` on the attribute if its values are few",
                        key.value
                    ),
                );
            }
        }
    }
}

fn boundaries(metric: &Metric, report: &mut Report) {
    let histogram = metric.instrument.value == Instrument::Histogram;
    match &metric.boundaries {
        None if histogram => report.at(
            &metric.instrument.at,
            "a histogram needs its boundaries: `annotations: {lakehouse: {boundaries: [0.1, 1.0, 10.0]}}`, in its unit",
        ),
        Some(boundaries) if !histogram => report.at(
            &boundaries.at,
            format!("boundaries are for histograms; this is a {}", metric.instrument.value.as_str()),
        ),
        Some(boundaries) if boundaries.value.is_empty() => {
            report.at(&boundaries.at, "a histogram has at least one boundary");
        }
        Some(boundaries) => {
            let pairs = boundaries.value.iter().zip(boundaries.value.iter().skip(1));
            for (before, after) in pairs.filter(|(before, after)| before >= after) {
                report.at(&boundaries.at, format!("boundaries rise; {before} stands before {after}"));
            }
        }
        None => {}
    }
}
