//! Wrong flags: exit status 2, the value, and what is allowed.

use crate::support::{Folder, Program};

#[track_caller]
fn refused(flags: &str, says: &[&str]) {
    let finished = Program::new().flags(flags).run();
    assert_eq!(finished.status, Some(2), "{finished:#?}");
    for part in says {
        assert!(
            finished.stderr.contains(part),
            "no `{part}` in: {}",
            finished.stderr
        );
    }
}

#[test]
fn a_bad_value_is_named_with_what_is_allowed() {
    refused(
        "--timeframes 1m,7m",
        &["'7m'", "--timeframes", "allowed: 1s, 1m, 3m", "1d"],
    );
    refused("--symbols btc/usdt", &["'btc/usdt'", "A-Z, 0-9"]);
    refused("--days 0", &["--days", "1..=3650"]);
    refused("--limit 1001", &["--limit", "1..=1000"]);
    refused("--fault-rate 2", &["--fault-rate", "0 to 0.5"]);
    refused(
        "--start yesterday",
        &["'yesterday'", "2025-01-31T12:00:00Z"],
    );
    refused(
        "--exchange ftp://localhost",
        &["scheme `ftp`", "http, https"],
    );
    refused(
        "--store gs://bucket",
        &["scheme `gs`", "s3://bucket/prefix"],
    );
}

#[test]
fn flags_that_contradict_each_other_are_refused() {
    refused(
        "--start 2025-01-02 --end 2025-01-01",
        &["--start (2025-01-02", "is not before the end (2025-01-01"],
    );
    refused("--start 2025-01-01 --days 3", &["--start", "--days"]);
    refused(
        "--exchange http://localhost:1 --seed 3",
        &["--exchange", "--seed"],
    );
    refused(
        "--timeframes 1h --start 2025-01-01T00:10:00Z --end 2025-01-01T00:50:00Z",
        &["no whole bar of 1h"],
    );
}

#[cfg(not(feature = "s3"))]
#[test]
fn s3_that_is_not_compiled_in_says_how_to_get_it() {
    refused("--store s3://bucket/prefix", &["--features s3"]);
}

#[cfg(not(feature = "tls"))]
#[test]
fn tls_that_is_not_compiled_in_says_how_to_get_it() {
    refused("--exchange https://localhost", &["--features tls"]);
}

#[test]
fn a_wrong_input_is_named_with_file_and_line() {
    refused(
        "--input /no/such/folder",
        &["--input /no/such/folder", "No such file"],
    );
    let folder = Folder::new();
    let path = folder.path().display();
    refused(&format!("--input {path}"), &["no CSV file"]);
    folder.write("BTCUSDT-1m-2025.csv", "date;price\n1;2\n");
    refused(
        &format!("--input {path}"),
        &[
            "BTCUSDT-1m-2025.csv: line 1",
            "timestamp,open,high,low,close,volume",
        ],
    );
    folder.write(
        "BTCUSDT-1m-2025.csv",
        "timestamp,open,high,low,close,volume\nsoon,1,1,1,1,1\n",
    );
    refused(
        &format!("--input {path}"),
        &["BTCUSDT-1m-2025.csv: line 2: `soon` is no time"],
    );
    folder.write(
        "BTCUSDT-1m-2025.csv",
        "timestamp,open,high,low,close,volume\n2025-01-01 00:00:00,1,1,1,1,1\n",
    );
    refused(
        &format!("--input {path} --symbols ETHUSDT"),
        &["holds no ETHUSDT", "it holds BTCUSDT 1m"],
    );
    folder.write("prices.csv", "1,2\n");
    refused(
        &format!("--input {path}"),
        &["prices.csv: the name tells no timeframe"],
    );
}

#[test]
fn help_explains_every_flag() {
    let help = Program::new().flags("--help").run().ok().stdout;
    let flags = "symbols timeframes start end days store fresh exchange input seed fault-rate retry-after limit \
                 retries retry-budget max-wait timeout jobs";
    for flag in flags.split_whitespace() {
        assert!(help.contains(&format!("--{flag}")), "{help}");
    }
    assert_eq!(help.matches("[default: ").count(), 15, "{help}");
}
