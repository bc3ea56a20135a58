//! Sentences to how they sound: the words of a small lexicon, turned round after a negation.

use lakehouse_otel::prelude::*;

use crate::analysis::mean;
use crate::preprocessing::{Sentence, words};

/// Words that sound well.
const BRIGHT: &[&str] = &[
    "beautiful",
    "brave",
    "bright",
    "curiosity",
    "delight",
    "endless",
    "equal",
    "exalted",
    "fitting",
    "fortunately",
    "good",
    "grandeur",
    "great",
    "happy",
    "higher",
    "hope",
    "interesting",
    "joy",
    "liberty",
    "life",
    "light",
    "live",
    "living",
    "love",
    "new",
    "nobly",
    "plenty",
    "pleasure",
    "proper",
    "singing",
    "wonder",
    "wonderful",
    "worth",
];

/// Words that do not.
const DARK: &[&str] = &[
    "afraid",
    "bad",
    "battle",
    "damp",
    "dark",
    "dead",
    "death",
    "deep",
    "detract",
    "famine",
    "fear",
    "fell",
    "forget",
    "fought",
    "hurried",
    "late",
    "lost",
    "nothing",
    "pain",
    "poor",
    "sad",
    "sleepy",
    "struggled",
    "stupid",
    "tired",
    "trouble",
    "unfinished",
    "war",
    "worms",
];

/// Words that turn the next few round.
const NEGATIONS: &[&str] = &["never", "no", "not", "without"];

/// How many words a negation reaches.
const REACH: usize = 3;

#[derive(Debug)]
pub(crate) struct Lexicon {
    name: &'static str,
}

impl Lexicon {
    pub(crate) const fn new() -> Self {
        Self {
            name: "bright-and-dark",
        }
    }

    /// Of each sentence, from -1 to 1.
    #[trace_operation(
        span = text_analysis.sentiment, stage = Sentiment, sentiment.lexicon = self.name,
        sentence_count = sentences.len(),
        ok(|moods| sentiment.mean = mean(moods.iter().copied())),
    )]
    pub(crate) fn moods(&self, sentences: &[Sentence]) -> Vec<f64> {
        sentences
            .iter()
            .map(|sentence| mood(&sentence.text))
            .collect()
    }
}

/// Bright words less dark ones, as a share of both.
fn mood(text: &str) -> f64 {
    let (mut bright, mut dark) = (0.0, 0.0);
    let mut negated = 0;
    for word in words(text) {
        let is_bright = BRIGHT.contains(&word.as_str());
        if is_bright || DARK.contains(&word.as_str()) {
            if is_bright == (negated == 0) {
                bright += 1.0;
            } else {
                dark += 1.0;
            }
        }
        negated = if NEGATIONS.contains(&word.as_str()) {
            REACH
        } else {
            usize::saturating_sub(negated, 1)
        };
    }
    if bright + dark == 0.0 {
        0.0
    } else {
        (bright - dark) / (bright + dark)
    }
}
