//! Sentences to vectors: the words of a sentence, each weighted by how rare it is among the sentences, at the places that
//! their hashes say. Weinberger and others, "Feature Hashing for Large Scale Multitask Learning", 2009.

use std::collections::{BTreeMap, HashMap, HashSet};

use lakehouse_otel::prelude::*;

use crate::preprocessing::Sentence;
use crate::schema::Language;

/// A sentence among others: of length 1.
pub(crate) type Vector = Vec<f64>;

#[derive(Debug)]
pub(crate) struct Embedder {
    model_name: String,
    dimensions: usize,
}

impl Embedder {
    pub(crate) fn new(dimensions: usize) -> Self {
        Self {
            model_name: format!("hashing-{dimensions}"),
            dimensions,
        }
    }

    #[trace_operation(
        span = text_analysis.embedding, stage = Embedding, language = language,
        embedding.batch_size = sentences.len(), embedding.model = self.model_name,
        embedding.dimensions = self.dimensions,
    )]
    pub(crate) fn embed(&self, sentences: &[Sentence], language: Language) -> Vec<Vector> {
        let rarity = rarity(sentences);
        let vectors = sentences
            .iter()
            .map(|sentence| self.vector(sentence, &rarity));
        vectors.collect()
    }

    fn vector(&self, sentence: &Sentence, rarity: &HashMap<&str, f64>) -> Vector {
        // Ordered, for the sum of doubles depends on the order.
        let mut weights = BTreeMap::new();
        for word in &sentence.words {
            *weights.entry(word.as_str()).or_insert(0.0) += rarity[word.as_str()];
        }
        let mut vector = vec![0.0; self.dimensions];
        for (word, weight) in weights {
            let hash = hash(word);
            let place = usize::try_from(hash >> 1).unwrap_or(usize::MAX) % self.dimensions;
            // One half of the words counts down, so that those that meet by chance even out.
            vector[place] += if hash & 1 == 0 { weight } else { -weight };
        }
        let length = vector
            .iter()
            .map(|number| number * number)
            .sum::<f64>()
            .sqrt();
        if length > 0.0 {
            for number in &mut vector {
                *number /= length;
            }
        }
        vector
    }
}

/// How rare each word is: the logarithm of how many sentences there are for one that has it.
fn rarity(sentences: &[Sentence]) -> HashMap<&str, f64> {
    let mut counts = HashMap::new();
    for sentence in sentences {
        let words: HashSet<_> = sentence.words.iter().map(String::as_str).collect();
        for word in words {
            *counts.entry(word).or_insert(0.0) += 1.0;
        }
    }
    let all = sentences.iter().fold(0.0, |count, _| count + 1.0);
    let smooth = |count: f64| ((1.0 + all) / (1.0 + count)).ln() + 1.0;
    counts
        .into_iter()
        .map(|(word, count)| (word, smooth(count)))
        .collect()
}

/// FNV-1a, which is the same on every machine.
fn hash(word: &str) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325;
    word.bytes().fold(start, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
