//! Spans as fast as they can be exported without a drop: what the whole stack takes for each, its workers included.

use std::error::Error;

use crate::child::Task;
use crate::contenders::Export;
use crate::process::Process;
use crate::rounds::Cell;
use crate::rows::Row;
use crate::who::Who;

/// Spans of a round.
pub(crate) const SPANS: u64 = 100_000;

/// Whose stacks are compared.
pub(crate) const WHO: &[Who] = &[
    Who::Ours,
    Who::OursSpan,
    Who::ByHand,
    Who::ByHandSpan,
    Who::Tracing,
    Who::TracingSpan,
];

/// What a stack took.
#[derive(Debug)]
pub(crate) struct Sustained {
    pub(crate) who: Who,
    /// CPU time of the process, in nanoseconds a span.
    pub(crate) cpu: Cell,
    /// Spans a second.
    pub(crate) rate: Cell,
}

/// Rounds of traces of 100 spans, each contender's in turn.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
pub(crate) fn measure(
    contenders: &[Who],
    export: &Export,
    sink: &str,
    rounds: usize,
) -> Result<Vec<Sustained>, Box<dyn Error>> {
    let row = Row::named("trace-100").ok_or("no row of traces")?;
    let mut measured = Vec::new();
    for &who in contenders {
        let sustained = Sustained {
            who,
            cpu: Cell::default(),
            rate: Cell::default(),
        };
        measured.push((Process::start(who, row, export, sink)?, sustained));
    }
    for _ in 0..rounds {
        for (process, Sustained { who, cpu, rate }) in &mut measured {
            let done = process.run(Task::Sustain(SPANS))?;
            if done.is_whole() {
                let spans = done.made as f64;
                cpu.nanos.push(done.cpu_nanos as f64 / spans);
                rate.nanos.push(spans / done.nanos as f64 * 1e9);
            } else {
                eprintln!("{}: a round does not count: {done:?}", who.id());
                cpu.discarded += 1;
                rate.discarded += 1;
            }
        }
    }
    let mut sorted = Vec::new();
    for (_, mut sustained) in measured {
        sustained.cpu.nanos.sort_by(f64::total_cmp);
        sustained.rate.nanos.sort_by(f64::total_cmp);
        sorted.push(sustained);
    }
    Ok(sorted)
}

/// The CPU time a span of one of them.
pub(crate) fn cpu_of(measured: &[Sustained], who: Who) -> Option<f64> {
    measured.iter().find(|one| one.who == who)?.cpu.median()
}
