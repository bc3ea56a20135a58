//! What the program shows of itself.

use crate::support::{Finished, Folder, Program, Reply, ScriptedExchange, klines};

/// `n created: n exported`, and nothing else.
#[track_caller]
fn all_exported(finished: &Finished, spans: usize) {
    let line = finished.line("Telemetry:");
    let start = format!("Telemetry: spans {spans} created: {spans} exported; data points ");
    assert!(line.starts_with(&start), "{line}");
    let counts: Vec<_> = line[start.len()..].split(" created: ").collect();
    assert_eq!(format!("{} exported", counts[0]), counts[1]);
}

/// Columns of the screen.
const WIDTH: usize = 100;

#[test]
fn the_default_run_fits_a_screen() {
    let store = Folder::new();
    let finished = Program::with_telemetry().store(&store).run().ok();
    // A line that is wider than the screen takes several rows of it.
    let width = |line: &str| line.chars().count();
    let rows = |text: &str| -> usize {
        let lines = text.lines();
        lines.map(|line| width(line).div_ceil(WIDTH).max(1)).sum()
    };
    // Cargo adds two.
    let rows = rows(&finished.stdout) + rows(&finished.stderr) + 2;
    assert!(rows < 60, "{rows} rows: {finished:#?}");
    // The program's own lines name a folder, as long as it is.
    let drawn = finished.stderr.lines();
    for line in drawn.skip_while(|line| !line.starts_with("trace ")) {
        assert!(width(line) <= WIDTH, "{line}");
    }
    assert!(
        finished.stderr.contains("✓ archive_collection"),
        "{finished:#?}"
    );
    assert!(
        finished.stderr.contains("crypto.api.requests"),
        "{finished:#?}"
    );
}

#[test]
fn every_request_is_a_span() {
    let exchange = ScriptedExchange::start(|number, asked| match number {
        3 => Reply::error(503, "{}"),
        _ => Reply::ok(klines(asked)),
    });
    let store = Folder::new();
    let finished = Program::scripted_with_telemetry(&exchange, &store)
        .run()
        .ok();
    // The workflow; plan, fetch, clean, rollup; exchangeInfo, twelve pages and a retry; clean and two roll-ups; a get
    // of the manifest and twelve of pages; a list; puts of pages, manifests, silver and gold.
    all_exported(&finished, 1 + 4 + 14 + 3 + 13 + 1 + (12 + 13 + 1 + 2));
    assert!(
        finished.stderr.contains("✗ GET /api/v3/klines"),
        "{finished:#?}"
    );
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_delivers_what_it_saw() {
    let (sender, silent) = std::sync::mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
    let exchange = ScriptedExchange::start(move |_, _| {
        sender.lock().unwrap().send(()).unwrap();
        Reply::Silence
    });
    let store = Folder::new();
    let program = Program::scripted_with_telemetry(&exchange, &store).start();
    silent.recv().unwrap();
    let interrupt = std::process::Command::new("kill")
        .args(["-INT", &program.id().to_string()])
        .status();
    assert!(interrupt.unwrap().success());
    let finished = Finished::of(program);
    assert_eq!(finished.status, Some(130), "{finished:#?}");
    // The workflow; plan and fetch; exchangeInfo and the page that was abandoned; a get of the manifest.
    all_exported(&finished, 1 + 2 + 2 + 1);
    assert!(finished.stderr.contains("cancelled"), "{finished:#?}");
}

#[test]
fn a_variable_that_does_not_parse_ends_the_run_before_it_starts() {
    let store = Folder::new();
    let finished = Program::with_telemetry()
        .env("OTEL_BSP_MAX_QUEUE_SIZE", "many")
        .store(&store)
        .run();
    assert_eq!(finished.status, Some(2), "{finished:#?}");
    assert!(
        finished.stderr.contains("OTEL_BSP_MAX_QUEUE_SIZE") && finished.stderr.contains("many"),
        "{finished:#?}"
    );
}
