//! Takes the Rust code from the pages. Each block becomes a function of its own, in which stands what the page leaves
//! out: the items of the page's module in `tests/pages/around.rs`, and `todo!()` for each `…`.
//!
//! A block that cannot compile says so on the page: `rust,ignore`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut modules = String::new();
    let mut blocks = 0;
    for page in pages(&root)? {
        println!("cargo::rerun-if-changed={}", page.display());
        let text = fs::read_to_string(&page)?;
        let name = page.file_stem().unwrap_or_default().to_string_lossy();
        let name = name.to_lowercase().replace('-', "_");
        for (line, code) in code(&text) {
            blocks += 1;
            module(&mut modules, &name, line, &code);
        }
    }
    let _ = writeln!(modules, "const BLOCKS: usize = {blocks};");
    let generated = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(generated.join("pages.rs"), modules)
}

/// Pages whose code is tested elsewhere: of wrong code against what the compiler says of it (`tests/ui`), and of a
/// registry with its program (`tests/schema`).
const ELSEWHERE: [&str; 2] = ["diagnostics.md", "own-schema.md"];

/// The pages for people, in the order of their names.
fn pages(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
        .map(|page| root.join(page))
        .to_vec();
    let docs = root.join("docs");
    println!("cargo::rerun-if-changed={}", docs.display());
    for folder in [docs.join("decisions"), docs] {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let is_elsewhere = ELSEWHERE.iter().any(|page| path.ends_with(page));
            if path.extension().is_some_and(|extension| extension == "md") && !is_elsewhere {
                pages.push(path);
            }
        }
    }
    pages.sort();
    Ok(pages)
}

/// The blocks of Rust, with the lines on which they begin.
fn code(page: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut lines = page.lines().zip(1..);
    while let Some((fence, line)) = lines.next() {
        let block = lines.by_ref();
        if !fence.starts_with("```") || fence == "```" {
            continue;
        }
        let code = block.take_while(|(text, _)| *text != "```");
        let code: String = code.flat_map(|(text, _)| [text, "\n"]).collect();
        if fence == "```rust" {
            found.push((line, code.replace('…', "todo!()")));
        }
    }
    found
}

fn module(out: &mut String, page: &str, line: usize, code: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "mod {page}_line_{line} {{\n\
         use crate::around::{page}::*;\n\
         fn block() -> Result<(), Box<dyn std::error::Error>> {{\n\
         let _ = {{\n{code}}};\n\
         Ok(())\n}}\n}}\n"
    );
}
