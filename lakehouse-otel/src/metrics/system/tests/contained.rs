//! What reads the system may panic.

use super::*;

/// Panics, but for every third reading.
#[derive(Debug, Default)]
struct Broken(u32);

impl ReadSystem for Broken {
    fn read(&mut self) -> SystemReading {
        self.0 += 1;
        assert!(self.0.is_multiple_of(3), "on purpose");
        let mut reading = SystemReading::default();
        reading.process.uptime = Some(1.0);
        reading
    }
}

#[test]
fn a_panic_is_said_once_and_it_is_tried_again() {
    let said = Arc::new(Mutex::new(Vec::new()));
    let diagnostics = Diagnostics::new(Arc::new({
        let said = Arc::clone(&said);
        move |line: &str| said.lock().unwrap().push(line.to_owned())
    }));
    let clock = Arc::new(ManualClock::new());
    let observed = Observing::with(Broken::default(), clock, &diagnostics);
    observed.read_after(Duration::from_secs(1));
    observed.expect("process.uptime", &[]);
    observed.read_after(Duration::from_secs(1));
    observed.expect("process.uptime", &[("", 1.0)]);
    let said = said.lock().unwrap();
    assert!(
        matches!(&said[..], [line] if line.contains("panicked")),
        "{said:?}"
    );
}

/// Panics with what panics when it is dropped.
#[derive(Debug)]
struct Exploding;

/// What is thrown.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("thrown away");
    }
}

impl ReadSystem for Exploding {
    fn read(&mut self) -> SystemReading {
        std::panic::panic_any(Bomb)
    }
}

#[test]
fn what_reads_the_system_may_throw_what_panics_when_it_is_dropped() {
    let diagnostics = Diagnostics::new(Arc::new(|_| {}));
    let clock = Arc::new(ManualClock::new());
    let observed = Observing::with(Exploding, clock, &diagnostics);
    observed.read_after(Duration::from_secs(1));
    observed.expect("process.uptime", &[]);
}
