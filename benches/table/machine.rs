//! What a run was made on, and how.

use std::fs;
use std::process::Command;

/// The date, the machine, the compiler and the command, a line each.
pub(crate) fn describe(started_load: &str) -> String {
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = processor
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown processor", |rest| {
            rest.trim_start_matches([' ', '\t', ':'])
        });
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let date = said("date", &["-u", "+%Y-%m-%d %H:%M UTC"]);
    let rustc = said("rustc", &["--version"]);
    let commit = said("git", &["rev-parse", "--short", "HEAD"]);
    let arguments: Vec<_> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let mut command = "cargo bench -p lakehouse-otel-benches".to_owned();
    if !arguments.is_empty() {
        command.push_str(" -- ");
        command.push_str(&arguments.join(" "));
    }
    format!(
        "- {date}, commit {commit}, {rustc}\n\
         - {processor}, {cores} cores, Linux {}; load average at the start {started_load}, at the end {}\n\
         - `{command}`\n",
        kernel.trim(),
        load(),
    )
}

/// The load of the last minute.
pub(crate) fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or_default().to_owned()
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or_else(
        |_| format!("no {program}"),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}
