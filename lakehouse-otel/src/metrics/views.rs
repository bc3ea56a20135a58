//! Views: what is done with single metrics before they are exported.
//!
//! The defaults are the registry's boundaries and limits, and in `production` metrics named
//! `crypto.debug.*` are dropped. `OTEL_METRICS_VIEWS` comes over them, and
//! [`Builder::view`](crate::telemetry::Builder::view) over both:
//!
//! ```no_run
//! use lakehouse_otel::Telemetry;
//! use lakehouse_otel::metrics::views::View;
//!
//! let telemetry = Telemetry::builder()
//!     .view(View::of("crypto.storage.*").attributes(["crypto.storage.system", "crypto.outcome"]))
//!     .view(View::of("crypto.api.request.duration").boundaries([0.1, 0.5, 1.0, 5.0]))
//!     .view(View::of("crypto.data.latency").dropped())
//!     .init()?;
//! # Ok::<(), lakehouse_otel::telemetry::InitError>(())
//! ```
//!
//! The same as a variable:
//!
//! ```text
//! OTEL_METRICS_VIEWS="crypto.storage.* keep=crypto.storage.system,crypto.outcome;
//!                     crypto.api.request.duration boundaries=0.1,0.5,1,5;
//!                     crypto.data.latency drop"
//! ```
//!
//! A metric has one stream whatever the number of views that are of it: each decides what it says, and
//! of two that decide the same thing the later one holds. (OpenTelemetry's SDK would make a stream each.)

#[cfg(feature = "enabled")]
mod variable;

#[cfg(feature = "enabled")]
use std::collections::BTreeMap;

#[cfg(feature = "enabled")]
pub(crate) use variable::parse;

/// How many buckets a base-2 exponential histogram has at most, as OpenTelemetry's specification has it.
#[cfg(feature = "enabled")]
pub(crate) const EXPONENTIAL_BUCKETS: u32 = 160;

/// The finest resolution at which a base-2 exponential histogram begins, as the specification has it.
#[cfg(feature = "enabled")]
pub(crate) const EXPONENTIAL_SCALE: i8 = 20;

/// What a name may be, as OpenTelemetry's specification has it for instruments.
#[cfg(feature = "enabled")]
const NAMES: &str = "allowed are at most 255 ASCII letters, digits, and _ . - / after a letter";

#[cfg(feature = "enabled")]
const DROP_ALONE: &str = "allowed beside `drop` is nothing else";

/// What is done with the metrics of a name.
///
/// A view that says nothing changes nothing. What it says wrongly (boundaries that do not rise, a
/// limit of 0) is an error at `init`.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a view does nothing until a builder is given it"]
pub struct View {
    pub(crate) metrics: Pattern,
    pub(crate) collected: Option<bool>,
    pub(crate) name: Option<String>,
    pub(crate) attributes: Option<Vec<String>>,
    pub(crate) buckets: Option<Buckets>,
    pub(crate) limit: Option<usize>,
}

/// The buckets of a histogram.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Buckets {
    Explicit(Vec<f64>),
    Exponential,
}

impl View {
    /// Of the metrics of this name, in which `*` stands for any text: `crypto.api.*`. Names are those of the registry
    /// (dots, no unit), and are compared without regard to case.
    pub fn of(metrics: impl Into<String>) -> Self {
        Self {
            metrics: Pattern::new(metrics),
            collected: None,
            name: None,
            attributes: None,
            buckets: None,
            limit: None,
        }
    }

    /// They are not even collected; recording in them costs next to nothing. `drop` in the variable.
    pub fn dropped(mut self) -> Self {
        self.collected = Some(false);
        self
    }

    /// They are collected, although an earlier view drops them. `collect` in the variable.
    pub fn collected(mut self) -> Self {
        self.collected = Some(true);
        self
    }

    /// It is exported under this name; `name=…` in the variable. Not for a view of several.
    pub fn renamed(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// They carry only these attributes, of those that they have; `keep=key,key` in the variable. What
    /// differed in others alone becomes one series; totals stay as they are. `otel.metric.overflow` stays, too.
    pub fn attributes<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.attributes = Some(keys.into_iter().map(Into::into).collect());
        self
    }

    /// The boundaries of their buckets, in the metric's unit, each greater than the one before;
    /// `boundaries=1,2,5` in the variable. Decides nothing for metrics that are no histograms.
    pub fn boundaries(mut self, boundaries: impl IntoIterator<Item = f64>) -> Self {
        self.buckets = Some(Buckets::Explicit(boundaries.into_iter().collect()));
        self
    }

    /// Base-2 exponential buckets in place of boundaries: at most 160 a series, of even relative width.
    /// `exponential` in the variable. Decides nothing for metrics that are no histograms.
    pub fn exponential(mut self) -> Self {
        self.buckets = Some(Buckets::Exponential);
        self
    }

    /// How many attribute sets each has at most, fewer than the registry has for it or more; further ones are summed in
    /// one series with the attribute `otel.metric.overflow`. `limit=…` in the variable.
    ///
    /// Measurements of the catalogue that are folded are counted in `lakehouse.metric.folded`. The SDK folds, and does
    /// not count, what is observed, what is recorded through a plain meter, and metrics for which a view also says which
    /// [`attributes`](Self::attributes) they carry.
    pub fn limit(mut self, attribute_sets: usize) -> Self {
        self.limit = Some(attribute_sets);
        self
    }

    /// What cannot be done, if anything.
    #[cfg(feature = "enabled")]
    pub(crate) fn problem(&self) -> Option<String> {
        let of = &self.metrics.0;
        if of.is_empty() {
            return Some("a view is of no metric".to_owned());
        }
        if !is_name(&of.replace('*', "a")) {
            return Some(format!(
                "no metric is called {of:?}; {NAMES}, and * stands for any text"
            ));
        }
        if self.name.is_some() && of.contains('*') {
            return Some(format!(
                "the view of {of} gives several metrics one name; name the one that it is for"
            ));
        }
        if self.name.as_ref().is_some_and(String::is_empty) {
            return Some(format!("the view of {of} gives it an empty name"));
        }
        if let Some(name) = self.name.as_ref().filter(|name| !is_name(name)) {
            return Some(format!(
                "the view of {of} gives it the name {name:?}; {NAMES}"
            ));
        }
        let does_more = self.name.is_some()
            || self.attributes.is_some()
            || self.buckets.is_some()
            || self.limit.is_some();
        if self.collected == Some(false) && does_more {
            return Some(format!("the view of {of} drops it; {DROP_ALONE}"));
        }
        // The SDK reserves memory for the whole limit.
        if self
            .limit
            .is_some_and(|limit| !(1..=1_000_000).contains(&limit))
        {
            return Some(format!("the limit of {of} is not between 1 and 1000000"));
        }
        if let Some(Buckets::Explicit(boundaries)) = &self.buckets {
            let rising = boundaries.windows(2).all(|pair| pair[0] < pair[1]);
            if !rising || !boundaries.iter().all(|boundary| boundary.is_finite()) {
                return Some(format!(
                    "the boundaries of {of} do not rise from one number to the next"
                ));
            }
        }
        None
    }

    /// What it has no effect by, if anything.
    #[cfg(feature = "enabled")]
    pub(crate) fn warning(&self) -> Option<String> {
        let of = &self.metrics.0;
        let pattern = of.to_ascii_lowercase();
        // What is for debugging has names of the program's own.
        let ours = pattern.starts_with("crypto.") && !pattern.starts_with("crypto.debug.");
        let mut metrics = crate::schema::metrics::ALL.iter();
        if !ours || metrics.any(|metric| self.metrics.matches(metric.name)) {
            return None;
        }
        Some(format!(
            "OTEL_METRICS_VIEWS: the view of {of} is of no metric of the registry; docs/metrics.md has their names"
        ))
    }

    /// What is needed to say it again in the variable.
    #[cfg(feature = "enabled")]
    pub(crate) fn pattern(&self) -> &str {
        &self.metrics.0
    }
}

/// A name in which `*` stands for any text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern(String);

impl Pattern {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether it is this name's.
    #[cfg(feature = "enabled")]
    pub(crate) fn matches(&self, name: &str) -> bool {
        let (pattern, name) = (self.0.to_ascii_lowercase(), name.to_ascii_lowercase());
        let mut parts = pattern.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = name.strip_prefix(first) else {
            return false;
        };
        let mut parts = parts.peekable();
        if parts.peek().is_none() {
            return rest.is_empty();
        }
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                return rest.ends_with(part);
            }
            match rest.find(part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        true
    }
}

#[cfg(feature = "enabled")]
fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-/".contains(&byte);
    name.len() <= 255
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(fits)
}

/// The first view after which two metrics would have one name, and what to do about it.
#[cfg(feature = "enabled")]
pub(crate) fn one_name_for_two(views: &[View]) -> Option<(&View, String)> {
    let mut names: BTreeMap<String, &View> = BTreeMap::new();
    for view in views.iter().filter(|view| view.name.is_some()) {
        // Of two views of one metric the later holds.
        names.insert(view.pattern().to_ascii_lowercase(), view);
    }
    let renamed: Vec<_> = views
        .iter()
        .filter(|view| {
            let holds = names.get(&view.pattern().to_ascii_lowercase());
            holds.is_some_and(|holds| std::ptr::eq(*holds, *view))
        })
        .filter_map(|view| Some((view, view.name.as_ref()?)))
        .collect();
    let both = renamed.iter().enumerate().find_map(|(at, (view, name))| {
        let mut before = renamed[..at].iter();
        let (first, _) = before.find(|(_, other)| other.eq_ignore_ascii_case(name))?;
        let advice = format!(
            "{} and {} are both given the name {name}; allowed is a name for each",
            first.pattern(),
            view.pattern()
        );
        Some((*view, advice))
    });
    both.or_else(|| {
        let mut renamed = renamed.iter();
        renamed.find_map(|(view, name)| {
            has_metric(views, view, name).then(|| {
                let advice = format!(
                    "{} is given the name {name}, which another metric has; allowed is a name for each",
                    view.pattern()
                );
                (*view, advice)
            })
        })
    })
}

/// Whether a metric of the catalogue has this name, is none that this view renames, and keeps its name.
#[cfg(feature = "enabled")]
fn has_metric(views: &[View], renaming: &View, name: &str) -> bool {
    let goes = |view: &View| view.collected == Some(false) || view.name.is_some();
    let mut metrics = crate::schema::metrics::ALL.iter();
    metrics.any(|metric| {
        let mut of_metric = views
            .iter()
            .filter(|view| view.metrics.matches(metric.name));
        metric.name.eq_ignore_ascii_case(name)
            && !renaming.metrics.matches(metric.name)
            && !of_metric.any(goes)
    })
}

/// The views of a program that uses as little memory as can be: 100 attribute sets a metric, none of
/// the distributions that have the most of them, and the duration of requests without the details.
#[cfg(feature = "enabled")]
pub(crate) fn small_memory() -> Vec<View> {
    vec![
        View::of("*").limit(100),
        View::of("crypto.data.volume").dropped(),
        View::of("crypto.data.latency").dropped(),
        View::of("crypto.processing.throughput.records").dropped(),
        View::of("crypto.api.request.duration").attributes([
            "crypto.exchange",
            "crypto.endpoint",
            "crypto.outcome",
            "error.type",
        ]),
    ]
}

#[cfg(all(test, feature = "enabled"))]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_read() {
        for (pattern, name, expected) in [
            ("crypto.api.requests", "crypto.api.requests", true),
            ("crypto.api.requests", "crypto.api.requests.more", false),
            ("Crypto.API.*", "crypto.api.requests", true),
            ("crypto.*.duration", "crypto.api.request.duration", true),
            ("crypto.*.duration", "crypto.api.request.durations", false),
            ("*", "anything", true),
            ("*duration*", "crypto.stage.duration", true),
            ("a*a", "a", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c", false),
        ] {
            assert_eq!(
                Pattern::new(pattern).matches(name),
                expected,
                "{pattern} {name}"
            );
        }
    }
}
