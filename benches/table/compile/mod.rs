//! What the attribute costs when a program is compiled, and in its size: the same functions without an attribute, with ours,
//! with `#[tracing::instrument]` and with `#[fastrace::trace]`, each as a package of its own.

mod package;
mod source;

use std::error::Error;
use std::fmt::Write as _;
use std::time::Duration;

use package::{Package, Taken};
use source::{FUNCTIONS, Kind};

/// What one package took.
struct Measured {
    kind: Kind,
    check: Vec<Taken>,
    release: Vec<Taken>,
    /// Of the expansion, for each function, without what stood there before.
    expansion: usize,
    binary: u64,
    /// Of the future of a function with an argument of 1 KiB.
    future: usize,
}

pub(crate) fn run(rounds: usize) -> Result<String, Box<dyn Error>> {
    let mut packages = Vec::new();
    for kind in Kind::ALL {
        eprintln!("{}: its dependencies", kind.name());
        packages.push(Package::new(kind)?);
    }
    let mut measured: Vec<_> = Kind::ALL
        .map(|kind| Measured {
            kind,
            check: Vec::new(),
            release: Vec::new(),
            expansion: 0,
            binary: 0,
            future: 0,
        })
        .into();
    for round in 0..rounds {
        eprintln!("round {} of {rounds}", round + 1);
        // Another one begins each time.
        for place in 0..packages.len() {
            let place = (place + round) % packages.len();
            measured[place].check.push(packages[place].check()?);
            measured[place].release.push(packages[place].release()?);
        }
    }
    let plain = packages[0].expanded()?;
    for (package, measured) in packages.iter().zip(&mut measured) {
        measured.expansion = package.expanded()?.saturating_sub(plain) / FUNCTIONS;
        measured.binary = package.binary()?;
        measured.future = package.future()?;
    }
    Ok(report(&mut measured))
}

fn report(measured: &mut [Measured]) -> String {
    let mut text = String::from(
        "| attribute | `cargo check` s | of it CPU | release build s | of it CPU | binary MB | expansion bytes a function | future with 1 KiB, bytes |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    let mut rows = Vec::new();
    for one in measured {
        let (check, check_cpu) = medians(&mut one.check);
        let (release, release_cpu) = medians(&mut one.release);
        #[expect(clippy::cast_precision_loss, reason = "a few million bytes")]
        let megabytes = one.binary as f64 / 1e6;
        let _ = writeln!(
            text,
            "| {} | {check:.1} | {check_cpu:.1} | {release:.1} | {release_cpu:.1} | {megabytes:.2} | {} | {} |",
            one.kind.name(),
            one.expansion,
            one.future,
        );
        rows.push((
            check_cpu,
            release_cpu,
            one.binary,
            one.expansion,
            one.future,
        ));
    }
    let [plain, ours, tracing, fastrace] = rows[..] else {
        return text;
    };
    text.push_str("\n| target | measured | |\n|---|--:|---|\n");
    let mut target = |name: &str, measured: String, met: bool| {
        let verdict = if met { "met" } else { "**not met**" };
        let _ = writeln!(text, "| {name} | {measured} | {verdict} |");
    };
    let ratio = ours.0 / fastrace.0;
    target(
        "check (CPU) ≤ fastrace's",
        format!("{ratio:.2}"),
        ratio <= 1.0,
    );
    let ratio = ours.1 / fastrace.1;
    target(
        "release build (CPU) ≤ fastrace's",
        format!("{ratio:.2}"),
        ratio <= 1.0,
    );
    #[expect(clippy::cast_precision_loss, reason = "a few million bytes")]
    let ratio = ours.2 as f64 / tracing.2 as f64;
    target(
        "binary ≤ `#[instrument]`'s",
        format!("{ratio:.2}"),
        ratio <= 1.0,
    );
    target(
        "expansion ≤ 1,500 bytes",
        ours.3.to_string(),
        ours.3 <= 1_500,
    );
    let grown = ours.4.saturating_sub(plain.4);
    target(
        "future ≤ plain + 200 bytes",
        format!("+{grown}"),
        grown <= 200,
    );
    text
}

/// Wall-clock and CPU time, in seconds.
fn medians(taken: &mut [Taken]) -> (f64, f64) {
    let mut median = |of: fn(&Taken) -> Duration| {
        taken.sort_by_key(of);
        taken
            .get(taken.len() / 2)
            .map_or(0.0, |taken| of(taken).as_secs_f64())
    };
    (median(|taken| taken.wall), median(|taken| taken.cpu))
}
