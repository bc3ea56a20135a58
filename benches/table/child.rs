//! A process that runs one contender in one row, and does a round whenever its parent says so.
//!
//! A process for each keeps what one contender leaves behind (threads, globals, thread-locals, the heap's shape)
//! out of another's rounds, and lets CPU time be read per contender.

use std::hint::black_box;
use std::io::{self, BufRead, Write};
use std::pin::pin;
use std::str::FromStr;
use std::sync::Barrier;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::allocations;
use crate::contenders::{Contender, Parent, Running, Setup};
use crate::rows::{Row, Shape};

/// What a child is told to do.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Task {
    /// A timed round.
    Round,
    /// A round that counts allocations.
    Allocations,
    /// So many spans, exported as fast as they can be without a drop, with the time and CPU time that takes.
    Sustain(u64),
}

/// What became of a round. `made` is what should have been exported, 0 where nobody can count.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Done {
    pub(crate) calls: u64,
    pub(crate) nanos: u64,
    pub(crate) cpu_nanos: u64,
    pub(crate) mine: u64,
    pub(crate) all: u64,
    pub(crate) made: u64,
    pub(crate) exported: u64,
    pub(crate) lost: u64,
}

impl Task {
    pub(crate) fn line(self) -> String {
        match self {
            Self::Round => "round".to_owned(),
            Self::Allocations => "allocations".to_owned(),
            Self::Sustain(spans) => format!("sustain {spans}"),
        }
    }

    fn parse(line: &str) -> Option<Self> {
        match line.split_once(' ') {
            None if line == "round" => Some(Self::Round),
            None if line == "allocations" => Some(Self::Allocations),
            Some(("sustain", spans)) => spans.parse().ok().map(Self::Sustain),
            _ => None,
        }
    }
}

impl Done {
    /// Whether everything that was made was exported: a round in which anything was dropped does not count.
    pub(crate) fn is_whole(&self) -> bool {
        self.lost == 0 && self.exported == self.made
    }

    fn line(&self) -> String {
        let Self {
            calls,
            nanos,
            cpu_nanos,
            mine,
            all,
            made,
            exported,
            lost,
        } = self;
        format!("{calls} {nanos} {cpu_nanos} {mine} {all} {made} {exported} {lost}")
    }
}

impl FromStr for Done {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let numbers: Result<Vec<u64>, _> = line.split(' ').map(str::parse).collect();
        let numbers = numbers.map_err(|error| format!("{error}: {line:?}"))?;
        let [calls, nanos, cpu_nanos, mine, all, made, exported, lost] = numbers[..] else {
            return Err(format!("not eight numbers: {line:?}"));
        };
        Ok(Self {
            calls,
            nanos,
            cpu_nanos,
            mine,
            all,
            made,
            exported,
            lost,
        })
    }
}

/// Serves until standard input ends.
pub(crate) fn serve<C: Contender>(row: &Row, setup: &Setup) -> io::Result<()> {
    let mut child = Child::<C>::start(row, setup);
    let mut stdout = io::stdout();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let task =
            Task::parse(&line).ok_or_else(|| io::Error::other(format!("what is {line:?}?")))?;
        let done = match task {
            Task::Round => child.round(),
            Task::Allocations => child.allocations(),
            Task::Sustain(spans) => child.sustain(spans),
        };
        writeln!(stdout, "{}", done.line())?;
        stdout.flush()?;
    }
    Ok(())
}

/// How many calls callgrind sees.
pub(crate) const CALLS_UNDER_CALLGRIND: u32 = 1_000;

/// One block of calls, for callgrind, which collects while `measured_calls` runs.
pub(crate) fn once<C: Contender>(row: &Row, setup: &Setup) {
    let mut child = Child::<C>::start(row, setup);
    C::under(row.parent, &mut || {
        measured_calls::<C>(row, CALLS_UNDER_CALLGRIND);
    });
    child.running.flush(0);
}

struct Child<'a, C: Contender> {
    row: &'a Row,
    running: C::Running,
    made: u64,
    exported: u64,
    lost: u64,
}

impl<'a, C: Contender> Child<'a, C> {
    /// Sets the contender up and warms it up.
    fn start(row: &'a Row, setup: &Setup) -> Self {
        let mut running = C::start(setup);
        let made = (0..3).map(|_| warm_up::<C>(row)).sum();
        let account = running.flush(made);
        Self {
            row,
            running,
            made,
            exported: account.exported,
            lost: account.lost,
        }
    }

    fn round(&mut self) -> Done {
        let (nanos, spans) = if self.row.threads == 1 {
            let warm = warm_up::<C>(self.row);
            let mut nanos = 0;
            C::under(self.row.parent, &mut || {
                let started = Instant::now();
                call::<C>(self.row, self.row.calls);
                nanos = elapsed(started);
            });
            (nanos, warm + self.row.spans(self.row.calls))
        } else {
            self.threads()
        };
        let calls = u64::from(self.row.calls) * u64::from(self.row.threads);
        self.done(calls, nanos, spans)
    }

    /// The time from when the first thread begins to when the last one ends.
    fn threads(&self) -> (u64, u64) {
        let row = self.row;
        let barrier = Barrier::new(row.threads as usize);
        let run = || {
            let warm = warm_up::<C>(row);
            barrier.wait();
            let started = Instant::now();
            C::under(row.parent, &mut || call::<C>(row, row.calls));
            (started, Instant::now(), warm + row.spans(row.calls))
        };
        let times: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..row.threads).map(|_| scope.spawn(run)).collect();
            let joined = threads
                .into_iter()
                .map(|thread| thread.join().expect("no panic"));
            joined.collect()
        });
        let first = times.iter().map(|(started, ..)| *started).min();
        let last = times.iter().map(|(_, ended, _)| *ended).max();
        let nanos = first
            .zip(last)
            .map_or(0, |(first, last)| nanos(last - first));
        (nanos, times.iter().map(|(.., spans)| spans).sum())
    }

    fn allocations(&mut self) -> Done {
        let row = self.row;
        let warm = warm_up::<C>(row);
        let mut counted = allocations::Allocations { mine: 0, all: 0 };
        C::under(row.parent, &mut || {
            allocations::start();
            call::<C>(row, row.calls);
            counted = allocations::so_far();
        });
        let spans = warm + row.spans(row.calls);
        let done = self.done(u64::from(row.calls), 0, spans);
        let all = allocations::so_far().all;
        allocations::stop();
        Done {
            mine: counted.mine,
            all,
            ..done
        }
    }

    fn sustain(&mut self, wanted: u64) -> Done {
        let (started, cpu) = (Instant::now(), cpu_time());
        let (mut calls, mut spans) = (0, 0);
        while spans < wanted {
            C::under(self.row.parent, &mut || call::<C>(self.row, self.row.calls));
            calls += u64::from(self.row.calls);
            spans += self.row.spans(self.row.calls);
            // Well before the queue is full.
            if spans % 20_000 < u64::from(self.row.calls) {
                self.running.flush(self.made + spans);
            }
        }
        let done = self.done(calls, 0, spans);
        Done {
            nanos: elapsed(started),
            cpu_nanos: nanos(cpu_time().saturating_sub(cpu)),
            ..done
        }
    }

    /// Waits for the exports, and compares what came of them with what should have.
    fn done(&mut self, calls: u64, nanos: u64, spans: u64) -> Done {
        self.made += spans;
        let account = self.running.flush(self.made);
        let done = Done {
            calls,
            nanos,
            made: if C::EXPORTS { spans } else { 0 },
            exported: account.exported - self.exported,
            lost: account.lost - self.lost,
            ..Done::default()
        };
        (self.exported, self.lost) = (account.exported, account.lost);
        done
    }
}

/// Calls untimed, so that what the wait for the parent cooled down is warm; the spans that makes.
fn warm_up<C: Contender>(row: &Row) -> u64 {
    const CALLS: u32 = 400;
    C::under(row.parent, &mut || call::<C>(row, CALLS));
    row.spans(CALLS)
}

/// What callgrind looks for; nothing else calls it.
#[inline(never)]
fn measured_calls<C: Contender>(row: &Row, calls: u32) {
    call::<C>(row, calls);
}

fn call<C: Contender>(row: &Row, calls: u32) {
    let symbol = row.symbol;
    match row.shape {
        Shape::Call => {
            for _ in 0..calls {
                let _ = black_box(C::call(black_box(symbol)));
            }
        }
        Shape::Root => {
            for _ in 0..calls {
                let _ = black_box(C::root(black_box(symbol)));
            }
        }
        Shape::Async { pauses } => {
            let mut context = Context::from_waker(Waker::noop());
            for _ in 0..calls {
                let mut future = pin!(C::call_async(black_box(symbol), black_box(pauses)));
                let outcome = loop {
                    if let Poll::Ready(outcome) = future.as_mut().poll(&mut context) {
                        break outcome;
                    }
                };
                let _ = black_box(outcome);
            }
        }
        Shape::Dropped => {
            for _ in 0..calls {
                let _ = black_box(C::dropped(black_box(symbol)));
            }
        }
        Shape::Count => {
            for _ in 0..calls {
                C::count();
            }
        }
        Shape::Record => {
            for _ in 0..calls {
                C::record();
            }
        }
        Shape::UnderDropped => C::under_dropped(&mut || {
            for _ in 0..calls {
                let _ = black_box(C::call(black_box(symbol)));
            }
        }),
        Shape::Trace => {
            for _ in 0..calls / 100 {
                C::under(Parent::Sampled, &mut || {
                    for _ in 0..99 {
                        let _ = black_box(C::call(black_box(symbol)));
                    }
                });
            }
        }
    }
}

/// The CPU time of the whole process, its workers included.
fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::from_secs(seconds) + Duration::from_nanos(u64::try_from(time.tv_nsec).unwrap_or(0))
}

fn elapsed(started: Instant) -> u64 {
    nanos(started.elapsed())
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
