//! A crate outside of the workspace.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

/// A crate with the workspace's versions and profile, so that most of what it depends on is built.
pub(crate) struct Crate(PathBuf);

impl Crate {
    /// One of that name.
    pub(crate) fn new(name: &str) -> Self {
        let of = Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name));
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let runtime = workspace.join("lakehouse-otel").display().to_string();
        let manifest = format!(
            "[workspace]\n[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\
             [dependencies]\nlakehouse-otel = {{ path = {runtime:?}, default-features = false, features = [\"enabled\"] }}\n\
             [profile.dev]\ndebug = \"line-tables-only\"\n[profile.dev.package.\"*\"]\ndebug = false\n"
        );
        of.write("Cargo.toml", &manifest);
        fs::copy(workspace.join("Cargo.lock"), of.0.join("Cargo.lock")).unwrap();
        of
    }

    /// Writes one of its files.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn run(&self) -> Output {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
        let mut cargo = Command::new(env::var_os("CARGO").unwrap());
        cargo.args(["run", "--offline", "--quiet", "--manifest-path"]);
        cargo.arg(self.0.join("Cargo.toml"));
        cargo.arg("--target-dir").arg(target.unwrap());
        for (name, _) in env::vars().filter(|(name, _)| name.starts_with("OTEL_")) {
            cargo.env_remove(name);
        }
        cargo.output().unwrap()
    }

    /// What it prints to standard output and to standard error, where it compiles.
    pub(crate) fn prints(&self) -> (String, String) {
        let output = self.run();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{stderr}");
        assert!(!stderr.contains("warning"), "{stderr}");
        (String::from_utf8(output.stdout).unwrap(), stderr)
    }
}
