//! Instructions, counted by valgrind's callgrind: repeatable, whatever else the machine does.

use std::error::Error;
use std::io;
use std::process::{Command, Stdio};

use crate::child::CALLS_UNDER_CALLGRIND;
use crate::contenders::Export;
use crate::options::child_argument;
use crate::process::command;
use crate::rows::Row;
use crate::who::Who;

/// A valgrind that is installed.
#[derive(Debug)]
pub(crate) struct Callgrind {
    folder: tempfile::TempDir,
}

impl Callgrind {
    pub(crate) fn find() -> io::Result<Option<Self>> {
        let found = Command::new("valgrind")
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if !found.is_ok_and(|status| status.success()) {
            eprintln!("no valgrind, no instructions (apt-get install valgrind)");
            return Ok(None);
        }
        Ok(Some(Self {
            folder: tempfile::tempdir()?,
        }))
    }

    /// Instructions a call, of the calling thread alone.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    pub(crate) fn instructions(
        &self,
        who: Who,
        row: &Row,
        sink: &str,
    ) -> Result<f64, Box<dyn Error>> {
        let out = self.folder.path().join("callgrind.out");
        let output = command("valgrind")
            .args(["--tool=callgrind", "--toggle-collect=*measured_calls*"])
            .arg(format!("--callgrind-out-file={}", out.display()))
            .arg(std::env::current_exe()?)
            .args(["--once", &child_argument(who, row, &Export::Drop, sink)])
            .output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        let profile = std::fs::read_to_string(&out)?;
        let total: u64 = profile
            .lines()
            .find_map(|line| line.strip_prefix("totals: "))
            .ok_or("callgrind counted nothing")?
            .trim()
            .parse()?;
        Ok(total as f64 / f64::from(CALLS_UNDER_CALLGRIND))
    }
}
