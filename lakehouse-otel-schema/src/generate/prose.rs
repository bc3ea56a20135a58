//! What the generated pages have in common.

use std::fmt::Write as _;

use crate::model::{About, Attribute, AttributeType, Deprecated, MetricSource};

/// What an operation records in a metric.
pub(super) fn source(source: &MetricSource) -> String {
    match source {
        MetricSource::Count => "one for each operation that ended".to_owned(),
        MetricSource::Successes => "one for each operation that ended well".to_owned(),
        MetricSource::Duration => "the duration, except of cancelled ones".to_owned(),
        MetricSource::Active => "one up at the start, one down at the end".to_owned(),
        MetricSource::Errors => "one for each that failed or panicked".to_owned(),
        MetricSource::RateLimited => "one for each answer that says \"too often\"".to_owned(),
        MetricSource::OverBudget => "one for each that took longer than its budget".to_owned(),
        MetricSource::Attribute(key) => format!("the value of `{}`", key.value),
        MetricSource::Rate(key) => {
            format!("`{}` by second, of those that ended well", key.value)
        }
        MetricSource::Age(key) => {
            format!("the time since `{}`, of those that ended well", key.value)
        }
    }
}

/// Brief, note and deprecation in one paragraph.
pub(super) fn prose(about: &About) -> String {
    let mut text = about.brief.clone();
    if let Some(note) = &about.note {
        let _ = write!(text, " {note}");
    }
    match &about.deprecated {
        Some(Deprecated::Renamed(to, note)) => {
            let _ = write!(text, " **Deprecated**: use `{}`.", to.value);
            if let Some(note) = note {
                let _ = write!(text, " {note}");
            }
        }
        Some(Deprecated::Obsoleted(note) | Deprecated::Uncategorized(note)) => {
            let _ = write!(text, " **Deprecated**: {note}");
        }
        None => {}
    }
    text
}

/// The digits in groups of three.
pub(super) fn grouped(number: u64, separator: char) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

/// How many values a label has at most, as a reader of the page is told: `at most 2,000`.
pub(super) fn at_most(bound: u64, attribute: &Attribute) -> String {
    let beside = match attribute.kind {
        AttributeType::Enum(_) => " beside its members",
        _ => "",
    };
    format!("at most {}{beside}", grouped(bound, ','))
}

pub(super) fn code(text: &str) -> String {
    format!("`{text}`")
}

/// Text in a table's cell stays on its line and in its column.
pub(super) fn cell(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('|', "\\|")
}
