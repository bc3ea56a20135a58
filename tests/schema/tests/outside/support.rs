//! A crate outside of the workspace.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

/// A crate with the workspace's versions and profile, so that most of what it depends on is built.
pub(crate) struct Crate(PathBuf);

impl Crate {
    /// One of that name.
    pub(crate) fn new(name: &str) -> Self {
        let of = Self::empty(name);
        let runtime = runtime();
        let manifest = format!(
            "[workspace]\n[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\
             [dependencies]\nlakehouse-otel = {{ path = '{}', default-features = false, features = [\"enabled\"] }}\n\
             [profile.dev]\ndebug = \"line-tables-only\"\n[profile.dev.package.\"*\"]\ndebug = false\n",
            runtime.display()
        );
        of.write("Cargo.toml", &manifest);
        of
    }

    /// A copy of the one in the folder of that name, which finds the runtime where it is.
    pub(crate) fn copy_of(name: &str) -> Self {
        let of = Self::empty(name);
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let manifest = fs::read_to_string(from.join("Cargo.toml")).unwrap();
        let (path, runtime) = (
            "\"../../../lakehouse-otel\"",
            format!("'{}'", runtime().display()),
        );
        assert!(manifest.contains(path), "{manifest}");
        of.write("Cargo.toml", &manifest.replace(path, &runtime));
        for folder in ["src", "telemetry"] {
            // What has been taken out of the folder since is no part of the copy.
            drop(fs::remove_dir_all(of.0.join(folder)));
            for file in fs::read_dir(from.join(folder)).unwrap() {
                let file = file.unwrap();
                let path = Path::new(folder).join(file.file_name());
                let text = fs::read_to_string(file.path()).unwrap();
                of.write(path.to_str().unwrap(), &text);
            }
        }
        of
    }

    fn empty(name: &str) -> Self {
        let of = Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name));
        fs::create_dir_all(&of.0).unwrap();
        fs::copy(workspace().join("Cargo.lock"), of.0.join("Cargo.lock")).unwrap();
        of
    }

    /// Writes one of its files.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn run(&self) -> Output {
        self.cargo().output().unwrap()
    }

    /// What compiles and runs it.
    pub(crate) fn cargo(&self) -> Command {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
        let mut cargo = Command::new(env::var_os("CARGO").unwrap());
        cargo.args(["run", "--offline", "--quiet", "--manifest-path"]);
        cargo.arg(self.0.join("Cargo.toml"));
        cargo.arg("--target-dir").arg(target.unwrap());
        for (name, _) in env::vars().filter(|(name, _)| name.starts_with("OTEL_")) {
            cargo.env_remove(name);
        }
        cargo
    }

    /// What it prints to standard output and to standard error, where it compiles.
    pub(crate) fn prints(&self) -> (String, String) {
        printed(self.run())
    }
}

/// Both outputs of what went well, without a warning.
pub(crate) fn printed(output: Output) -> (String, String) {
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{stderr}");
    assert!(!stderr.contains("warning"), "{stderr}");
    (String::from_utf8(output.stdout).unwrap(), stderr)
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn runtime() -> PathBuf {
    workspace().join("lakehouse-otel")
}
