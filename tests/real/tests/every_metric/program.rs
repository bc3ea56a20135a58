//! The program that records in every metric, and its books.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use lakehouse_otel::schema::OperationType;
use serde_json::Value;

/// The program, at the end of its work, until it is told to end.
pub(crate) struct Program {
    process: Child,
    /// Where Prometheus finds its metrics.
    pub(crate) address: Option<SocketAddr>,
    /// What it recorded, by its own account.
    pub(crate) book: Book,
}

/// What a program recorded, by its own account: by the metrics' names, and by the types of operations.
#[derive(Debug, Default)]
pub(crate) struct Book {
    /// How many operations ended how, by their type.
    pub(crate) ended: BTreeMap<String, BTreeMap<String, u64>>,
    /// What sums add up to, by outcome (or nothing).
    pub(crate) sums: BTreeMap<String, BTreeMap<String, f64>>,
    /// What the levels of a gauge's series add up to.
    pub(crate) levels: BTreeMap<String, f64>,
    /// The values in a histogram.
    pub(crate) values: BTreeMap<String, Vec<f64>>,
}

impl Program {
    /// Runs it until its work is done.
    pub(crate) fn run(variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_every_metric"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("OTEL_") {
                command.env_remove(&name);
            }
        }
        let mut process = command
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = process.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).expect("the program has done its work");
        Self {
            process,
            address: said["address"].as_str().map(|text| text.parse().unwrap()),
            book: Book::read(&said["book"]),
        }
    }

    /// Lets it export the rest and end; its books.
    pub(crate) fn end(mut self) -> Book {
        drop(self.process.stdin.take());
        assert!(self.process.wait().unwrap().success());
        std::mem::take(&mut self.book)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Book {
    fn read(book: &Value) -> Self {
        let of = |kind: &str| book[kind].as_object().unwrap().clone();
        let number = |value: &Value| value.as_f64().unwrap();
        let sums = of("sums").into_iter().map(|(metric, by_outcome)| {
            let by_outcome = by_outcome.as_object().unwrap().iter();
            let by_outcome = by_outcome.map(|(outcome, sum)| (outcome.clone(), number(sum)));
            (metric, by_outcome.collect())
        });
        let ended = of("ended").into_iter().map(|(of, by_outcome)| {
            let by_outcome = by_outcome.as_object().unwrap().iter();
            let by_outcome =
                by_outcome.map(|(outcome, count)| (outcome.clone(), count.as_u64().unwrap()));
            (of, by_outcome.collect())
        });
        let levels = of("levels").into_iter();
        let values = of("values").into_iter().map(|(metric, values)| {
            let values = values.as_array().unwrap().iter();
            (metric, values.map(number).collect())
        });
        Self {
            ended: ended.collect(),
            sums: sums.collect(),
            levels: levels
                .map(|(metric, level)| (metric, number(&level)))
                .collect(),
            values: values.collect(),
        }
    }

    /// Operations of each type ended well, and others with an error.
    pub(crate) fn has_every_operation(&self) {
        for of in OperationType::ALL {
            for outcome in ["ok", "error"] {
                let by_outcome = self.ended.get(of.as_str());
                let ended = by_outcome.and_then(|by_outcome| by_outcome.get(outcome));
                assert!(ended.is_some(), "{} {outcome}", of.as_str());
            }
        }
    }

    /// What a sum is over all outcomes.
    pub(crate) fn total(&self, metric: &str) -> f64 {
        self.sums[metric].values().sum()
    }
}
