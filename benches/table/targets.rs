//! The targets of the design, each met or not, from the same run.

use std::fmt::Write;

use crate::compiled_out::CompiledOut;
use crate::rounds::{Cell, Table};
use crate::sustain::{Sustained, cpu_of};
use crate::who::Who;

/// A target: what it asks, what was measured, and whether that meets it; `None` where it was not measured.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) asks: &'static str,
    pub(crate) measured: String,
    pub(crate) met: Option<bool>,
}

/// What a run measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured<'a> {
    pub(crate) table: &'a Table,
    pub(crate) compiled_out: Option<&'a CompiledOut>,
    pub(crate) sustained: &'a [Sustained],
}

impl Measured<'_> {
    fn cell(&self, row: &'static str, who: Who) -> Option<&Cell> {
        self.table.get(&(row, who))
    }

    fn nanos(&self, row: &'static str, who: Who) -> Option<f64> {
        self.cell(row, who)?.median()
    }

    fn allocations(&self, row: &'static str) -> Option<f64> {
        Some(self.cell(row, Who::Ours)?.allocations?.0)
    }

    /// Ours in this row against so many times another one.
    fn share(&self, asks: &'static str, row: &'static str, times: f64, of: Who) -> Target {
        let both = self.nanos(row, Who::Ours).zip(self.nanos(row, of));
        Target {
            asks,
            measured: both.map_or_else(String::new, |(ours, other)| {
                format!("{ours:.0} ns against {other:.0} ns: {:.3}", ours / other)
            }),
            met: both.map(|(ours, other)| ours <= other * times),
        }
    }

    /// Our metrics of an operation against so many times another's, with 1, 2 and 8 threads.
    fn metrics(&self, asks: &'static str, times: f64, of: Who) -> Target {
        let rows = ["metrics-1", "metrics-2", "metrics-8"];
        let ratio = |row| Some(self.nanos(row, Who::MetricsOurs)? / self.nanos(row, of)?);
        let ratios: Option<Vec<f64>> = rows.into_iter().map(ratio).collect();
        let measured = |ratios: &Vec<f64>| {
            let ratios: Vec<_> = ratios.iter().map(|ratio| format!("{ratio:.2}")).collect();
            ratios.join(", ")
        };
        Target {
            asks,
            measured: ratios.as_ref().map_or_else(String::new, measured),
            met: ratios.map(|ratios| ratios.iter().all(|ratio| *ratio <= times)),
        }
    }

    fn at_most(asks: &'static str, measured: Option<f64>, most: f64) -> Target {
        Target {
            asks,
            measured: measured.map_or_else(String::new, |measured| format!("{measured:.2}")),
            met: measured.map(|measured| measured <= most + 0.005),
        }
    }

    fn disabled(&self) -> Target {
        let both = self
            .nanos("disabled", Who::Ours)
            .zip(self.nanos("disabled", Who::Bare));
        Target {
            asks: "disabled at run time: at most 2 ns over the bare function",
            measured: both.map_or_else(String::new, |(ours, bare)| {
                format!(
                    "{:.1} ns over it ({ours:.1} against {bare:.1})",
                    ours - bare
                )
            }),
            met: both.map(|(ours, bare)| ours - bare <= 2.0),
        }
    }

    fn compiled_out(&self) -> Target {
        let differences = self.compiled_out.map(|out| out.differences.len());
        Target {
            asks: "compiled out: the bare function's machine code",
            measured: match differences {
                None => String::new(),
                Some(0) => "identical, sync and async".to_owned(),
                Some(_) => "different: see below".to_owned(),
            },
            met: differences.map(|differences| differences == 0),
        }
    }

    /// How many times the calls of one thread two make. The worker wants a core of its own beside them, so
    /// on two cores it rests meanwhile; what it is when it does not is said too.
    fn scaling(&self) -> Target {
        let times = |rows: [&'static str; 2], who| {
            Some(self.nanos(rows[0], who)? / self.nanos(rows[1], who)?)
        };
        let (resting, working) = (["rest-1", "rest-2"], ["threads-1", "threads-2"]);
        let spans = times(resting, Who::OursSpan);
        let or_nan = |times: Option<f64>| times.unwrap_or(f64::NAN);
        Target {
            asks: "2 threads make at least 1.8 times the spans of 1, on two free cores (the worker at rest)",
            measured: spans.map_or_else(String::new, |spans| {
                format!(
                    "{spans:.2} times; with counter and histogram {:.2}, those two alone {:.2}. \
                     The worker a third thread on these two cores: {:.2}, with counter and histogram {:.2}",
                    or_nan(times(resting, Who::Ours)),
                    or_nan(times(resting, Who::Floor)),
                    or_nan(times(working, Who::OursSpan)),
                    or_nan(times(working, Who::Ours)),
                )
            }),
            met: spans.map(|spans| spans >= 1.8),
        }
    }

    fn cpu(&self) -> Target {
        let both = cpu_of(self.sustained, Who::Ours).zip(cpu_of(self.sustained, Who::TracingSpan));
        Target {
            asks: "CPU time per exported span, worker included: at most half of tracing-opentelemetry's",
            measured: both.map_or_else(String::new, |(ours, other)| {
                format!("{ours:.0} ns against {other:.0} ns: {:.2}", ours / other)
            }),
            met: both.map(|(ours, other)| ours <= other / 2.0),
        }
    }

    /// Those of metrics alone.
    pub(crate) fn of_metrics(&self) -> Vec<Target> {
        vec![
            self.metrics(
                "the macro's metrics, with 1, 2 and 8 threads: at most 1.2 times the SDK's bound instruments and two clock reads",
                1.2,
                Who::MetricsSdkBound,
            ),
            self.metrics(
                "the same: at most 1/4 of the SDK unbound, attributes made once",
                0.25,
                Who::MetricsSdkStatic,
            ),
            self.metrics(
                "the same: at most 1/4 of the SDK unbound, attributes made at each call",
                0.25,
                Who::MetricsSdkBuilt,
            ),
            self.metrics(
                "the same: no slower than the handles of `metrics`",
                1.0,
                Who::MetricsHandles,
            ),
        ]
    }

    /// All others.
    pub(crate) fn targets(&self) -> Vec<Target> {
        vec![
            self.share(
                "sampled, with counter and histogram: at most fastrace's span alone",
                "child",
                1.0,
                Who::FastraceSpan,
            ),
            self.share(
                "the same: at most 1/3 of the SDK by hand, with counter and histogram",
                "child",
                1.0 / 3.0,
                Who::ByHand,
            ),
            self.share(
                "the same: at most 1/8 of tracing-opentelemetry, with counter and histogram by hand",
                "child",
                1.0 / 8.0,
                Who::Tracing,
            ),
            self.share(
                "the same, more strictly: at most 1/8 of tracing-opentelemetry's span alone",
                "child",
                1.0 / 8.0,
                Who::TracingSpan,
            ),
            self.share(
                "unsampled, under a remote parent with the flag 0, with counter and histogram: at most twice the floor",
                "unsampled",
                2.0,
                Who::Floor,
            ),
            self.disabled(),
            self.compiled_out(),
            Self::at_most(
                "allocations of a sampled child: at most 2",
                self.allocations("child"),
                2.0,
            ),
            Self::at_most(
                "allocations of a sampled async call: at most 2",
                self.allocations("async-1"),
                2.0,
            ),
            Self::at_most(
                "allocations, unsampled under a sampled parent: at most 1",
                self.allocations("unsampled-2"),
                1.0,
            ),
            Self::at_most(
                "allocations, unsampled under an unsampled parent: 0",
                self.allocations("unsampled"),
                0.0,
            ),
            self.scaling(),
            self.cpu(),
        ]
    }
}

/// Targets as a Markdown table.
pub(crate) fn markdown(targets: &[Target]) -> String {
    let mut text = String::from("| target | measured | |\n|---|---|---|\n");
    for Target {
        asks,
        measured,
        met,
    } in targets
    {
        let met = match met {
            Some(true) => "met",
            Some(false) => "**not met**",
            None => "not measured",
        };
        let _ = writeln!(text, "| {asks} | {measured} | {met} |");
    }
    text
}
