//! One document through all stages.

use std::collections::BTreeMap;
use std::fmt;

use lakehouse_otel::prelude::*;

use crate::clustering::cluster;
use crate::embedding::Embedder;
use crate::error::AnalysisError;
use crate::preprocessing::{Sentence, preprocess};
use crate::schema::Language;
use crate::sentiment::Lexicon;

/// How many numbers a vector has.
const DIMENSIONS: usize = 256;

/// How many groups the sentences of a document are put into.
const CLUSTERS: usize = 3;

/// How many of a group's words stand for it.
const TOP_WORDS: usize = 5;

#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) language: Language,
}

/// What was found out about a document.
#[derive(Debug)]
pub(crate) struct Analysis {
    pub(crate) sentences: usize,
    pub(crate) mood: f64,
    pub(crate) groups: Vec<Group>,
}

/// Sentences that are alike.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) sentences: usize,
    /// The words that most of them have, the most frequent one first.
    pub(crate) words: Vec<String>,
    pub(crate) mood: f64,
}

#[trace_operation(
    span = text_analysis.document, stage = Document,
    document.name = document.name, language = document.language,
    labels(document.name), keep(document.name),
)]
pub(crate) fn analyse(document: &Document) -> Result<Analysis, AnalysisError> {
    let sentences = preprocess(&document.text, document.language)?;
    let embedder = Embedder::new(DIMENSIONS);
    let vectors = embedder.embed(&sentences, document.language);
    let clusters = cluster(&vectors, CLUSTERS.min(sentences.len()))?;
    let moods = Lexicon::new().moods(&sentences);
    let groups = (0..clusters.count).map(|cluster| {
        let members: Vec<_> = (0..sentences.len())
            .filter(|sentence| clusters.of[*sentence] == cluster)
            .collect();
        Group {
            sentences: members.len(),
            words: frequent(members.iter().map(|member| &sentences[*member])),
            mood: mean(members.iter().map(|member| moods[*member])),
        }
    });
    Ok(Analysis {
        sentences: sentences.len(),
        mood: mean(moods.iter().copied()),
        groups: groups.collect(),
    })
}

/// The words that occur most often; of those that occur equally often, the first in the alphabet.
fn frequent<'a>(sentences: impl Iterator<Item = &'a Sentence>) -> Vec<String> {
    let mut counts = BTreeMap::new();
    for word in sentences.flat_map(|sentence| &sentence.words) {
        *counts.entry(word).or_insert(0_usize) += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let top = counts.into_iter().take(TOP_WORDS);
    top.map(|(word, _)| word.clone()).collect()
}

pub(crate) fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    if count == 0 {
        0.0
    } else {
        sum / f64::from(count)
    }
}

impl fmt::Display for Analysis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {} sentences, mood {:+.2}", self.sentences, self.mood)?;
        for group in &self.groups {
            let words = group.words.join(", ");
            writeln!(
                f,
                "  {:>3} sentences, mood {:+.2}: {words}",
                group.sentences, group.mood
            )?;
        }
        Ok(())
    }
}
