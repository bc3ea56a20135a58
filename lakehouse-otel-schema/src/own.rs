//! The schema of a program's own: a registry that may mention things of the built-in one, and of other packages'.

use std::collections::HashMap;
use std::path::Path;

use crate::built_in::built_in;
use crate::check;
use crate::files::{Files, SourceFile};
use crate::model::{AttributeType, Dialect, Registry, Used};
use crate::names;
use crate::parse;
use crate::source::{Position, Report};

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
        self.clashes(&registry, &mut report);
        check::registry(&registry, complete, &mut report);
        report.into_result(registry)
    }

    /// What two of the registries that are used both declare cannot be exported again.
    fn clashes(&self, registry: &Registry, report: &mut Report) {
        let Some(first) = self.files.first() else {
            return;
        };
        let mut seen: HashMap<String, &str> = HashMap::new();
        for used in registry.all().into_iter().skip(1) {
            if used.dialect == Dialect::BuiltIn {
                continue;
            }
            let package = used.manifest.package.split(' ').next().unwrap_or_default();
            for name in names(used) {
                if let Some(other) = seen.insert(name.clone(), package) {
                    report.at(
                        &Position::start_of(&first.path),
                        format!("`{other}` and `{package}` both declare {name}, so one schema cannot use both"),
                    );
                }
            }
        }
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

/// What a registry declares that stands in the module of a schema which uses it, in words.
fn names(registry: &Registry) -> impl Iterator<Item = String> {
    let attributes = registry.attributes.iter();
    let keys = attributes.map(|attribute| format!("the attribute `{}`", attribute.key.value));
    let enums = registry.attributes.iter().filter_map(|attribute| {
        let is_enum = matches!(attribute.kind, AttributeType::Enum(_));
        is_enum.then(|| format!("the enum `{}`", names::enum_name(attribute)))
    });
    let metrics = registry.metrics.iter();
    let metrics = metrics.map(|metric| format!("the metric `{}`", metric.name.value));
    keys.chain(enums).chain(metrics)
}
