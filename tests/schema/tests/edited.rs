//! A crate whose registry is edited: it is compiled again, and a mistake is an error of the compiler.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

const REGISTRY: &str = "\
file_format: definition/2

attributes:

- key: shelf.room
  type:
    members:
    - {id: hall, value: hall, stability: development}
  brief: Where a shelf stands.
  stability: development
";

const MAIN: &str = "\
lakehouse_otel::schema!(\"telemetry/registry.yaml\");

fn main() {
    let rooms: Vec<_> = schema::Room::ALL.iter().map(schema::Room::as_str).collect();
    println!(\"{}\", rooms.join(\" \"));
}
";

/// A crate outside of the workspace, with the workspace's versions and profile, so that its dependencies are built.
struct Crate(PathBuf);

impl Crate {
    fn new() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("edited");
        for inner in ["src", "telemetry"] {
            fs::create_dir_all(folder.join(inner)).unwrap();
        }
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let runtime = workspace.join("lakehouse-otel");
        let manifest = format!(
            "[workspace]\n[package]\nname = \"edited\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
             [dependencies]\nlakehouse-otel = {{ path = {runtime:?}, default-features = false, features = [\"enabled\"] }}\n\
             [profile.dev]\ndebug = \"line-tables-only\"\n[profile.dev.package.\"*\"]\ndebug = false\n"
        );
        fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        fs::write(folder.join("src/main.rs"), MAIN).unwrap();
        Self(folder)
    }

    fn registry(&self, text: &str) {
        fs::write(self.0.join("telemetry/registry.yaml"), text).unwrap();
    }

    fn run(&self) -> Output {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
        let mut cargo = Command::new(env::var_os("CARGO").unwrap());
        cargo.args(["run", "--offline", "--quiet", "--manifest-path"]);
        cargo.arg(self.0.join("Cargo.toml"));
        cargo.arg("--target-dir").arg(target.unwrap());
        cargo.output().unwrap()
    }

    fn prints(&self) -> String {
        let output = self.run();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{stderr}");
        assert_eq!(stderr, "");
        String::from_utf8(output.stdout).unwrap()
    }
}

#[test]
fn it_is_compiled_again_and_mistakes_are_told() {
    let of = Crate::new();
    of.registry(REGISTRY);
    assert_eq!(of.prints(), "hall\n");

    let attic = "    - {id: attic, value: attic, stability: development}\n";
    let more = REGISTRY.replace("  brief: Where", &format!("{attic}  brief: Where"));
    of.registry(&more);
    assert_eq!(of.prints(), "hall attic\n");

    // Two mistakes, each with its file, line and column.
    let wrong = more
        .replace("brief:", "breif:")
        .replace("attic, stability", "hall, stability");
    of.registry(&wrong);
    let output = of.run();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{stderr}");
    for expected in [
        "error: [LO0202] telemetry/registry.yaml:9:26: the value `hall` is there twice; first at telemetry/registry.yaml:8:25",
        "error: [LO0202] telemetry/registry.yaml:10:3: unknown field of an attribute `breif`; did you mean `brief`?",
        "--> src/main.rs:1:25",
    ] {
        assert!(stderr.contains(expected), "no\n{expected}\nin\n{stderr}");
    }

    of.registry(REGISTRY);
    assert_eq!(of.prints(), "hall\n");
}
