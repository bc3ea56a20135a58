use super::{Folder, ScriptedExchange};
use std::{
    env,
    ffi::OsStr,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

/// The example, with arguments.
#[derive(Debug)]
pub(crate) struct Program(Command);

/// What it left.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Program {
    /// With telemetry off: what most tests look at must not depend on it.
    pub(crate) fn new() -> Self {
        Self::with_telemetry().env("OTEL_SDK_DISABLED", "true")
    }

    /// With telemetry as it is by default: on the console.
    pub(crate) fn with_telemetry() -> Self {
        let mut command = Command::new(built());
        for (name, _) in env::vars_os() {
            let prefix = |prefix| name.to_str().is_some_and(|name| name.starts_with(prefix));
            if [
                "OTEL_",
                "ENABLE_OPENTELEMETRY",
                "DEPLOYMENT_",
                "ENVIRONMENT",
            ]
            .into_iter()
            .any(prefix)
            {
                command.env_remove(name);
            }
        }
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command)
    }

    /// A run into a folder, from a scripted exchange: two hours of one symbol in pages of ten minutes.
    pub(crate) fn scripted(exchange: &ScriptedExchange, store: &Folder) -> Self {
        Self::new().two_hours(exchange, store)
    }

    pub(crate) fn scripted_with_telemetry(exchange: &ScriptedExchange, store: &Folder) -> Self {
        Self::with_telemetry().two_hours(exchange, store)
    }

    fn two_hours(self, exchange: &ScriptedExchange, store: &Folder) -> Self {
        let series = "--symbols BTCUSDT --timeframes 1m --limit 10";
        let range = "--start 2025-01-01 --end 2025-01-01T02:00:00Z";
        self.flags(series)
            .flags(range)
            .flag("--exchange", exchange.url())
            .store(store)
    }

    /// Flags as one types them.
    pub(crate) fn flags(mut self, flags: &str) -> Self {
        self.0.args(flags.split_whitespace());
        self
    }

    pub(crate) fn flag(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.arg(name).arg(value);
        self
    }

    pub(crate) fn store(self, folder: &Folder) -> Self {
        self.flag("--store", folder.path())
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    pub(crate) fn start(mut self) -> Child {
        self.0.spawn().unwrap()
    }

    pub(crate) fn run(self) -> Finished {
        Finished::of(self.start())
    }
}

impl Finished {
    pub(crate) fn of(child: Child) -> Self {
        let output = child.wait_with_output().unwrap();
        Self {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.status, Some(0), "{self:#?}");
        self
    }

    /// The line of the summary that starts so, without its alignment.
    #[track_caller]
    pub(crate) fn line(&self, start: &str) -> String {
        let lines = self
            .stdout
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        lines
            .into_iter()
            .find(|line| line.starts_with(start))
            .unwrap_or_else(|| panic!("no line `{start}…`: {self:#?}"))
    }
}

/// `cargo test` builds examples beside the tests.
fn built() -> PathBuf {
    let test = env::current_exe().unwrap();
    let profile = test.parent().and_then(|deps| deps.parent()).unwrap();
    let path = profile
        .join("examples")
        .join(format!("archive_collection{}", env::consts::EXE_SUFFIX));
    assert!(
        path.exists(),
        "not built: run `cargo build --example archive_collection` first"
    );
    path
}
