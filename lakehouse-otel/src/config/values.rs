//! The values that configuration chooses between.

use std::fmt;
use std::str::FromStr;

/// Where a signal goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Exporter {
    /// To an OTLP endpoint: a collector or a backend.
    Otlp,
    /// To the console, drawn for people.
    Console,
    /// To whoever asks an HTTP endpoint of the program's own: Prometheus, which scrapes it. Metrics only,
    /// with the cargo feature `prometheus`.
    Prometheus,
    /// Nowhere; the signal is not even recorded.
    None,
}

/// How OTLP travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Protocol {
    /// Protobuf in HTTP posts (`http/protobuf`), the default.
    HttpProtobuf,
    /// gRPC (`grpc`), with the cargo feature `otlp-grpc`.
    Grpc,
}

/// How OTLP bodies are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compression {
    /// Not at all, the default.
    None,
    /// gzip.
    Gzip,
}

/// Which spans are recorded.
///
/// Those that say `ParentBased` leave it to the parent where there is one; what they are named after
/// decides for the others. The shares are of equally likely values of the trace id's last seven bytes, or of `rv` in the
/// tracestate; `docs/sampling.md` says how.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Sampler {
    /// All.
    AlwaysOn,
    /// None.
    AlwaysOff,
    /// This share of the traces, from 0 to 1.
    TraceIdRatio(f64),
    /// Rates by type of operation and environment, scaled down under load; the default.
    Adaptive,
    /// All, but those whose parent is not recorded.
    ParentBasedAlwaysOn,
    /// None, but those whose parent is recorded.
    ParentBasedAlwaysOff,
    /// This share of the traces that begin here.
    ParentBasedTraceIdRatio(f64),
}

impl Sampler {
    const ALL: [Self; 7] = [
        Self::Adaptive,
        Self::AlwaysOn,
        Self::AlwaysOff,
        Self::TraceIdRatio(1.0),
        Self::ParentBasedAlwaysOn,
        Self::ParentBasedAlwaysOff,
        Self::ParentBasedTraceIdRatio(1.0),
    ];

    /// The name in `OTEL_TRACES_SAMPLER`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Adaptive => "adaptive",
            Self::AlwaysOn => "always_on",
            Self::AlwaysOff => "always_off",
            Self::TraceIdRatio(_) => "traceidratio",
            Self::ParentBasedAlwaysOn => "parentbased_always_on",
            Self::ParentBasedAlwaysOff => "parentbased_always_off",
            Self::ParentBasedTraceIdRatio(_) => "parentbased_traceidratio",
        }
    }

    /// The share in `OTEL_TRACES_SAMPLER_ARG`, for those that take one.
    #[must_use]
    pub const fn share(self) -> Option<f64> {
        match self {
            Self::TraceIdRatio(share) | Self::ParentBasedTraceIdRatio(share) => Some(share),
            _ => None,
        }
    }
}

impl fmt::Display for Sampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name alone; a share is the whole until it is set.
impl FromStr for Sampler {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .into_iter()
            .find(|sampler| sampler.as_str().eq_ignore_ascii_case(text))
            .ok_or(UnknownName)
    }
}

/// Whether exported sums and histograms go on from the start or begin anew after each export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TemporalityPreference {
    /// Totals since the start, the default.
    Cumulative,
    /// What was added since the last export.
    Delta,
    /// Delta for counters and histograms, cumulative for up-down counters.
    LowMemory,
}

/// How the values of a histogram are put into buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HistogramAggregation {
    /// Between the boundaries of the registry, the default.
    ExplicitBucket,
    /// Between powers of a base that fits the values (a base-2 exponential histogram): at most 160
    /// buckets a series, of even relative width.
    Base2Exponential,
}

/// A text that names no member of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownName;

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not one of the allowed names")
    }
}

impl std::error::Error for UnknownName {}

macro_rules! names {
    ($type:ident { $($member:ident => $name:literal),+ $(,)? }) => {
        impl $type {
            /// The name in an environment variable.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$member => $name),+ }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $type {
            type Err = UnknownName;

            fn from_str(text: &str) -> Result<Self, UnknownName> {
                [$(Self::$member),+]
                    .into_iter()
                    .find(|member| member.as_str().eq_ignore_ascii_case(text))
                    .ok_or(UnknownName)
            }
        }
    };
}

names!(Exporter { Otlp => "otlp", Console => "console", Prometheus => "prometheus", None => "none" });
names!(Protocol { HttpProtobuf => "http/protobuf", Grpc => "grpc" });
names!(Compression { None => "none", Gzip => "gzip" });
names!(HistogramAggregation {
    ExplicitBucket => "explicit_bucket_histogram",
    Base2Exponential => "base2_exponential_bucket_histogram",
});
names!(TemporalityPreference { Cumulative => "cumulative", Delta => "delta", LowMemory => "lowmemory" });
