//! What an operation uses, from its start to its end.

use std::thread::{self, ThreadId};
use std::time::Duration;

use opentelemetry::{KeyValue, Value};

use super::{Efficiency, Series, Snapshot, Throughput, latest, thread_cpu_time};
use crate::schema::crypto;

/// What an operation uses, while it is under way.
///
/// For an operation that is one stretch of work on one thread, [`begin`](Self::begin) and
/// [`end`](Self::end) are all. For a future, [`begin_suspended`](Self::begin_suspended), and
/// [`resume`](Self::resume) and [`suspend`](Self::suspend) around each poll: CPU time is then that of the
/// polls, on whichever threads they were.
///
/// Each of them costs a read of the thread's CPU clock (a system call) and allocates nothing; begin and
/// end also read what the monitor knows. No file is read.
///
/// ```
/// use std::time::Duration;
/// use lakehouse_otel::performance::{Series, Usage, Work};
///
/// let usage = Usage::begin();
/// // … the work …
/// let used = usage.end();
/// let work = Work { elapsed: Duration::from_millis(20), records: Some(500), ..Work::default() };
/// for attribute in used.attributes(work, None) {
///     println!("{} = {:?}", attribute.key, attribute.value);
/// }
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "what was used is told at the end"]
pub struct Usage {
    /// CPU time of the stretches that ended; `None` from when it could no longer be told.
    cpu_time: Option<Duration>,
    /// The stretch under way: the thread, and its CPU time when it began.
    running: Option<(ThreadId, Option<Duration>)>,
    memory_start: Option<u64>,
    load_start: Option<f64>,
}

impl Usage {
    /// An operation begins, and its work on this thread with it.
    pub fn begin() -> Self {
        let mut usage = Self::begin_suspended();
        usage.resume();
        usage
    }

    /// An operation begins whose work is yet to be [resumed](Self::resume).
    pub fn begin_suspended() -> Self {
        Self::from_snapshot(latest().as_ref())
    }

    fn from_snapshot(snapshot: Option<&Snapshot>) -> Self {
        Self {
            cpu_time: Some(Duration::ZERO),
            running: None,
            memory_start: snapshot.and_then(|it| it.process_memory),
            load_start: snapshot.and_then(|it| it.shares.load_factor()),
        }
    }

    /// Work goes on, on this thread.
    pub fn resume(&mut self) {
        self.resume_at(thread::current().id(), thread_cpu_time());
    }

    /// Work pauses, on the thread on which it was resumed. On another one its CPU time is unknown from
    /// here on.
    pub fn suspend(&mut self) {
        self.suspend_at(thread::current().id(), thread_cpu_time());
    }

    /// The operation ends. Work under way is [suspended](Self::suspend) first.
    #[must_use]
    pub fn end(mut self) -> ResourceUse {
        self.suspend();
        self.with_snapshot(latest().as_ref())
    }

    fn with_snapshot(self, snapshot: Option<&Snapshot>) -> ResourceUse {
        ResourceUse {
            cpu_time: self.cpu_time,
            memory_start: self.memory_start,
            memory_end: snapshot.and_then(|it| it.process_memory),
            load_start: self.load_start,
            load_end: snapshot.and_then(|it| it.shares.load_factor()),
        }
    }

    fn resume_at(&mut self, thread: ThreadId, cpu_time: Option<Duration>) {
        if self.running.is_none() {
            self.running = Some((thread, cpu_time));
        }
    }

    fn suspend_at(&mut self, thread: ThreadId, cpu_time: Option<Duration>) {
        if let Some((began_on, began_at)) = self.running.take() {
            let stretch = || {
                let same = thread == began_on;
                cpu_time.filter(|_| same)?.checked_sub(began_at?)
            };
            self.cpu_time = self.cpu_time.and_then(|sum| sum.checked_add(stretch()?));
        }
    }
}

/// What an operation did, as far as it says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// How long it took.
    pub elapsed: Duration,
    /// How many records it processed: `crypto.record_count`.
    pub records: Option<u64>,
    /// How many bytes it processed: `crypto.data_size_bytes`.
    pub bytes: Option<u64>,
    /// Its budget.
    pub budget: Option<Duration>,
}

/// What an operation used.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ResourceUse {
    /// CPU time of the threads that ran it, while they did.
    pub cpu_time: Option<Duration>,
    /// Resident memory of the process at the start, in bytes, as of the monitor's latest reading.
    pub memory_start: Option<u64>,
    /// The same at the end.
    pub memory_end: Option<u64>,
    /// The load factor at the start, in `0..=1`, as of the monitor's latest reading.
    pub load_start: Option<f64>,
    /// The same at the end.
    pub load_end: Option<f64>,
}

impl ResourceUse {
    /// How well the time was used. Takes the throughput into `series`, the history of the operation's
    /// name, after it was compared with it.
    #[must_use]
    pub fn efficiency(&self, work: Work, series: Option<&Series>) -> Efficiency {
        let throughput = Throughput::new(work.records, work.bytes, work.elapsed);
        Efficiency {
            cpu: self
                .cpu_time
                .and_then(|cpu_time| Efficiency::of_cpu(cpu_time, work.elapsed)),
            budget: work
                .budget
                .map(|budget| Efficiency::of_budget(budget, work.elapsed)),
            throughput: series.and_then(|series| throughput.against(series)),
        }
    }

    /// The attributes of the span: `crypto.operation.cpu_time` (s), `.memory.start` and `.memory.end`
    /// (By), `.load.start` and `.load.end`, `.throughput.records` (1/s), `.throughput.bytes` (By/s) and
    /// `.efficiency`, each where it is known. Nothing is allocated.
    ///
    /// Takes the throughput into `series`, as [`efficiency`](Self::efficiency) does; the duration is for
    /// the caller to [record](Series::record). Give no series for an operation that failed: what it did
    /// in its time is nothing to compare with.
    pub fn attributes(
        &self,
        work: Work,
        series: Option<&Series>,
    ) -> impl Iterator<Item = KeyValue> + use<> {
        let named = self.named(work, series);
        named.map(|(name, value)| KeyValue::new(name, value))
    }

    /// The same, by their names.
    pub(crate) fn named(
        &self,
        work: Work,
        series: Option<&Series>,
    ) -> impl Iterator<Item = (&'static str, Value)> + use<> {
        let throughput = Throughput::new(work.records, work.bytes, work.elapsed);
        let float = |name, value: Option<f64>| Some((name, Value::F64(value?)));
        let int = |name, value: Option<u64>| {
            let value = i64::try_from(value?).unwrap_or(i64::MAX);
            Some((name, Value::I64(value)))
        };
        let attributes = [
            float(
                crypto::OPERATION_CPU_TIME.name(),
                self.cpu_time.map(|time| time.as_secs_f64()),
            ),
            int(crypto::OPERATION_MEMORY_START.name(), self.memory_start),
            int(crypto::OPERATION_MEMORY_END.name(), self.memory_end),
            float(crypto::OPERATION_LOAD_START.name(), self.load_start),
            float(crypto::OPERATION_LOAD_END.name(), self.load_end),
            float(
                crypto::OPERATION_THROUGHPUT_RECORDS.name(),
                throughput.records,
            ),
            float(crypto::OPERATION_THROUGHPUT_BYTES.name(), throughput.bytes),
            float(
                crypto::OPERATION_EFFICIENCY.name(),
                self.efficiency(work, series).score(),
            ),
        ];
        attributes.into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::performance::Shares;

    fn snapshot(memory: u64, cpu: f64) -> Snapshot {
        Snapshot {
            at: Timestamp::from_nanos(0),
            shares: Shares {
                cpu: Some(cpu),
                memory: Some(0.125),
            },
            process_memory: Some(memory),
            used_memory: None,
            allowed_memory: None,
            allowed_cores: None,
            level: 0,
            extreme: false,
            scaling: true,
            cpu_threshold: 0.8,
            memory_threshold: 0.85,
        }
    }

    /// What a thread's clock says.
    #[expect(clippy::unnecessary_wraps, reason = "a clock may say nothing")]
    const fn ms(ms: u64) -> Option<Duration> {
        Some(Duration::from_millis(ms))
    }

    fn another_thread() -> ThreadId {
        thread::spawn(|| thread::current().id()).join().unwrap()
    }

    #[test]
    fn cpu_time_is_that_of_the_stretches_on_whichever_threads() {
        let (here, there) = (thread::current().id(), another_thread());
        let mut usage = Usage::from_snapshot(None);
        usage.resume_at(here, ms(10));
        usage.suspend_at(here, ms(14));
        // Another thread has a clock of its own, ahead or behind.
        usage.resume_at(there, ms(3));
        usage.suspend_at(there, ms(5));
        // Nothing is under way.
        usage.suspend_at(there, ms(900));
        assert_eq!(usage.with_snapshot(None).cpu_time, ms(6));
    }

    #[test]
    fn a_stretch_that_cannot_be_told_leaves_the_sum_unknown() {
        let (here, there) = (thread::current().id(), another_thread());
        for (began, ended) in [
            ((here, ms(10)), (there, ms(14))),
            ((here, None), (here, ms(14))),
            ((here, ms(10)), (here, None)),
            ((here, ms(10)), (here, ms(9))),
        ] {
            let mut usage = Usage::from_snapshot(None);
            for (began, ended) in [(began, ended), ((here, ms(20)), (here, ms(30)))] {
                usage.resume_at(began.0, began.1);
                usage.suspend_at(ended.0, ended.1);
            }
            assert_eq!(usage.with_snapshot(None).cpu_time, None);
        }
    }

    #[test]
    fn what_is_known_is_in_the_attributes() {
        let mut usage = Usage::from_snapshot(Some(&snapshot(1_000, 0.25)));
        let here = thread::current().id();
        usage.resume_at(here, ms(100));
        usage.suspend_at(here, ms(600));
        let used = usage.with_snapshot(Some(&snapshot(3_000, 0.5)));
        let work = Work {
            elapsed: Duration::from_secs(2),
            records: Some(100),
            bytes: Some(5_000),
            budget: Some(Duration::from_secs(3)),
        };
        let series = Series::default();
        let attributes: Vec<_> = used.attributes(work, Some(&series)).collect();
        assert_eq!(
            attributes,
            [
                KeyValue::new("crypto.operation.cpu_time", 0.5),
                KeyValue::new("crypto.operation.memory.start", 1_000_i64),
                KeyValue::new("crypto.operation.memory.end", 3_000_i64),
                KeyValue::new("crypto.operation.load.start", 0.25),
                KeyValue::new("crypto.operation.load.end", 0.5),
                KeyValue::new("crypto.operation.throughput.records", 50.0),
                KeyValue::new("crypto.operation.throughput.bytes", 2_500.0),
                // A quarter of the time on a CPU, within the budget, and the first of its name.
                KeyValue::new("crypto.operation.efficiency", 0.5),
            ]
        );
        let medians = series.throughput_medians();
        assert!(medians.records.is_some() && medians.bytes.is_some());
    }

    #[test]
    fn what_is_not_known_is_not_there() {
        let nothing = ResourceUse::default();
        assert_eq!(nothing.attributes(Work::default(), None).count(), 0);
    }

    #[test]
    fn an_operation_on_this_thread() {
        let used = Usage::begin().end();
        let has_clock = cfg!(any(target_os = "linux", target_vendor = "apple"));
        assert_eq!(used.cpu_time.is_some(), has_clock);
    }
}
