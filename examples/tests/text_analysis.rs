//! `text_analysis` runs with nothing installed and shows what it did; and with a misspelt attribute it does not compile.

mod built;

use std::path::Path;
use std::process::{Command, Output};
use std::{env, fs};

use built::{has_line, run};

#[test]
fn shows_its_traces_and_metrics() {
    let (found, told) = run("text_analysis", &[]);
    has_line(&found, &["4 sentences", "rabbit, hole"]);
    has_line(&found, &["7 sentences", "nation, dedicated"]);
    has_line(&told, &["18 spans", "2 failed"]);
    has_line(&told, &["✓ analyse_texts", "count=4"]);
    has_line(&told, &["├─ ✓ document", "name=gettysburg", "language=en"]);
    has_line(&told, &["✓ embedding", "batch_size=9", "model=hashing-256"]);
    has_line(&told, &["✓ clustering", "clusters=3", "iterations=2"]);
    has_line(
        &told,
        &[
            "✗ preprocessing",
            "no_sentences: there are no sentences in it",
        ],
    );
    has_line(&told, &["text_analysis.requests", "17", "error 2, ok 15"]);
    has_line(&told, &["text_analysis.processing.time", "17"]);
    has_line(&told, &["text_analysis.errors", "2"]);
    has_line(&told, &["text_analysis.sentences", "22"]);
}

#[test]
fn analyses_texts_of_the_users_own() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("own.txt");
    fs::write(
        &path,
        "Dr. Love was good. She had no fear! Then came the war.",
    )
    .unwrap();
    let (found, told) = run("text_analysis", &[path.to_str().unwrap()]);
    has_line(&found, &["3 sentences", "mood +0.33"]);
    has_line(&told, &["6 spans"]);
    has_line(&told, &["✓ preprocessing", "sentence_count=3"]);
}

/// A copy of the example as a crate of its own, with something replaced; and what the compiler says of it.
fn checked(name: &str, replaced: &str, by: &str) -> Output {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = examples.parent().unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    copy(
        &examples.join("text_analysis"),
        &folder.join("text_analysis"),
        &|text| text.replace(replaced, by),
    );
    let runtime = workspace.join("lakehouse-otel");
    let manifest = format!(
        "[workspace]\n[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
         [[bin]]\nname = \"{name}\"\npath = \"text_analysis/main.rs\"\n\
         [dependencies]\nlakehouse-otel = {{ path = '{}', default-features = false, features = [\"enabled\"] }}\nthiserror = \"2\"\n\
         [profile.dev]\ndebug = \"line-tables-only\"\n[profile.dev.package.\"*\"]\ndebug = false\n",
        runtime.display()
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    // Where the dependencies are built already, as far as the features are the same.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut cargo = Command::new(env::var_os("CARGO").unwrap());
    cargo.args(["check", "--offline", "--quiet", "--manifest-path"]);
    cargo.arg(folder.join("Cargo.toml"));
    cargo.arg("--target-dir").arg(target);
    cargo.output().unwrap()
}

fn copy(from: &Path, to: &Path, change: &dyn Fn(String) -> String) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to, change);
        } else {
            let text = fs::read_to_string(entry.path()).unwrap();
            fs::write(to, change(text)).unwrap();
        }
    }
}

#[test]
fn a_misspelt_attribute_does_not_compile() {
    let output = checked("as_it_is", "", "");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && told.is_empty(), "{told}");

    let mistakes: [(&str, &str, &[&str]); 3] = [
        (
            "embedding.batch_size = sentences",
            "embedding.btach_size = sentences",
            &[
                "the schema has no attribute `embedding.btach_size`; did you mean `embedding.batch_size`?",
                "text_analysis/embedding.rs:",
            ],
        ),
        (
            "stage = Clustering",
            "stage = Clusterin",
            &["`Stage` has no member `Clusterin`; did you mean `Clustering`?"],
        ),
        (
            "clustering.clusters = count, ",
            "",
            &[
                "`#[trace_operation]` needs the argument `clustering.clusters`: `clustering.clusters = …`",
            ],
        ),
    ];
    for (right, wrong, expected) in mistakes {
        let output = checked("misspelt", right, wrong);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{wrong} compiles");
        for expected in expected {
            assert!(told.contains(expected), "no {expected}\nin\n{told}");
        }
        // One error, and that there was one.
        let errors = told.lines().filter(|line| line.starts_with("error"));
        assert_eq!(errors.count(), 2, "{told}");
    }
}
