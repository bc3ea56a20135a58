//! A package in a folder of its own below `target`, and what cargo takes for it.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use super::source::{self, Kind};

/// What cargo and the compilers that it started took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    pub(super) wall: Duration,
    pub(super) cpu: Duration,
}

/// The functions with one of the attributes. Its dependencies are built once, so that what is timed is the package alone.
#[derive(Debug)]
pub(super) struct Package {
    kind: Kind,
    folder: PathBuf,
}

impl Package {
    pub(super) fn new(kind: Kind) -> Result<Self, Box<dyn Error>> {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("..")
            .canonicalize()?;
        let target = std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| workspace.join("target"), PathBuf::from);
        let folder = target.join("compile").join(kind.id());
        fs::create_dir_all(folder.join("src"))?;
        let package = Self { kind, folder };
        fs::write(
            package.folder.join("Cargo.toml"),
            manifest(kind, &workspace)?,
        )?;
        // The same versions of everything.
        fs::copy(
            workspace.join("Cargo.lock"),
            package.folder.join("Cargo.lock"),
        )?;
        fs::write(package.source(), "fn main() {}\n")?;
        package.check()?;
        package.release()?;
        fs::write(package.source(), source::program(kind))?;
        Ok(package)
    }

    pub(super) fn check(&self) -> Result<Taken, Box<dyn Error>> {
        self.timed(&["check"])
    }

    pub(super) fn release(&self) -> Result<Taken, Box<dyn Error>> {
        self.timed(&["build", "--release"])
    }

    /// How many bytes the functions are when the macros are expanded, as the compiler prints them, without its indentation.
    pub(super) fn expanded(&self) -> Result<usize, Box<dyn Error>> {
        let mut cargo = self.cargo(&["rustc", "--profile", "dev", "--", "-Zunpretty=expanded"]);
        let output = succeeded(cargo.env("RUSTC_BOOTSTRAP", "1").output()?)?;
        let text = String::from_utf8(output.stdout)?;
        Ok(text.lines().map(|line| line.trim_start().len() + 1).sum())
    }

    pub(super) fn binary(&self) -> Result<u64, Box<dyn Error>> {
        Ok(fs::metadata(self.program())?.len())
    }

    /// How many bytes the future of the function with the large argument is, which the program says.
    pub(super) fn future(&self) -> Result<usize, Box<dyn Error>> {
        let output = succeeded(Command::new(self.program()).output()?)?;
        let said = String::from_utf8(output.stdout)?;
        Ok(said.lines().next().unwrap_or_default().parse()?)
    }

    fn source(&self) -> PathBuf {
        self.folder.join("src/main.rs")
    }

    fn program(&self) -> PathBuf {
        self.folder.join("target/release").join(self.kind.id())
    }

    /// One run of cargo, in which the package is not up to date and all else is.
    fn timed(&self, arguments: &[&str]) -> Result<Taken, Box<dyn Error>> {
        let text = fs::read(self.source())?;
        fs::write(self.source(), text)?;
        let (started, cpu) = (Instant::now(), cpu()?);
        succeeded(self.cargo(arguments).output()?)?;
        Ok(Taken {
            wall: started.elapsed(),
            cpu: self::cpu()?.saturating_sub(cpu),
        })
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .current_dir(&self.folder)
            .arg("--quiet")
            .args(arguments)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .env("CARGO_INCREMENTAL", "0");
        cargo
    }
}

fn manifest(kind: Kind, workspace: &Path) -> Result<String, Box<dyn Error>> {
    let dependency = match kind.dependency() {
        None => String::new(),
        Some((name @ "lakehouse-otel", features)) => {
            let path = workspace.join(name);
            format!(
                "{name} = {{ path = '{}', default-features = false, {features} }}",
                path.display()
            )
        }
        Some((name, features)) => {
            let version = version_of(name, workspace)?;
            format!("{name} = {{ version = \"={version}\", default-features = false, {features} }}")
        }
    };
    let id = kind.id();
    Ok(format!(
        "[package]\nname = \"{id}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependency}\n\n[workspace]\n"
    ))
}

/// The version that the workspace's lock file has.
fn version_of(name: &str, workspace: &Path) -> Result<String, Box<dyn Error>> {
    let lock = fs::read_to_string(workspace.join("Cargo.lock"))?;
    let wanted = format!("name = \"{name}\"");
    let mut lines = lock.lines().skip_while(|line| *line != wanted).skip(1);
    let version = lines
        .next()
        .and_then(|line| line.strip_prefix("version = "));
    let version = version.ok_or_else(|| format!("the lock file has no {name}"))?;
    Ok(version.trim_matches('"').to_owned())
}

/// The CPU time of all processes that this one has waited for.
fn cpu() -> Result<Duration, Box<dyn Error>> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(Duration::from_micros(u64::try_from(micros)?))
}

fn succeeded(output: Output) -> Result<Output, Box<dyn Error>> {
    if output.status.success() {
        return Ok(output);
    }
    Err(String::from_utf8_lossy(&output.stderr).into())
}
