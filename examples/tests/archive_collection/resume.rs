//! Runs that end early, and what the next run makes of them.

use crate::support::{Archive, Finished, Folder, Program, Reply, ScriptedExchange, klines};
use std::{
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, channel},
    },
};

/// An exchange that falls silent at its sixth page, once, and says so.
fn silent_once() -> (ScriptedExchange, Receiver<()>) {
    let (sender, silent) = channel();
    let sender = Mutex::new(sender);
    let asked_so_far = AtomicUsize::new(0);
    let exchange = ScriptedExchange::start(move |_, asked| {
        if asked_so_far.fetch_add(1, Ordering::SeqCst) == 5 {
            sender.lock().unwrap().send(()).unwrap();
            return Reply::Silence;
        }
        Reply::ok(klines(asked))
    });
    (exchange, silent)
}

/// The second run: only pages that the first one did not finish, and all bars in the end.
#[track_caller]
fn resumes(exchange: &ScriptedExchange, store: &Folder) {
    let first: Vec<i64> = exchange
        .take_asked()
        .iter()
        .map(|asked| asked.from)
        .collect();
    assert_eq!(first.len(), 6);
    let finished = Program::scripted(exchange, store).run().ok();
    assert!(
        finished
            .line("BTCUSDT 1m")
            .starts_with("BTCUSDT 1m 12 7 120 0 0"),
        "{finished:#?}"
    );
    let second: Vec<i64> = exchange
        .take_asked()
        .iter()
        .map(|asked| asked.from)
        .collect();
    assert_eq!(second.len(), 7);
    assert_eq!(second[0], first[5]);
    assert!(second.iter().all(|from| !first[..5].contains(from)));

    // And it is the archive of a run that nobody disturbed.
    let whole = Folder::new();
    let undisturbed = ScriptedExchange::start(|_, asked| Reply::ok(klines(asked)));
    Program::scripted(&undisturbed, &whole).run().ok();
    let (resumed, whole) = (Archive::of(store), Archive::of(&whole));
    for layer in ["bronze", "silver", "rejects", "gold"] {
        assert_eq!(resumed.layer(layer), whole.layer(layer));
    }
}

#[cfg(unix)]
fn interrupted_by(signal: &str) {
    let (exchange, silent) = silent_once();
    let store = Folder::new();
    let program = Program::scripted(&exchange, &store).start();
    silent.recv().unwrap();
    assert!(
        Command::new("kill")
            .args([signal, &program.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    let finished = Finished::of(program);
    assert_eq!(finished.status, Some(130), "{finished:#?}");
    assert!(
        finished
            .stdout
            .contains("Interrupted with 7 pages to go. Run the same command again to resume."),
        "{finished:#?}"
    );
    resumes(&exchange, &store);
}

#[cfg(unix)]
#[test]
fn ctrl_c_abandons_the_page_under_way_and_the_next_run_resumes() {
    interrupted_by("-INT");
}

#[cfg(unix)]
#[test]
fn a_polite_kill_ends_it_like_ctrl_c() {
    interrupted_by("-TERM");
}

#[test]
fn a_kill_loses_nothing_that_was_archived() {
    let (exchange, silent) = silent_once();
    let store = Folder::new();
    let mut program = Program::scripted(&exchange, &store).start();
    silent.recv().unwrap();
    program.kill().unwrap();
    program.wait().unwrap();
    assert_eq!(Archive::of(&store).layer("bronze").len(), 5);
    resumes(&exchange, &store);
}

#[test]
fn a_failed_run_is_taken_up_where_it_stopped() {
    let asked_so_far = AtomicUsize::new(0);
    let exchange = ScriptedExchange::start(move |_, asked| {
        match asked_so_far.fetch_add(1, Ordering::SeqCst) {
            5 => Reply::error(400, r#"{"code":-1000,"msg":"Not now."}"#),
            _ => Reply::ok(klines(asked)),
        }
    });
    let store = Folder::new();
    let finished = Program::scripted(&exchange, &store).run();
    assert_eq!(finished.status, Some(1), "{finished:#?}");
    resumes(&exchange, &store);
}

#[test]
fn an_archive_that_cannot_be_read_says_what_to_do() {
    let exchange = ScriptedExchange::start(|_, asked| Reply::ok(klines(asked)));
    let store = Folder::new();
    store.write(
        "manifest/binance/klines/symbol=BTCUSDT/timeframe=1m.json",
        "{",
    );
    let finished = Program::scripted(&exchange, &store).run();
    assert_eq!(finished.status, Some(1), "{finished:#?}");
    assert!(
        finished.stderr.contains("timeframe=1m.json is no manifest")
            && finished.stderr.contains("--fresh")
    );
}
