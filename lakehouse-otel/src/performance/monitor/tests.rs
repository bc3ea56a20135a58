//! The monitor, driven by hand.

use std::sync::Mutex;

use super::*;
use crate::clock::ManualClock;

/// A probe that reads what a test says.
#[derive(Clone, Debug)]
pub(in crate::performance) struct Script(Arc<Mutex<Reading>>);

impl Script {
    pub(in crate::performance) fn new(cores: f64) -> Self {
        let reading = Reading {
            cores: Some(cores),
            process_cpu: Some(Duration::ZERO),
            ..Reading::default()
        };
        Self(Arc::new(Mutex::new(reading)))
    }

    /// Uses this share of the cores for so long.
    pub(in crate::performance) fn cpu(&self, share: f64, time: Duration) {
        let mut reading = self.0.lock().unwrap();
        let used = time.mul_f64(share * reading.cores.unwrap());
        reading.process_cpu = Some(reading.process_cpu.unwrap() + used);
    }

    /// Uses this share of a mebibyte.
    pub(in crate::performance) fn memory(&self, share: f64) {
        let used = (0_u32..=1 << 20).find(|&bytes| f64::from(bytes) >= share * f64::from(1 << 20));
        let used = u64::from(used.unwrap());
        let mut reading = self.0.lock().unwrap();
        reading.process_memory = Some(used);
        reading.available_memory = Some((1 << 20) - used);
    }

    /// Knows nothing from now on.
    fn forget(&self) {
        *self.0.lock().unwrap() = Reading::default();
    }
}

impl Probe for Script {
    fn read(&mut self) -> Reading {
        *self.0.lock().unwrap()
    }
}

/// A monitor whose seconds pass when the test says so.
struct Bench {
    script: Script,
    clock: Arc<ManualClock>,
    load: Arc<Load>,
    told: Arc<Mutex<Vec<String>>>,
    monitor: ResourceMonitor,
}

impl Bench {
    fn new(config: MonitorConfig) -> Self {
        let (script, clock) = (Script::new(2.0), Arc::new(ManualClock::new()));
        let (load, told) = (Arc::<Load>::default(), Arc::<Mutex<Vec<_>>>::default());
        let report = {
            let told = Arc::clone(&told);
            move |change: &LoadChange| told.lock().unwrap().push(change.to_string())
        };
        let monitor = ResourceMonitor::with(
            config.interval(Duration::MAX),
            Arc::clone(&load),
            script.clone(),
            clock.clone(),
            report,
        );
        Self {
            script,
            clock,
            load,
            told,
            monitor: monitor.unwrap(),
        }
    }

    /// So many seconds at this share of the CPU.
    fn seconds(&self, seconds: u32, cpu: f64) -> Snapshot {
        let mut last = None;
        for _ in 0..seconds {
            self.clock.advance(SECOND);
            self.script.cpu(cpu, SECOND);
            last = self.monitor.tick();
        }
        last.unwrap()
    }

    fn level(&self) -> (u8, bool) {
        (self.load.level(), self.load.is_extreme())
    }

    fn told(&self) -> Vec<String> {
        std::mem::take(&mut *self.told.lock().unwrap())
    }
}

const SECOND: Duration = Duration::from_secs(1);

fn unsmoothed() -> MonitorConfig {
    MonitorConfig::default().smoothing(Duration::ZERO)
}

#[test]
fn load_rises_becomes_extreme_and_falls_and_each_is_told_once() {
    let bench = Bench::new(unsmoothed());
    bench.script.memory(0.5);
    bench.seconds(10, 0.5);
    assert_eq!((bench.level(), bench.told()), ((0, false), vec![]));
    bench.seconds(12, 0.99);
    assert_eq!(bench.level(), (4, false));
    assert_eq!(
        bench.told(),
        ["the program is under load, and fewer operations are traced (CPU 99 %, memory 50 %)"]
    );
    bench.seconds(60, 0.99);
    assert_eq!((bench.level(), bench.told()), ((4, false), vec![]));
    bench.seconds(1, 0.99);
    assert_eq!(bench.level(), (4, true));
    assert_eq!(
        bench.told(),
        [
            "the load is extreme, and no operation is traced until it falls; metrics go on (CPU 99 %, memory 50 %)"
        ]
    );
    bench.seconds(3, 0.2);
    assert_eq!(bench.level(), (4, false));
    assert_eq!(bench.told().len(), 1);
    bench.seconds(12, 0.2);
    assert_eq!(bench.level(), (0, false));
    assert_eq!(
        bench.told(),
        ["the load is over, and operations are traced as configured (CPU 20 %, memory 50 %)"]
    );
}

#[test]
fn where_rates_do_not_follow_the_load_it_is_read_and_nothing_else() {
    let bench = Bench::new(unsmoothed().scaling(false));
    bench.script.memory(0.99);
    let snapshot = bench.seconds(100, 1.0);
    assert_eq!(snapshot.shares.load_factor(), Some(1.0));
    assert!(!snapshot.scaling && !snapshot.is_degraded());
    assert_eq!((bench.level(), bench.told()), ((0, false), vec![]));
}

#[test]
fn memory_alone_raises_the_level() {
    let bench = Bench::new(unsmoothed());
    bench.script.memory(0.9);
    bench.seconds(3, 0.0);
    assert_eq!(bench.level(), (1, false));
}

#[test]
fn values_are_smoothed_by_the_time_that_passed() {
    let bench = Bench::new(MonitorConfig::default());
    bench.seconds(100, 0.2);
    let after_one_constant = bench.seconds(5, 0.8);
    let expected = 0.8 - 0.6 * (-1.0_f64).exp();
    let cpu = after_one_constant.shares.cpu.unwrap();
    assert!((cpu - expected).abs() < 1e-6, "{cpu} is not {expected}");

    // The same in one long second as in five short ones.
    let late = Bench::new(MonitorConfig::default());
    late.seconds(100, 0.2);
    late.clock.advance(5 * SECOND);
    late.script.cpu(0.8, 5 * SECOND);
    let cpu = late.monitor.tick().unwrap().shares.cpu.unwrap();
    assert!((cpu - expected).abs() < 1e-6, "{cpu} is not {expected}");
}

#[test]
fn a_short_burst_changes_nothing() {
    let bench = Bench::new(MonitorConfig::default());
    for _ in 0..50 {
        bench.seconds(8, 0.3);
        bench.seconds(2, 1.0);
        assert_eq!(bench.level(), (0, false));
    }
    assert_eq!(bench.told(), Vec::<String>::new());
}

#[test]
fn a_tick_right_after_another_says_nothing_new() {
    let bench = Bench::new(unsmoothed());
    let before = bench.seconds(2, 0.9);
    for _ in 0..10 {
        bench.clock.advance(Duration::from_micros(5));
        bench.script.memory(0.5);
        let snapshot = bench.monitor.tick().unwrap();
        assert_eq!(snapshot.shares, before.shares);
        assert_eq!(snapshot.process_memory, Some(1 << 19), "amounts are new");
    }
    assert_eq!(bench.level(), (0, false));
}

#[test]
fn what_is_not_known_for_long_is_unknown_and_the_load_goes() {
    let bench = Bench::new(unsmoothed());
    bench.script.memory(0.9);
    bench.seconds(3, 0.0);
    assert_eq!(bench.level(), (1, false));
    bench.script.forget();
    let known = (0..10).map(|_| {
        bench.clock.advance(SECOND);
        bench.monitor.tick().unwrap().shares.memory.is_some()
    });
    // Three readings that failed are bridged.
    assert_eq!(known.take_while(|&known| known).count(), 3);
    for _ in 0..6 {
        bench.clock.advance(SECOND);
        bench.monitor.tick();
    }
    assert_eq!(bench.level(), (0, false));
}

#[test]
fn the_first_snapshot_is_there_at_once() {
    let bench = Bench::new(unsmoothed());
    let first = bench.monitor.latest().snapshot().unwrap();
    assert_eq!((first.shares.cpu, first.level), (None, 0));
    assert_eq!(first.allowed_cores, Some(2.0));
}

#[test]
fn its_end_takes_the_load_down() {
    let bench = Bench::new(unsmoothed());
    bench.seconds(80, 1.0);
    assert_eq!(bench.level(), (4, true));
    let latest = Arc::clone(bench.monitor.latest());
    // The timer would wait for ever: the drop ends it.
    drop(bench.monitor);
    assert_eq!((bench.load.level(), bench.load.is_extreme()), (0, false));
    assert_eq!(latest.snapshot(), None);
}

#[test]
fn a_report_that_hangs_holds_nobody_up_for_longer_than_said() {
    let (script, clock) = (Script::new(2.0), Arc::new(ManualClock::new()));
    script.memory(0.9);
    let load = Arc::<Load>::default();
    let (hang, until) = mpsc::channel::<()>();
    let (reached, reports) = mpsc::channel();
    let monitor = ResourceMonitor::with(
        unsmoothed().interval(Duration::MAX),
        Arc::clone(&load),
        script,
        clock.clone(),
        move |_: &LoadChange| {
            reached.send(()).unwrap();
            let _ = until.recv();
        },
    )
    .unwrap();
    clock.advance(SECOND);
    monitor.tick();
    clock.advance(SECOND);
    // The third reading, whose report hangs: nobody waits for its snapshot.
    let (sender, _) = mpsc::channel();
    monitor.ticks.as_ref().unwrap().send(sender).unwrap();
    reports.recv().unwrap();
    assert!(!monitor.end(Duration::from_millis(1)));
    assert_eq!(load.level(), 1, "its thread is still there");
    drop(hang);
    // The report goes when the thread has ended.
    assert!(reports.recv().is_err());
    assert_eq!(load.level(), 0);

    let bench = Bench::new(unsmoothed());
    assert!(bench.monitor.end(Duration::from_secs(30)));
}

#[test]
fn a_panic_of_what_is_injected_takes_the_load_down_too() {
    let (script, clock) = (Script::new(2.0), Arc::new(ManualClock::new()));
    script.memory(0.99);
    let load = Arc::<Load>::default();
    let monitor = ResourceMonitor::with(
        unsmoothed().interval(Duration::MAX),
        Arc::clone(&load),
        script.clone(),
        clock.clone(),
        |change: &LoadChange| {
            assert!(
                !matches!(change, LoadChange::Extreme(_)),
                "as the test has it"
            );
        },
    )
    .unwrap();
    let mut ticks = 0;
    loop {
        clock.advance(SECOND);
        ticks += 1;
        if monitor.tick().is_none() {
            break;
        }
    }
    assert_eq!(
        ticks, 14,
        "three readings for each step, and one at the start"
    );
    drop(monitor);
    assert_eq!((load.level(), load.is_extreme()), (0, false));
}

#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "there is nothing to read elsewhere"
)]
fn the_system_is_watched_on_a_thread_of_its_own() {
    let monitor = ResourceMonitor::with(
        MonitorConfig::default().interval(Duration::MAX),
        Arc::default(),
        SystemProbe::new(),
        Arc::new(SystemClock::new()),
        |_: &LoadChange| {},
    )
    .unwrap();
    let snapshot = monitor.tick().unwrap();
    assert!(snapshot.process_memory.unwrap() > 0);
    assert!(snapshot.shares.memory.is_some());
    let thread = monitor.thread.as_ref().unwrap().thread().name();
    assert_eq!(thread, Some("lakehouse-otel-load"));
}
