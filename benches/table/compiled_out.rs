//! The row "compiled out": the machine code of the annotated function and of the bare one, in a build without the
//! feature `enabled`. It is another build, for cargo's features add up within one.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;
use std::process::Command;

use crate::rounds::Cell;

const PACKAGE: &str = "lakehouse-otel-benches-compiled-out";

/// What the other build gave.
#[derive(Debug)]
pub(crate) struct CompiledOut {
    /// Where the machine code differs: the function, and both versions. Empty is what we want.
    pub(crate) differences: Vec<String>,
    pub(crate) annotated: Cell,
    pub(crate) bare: Cell,
}

pub(crate) fn measure(rounds: usize) -> Result<CompiledOut, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let assembly = folder.path().join("compiled_out.s");
    let emit = format!("--emit=asm={}", assembly.display());
    let mut build = cargo("rustc");
    build.args(["--lib", "--", &emit, "-Ccodegen-units=1"]);
    output(&mut build)?;
    let differences = differences(&std::fs::read_to_string(&assembly)?)?;

    let rounds = rounds.to_string();
    let said = output(cargo("run").args(["--bin", "compiled-out", "--", &rounds]))?;
    let (mut annotated, mut bare) = (Cell::default(), Cell::default());
    for line in said.lines() {
        let (one, other) = line.split_once(' ').ok_or("no pair of numbers")?;
        annotated.nanos.push(one.parse()?);
        bare.nanos.push(other.parse()?);
    }
    annotated.nanos.sort_by(f64::total_cmp);
    bare.nanos.sort_by(f64::total_cmp);
    Ok(CompiledOut {
        differences,
        annotated,
        bare,
    })
}

fn cargo(command: &str) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("compiled-out"));
    cargo.args([command, "--quiet", "--release", "--package", PACKAGE]);
    cargo
}

fn output(command: &mut Command) -> Result<String, Box<dyn Error>> {
    let output = command.output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn differences(assembly: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let mut differences = Vec::new();
    for function in ["call", "poll"] {
        let (annotated, bare) = (format!("annotated_{function}"), format!("bare_{function}"));
        // Where the compiler finds the two to be the same it makes one of them the other's name.
        let same = assembly.lines().any(|line| {
            let alias = line.contains(" = ") || line.trim_start().starts_with(".set");
            alias && line.contains(&annotated) && line.contains(&bare)
        });
        if same {
            continue;
        }
        let (one, other) = (
            instructions(assembly, &annotated),
            instructions(assembly, &bare),
        );
        if one.len() < 3 {
            return Err(format!("no {annotated} in the assembly").into());
        }
        if one != other {
            let (one, other) = (one.join("\n  "), other.join("\n  "));
            differences.push(format!("{annotated}:\n  {one}\n{bare}:\n  {other}"));
        }
    }
    Ok(differences)
}

/// The instructions of a function. Labels are numbered in the order in which they appear, for their own numbers
/// depend on what stands before the function.
fn instructions(assembly: &str, function: &str) -> Vec<String> {
    let mut labels: HashMap<String, String> = HashMap::new();
    assembly
        .lines()
        .skip_while(|line| !(line.contains(function) && line.ends_with(':')))
        .skip(1)
        .map(str::trim)
        .take_while(|line| !line.starts_with(".Lfunc_end"))
        .filter(|line| line.starts_with(".L") || !line.starts_with(['.', '#']))
        .map(|line| renumbered(line, &mut labels))
        .collect()
}

fn renumbered(line: &str, labels: &mut HashMap<String, String>) -> String {
    let mut rest = line;
    let mut text = String::new();
    while let Some(at) = rest.find(".L") {
        text.push_str(&rest[..at]);
        let label = &rest[at..];
        let ends = label
            .find(|character: char| !(character.is_alphanumeric() || "._$".contains(character)));
        let (label, after) = label.split_at(ends.unwrap_or(label.len()));
        let next = format!(".L{}", labels.len());
        text.push_str(labels.entry(label.to_owned()).or_insert(next));
        rest = after;
    }
    text + rest
}
