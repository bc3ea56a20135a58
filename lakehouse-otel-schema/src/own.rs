//! The schema of a program's own: a registry that may mention things of the built-in one, and of other packages'.

use std::path::Path;

use crate::built_in::built_in;
use crate::check;
use crate::files::{Files, SourceFile};
use crate::model::{Dialect, Registry, Used};
use crate::parse;
use crate::source::Report;

/// The files of a package's registry, with those of the packages that it uses.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The package that it stands in.
    pub package: String,
    /// Its files.
    pub files: Vec<SourceFile>,
    /// The registries that it uses, each with the path of the module that was made of it.
    pub uses: Vec<(String, Sources)>,
    /// Whether all its files could be read.
    pub complete: bool,
}

impl Sources {
    /// The files of a registry: of a folder with its `manifest.yaml`, or a file alone and the `manifest.yaml` beside it,
    /// where there is one. The path is seen from `root`, and messages name the files by it.
    pub fn read(
        root: &Path,
        path: &Path,
        package: &str,
        uses: Vec<(String, Self)>,
        report: &mut Report,
    ) -> Self {
        let Files { files, complete } = Files::at(root, path, report);
        Self {
            package: package.to_owned(),
            files,
            uses,
            complete,
        }
    }

    /// The registry that they make; the built-in one is among those that it uses, under the path `runtime`.
    ///
    /// # Errors
    ///
    /// With every mistake found, each with its file, line and column.
    pub fn load(&self, runtime: &str, mut report: Report) -> Result<Registry, Report> {
        let (registry, complete) = self.parse(runtime, &mut report);
        check::registry(&registry, complete, &mut report);
        report.into_result(registry)
    }

    fn parse(&self, runtime: &str, report: &mut Report) -> (Registry, bool) {
        let (mut registry, complete) = parse::files(&self.files, Dialect::Own, report);
        registry.manifest.package.clone_from(&self.package);
        // What is used was checked where it stands.
        let unheard = &mut Report::default();
        registry.uses = self
            .uses
            .iter()
            .map(|(module, sources)| Used {
                module: module.clone(),
                registry: sources.parse(runtime, unheard).0,
            })
            .collect();
        registry.uses.push(Used {
            module: runtime.to_owned(),
            registry: built_in(),
        });
        (registry, complete && self.complete)
    }
}
