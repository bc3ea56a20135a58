//! Writes the generated files, or says which of them differ, or checks a registry.
#![forbid(unsafe_code)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use lakehouse_otel_schema::generate::{self, GeneratedFile};
use lakehouse_otel_schema::model::Registry;
use lakehouse_otel_schema::source::Report;
use lakehouse_otel_schema::{Sources, load};

const HELP: &str = "\
Turns the semantic-convention registry into Rust and documentation.

Usage: cargo run -p lakehouse-otel-schema --bin generate [-- OPTIONS]

Without options it checks the built-in registry and writes every generated file.

Options:
  --check          Write nothing; fail, and name the files, where the committed ones differ
  --registry DIR   Check the registry in DIR and write nothing; every mistake is told as file:line:column
  --own PATH       The same for a program's own, a file or a folder, as `schema!` checks it
  -h, --help       Print this

A registry is a folder of YAML files in OpenTelemetry's format (`file_format: definition/2`) with a `manifest.yaml`.
Exit status: 0 when all is well, 1 for mistakes in the registry or files that differ, 2 for wrong options.
";

enum Task {
    Write,
    Check,
    Validate(PathBuf),
    Own(PathBuf),
    Help,
}

fn main() -> ExitCode {
    let task = match parse(std::env::args().skip(1)) {
        Ok(task) => task,
        Err(problem) => {
            eprintln!("{problem}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    let done = match task {
        Task::Help => {
            print!("{HELP}");
            Ok(())
        }
        Task::Validate(folder) => told(load(&folder)),
        Task::Own(path) => own(&path),
        Task::Write => write(),
        Task::Check => check(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{}", problem.trim_end());
            ExitCode::FAILURE
        }
    }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Task, String> {
    let mut task = Task::Write;
    while let Some(argument) = arguments.next() {
        task = match (argument.as_str(), task) {
            ("-h" | "--help", _) => return Ok(Task::Help),
            ("--check", Task::Write) => Task::Check,
            ("--registry", Task::Write) => {
                let folder = arguments
                    .next()
                    .ok_or("`--registry` needs the folder of the registry")?;
                Task::Validate(PathBuf::from(folder))
            }
            ("--own", Task::Write) => {
                let path = arguments
                    .next()
                    .ok_or("`--own` needs the file or the folder of the registry")?;
                Task::Own(PathBuf::from(path))
            }
            ("--check" | "--registry" | "--own", _) => {
                return Err("one of `--check`, `--registry` and `--own`, once".to_owned());
            }
            (other, _) => return Err(format!("unknown option `{other}`")),
        };
    }
    Ok(task)
}

fn workspace() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

/// A registry that uses those of other packages is checked where it is compiled, for they are known there.
fn own(path: &Path) -> Result<(), String> {
    let mut report = Report::default();
    let sources = Sources::read(Path::new(""), path, "", Vec::new(), &mut report);
    told(sources.load(generate::RUNTIME, report))
}

fn told(loaded: Result<Registry, Report>) -> Result<(), String> {
    let registry = loaded.map_err(|report| {
        let count = report.diagnostics().len();
        format!(
            "{report}\nThe registry has {count} {}.",
            if count == 1 { "mistake" } else { "mistakes" }
        )
    })?;
    println!(
        "The registry `{}` is valid: {} attributes, {} entities, {} events, {} metrics, {} spans.",
        registry.manifest.name,
        registry.attributes.len(),
        registry.entities.len(),
        registry.events.len(),
        registry.metrics.len(),
        registry.spans.len()
    );
    Ok(())
}

fn files() -> Result<Vec<GeneratedFile>, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("registry");
    let registry = load(&folder).map_err(|report| report.to_string())?;
    Ok(generate::files(&registry))
}

fn is_rust(file: &GeneratedFile) -> bool {
    Path::new(&*file.path)
        .extension()
        .is_some_and(|extension| extension == "rs")
}

fn write() -> Result<(), String> {
    for mut file in files()? {
        if is_rust(&file) {
            file.text =
                format(&file.text).map_err(|problem| format!("{}: {problem}", file.path))?;
        }
        let path = workspace().join(&*file.path);
        if std::fs::read_to_string(&path).is_ok_and(|text| text == file.text) {
            continue;
        }
        let folder = path.parent().unwrap_or(workspace());
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&path, &file.text))
            .map_err(|error| format!("cannot write {}: {error}", file.path))?;
        println!("wrote {}", file.path);
    }
    Ok(())
}

/// The layout of Rust is left to `cargo fmt --check`, so that this needs no rustfmt.
fn check() -> Result<(), String> {
    let mut differing = Vec::new();
    for file in files()? {
        let committed = std::fs::read_to_string(workspace().join(&*file.path)).unwrap_or_default();
        let same = if is_rust(&file) {
            without_layout(&committed) == without_layout(&file.text)
        } else {
            committed == file.text
        };
        if !same {
            differing.push(format!("{} differs from what the registry says", file.path));
        }
    }
    if differing.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{}\nrenew with `{}`",
        differing.join("\n"),
        generate::COMMAND
    ))
}

/// Rust without white space, and without commas before a closing bracket.
fn without_layout(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    for line in text.lines() {
        let line = line.trim();
        // Comments stay as they are: rustfmt only indents them.
        if line.starts_with("//") {
            bare.push_str(line);
            bare.push('\n');
        } else {
            bare.extend(line.chars().filter(|letter| !letter.is_whitespace()));
        }
    }
    for bracket in [")", "]", "}"] {
        bare = bare.replace(&format!(",{bracket}"), bracket);
    }
    bare
}

/// Formats with the workspace's own settings, so that `cargo fmt --check` holds.
fn format(text: &str) -> Result<String, String> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout"])
        .current_dir(workspace())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| {
            format!("cannot run rustfmt ({error}); `rustup component add rustfmt` installs it")
        })?;
    let mut input = rustfmt.stdin.take().ok_or("rustfmt takes no input")?;
    let text = text.to_owned();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = rustfmt
        .wait_with_output()
        .map_err(|error| error.to_string())?;
    let written = writer.join().map_err(|_| "writing to rustfmt panicked")?;
    if !output.status.success() {
        return Err(format!(
            "rustfmt refused it: {}",
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    written.map_err(|error| error.to_string())?;
    String::from_utf8(output.stdout).map_err(|error| error.to_string())
}
