//! Names as Prometheus has them, by OpenTelemetry's rules for it
//! (<https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/>): words joined by
//! underscores, the unit as a word at the end, and `_total` after it where a sum only grows. One rule is ours: what
//! OpenTelemetry calls the `count` of something is the plural of it, for Prometheus keeps `_count` for histograms:
//! docs/decisions/0016.

use std::borrow::Cow;

use super::families::Kind;

/// A metric's name and unit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    /// Without the `_total` of a counter.
    pub(super) base: String,
    /// What the name ends in, where that is its unit.
    pub(super) unit: Option<String>,
}

/// The name under which a metric is scraped.
pub(super) fn metric(name: &str, unit: &str, kind: Kind) -> Name {
    let mut base = cleaned(name, |byte| byte == b':');
    if base.starts_with(|first: char| first.is_ascii_digit()) {
        base.insert(0, '_');
    }
    if kind == Kind::Counter {
        base.truncate(base.strip_suffix("_total").unwrap_or(&base).len());
    }
    let unit = words(unit, kind);
    if let Some(unit) = &unit
        && !contains(&base, unit)
    {
        base.push('_');
        base.push_str(unit);
    }
    if kind == Kind::Gauge
        && let Some(counted) = base.strip_suffix("_count")
        && let Some(plural) = plural(counted)
    {
        base = plural;
    }
    let unit = unit.filter(|unit| ends_in(&base, unit));
    Name { base, unit }
}

/// The same with its last word in the plural, as English has it; nothing where there is no word.
fn plural(words: &str) -> Option<String> {
    let is = |endings: &[&str]| endings.iter().any(|ending| words.ends_with(ending));
    if !words.ends_with(|last: char| last.is_ascii_alphabetic()) {
        return None;
    }
    Some(match words.strip_suffix('y') {
        Some(start) if !is(&["ay", "ey", "oy", "uy"]) => format!("{start}ies"),
        _ if is(&["ss", "us", "x", "ch", "sh"]) => format!("{words}es"),
        // It is in the plural already.
        _ if is(&["s"]) => words.to_owned(),
        _ => format!("{words}s"),
    })
}

/// The name of a label.
pub(super) fn label(key: &str) -> String {
    let mut label = cleaned(key, |_| false);
    // `le` is the bound of a bucket; a name has a letter.
    if label.is_empty() || label == "le" || label.starts_with(|first: char| first.is_ascii_digit())
    {
        label.insert_str(0, "key_");
    }
    label
}

/// Runs of what Prometheus has no place for, as one underscore.
fn cleaned(text: &str, also: impl Fn(u8) -> bool) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for character in text.chars() {
        let fits =
            u8::try_from(character).is_ok_and(|byte| byte.is_ascii_alphanumeric() || also(byte));
        if fits {
            cleaned.push(character);
        } else if !cleaned.ends_with('_') {
            cleaned.push('_');
        }
    }
    cleaned
}

/// A UCUM unit in words: `By` is `bytes`, `1/s` is `per_second`. Annotations (`{request}`) are not said.
fn words(unit: &str, kind: Kind) -> Option<String> {
    if unit == "1" {
        return (kind == Kind::Gauge).then(|| "ratio".to_owned());
    }
    let (main, per) = match unit.split_once('/') {
        Some((main, per)) => (main, Some(per)),
        None => (unit, None),
    };
    let main = without_annotation(main);
    let main = if main == "1" { "" } else { many(main) };
    let main = cleaned(main, |_| false);
    let per = per.map(without_annotation).filter(|per| !per.is_empty());
    let per = per.map(|per| cleaned(&one(per), |_| false));
    let words = match (main.trim_matches('_'), per) {
        ("", None) => return None,
        ("", Some(per)) => format!("per_{per}"),
        (main, None) => main.to_owned(),
        (main, Some(per)) => format!("{main}_per_{per}"),
    };
    Some(words)
}

fn without_annotation(unit: &str) -> &str {
    unit.split('{').next().unwrap_or_default().trim()
}

/// The word for a measure of so many.
fn many(unit: &str) -> &str {
    match unit {
        "d" => "days",
        "h" => "hours",
        "min" => "minutes",
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "GiBy" => "gibibytes",
        "TiBy" => "tibibytes",
        "KBy" | "kBy" => "kilobytes",
        "MBy" => "megabytes",
        "GBy" => "gigabytes",
        "TBy" => "terabytes",
        "m" => "meters",
        "V" => "volts",
        "A" => "amperes",
        "J" => "joules",
        "W" => "watts",
        "g" => "grams",
        "Cel" => "celsius",
        "Hz" => "hertz",
        "%" => "percent",
        other => other,
    }
}

/// The word for what something is counted in one of.
fn one(unit: &str) -> Cow<'_, str> {
    match unit {
        "s" => "second".into(),
        "m" | "min" => "minute".into(),
        "h" => "hour".into(),
        "d" => "day".into(),
        "wk" => "week".into(),
        "mo" => "month".into(),
        "y" => "year".into(),
        other => many(other).into(),
    }
}

/// Whether these words stand in the name, one after the other.
fn contains(name: &str, words: &str) -> bool {
    format!("_{name}_").contains(&format!("_{words}_"))
}

fn ends_in(name: &str, words: &str) -> bool {
    name.strip_suffix(words)
        .is_some_and(|before| before.ends_with('_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_named_as_operators_know_them() {
        use Kind::{Counter, Gauge, Histogram};
        for (name, unit, kind, base, in_name) in [
            (
                "crypto.api.requests",
                "{request}",
                Counter,
                "crypto_api_requests",
                None,
            ),
            (
                "crypto.api.request.duration",
                "s",
                Histogram,
                "crypto_api_request_duration_seconds",
                Some("seconds"),
            ),
            (
                "crypto.processing.throughput.records",
                "1/s",
                Gauge,
                "crypto_processing_throughput_records_per_second",
                Some("per_second"),
            ),
            (
                "crypto.data.volume",
                "By",
                Histogram,
                "crypto_data_volume_bytes",
                Some("bytes"),
            ),
            (
                "process.cpu.time",
                "s",
                Counter,
                "process_cpu_time_seconds",
                Some("seconds"),
            ),
            (
                "system.cpu.utilization",
                "1",
                Gauge,
                "system_cpu_utilization_ratio",
                Some("ratio"),
            ),
            ("queue.depth", "1", Histogram, "queue_depth", None),
            ("a.total", "", Counter, "a", None),
            ("a.total", "", Gauge, "a_total", None),
            ("a.seconds.spent", "s", Gauge, "a_seconds_spent", None),
            (
                "disk.io",
                "By/s",
                Gauge,
                "disk_io_bytes_per_second",
                Some("bytes_per_second"),
            ),
            (
                "rows",
                "{row}/min",
                Gauge,
                "rows_per_minute",
                Some("per_minute"),
            ),
            ("3.14 é!x", "", Gauge, "_3_14_x", None),
            // `_count` is a histogram's.
            (
                "process.unix.file_descriptor.count",
                "{file_descriptor}",
                Gauge,
                "process_unix_file_descriptors",
                None,
            ),
            (
                "system.process.count",
                "{process}",
                Gauge,
                "system_processes",
                None,
            ),
            ("queue.entry.count", "", Gauge, "queue_entries", None),
            ("holidays.count", "", Gauge, "holidays", None),
            ("day.count", "", Gauge, "days", None),
            ("1.count", "", Gauge, "_1_count", None),
            ("count", "", Gauge, "count", None),
            ("sent.count", "", Counter, "sent_count", None),
            (
                "wait.count",
                "s",
                Histogram,
                "wait_count_seconds",
                Some("seconds"),
            ),
            ("read.count", "By", Gauge, "read_count_bytes", Some("bytes")),
        ] {
            let expected = Name {
                base: base.to_owned(),
                unit: in_name.map(ToOwned::to_owned),
            };
            assert_eq!(metric(name, unit, kind), expected);
        }
    }

    #[test]
    fn labels_are_names() {
        for (key, expected) in [
            ("http.request.method", "http_request_method"),
            ("le", "key_le"),
            ("", "key_"),
            ("1st", "key_1st"),
            ("__a--b", "_a_b"),
            ("é", "_"),
        ] {
            assert_eq!(label(key), expected);
        }
    }

    #[test]
    fn the_page_of_metrics_has_the_names_under_which_they_are_scraped() {
        use crate::schema::{InstrumentKind, metrics};

        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/metrics.md");
        let page = std::fs::read_to_string(page).unwrap();
        for definition in metrics::ALL {
            let kind = match definition.instrument {
                InstrumentKind::Counter => Kind::Counter,
                InstrumentKind::Histogram => Kind::Histogram,
                InstrumentKind::UpDownCounter | InstrumentKind::Gauge => Kind::Gauge,
            };
            let mut name = metric(definition.name, definition.unit, kind).base;
            if kind == Kind::Counter {
                name.push_str("_total");
            }
            let told = page.lines().find(|line| {
                line.starts_with(&format!("| [`{}`](", definition.name))
                    && line.contains(&format!(" | `{name}` | "))
            });
            assert!(told.is_some(), "{} is scraped as {name}", definition.name);
        }
    }
}
