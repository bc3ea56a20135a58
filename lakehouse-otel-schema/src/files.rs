//! The files of a registry, before anything is known of what they say.

use std::path::{Path, PathBuf};

use crate::source::{Position, Report};

/// The file that names the registry.
pub(crate) const MANIFEST: &str = "manifest.yaml";

/// A file of a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path, as messages name it.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
}

impl SourceFile {
    /// Whether it is the one that names the registry.
    #[must_use]
    pub fn is_manifest(&self) -> bool {
        self.path
            .file_name()
            .is_some_and(|name| name.eq_ignore_ascii_case(MANIFEST))
    }
}

/// The files of a registry, and whether all could be read.
pub(crate) struct Files {
    pub(crate) files: Vec<SourceFile>,
    pub(crate) complete: bool,
}

impl Files {
    /// `manifest.yaml` and every other YAML file of the folder and the folders in it, by name. Messages name them as
    /// this path does, which is seen from `root`.
    pub(crate) fn in_folder(root: &Path, folder: &Path, report: &mut Report) -> Self {
        let mut paths = Vec::new();
        if let Err(error) = list(root, folder, &mut paths) {
            report.at(
                &Position::start_of(folder),
                format!("cannot read the registry's folder: {error}"),
            );
            return Self {
                files: Vec::new(),
                complete: false,
            };
        }
        paths.sort();
        let manifest = folder.join(MANIFEST);
        if !paths.contains(&manifest) {
            report.at(
                &Position::start_of(&manifest),
                "there is no such file; a registry has one, with `name` and `schema_url`",
            );
        }
        Self::read(root, paths, report)
    }

    /// The folder, or the one file with the `manifest.yaml` beside it, where there is one.
    pub(crate) fn at(root: &Path, path: &Path, report: &mut Report) -> Self {
        if root.join(path).is_dir() {
            return Self::in_folder(root, path, report);
        }
        let manifest = path.with_file_name(MANIFEST);
        let mut paths = vec![path.to_owned()];
        if manifest != path && root.join(&manifest).is_file() {
            paths.insert(0, manifest);
        }
        Self::read(root, paths, report)
    }

    fn read(root: &Path, paths: Vec<PathBuf>, report: &mut Report) -> Self {
        let mut files = Vec::new();
        let mut complete = true;
        for path in paths {
            match std::fs::read_to_string(root.join(&path)) {
                Ok(text) => files.push(SourceFile { path, text }),
                Err(error) => {
                    complete = false;
                    report.at(
                        &Position::start_of(&path),
                        format!("cannot read the file: {error}"),
                    );
                }
            }
        }
        Self { files, complete }
    }
}

fn list(root: &Path, folder: &Path, paths: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.path().is_dir() {
            list(root, &path, paths)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml" || extension == "yml")
        {
            paths.push(path);
        }
    }
    Ok(())
}
