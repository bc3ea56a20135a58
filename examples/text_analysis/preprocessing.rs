//! Text to sentences, and sentences to the words that tell something.

use lakehouse_otel::prelude::*;

use crate::error::AnalysisError;
use crate::schema::Language;

/// A sentence, and its words in lower case without those that every text has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sentence {
    pub(crate) text: String,
    pub(crate) words: Vec<String>,
}

/// Words that tell nothing of what a sentence is about.
const ENGLISH: &[&str] = &[
    "a", "about", "above", "after", "again", "all", "an", "and", "any", "are", "as", "at", "be",
    "been", "being", "but", "by", "can", "could", "did", "do", "does", "each", "either", "for",
    "from", "get", "had", "has", "have", "having", "he", "her", "here", "him", "his", "how", "i",
    "if", "in", "into", "is", "it", "its", "itself", "many", "may", "might", "most", "my", "nor",
    "now", "of", "on", "once", "one", "or", "other", "our", "out", "own", "shall", "she", "should",
    "so", "some", "such", "than", "that", "the", "their", "them", "then", "there", "these", "they",
    "this", "those", "thus", "to", "us", "very", "was", "way", "we", "were", "what", "when",
    "whether", "which", "who", "will", "with", "would", "you",
];

const GERMAN: &[&str] = &[
    "aber", "als", "am", "an", "auch", "auf", "aus", "bei", "bin", "bis", "das", "dass", "dem",
    "den", "der", "des", "die", "doch", "du", "ein", "eine", "einem", "einen", "einer", "eines",
    "er", "es", "für", "hat", "ich", "im", "in", "ist", "ja", "man", "mit", "noch", "nun", "nur",
    "ob", "oder", "sich", "sie", "sind", "so", "und", "uns", "vom", "von", "vor", "war", "was",
    "wenn", "wer", "wie", "wir", "zu", "zum", "zur",
];

/// Titles and the like, whose dot ends no sentence.
const ABBREVIATIONS: &[&str] = &["dr", "mr", "mrs", "ms", "st"];

#[trace_operation(
    span = text_analysis.preprocessing, stage = Preprocessing, language = language,
    ok(|sentences|
        sentence_count = sentences.len(),
        word_count = sentences.iter().map(|sentence| sentence.words.len()).sum::<usize>(),
    ),
)]
pub(crate) fn preprocess(text: &str, language: Language) -> Result<Vec<Sentence>, AnalysisError> {
    let stop_words = match language {
        Language::De => GERMAN,
        Language::En => ENGLISH,
    };
    let sentences: Vec<_> = sentences(text)
        .into_iter()
        .map(|text| {
            let words = words(text).filter(|word| !stop_words.contains(&word.as_str()));
            let words = words.collect();
            let text = text.to_owned();
            Sentence { text, words }
        })
        .filter(|sentence| !sentence.words.is_empty())
        .collect();
    if sentences.is_empty() {
        return Err(AnalysisError::NoSentences);
    }
    Ok(sentences)
}

/// Splits after `.`, `!` and `?` where white space comes next, or a quotation mark and that; and at empty lines.
fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    for paragraph in text.split("\n\n") {
        let mut start = 0;
        for (at, mark) in paragraph.char_indices() {
            let after = &paragraph[at + mark.len_utf8()..];
            let quoted = after.strip_prefix(['"', '”', '\'']).unwrap_or(after);
            let is_end = matches!(mark, '.' | '!' | '?')
                && quoted.starts_with(char::is_whitespace)
                && quoted
                    .trim_start()
                    .starts_with(|next: char| !next.is_lowercase());
            let is_abbreviation = || {
                let last = words(&paragraph[start..at]).last();
                mark == '.' && last.is_some_and(|word| ABBREVIATIONS.contains(&word.as_str()))
            };
            if is_end && !is_abbreviation() {
                let end = paragraph.len() - quoted.len();
                sentences.push(paragraph[start..end].trim());
                start = end;
            }
        }
        sentences.push(paragraph[start..].trim());
    }
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

/// The words of a text in lower case, an apostrophe inside one kept.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '\'')
        .map(|word| word.trim_matches('\'').to_lowercase())
        .filter(|word| !word.is_empty())
}
