//! The rounds: every contender's in turn, so that what else the machine does falls on all alike.

use std::collections::BTreeMap;
use std::error::Error;

use crate::callgrind::Callgrind;
use crate::child::Task;
use crate::contenders::Export;
use crate::options::Options;
use crate::process::Process;
use crate::rows::Row;
use crate::who::Who;

/// What was measured, by row and contender.
pub(crate) type Table = BTreeMap<(&'static str, Who), Cell>;

/// What was measured of one contender in one row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    /// Nanoseconds a call, of each round that counts, ascending.
    pub(crate) nanos: Vec<f64>,
    /// Rounds that did not count, for something was dropped.
    pub(crate) discarded: usize,
    /// Allocations a call: the caller's, and everybody's.
    pub(crate) allocations: Option<(f64, f64)>,
    /// Instructions a call, the caller's.
    pub(crate) instructions: Option<f64>,
}

impl Cell {
    pub(crate) fn median(&self) -> Option<f64> {
        self.quantile(0.5)
    }

    /// The value below which that share of the rounds lies.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index of a short list"
    )]
    pub(crate) fn quantile(&self, share: f64) -> Option<f64> {
        let last = self.nanos.len().checked_sub(1)?;
        self.nanos
            .get((last as f64 * share).round() as usize)
            .copied()
    }
}

/// One contender in one row, running.
struct Seat {
    row: &'static Row,
    who: Who,
    process: Process,
    cell: Cell,
}

pub(crate) fn measure(options: &Options, sink: &str) -> Result<Table, Box<dyn Error>> {
    let callgrind = if options.callgrind {
        Callgrind::find()?
    } else {
        None
    };
    let mut table = Table::new();
    let mut groups: Vec<u8> = options.rows.iter().map(|row| row.group).collect();
    groups.dedup();
    for group in groups {
        let rows = options.rows.iter().filter(|row| row.group == group);
        let mut seats = Vec::new();
        for row in rows {
            eprintln!("{} …", row.title);
            for &who in options.contenders.iter().filter(|who| who.is_in(row)) {
                let process = Process::start(who, row, &Export::Drop, sink)?;
                seats.push(Seat {
                    row,
                    who,
                    process,
                    cell: Cell::default(),
                });
            }
        }
        for round in 0..options.rounds.unwrap_or(51) {
            // Another one begins each time.
            let first = round % seats.len().max(1);
            let (before, from) = seats.split_at_mut(first);
            for seat in from.iter_mut().chain(before) {
                seat.round()?;
            }
        }
        for mut seat in seats {
            seat.count_allocations()?;
            seat.count_instructions(callgrind.as_ref(), sink)?;
            seat.cell.nanos.sort_by(f64::total_cmp);
            table.insert((seat.row.id, seat.who), seat.cell);
        }
    }
    Ok(table)
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
impl Seat {
    fn round(&mut self) -> Result<(), Box<dyn Error>> {
        let done = self.process.run(Task::Round)?;
        if done.is_whole() {
            self.cell.nanos.push(done.nanos as f64 / done.calls as f64);
        } else {
            if self.cell.discarded == 0 {
                eprintln!("{} in {}: {done:?}", self.who.id(), self.row.id);
            }
            self.cell.discarded += 1;
        }
        Ok(())
    }

    fn count_instructions(
        &mut self,
        callgrind: Option<&Callgrind>,
        sink: &str,
    ) -> Result<(), Box<dyn Error>> {
        if let Some(callgrind) = callgrind
            && self.row.threads == 1
        {
            self.cell.instructions = Some(callgrind.instructions(self.who, self.row, sink)?);
        }
        Ok(())
    }

    fn count_allocations(&mut self) -> Result<(), Box<dyn Error>> {
        if self.row.threads == 1 {
            let done = self.process.run(Task::Allocations)?;
            let calls = done.calls as f64;
            self.cell.allocations = Some((done.mine as f64 / calls, done.all as f64 / calls));
        }
        Ok(())
    }
}
