//! Another domain, start to end: texts become sentences, vectors, groups and moods, and every stage tells of itself by
//! a schema of this program's own, `telemetry/registry.yaml`.
//!
//! ```text
//! cargo run --example text_analysis                       # three short classics, and a blank page
//! cargo run --example text_analysis -- text.txt other.txt # texts of yours
//! ```
//!
//! | file | stage | algorithm |
//! |---|---|---|
//! | `preprocessing.rs` | text to sentences and words | ends of sentences, stop words |
//! | `embedding.rs` | sentences to vectors | term frequency by inverse document frequency, hashed |
//! | `clustering.rs` | vectors to groups | k-means from the farthest points |
//! | `sentiment.rs` | sentences to how they sound | a lexicon, with negation |
//!
//! With nothing configured its traces and metrics are printed to standard error.

#![forbid(unsafe_code)]

mod analysis;
mod clustering;
mod embedding;
mod error;
mod preprocessing;
mod sentiment;

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::{env, fs};

use analysis::{Analysis, Document};
use lakehouse_otel::prelude::*;
use schema::Language;

// The attributes, spans and metrics of the program, checked while it is compiled.
lakehouse_otel::schema!("text_analysis/telemetry");

/// Public-domain texts: Lewis Carroll, 1865; Abraham Lincoln, 1863; Charles Darwin, 1859. And one that fails.
const CLASSICS: [(&str, &str); 4] = [
    ("alice", include_str!("texts/alice.txt")),
    ("gettysburg", include_str!("texts/gettysburg.txt")),
    ("origin", include_str!("texts/origin.txt")),
    ("blank page", "\n"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let _telemetry = lakehouse_otel::init()?;
    let documents = documents()?;
    let found = run(&documents);
    let mut out = io::stdout().lock();
    for (document, analysis) in documents.iter().zip(&found) {
        match analysis {
            Ok(analysis) => writeln!(out, "{}\n{analysis}", document.name)?,
            Err(error) => writeln!(out, "{}\n  {error}\n", document.name)?,
        }
    }
    Ok(())
}

/// The texts that were asked for.
fn documents() -> io::Result<Vec<Document>> {
    let document = |name: &str, text: &str| Document {
        name: name.to_owned(),
        text: text.to_owned(),
        language: Language::En,
    };
    let paths: Vec<_> = env::args_os().skip(1).collect();
    if paths.is_empty() {
        let classics = CLASSICS.iter();
        return Ok(classics.map(|(name, text)| document(name, text)).collect());
    }
    let read = |path: &Path| {
        Ok(document(
            &path.display().to_string(),
            &fs::read_to_string(path)?,
        ))
    };
    paths.iter().map(|path| read(path.as_ref())).collect()
}

/// The run as a whole: the root of its trace. Telemetry is flushed before it returns.
#[trace_invocation(trigger = Other, name = "analyse_texts", text_analysis.document.count = documents.len())]
fn run(documents: &[Document]) -> Vec<Result<Analysis, error::AnalysisError>> {
    documents.iter().map(analysis::analyse).collect()
}
