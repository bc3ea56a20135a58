//! The built-in registry, in the program: the schemas of others mention its attributes and metrics.

use std::path::PathBuf;

use crate::files::SourceFile;
use crate::model::{Dialect, Registry};
use crate::parse;
use crate::source::Report;

macro_rules! built_in {
    ($($path:literal),+ $(,)?) => {
        /// The files of the built-in registry, by name: their path in its folder, and what they say.
        const FILES: &[(&str, &str)] = &[
            $(($path, include_str!(concat!("../registry/", $path))),)+
        ];
    };
}

built_in![
    "crypto.yaml",
    "events.yaml",
    "lakehouse.yaml",
    "legacy.yaml",
    "manifest.yaml",
    "metrics.yaml",
    "spans.yaml",
    "standard/cloud.yaml",
    "standard/database.yaml",
    "standard/errors.yaml",
    "standard/http.yaml",
    "standard/metrics.yaml",
    "standard/resource.yaml",
    "standard/system.yaml",
];

/// The built-in registry. It was checked when its files were generated, so what is left is to read it.
#[must_use]
pub fn built_in() -> Registry {
    let files: Vec<SourceFile> = FILES
        .iter()
        .map(|(path, text)| SourceFile {
            path: PathBuf::from("lakehouse-otel").join(path),
            text: (*text).to_owned(),
        })
        .collect();
    parse::files(&files, Dialect::BuiltIn, &mut Report::default()).0
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{FILES, built_in};
    use crate::files::Files;
    use crate::source::Report;

    #[test]
    fn every_file_of_the_registry_is_in_the_program() {
        let mut report = Report::default();
        let files = Files::in_folder(Path::new(""), Path::new("registry"), &mut report);
        let paths: Vec<_> = files.files.iter().map(|file| file.path.clone()).collect();
        let known: Vec<_> = FILES
            .iter()
            .map(|(path, _)| Path::new("registry").join(path))
            .collect();
        assert_eq!(known, paths, "the list in this file is to be the folder's");
        assert!(built_in().metric("crypto.api.requests").is_some());
    }
}
