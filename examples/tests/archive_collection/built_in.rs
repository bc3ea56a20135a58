//! The program with its own exchange.

use crate::support::{Archive, Finished, Folder, Program, python};

const DAYS: &str = "--symbols BTCUSDT,SHIBUSDT --timeframes 1m,1h --start 2025-01-30 --end 2025-02-03 --retry-after 0";

fn run(store: &Folder, flags: &str) -> Finished {
    Program::new()
        .flags(DAYS)
        .flags(flags)
        .store(store)
        .run()
        .ok()
}

#[test]
fn every_bar_arrives_in_each_layer() {
    let store = Folder::new();
    let finished = run(&store, "--fault-rate 0");
    // Four days are 5,760 minutes in six pages, three of each month; and 96 hours in two.
    assert!(
        finished
            .line("BTCUSDT 1m")
            .starts_with("BTCUSDT 1m 6 6 5,760 0 0 12"),
        "{finished:#?}"
    );
    assert!(
        finished
            .line("SHIBUSDT 1h")
            .starts_with("SHIBUSDT 1h 2 2 96 0 0 6"),
        "{finished:#?}"
    );
    assert!(
        finished
            .line("Rows:")
            .starts_with("Rows: 11,712 received; rejected: none; 0 bars missing in 0 gaps")
    );
    assert!(
        finished
            .line("Requests:")
            .starts_with("Requests: 17 (17 seen by the exchange); 0 retries; 0 rate-limit waits")
    );
    let archive = Archive::of(&store);
    // Of each month: a silver file a series, hourly and daily bars of the minutes, daily ones of the hours.
    let files =
        ["bronze", "silver", "rejects", "gold", "manifest"].map(|layer| archive.layer(layer).len());
    assert_eq!(files, [16, 8, 0, 12, 4]);
}

#[test]
fn faults_are_survived_counted_and_set_aside() {
    let store = Folder::new();
    let finished = run(&store, "--fault-rate 0.3 --seed 3");
    let requests = finished.line("Requests:");
    let numbers: Vec<usize> = requests
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|word| word.parse().ok())
        .collect();
    let [requests, seen, retries, waits, ..] = numbers[..] else {
        panic!("{requests}")
    };
    assert_eq!(requests, seen);
    // One for exchangeInfo, sixteen pages.
    assert_eq!(requests, 17 + retries);
    assert!(retries >= 4 && waits >= 1, "{finished:#?}");

    let archive = Archive::of(&store);
    let rows = finished.line("Rows:");
    for reason in ["malformed", "duplicate", "inconsistent", "out of order"] {
        let count = archive.rejects(&reason.replace(' ', "_"));
        assert!(
            count > 0 && rows.contains(&format!("{count} {reason}")),
            "{reason} {count}: {rows}"
        );
    }
    assert!(
        rows.contains(&format!("in {} gap", archive.rejects("gap"))),
        "{rows}"
    );
}

#[test]
fn the_same_seed_makes_the_same_archive() {
    let stores = [Folder::new(), Folder::new(), Folder::new()];
    run(&stores[0], "--seed 7");
    run(&stores[1], "--seed 7 --jobs 4");
    run(&stores[2], "--seed 8");
    let [first, second, other] = stores.each_ref().map(Archive::of);
    for layer in ["bronze", "silver", "rejects", "gold"] {
        assert_eq!(first.layer(layer), second.layer(layer));
        assert_ne!(first.layer(layer), other.layer(layer));
    }
}

#[test]
fn a_later_run_fetches_only_what_is_new() {
    let store = Folder::new();
    let flags = "--symbols ETHUSDT --timeframes 1m --fault-rate 0 --start 2025-01-01";
    let run = |rest: &str| {
        Program::new()
            .flags(flags)
            .flags(rest)
            .store(&store)
            .run()
            .ok()
    };
    assert!(
        run("--end 2025-01-02")
            .line("ETHUSDT 1m")
            .starts_with("ETHUSDT 1m 2 2 1,440 0 0")
    );
    assert!(
        run("--end 2025-01-02")
            .line("ETHUSDT 1m")
            .starts_with("ETHUSDT 1m 2 0 1,440 0 0")
    );
    assert!(
        run("--end 2025-01-03")
            .line("ETHUSDT 1m")
            .starts_with("ETHUSDT 1m 4 2 2,880 0 0")
    );
    assert!(
        run("--end 2025-01-03 --fresh")
            .line("ETHUSDT 1m")
            .starts_with("ETHUSDT 1m 3 3 2,880 0 0")
    );
}

#[test]
fn bars_of_the_future_are_left_for_a_later_run() {
    let store = Folder::new();
    let flags = "--symbols ETHUSDT --timeframes 1h --fault-rate 0 --days 1 --end 2100-01-01";
    let finished = Program::new().flags(flags).store(&store).run().ok();
    let rows = finished.line("Rows:");
    assert!(
        rows.ends_with(&format!(
            "0 bars missing in 0 gaps (see {}/rejects)",
            store.path().display()
        )),
        "{rows}"
    );
}

#[test]
fn two_sources_never_mix_in_one_archive() {
    let store = Folder::new();
    run(&store, "--seed 1");
    let finished = Program::new()
        .flags(DAYS)
        .flags("--seed 2")
        .store(&store)
        .run();
    assert_eq!(finished.status, Some(1), "{finished:#?}");
    assert!(
        finished.stderr.contains("seed 1") && finished.stderr.contains("--fresh"),
        "{finished:#?}"
    );
    run(&store, "--seed 2 --fresh");
}

#[test]
fn a_symbol_that_is_not_listed_fails_alone() {
    let store = Folder::new();
    let flags = "--symbols NOSUCH,BTCUSDT --timeframes 1h --start 2025-01-01 --end 2025-01-02 --fault-rate 0";
    let finished = Program::new().flags(flags).store(&store).run();
    assert_eq!(finished.status, Some(1), "{finished:#?}");
    assert_eq!(
        finished.line("FAILED"),
        "FAILED NOSUCH 1h: the exchange refused with 400 (-1121: Invalid symbol.)"
    );
    assert!(
        finished
            .line("BTCUSDT 1h")
            .starts_with("BTCUSDT 1h 1 1 24 0 0")
    );
}

#[test]
fn pyarrow_if_installed_reads_silver_and_gold_with_the_same_rows_and_sums() {
    let Some(python) = python::with_pyarrow() else {
        return;
    };
    let store = Folder::new();
    run(&store, "");
    let answer = python::run(
        &python,
        include_str!("read_back.py"),
        &[store.path().to_str().unwrap()],
    );
    assert_eq!(answer.lines().last(), Some("4 series agree"), "{answer}");
}
