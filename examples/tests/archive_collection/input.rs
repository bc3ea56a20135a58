//! Real files, served by the built-in exchange.

use crate::support::{Archive, Folder, Program, python, skipped};
use std::path::Path;

/// `../shared/data` beside the project, where it is.
fn shared_data() -> Option<&'static Path> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data"));
    path.exists().then_some(path)
}

#[test]
fn shared_data_if_present_is_archived_to_the_last_bar() {
    let Some(data) = shared_data() else {
        skipped("no ../shared/data beside the project");
        return;
    };
    let store = Folder::new();
    let finished = Program::new()
        .flag("--input", data)
        .flags("--retry-after 0")
        .store(&store)
        .run()
        .ok();
    // Between its two files the raw one has nothing: 1,430 minutes.
    assert!(
        finished
            .line("ADABTC 1m")
            .starts_with("ADABTC 1m 2 2 21 0 1,430"),
        "{finished:#?}"
    );
    assert!(
        finished
            .line("BTC-PERP 1m")
            .starts_with("BTC-PERP 1m 11 11 10,080 0 0"),
        "{finished:#?}"
    );
    assert!(
        finished
            .line("Rows:")
            .starts_with("Rows: 10,101 received; rejected: none; 1,430 bars missing in 1 gap")
    );

    if let Some(python) = python::with_pyarrow() {
        let script = include_str!("read_back.py");
        let answer = python::run(&python, script, &[store.path().to_str().unwrap()]);
        let sums: Vec<_> = answer
            .lines()
            .map(|line| line.split(' ').skip(1).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(sums[0], format!("21 {}", sum(data, "binance", false)));
        assert_eq!(sums[1], format!("10080 {}", sum(data, "ohlcv", true)));
    }
}

/// The volumes of a folder's files, added without any help from the program, with 18 places.
fn sum(data: &Path, folder: &str, header: bool) -> String {
    let mut sum = 0_i128;
    for entry in std::fs::read_dir(data.join(folder)).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "csv") {
            continue;
        }
        for line in std::fs::read_to_string(path)
            .unwrap()
            .lines()
            .skip(usize::from(header))
        {
            let volume = line.split(',').nth(5).unwrap();
            let (whole, places) = volume.split_once('.').unwrap_or((volume, ""));
            sum += format!("{whole}{places:0<18}").parse::<i128>().unwrap();
        }
    }
    let one = 10_i128.pow(18);
    format!("{}.{:018}", sum / one, sum % one)
}

#[test]
fn rows_that_cannot_be_right_are_set_aside_not_dropped() {
    let input = Folder::new();
    input.write(
        "deep/down/BTC-PERP-1m-2022.csv",
        "timestamp,open,high,low,close,volume\n\
         2022-01-01 00:00:00.000000,1,2,0.5,1.5,10\n\
         2022-01-01 00:01:00.000000,1,2,0.5,oops,10\n\
         2022-01-01 00:02:00.000000,1,2,0.5\n\
         some day,1,2,0.5,1.5,10\n\
         2022-01-01 00:04:00.000000,1,0.1,0.5,1.5,10\n\
         2022-01-01 00:05:00.000000,1,2,0.5,1.5,10\n\
         2022-01-01 00:05:00.000000,1,2,0.5,1.5,10\n",
    );
    // Nothing at all for months: partitions without a bar.
    input.write(
        "SOLUSDT-1d-2024.csv",
        "1704067200000,1,2,0.5,1.5,10,1704153599999,15,3,5,7.5,0\n\
         1717200000000,1,2,0.5,1.5,10,1717286399999,15,3,5,7.5,0\n",
    );
    // Microseconds, as Binance's archive has them since 2025.
    input.write(
        "ETHUSDT-1h-2025-01-01.csv",
        "1735689600000000,1,2,0.5,1.5,10,1735693199999999,15,3,5,7.5,0\n",
    );
    let store = Folder::new();
    let flags = "--retry-after 0 --fault-rate 0";
    let finished = Program::new()
        .flag("--input", input.path())
        .flags(flags)
        .store(&store)
        .run()
        .ok();
    assert!(
        finished
            .line("BTC-PERP 1m")
            .starts_with("BTC-PERP 1m 1 1 2 5 1"),
        "{finished:#?}"
    );
    assert!(
        finished
            .line("ETHUSDT 1h")
            .starts_with("ETHUSDT 1h 1 1 1 0 0"),
        "{finished:#?}"
    );
    let archive = Archive::of(&store);
    let counts =
        ["malformed", "inconsistent", "duplicate", "gap"].map(|reason| archive.rejects(reason));
    assert_eq!(counts, [3, 1, 1, 6]);
    let rejects: String = archive
        .layer("rejects")
        .values()
        .map(|data| String::from_utf8_lossy(data))
        .collect();
    assert!(
        rejects.contains(r#""oops""#) && rejects.contains(r#""some day""#),
        "{rejects}"
    );
}
