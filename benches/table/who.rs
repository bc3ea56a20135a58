//! The contenders by name, and which of them stands in which row.

use std::io;

use crate::child;
use crate::contenders::autometrics::Autometrics;
use crate::contenders::bare::{Bare, Floor, FloorContext};
use crate::contenders::by_hand::ByHand;
use crate::contenders::emit::Emit;
use crate::contenders::fastrace::Fastrace;
use crate::contenders::measured::{Bound, Measured, Unbound};
use crate::contenders::metrics::sdk::{Built, Sdk};
use crate::contenders::metrics::{facade, ours};
use crate::contenders::ours::{Ours, OursSpan};
use crate::contenders::tracing::Tracing;
use crate::contenders::{Contender, Parent, Setup, State};
use crate::rows::{Row, Shape};

/// A contender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    Bare,
    Floor,
    FloorContext,
    Ours,
    OursSpan,
    ByHand,
    ByHandSpan,
    ByHandBound,
    Tracing,
    TracingSpan,
    Fastrace,
    FastraceSpan,
    Emit,
    EmitSpan,
    Autometrics,
    MetricsOurs,
    MetricsOursPerCall,
    MetricsSdkBound,
    MetricsSdkStatic,
    MetricsSdkBuilt,
    MetricsHandles,
    MetricsMacros,
}

/// Those of metrics alone, in that table's order.
pub(crate) const METRICS: &[Who] = &[
    Who::MetricsOurs,
    Who::MetricsOursPerCall,
    Who::MetricsSdkBound,
    Who::MetricsSdkStatic,
    Who::MetricsSdkBuilt,
    Who::MetricsHandles,
    Who::MetricsMacros,
    Who::Autometrics,
    Who::Bare,
];

/// All others, in the table's order.
pub(crate) const ALL: &[Who] = &[
    Who::Ours,
    Who::ByHand,
    Who::ByHandBound,
    Who::Tracing,
    Who::Fastrace,
    Who::Emit,
    Who::Autometrics,
    Who::OursSpan,
    Who::ByHandSpan,
    Who::TracingSpan,
    Who::FastraceSpan,
    Who::EmitSpan,
    Who::FloorContext,
    Who::Floor,
    Who::Bare,
];

impl Who {
    /// What the command line calls it.
    pub(crate) const fn id(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Floor => "floor",
            Self::FloorContext => "floor-context",
            Self::Ours => "ours",
            Self::OursSpan => "ours-span",
            Self::ByHand => "by-hand",
            Self::ByHandSpan => "by-hand-span",
            Self::ByHandBound => "by-hand-bound",
            Self::Tracing => "tracing",
            Self::TracingSpan => "tracing-span",
            Self::Fastrace => "fastrace",
            Self::FastraceSpan => "fastrace-span",
            Self::Emit => "emit",
            Self::EmitSpan => "emit-span",
            Self::Autometrics => "autometrics",
            Self::MetricsOurs => "metrics-ours",
            Self::MetricsOursPerCall => "metrics-ours-per-call",
            Self::MetricsSdkBound => "metrics-sdk-bound",
            Self::MetricsSdkStatic => "metrics-sdk-static",
            Self::MetricsSdkBuilt => "metrics-sdk-built",
            Self::MetricsHandles => "metrics-handles",
            Self::MetricsMacros => "metrics-macros",
        }
    }

    /// What the table calls it.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Bare => "the bare function",
            Self::Floor => "floor: two clock reads, bound counter, bound histogram",
            Self::FloorContext => {
                "floor with a context: the same, and a span that keeps nothing in OpenTelemetry's `Context`"
            }
            Self::Ours => "**ours**: span, counter, histogram",
            Self::OursSpan => "**ours**: span",
            Self::ByHand => "SDK by hand: span, counter, histogram",
            Self::ByHandSpan => "SDK by hand: span",
            Self::ByHandBound => "SDK by hand: span, bound counter, bound histogram",
            Self::Tracing => "tracing-opentelemetry: span; counter, histogram by hand",
            Self::TracingSpan => "tracing-opentelemetry: span",
            Self::Fastrace => "fastrace: span; counter, histogram by hand",
            Self::FastraceSpan => "fastrace: span",
            Self::Emit => "emit: span; counter, histogram by hand",
            Self::EmitSpan => "emit: span",
            Self::Autometrics => "autometrics: counter, histogram",
            Self::MetricsOurs => "**ours**: the macro; of one instrument, its bound series",
            Self::MetricsOursPerCall => "**ours**: the typed function with its labels",
            Self::MetricsSdkBound => "SDK, bound (and the cheapest clock)",
            Self::MetricsSdkStatic => "SDK, unbound, attributes made once",
            Self::MetricsSdkBuilt => "SDK, unbound, attributes made at each call",
            Self::MetricsHandles => "`metrics` and its Prometheus exporter, handles kept",
            Self::MetricsMacros => "`metrics` and its Prometheus exporter, macros",
        }
    }

    pub(crate) fn named(id: &str) -> Option<Self> {
        let all = ALL.iter().chain(METRICS);
        all.copied().find(|who| who.id() == id)
    }

    /// Whether it stands in this row.
    pub(crate) fn is_in(self, row: &Row) -> bool {
        if row.metrics {
            return METRICS.contains(&self) && self.has_metric(row.shape);
        }
        let recorded = row.state == State::On && row.parent != Parent::Unsampled;
        match self {
            // Nobody else's calls have rates of their own.
            _ if !ALL.contains(&self) => false,
            _ if matches!(row.shape, Shape::Dropped | Shape::UnderDropped) => self == Self::Ours,
            // Others' workers cannot be told to wait, or not for so long.
            _ if row.worker_rests => {
                matches!(
                    self,
                    Self::Ours | Self::OursSpan | Self::ByHandSpan | Self::Floor
                )
            }
            // It has neither spans nor a switch.
            Self::Autometrics => recorded && matches!(row.shape, Shape::Call | Shape::Async { .. }),
            Self::Floor => row.state == State::On && row.shape == Shape::Call,
            Self::FloorContext => recorded && row.shape == Shape::Call,
            _ => true,
        }
    }

    /// Whether it has what this row of metrics measures.
    fn has_metric(self, shape: Shape) -> bool {
        match self {
            // Around a call it is the macro that stands there.
            Self::MetricsOursPerCall => shape != Shape::Call,
            Self::Autometrics | Self::Bare => shape == Shape::Call,
            _ => true,
        }
    }

    /// Its state in this row: emit has no unsampled parent, but a filter.
    pub(crate) fn state(self, row: &Row) -> State {
        let emit = matches!(self, Self::Emit | Self::EmitSpan);
        if emit && row.parent == Parent::Unsampled {
            State::Filtered
        } else {
            row.state
        }
    }

    /// Runs a child.
    pub(crate) fn serve(self, row: &Row, setup: &Setup) -> io::Result<()> {
        self.with(Serve(row, setup))
    }

    /// Runs one block of calls.
    pub(crate) fn once(self, row: &Row, setup: &Setup) {
        self.with(Once(row, setup));
    }

    fn with<D: Do>(self, what: D) -> D::Output {
        match self {
            Self::Bare => what.run::<Bare>(),
            Self::Floor => what.run::<Floor>(),
            Self::FloorContext => what.run::<FloorContext>(),
            Self::Ours => what.run::<Ours>(),
            Self::OursSpan => what.run::<OursSpan>(),
            Self::ByHand => what.run::<Measured<ByHand, Unbound>>(),
            Self::ByHandSpan => what.run::<ByHand>(),
            Self::ByHandBound => what.run::<Measured<ByHand, Bound>>(),
            Self::Tracing => what.run::<Measured<Tracing, Unbound>>(),
            Self::TracingSpan => what.run::<Tracing>(),
            Self::Fastrace => what.run::<Measured<Fastrace, Unbound>>(),
            Self::FastraceSpan => what.run::<Fastrace>(),
            Self::Emit => what.run::<Measured<Emit, Unbound>>(),
            Self::EmitSpan => what.run::<Emit>(),
            Self::Autometrics => what.run::<Autometrics>(),
            Self::MetricsOurs => what.run::<ours::Bound>(),
            Self::MetricsOursPerCall => what.run::<ours::PerCall>(),
            Self::MetricsSdkBound => what.run::<Sdk<Bound>>(),
            Self::MetricsSdkStatic => what.run::<Sdk<Unbound>>(),
            Self::MetricsSdkBuilt => what.run::<Sdk<Built>>(),
            Self::MetricsHandles => what.run::<facade::Handles>(),
            Self::MetricsMacros => what.run::<facade::Macros>(),
        }
    }
}

/// What is done with a contender's type.
trait Do {
    type Output;
    fn run<C: Contender>(self) -> Self::Output;
}

struct Serve<'a>(&'a Row, &'a Setup);
struct Once<'a>(&'a Row, &'a Setup);

impl Do for Serve<'_> {
    type Output = io::Result<()>;

    fn run<C: Contender>(self) -> io::Result<()> {
        child::serve::<C>(self.0, self.1)
    }
}

impl Do for Once<'_> {
    type Output = ();

    fn run<C: Contender>(self) {
        child::once::<C>(self.0, self.1);
    }
}
