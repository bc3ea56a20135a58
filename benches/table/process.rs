//! The children: one process for each contender in each row.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::child::{Done, Task};
use crate::contenders::Export;
use crate::options::child_argument;
use crate::rows::Row;
use crate::who::Who;

/// A child that waits for its next task. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    tasks: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// This program, with nothing of the caller's environment that telemetry reads.
pub(crate) fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let name_ = name.to_string_lossy();
        if ["OTEL_", "ENABLE_", "DEPLOYMENT_", "ENVIRONMENT", "RUST_LOG"]
            .iter()
            .any(|prefix| name_.starts_with(prefix))
        {
            command.env_remove(&name);
        }
    }
    command
}

impl Process {
    pub(crate) fn start(
        who: Who,
        row: &Row,
        export: &Export,
        sink: &str,
    ) -> Result<Self, Box<dyn Error>> {
        let mut child = command(std::env::current_exe()?)
            .args(["--child", &child_argument(who, row, export, sink)])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let tasks = child.stdin.take();
        let answers = child.stdout.take().ok_or("no standard output")?;
        Ok(Self {
            child,
            tasks,
            answers: BufReader::new(answers),
        })
    }

    pub(crate) fn run(&mut self, task: Task) -> Result<Done, Box<dyn Error>> {
        let tasks = self.tasks.as_mut().ok_or("no standard input")?;
        writeln!(tasks, "{}", task.line())?;
        tasks.flush()?;
        let mut answer = String::new();
        if self.answers.read_line(&mut answer)? == 0 {
            return Err(format!("a child ended: {:?}", self.child.wait()?).into());
        }
        Ok(answer.trim_end().parse::<Done>()?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.tasks.take());
        let _ = self.child.wait();
    }
}
