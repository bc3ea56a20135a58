//! The two text formats: `OpenMetrics` 1.0, and the one that Prometheus has had before it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::families::{Family, Kind, Labels, Number, Point, Value};

/// A format in which metrics are scraped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Prometheus's own text, version 0.0.4.
    Text,
    OpenMetrics,
}

impl Format {
    /// The one that a client likes best, by its `Accept`; the plain text where it does not say.
    pub(super) fn accepted(accept: &str) -> Self {
        let (mut open_metrics, mut text) = (0.0_f64, 0.0_f64);
        for range in accept.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let kind = parts.next().unwrap_or_default();
            let (mut quality, mut version) = (1.0_f64, None);
            for (name, value) in parts.filter_map(|part| part.split_once('=')) {
                match name.trim() {
                    "q" => quality = value.trim().parse().unwrap_or(0.0),
                    "version" => version = Some(value.trim()),
                    _ => {}
                }
            }
            let known =
                |versions: &[&str]| version.is_none_or(|version| versions.contains(&version));
            match kind {
                "application/openmetrics-text" if known(&["1.0.0"]) => {
                    open_metrics = quality.max(open_metrics);
                }
                "text/plain" if known(&["0.0.4"]) => text = quality.max(text),
                "text/*" => text = quality.max(text),
                _ => {}
            }
        }
        // A client that says `*/*` alone is a person's, and reads either.
        if open_metrics > 0.0 && open_metrics >= text {
            Self::OpenMetrics
        } else {
            Self::Text
        }
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }

    /// All families, and what is known of the program.
    pub(super) fn write(self, families: &BTreeMap<String, Family>, target: &Labels) -> String {
        let mut page = Page {
            format: self,
            text: String::new(),
        };
        page.target(target);
        for (name, family) in families {
            page.family(name, family);
        }
        if self == Self::OpenMetrics {
            page.text.push_str("# EOF\n");
        }
        page.text
    }
}

struct Page {
    format: Format,
    text: String,
}

// Writing to a string cannot fail.
impl Page {
    fn target(&mut self, labels: &Labels) {
        let (name, kind) = match self.format {
            Format::Text => ("target_info", "gauge"),
            Format::OpenMetrics => ("target", "info"),
        };
        self.head(name, kind, None, "What the metrics are of.");
        self.sample("target_info", "", labels, None, Number::Unsigned(1));
    }

    fn family(&mut self, base: &str, family: &Family) {
        let kind = match family.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let total = if family.kind == Kind::Counter {
            "_total"
        } else {
            ""
        };
        // OpenMetrics names the family of a counter without its suffix.
        match self.format {
            Format::OpenMetrics => self.head(base, kind, family.unit.as_deref(), &family.help),
            Format::Text => self.head(&format!("{base}{total}"), kind, None, &family.help),
        }
        for Point { labels, value } in &family.points {
            match value {
                Value::Number(number) => self.sample(base, total, labels, None, *number),
                Value::Histogram {
                    buckets,
                    count,
                    sum,
                } => {
                    for (bound, below) in buckets {
                        let below = Number::Unsigned(*below);
                        self.sample(base, "_bucket", labels, Some(*bound), below);
                    }
                    let count = Number::Unsigned(*count);
                    self.sample(base, "_bucket", labels, Some(f64::INFINITY), count);
                    self.sample(base, "_sum", labels, None, *sum);
                    self.sample(base, "_count", labels, None, count);
                }
            }
        }
    }

    fn head(&mut self, name: &str, kind: &str, unit: Option<&str>, help: &str) {
        let _ = writeln!(self.text, "# TYPE {name} {kind}");
        if let Some(unit) = unit {
            let _ = writeln!(self.text, "# UNIT {name} {unit}");
        }
        let quotes = self.format == Format::OpenMetrics;
        let _ = write!(self.text, "# HELP {name} ");
        self.escaped(help, quotes);
        self.text.push('\n');
    }

    fn sample(
        &mut self,
        name: &str,
        suffix: &str,
        labels: &Labels,
        bound: Option<f64>,
        value: Number,
    ) {
        self.text.push_str(name);
        self.text.push_str(suffix);
        if !labels.is_empty() || bound.is_some() {
            self.text.push('{');
            let mut first = true;
            for (label, value) in labels {
                if !std::mem::take(&mut first) {
                    self.text.push(',');
                }
                self.text.push_str(label);
                self.text.push_str("=\"");
                self.escaped(value, true);
                self.text.push('"');
            }
            if let Some(bound) = bound {
                let comma = if first { "" } else { "," };
                let _ = write!(self.text, "{comma}le=\"");
                self.float(bound, self.format == Format::OpenMetrics);
                self.text.push('"');
            }
            self.text.push('}');
        }
        self.text.push(' ');
        match value {
            Number::Unsigned(value) => drop(write!(self.text, "{value}")),
            Number::Signed(value) => drop(write!(self.text, "{value}")),
            Number::Float(value) => self.float(value, false),
        }
        self.text.push('\n');
    }

    /// `OpenMetrics` has the bounds of buckets with a point, so that `1` and `1.0` are one bound.
    fn float(&mut self, value: f64, with_point: bool) {
        let _ = if value == f64::INFINITY {
            write!(self.text, "+Inf")
        } else if value == f64::NEG_INFINITY {
            write!(self.text, "-Inf")
        } else if with_point {
            write!(self.text, "{value:?}")
        } else {
            write!(self.text, "{value}")
        };
    }

    fn escaped(&mut self, text: &str, quotes: bool) {
        for character in text.chars() {
            match character {
                '\\' => self.text.push_str("\\\\"),
                '\n' => self.text.push_str("\\n"),
                '"' if quotes => self.text.push_str("\\\""),
                other => self.text.push(other),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_chooses_the_format() {
        let prometheus = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        for (accept, expected) in [
            (prometheus, Format::OpenMetrics),
            ("", Format::Text),
            ("*/*", Format::Text),
            ("text/plain", Format::Text),
            ("application/openmetrics-text", Format::OpenMetrics),
            ("application/openmetrics-text;version=0.0.1", Format::Text),
            (
                "application/openmetrics-text;q=0.2,text/plain;q=0.8",
                Format::Text,
            ),
            ("application/openmetrics-text; q=0", Format::Text),
        ] {
            assert_eq!(Format::accepted(accept), expected, "{accept}");
        }
    }
}
