use super::Folder;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// A look into an archive's files.
#[derive(Debug)]
pub(crate) struct Archive(BTreeMap<PathBuf, Vec<u8>>);

impl Archive {
    pub(crate) fn of(folder: &Folder) -> Self {
        let mut files = BTreeMap::new();
        read(folder.path(), folder.path(), &mut files);
        Self(files)
    }

    /// The files of a layer, by path.
    pub(crate) fn layer(&self, layer: &str) -> BTreeMap<&Path, &[u8]> {
        let files = self.0.iter().filter(|(path, _)| path.starts_with(layer));
        files
            .map(|(path, data)| (path.as_path(), data.as_slice()))
            .collect()
    }

    /// How many lines of the reject files give this reason.
    pub(crate) fn rejects(&self, reason: &str) -> usize {
        let named = format!(r#"{{"reason":"{reason}""#);
        let files = self.layer("rejects");
        let lines = files
            .values()
            .flat_map(|data| std::str::from_utf8(data).unwrap().lines());
        lines.filter(|line| line.starts_with(&named)).count()
    }
}

fn read(root: &Path, folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(root, &path, files);
        } else {
            files.insert(
                path.strip_prefix(root).unwrap().to_owned(),
                fs::read(&path).unwrap(),
            );
        }
    }
}
